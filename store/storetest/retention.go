package storetest

import (
	"fmt"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

func numbers(versions []catalog.Version) (list []int64) {
	for _, v := range versions {
		list = append(list, v.Number)
	}
	return list
}

func testPrune(t *testing.T, s *suite) {
	ctx := testContext(t)
	keep := func(n int, age time.Duration) catalog.Dataset {
		return catalog.Dataset{ID: "d", Keep: catalog.Keep{Versions: n, Age: age}}
	}
	must(t, s.st.PutDataset(ctx, keep(5, 0)))
	for n := range 7 {
		load(t, s.st, "d", texts(fmt.Sprint(n+1)))
	}
	want := func(what string, want ...int64) {
		t.Helper()
		kept, err := s.reopen(t).Versions(ctx, "d")
		must(t, err)
		if diff := diffRecords(want, numbers(kept)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		for _, n := range want {
			if got := all(t, s.st, "d", store.Query{Version: n}); len(got) != 1 || got[0].ID != fmt.Sprint(n) {
				t.Errorf("%s: version %d holds %v", what, n, got)
			}
		}
	}
	want("keep: 5", 7, 6, 5, 4, 3)
	for range 3 {
		_, err := s.st.Rollback(ctx, "d")
		must(t, err)
	}
	dropped, err := s.st.Prune(ctx, "d", catalog.Keep{Versions: 2})
	must(t, err)
	if diff := diffRecords([]int64{5, 3}, numbers(dropped)); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	want("two and the current one", 7, 6, 4)
	before, err := s.st.Revision(ctx)
	must(t, err)
	if dropped, err = s.st.Prune(ctx, "d", catalog.Keep{Versions: 1, Age: time.Hour}); err != nil || len(dropped) != 0 {
		t.Errorf("young versions were dropped: %v, %v", dropped, err)
	}
	// A reader goes on while its version is dropped.
	read := 0
	for f, err := range s.st.Features(ctx, "d", store.Query{Version: 6}) {
		must(t, err)
		if dropped, err = s.reopen(t).Prune(ctx, "d", catalog.Keep{Age: time.Nanosecond}); err != nil {
			t.Fatal(err)
		}
		if read++; f.ID != "6" {
			t.Errorf("feature %s of a version that is being dropped", f.ID)
		}
	}
	if diff := diffRecords([]int64{6}, numbers(dropped)); diff != "" || read != 1 {
		t.Errorf("%d features read; dropped by age (-want +got):\n%s", read, diff)
	}
	want("by age", 7, 4)
	if after, err := s.st.Revision(ctx); err != nil || after <= before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
	_, err = s.st.Prune(ctx, "none", catalog.Keep{})
	wantKind(t, "Prune of no dataset", err, geo.KindNotFound)
	put(t, s.st, "empty")
	if dropped, err := s.st.Prune(ctx, "empty", catalog.Keep{Versions: 1}); err != nil || len(dropped) != 0 {
		t.Errorf("without a version: %v, %v", dropped, err)
	}
	load(t, s.st, "d", texts("8"))
	want("the next load", 8, 7, 4)
}

// testPruneAndFIDs drops the version that has keys which no other has.
func testPruneAndFIDs(t *testing.T, s *suite) {
	ctx := testContext(t)
	put(t, s.st, "d")
	first := fidsByKey(t, s.st, "d", texts("a", "b"))
	second := fidsByKey(t, s.st, "d", texts("b", "c", "d"))
	_, err := s.st.Rollback(ctx, "d")
	must(t, err)
	dropped, err := s.st.Prune(ctx, "d", catalog.Keep{Age: time.Nanosecond})
	must(t, err)
	if len(dropped) != 0 { // the newest stays, and the current one
		t.Errorf("dropped %v", numbers(dropped))
	}
	load(t, s.st, "d", texts("x", "a"))
	_, err = s.st.Rollback(ctx, "d") // to the newest before: 2
	must(t, err)
	_, err = s.st.Rollback(ctx, "d")
	must(t, err)
	load(t, s.st, "d", texts("y", "b"))
	if _, err = s.st.Prune(ctx, "d", catalog.Keep{Versions: 1}); err != nil {
		t.Fatal(err)
	}
	last := fidsByKey(t, s.st, "d", texts("z", "d", "c", "b", "a"))
	if last["a"] != first["a"] || last["b"] != first["b"] || last["c"] != second["c"] || last["d"] != second["d"] || last["z"] <= second["d"] {
		t.Errorf("fids were %v and %v, then %v", first, second, last)
	}
}

func testAsOf(t *testing.T, s *suite) {
	ctx := testContext(t)
	put(t, s.st, "d")
	start := time.Now()
	_, err := s.st.AsOf(ctx, "d", start)
	wantKind(t, "AsOf before the first version", err, geo.KindNotFound)
	pause := func() time.Time {
		time.Sleep(2 * time.Millisecond)
		at := time.Now()
		time.Sleep(2 * time.Millisecond)
		return at
	}
	var at []time.Time
	var want []int64
	step := func(number int64) {
		at, want = append(at, pause()), append(want, number)
	}
	for n := range int64(5) {
		load(t, s.st, "d", texts(fmt.Sprint(n)))
		step(n + 1)
	}
	for _, n := range []int64{4, 3} {
		_, err := s.st.Rollback(ctx, "d")
		must(t, err)
		step(n)
	}
	load(t, s.st, "d", texts("last"))
	step(6)
	st := s.reopen(t)
	for i := range at {
		if got, err := st.AsOf(ctx, "d", at[i]); err != nil || got != want[i] {
			t.Errorf("step %d: version %d, %v; want %d", i, got, err, want[i])
		}
	}
	if got, err := st.AsOf(ctx, "d", time.Now().Add(time.Hour)); err != nil || got != 6 {
		t.Errorf("in an hour: version %d, %v; want the current one", got, err)
	}
	_, err = st.AsOf(ctx, "d", start)
	wantKind(t, "AsOf a time before the first version", err, geo.KindNotFound)
	_, err = st.AsOf(ctx, "none", start)
	wantKind(t, "AsOf of no dataset", err, geo.KindNotFound)
}

func testRename(t *testing.T, s *suite) {
	ctx := testContext(t)
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "velos", Title: geo.Localized{FR: "Vélos"}, Editable: true}))
	load(t, s.st, "velos", texts("a"))
	first := load(t, s.st, "velos", texts("a", "b"))
	put(t, s.st, "bus")
	load(t, s.st, "bus", texts("x"))
	must(t, s.st.PutAPIKey(ctx, store.APIKey{Name: "k", Hash: [32]byte{1}, Created: time.Now().UTC().Truncate(time.Microsecond), Datasets: []string{"bus", "velos"}, Edit: true}))

	renamed := catalog.Dataset{ID: "pistes-cyclables", Aliases: []string{"velos", "cycles"}, Title: geo.Localized{FR: "Pistes"}, Editable: true}
	must(t, s.st.PutDataset(ctx, renamed))
	other := s.reopen(t)
	for _, st := range []store.Store{s.st, other} {
		list, err := st.Datasets(ctx)
		must(t, err)
		if len(list) != 2 || list[0].ID != "bus" || list[1].ID != "pistes-cyclables" {
			t.Fatalf("datasets: %+v", list)
		}
		d, err := st.Dataset(ctx, "velos")
		must(t, err)
		if diff := diffRecords(store.Dataset{Dataset: renamed, Current: &first}, d); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		adopt(t, st, "pistes-cyclables", texts("a", "b"))
	}
	key, err := other.APIKey(ctx, [32]byte{1})
	must(t, err)
	if diff := diffRecords([]string{"bus", "pistes-cyclables"}, key.Datasets); diff != "" {
		t.Errorf("the key is for (-want +got):\n%s", diff)
	}
	if _, err := other.Edit(ctx, "pistes-cyclables", []store.Edit{{Kind: store.Delete, Feature: geo.Feature{ID: "b"}}}); err != nil {
		t.Error(err)
	}
	v, err := s.st.Rollback(ctx, "pistes-cyclables")
	if err != nil || v.Number != 1 {
		t.Errorf("Rollback gives %d, %v", v.Number, err)
	}
	v = load(t, s.st, "pistes-cyclables", texts("a", "b", "c"))
	if v.Number != 3 || v.Added != 2 {
		t.Errorf("the next version: %+v", v)
	}
	adopt(t, other, "pistes-cyclables", texts("a", "b", "c"))

	// An alias that names another dataset changes nothing there.
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "pistes-cyclables", Aliases: []string{"bus"}}))
	adopt(t, s.st, "bus", texts("x"))
	// What is renamed frees its id.
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "velos"}))
	load(t, s.st, "velos", texts("new"))
	adopt(t, other, "pistes-cyclables", texts("a", "b", "c"))
	put(t, s.st, "never-loaded")
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "loaded-now", Aliases: []string{"never-loaded"}}))
	load(t, s.st, "loaded-now", texts("1"))
}

