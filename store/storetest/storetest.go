package storetest

import (
	"context"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// Opener opens the same store each time it is called, as another process
// would. The suite closes what it opens.
type Opener func(t testing.TB) store.Store

// Run runs the contract suite. Fresh makes an empty store; it is called once
// for each theme, and what it made may go when t ends.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	themes := []struct {
		name string
		run  func(t *testing.T, s *suite)
	}{
		{"Portal", testPortal},
		{"Datasets", testDatasets},
		{"NotFound", testNotFound},
		{"Revision", testRevision},
		{"Load", testLoad},
		{"Conflict", testConflict},
		{"Persistence", testPersistence},
		{"Refreshes", testRefreshes},
		{"Rollback", testRollback},
		{"Retention", testRetention},
		{"Report", testReport},
		{"VersionRecord", testVersionRecord},
		{"FIDs", testFIDs},
		{"Duplicates", testDuplicates},
		{"Unkeyed", testUnkeyed},
		{"Differences", testDifferences},
		{"SchemaChange", testSchemaChange},
		{"Comparison", testComparison},
		{"Between", testBetween},
		{"Prune", testPrune},
		{"PruneAndFIDs", testPruneAndFIDs},
		{"AsOf", testAsOf},
		{"Rename", testRename},
		{"Removed", testRemoved},
		{"Forget", testForget},
		{"Values", testValues},
		{"Geometries", testGeometries},
		{"Names", testNames},
		{"Feature", testFeature},
		{"Bounds", testBounds},
		{"Where", testWhere},
		{"TimeFilter", testTimeFilter},
		{"Filter", testFilter},
		{"FilterIndex", testFilterIndex},
		{"Paging", testPaging},
		{"Sort", testSort},
		{"SortedPages", testSortedPages},
		{"Projection", testProjection},
		{"Count", testCount},
		{"Combined", testCombined},
		{"Snapshot", testSnapshot},
		{"Cancel", testCancel},
		{"Break", testBreak},
		{"Concurrency", testConcurrency},
		{"Edits", testEdits},
		{"EditErrors", testEditErrors},
		{"EditsAndQueries", testEditsAndQueries},
		{"Changes", testChanges},
		{"EditedVersions", testEditedVersions},
		{"EditsDuringLoad", testEditsDuringLoad},
		{"ConcurrentEdits", testConcurrentEdits},
		{"Watch", testWatch},
		{"WatchAndClose", testWatchAndClose},
		{"APIKeys", testAPIKeys},
		{"Close", testClose},
	}
	for _, theme := range themes {
		t.Run(theme.name, func(t *testing.T) {
			s := &suite{open: fresh(t)}
			s.st = s.reopen(t)
			theme.run(t, s)
		})
	}
}

// suite is one empty store and a handle on it.
type suite struct {
	open Opener
	st   store.Store
}

// reopen gives one more handle on the same store.
func (s *suite) reopen(t *testing.T) store.Store {
	t.Helper()
	st := s.open(t)
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return st
}

// testTimeout ends a call that would hang, so that the suite says which.
const testTimeout = 60 * time.Second

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// put makes a dataset with nothing but an id.
func put(t testing.TB, st store.Store, id string) {
	t.Helper()
	must(t, st.PutDataset(testContext(t), catalog.Dataset{ID: id, Title: geo.Localized{FR: id}}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, what string, err error, kind geo.ErrorKind) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: no error, want one of kind %v", what, kind)
	case geo.KindOf(err) != kind:
		t.Errorf("%s: kind %v, want %v (%v)", what, geo.KindOf(err), kind, err)
	}
}