func testRemoved(t *testing.T, s *suite) {
	ctx := testContext(t)
	put(t, s.st, "d")
	load(t, s.st, "d", texts("a"))
	load(t, s.st, "d", texts("a", "b"))
	put(t, s.st, "stays")
	load(t, s.st, "stays", texts("a"))
	removed := catalog.Dataset{ID: "d", Aliases: []string{"old-d"}, Title: geo.Localized{FR: "Disparu"}, Removed: true}
	before, err := s.st.Revision(ctx)
	must(t, err)
	must(t, s.st.PutDataset(ctx, removed))
	for _, st := range []store.Store{s.st, s.reopen(t)} {
		for _, name := range []string{"d", "old-d"} {
			d, err := st.Dataset(ctx, name)
			must(t, err)
			if diff := diffRecords(store.Dataset{Dataset: removed}, d); diff != "" {
				t.Errorf("the tombstone (-want +got):\n%s", diff)
			}
		}
		if kept, err := st.Versions(ctx, "d"); err != nil || len(kept) != 0 {
			t.Errorf("versions %v, %v", numbers(kept), err)
		}
		for _, version := range []int64{0, 1, 2} {
			_, err := collect(t, st, "d", store.Query{Version: version})
			wantKind(t, fmt.Sprint("Features of version ", version), err, geo.KindNotFound)
		}
		_, err := st.Begin(ctx, "d", texts("c").spec())
		wantKind(t, "a load of a removed dataset", err, geo.KindConflict)
		adopt(t, st, "stays", texts("a"))
	}
	if after, err := s.st.Revision(ctx); err != nil || after <= before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
	must(t, s.st.PutDataset(ctx, removed)) // once more changes nothing
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "never", Removed: true}))

	// Numbers go on; what was removed is forgotten.
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "d"}))
	back := load(t, s.st, "d", texts("c"))
	if back.Number != 3 || back.Compared {
		t.Errorf("the first version after: %d, compared %v", back.Number, back.Compared)
	}
	if f := adopt(t, s.reopen(t), "d", texts("c")); f[0].FID != 1 {
		t.Errorf("fid %d: a key of before is still known", f[0].FID)
	}
}
