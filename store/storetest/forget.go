package storetest

import (
	"context"
	"testing"

	"puy/catalog"
	"puy/geo"
)

// forgetting is a store that can drop a dataset that never had a version, beside
// what store.Store asks for.
type forgetting interface {
	Forget(ctx context.Context, id string) error
}

func testForget(t *testing.T, s *suite) {
	ctx := testContext(t)
	st, ok := s.st.(forgetting)
	if !ok {
		t.Fatal("the store forgets no dataset")
	}
	must(t, st.Forget(ctx, "nobody"))
	for _, d := range []catalog.Dataset{{ID: "empty", Aliases: []string{"void"}}, {ID: "gone", Removed: true}, {ID: "full"}} {
		d.Title = geo.Localized{FR: d.ID}
		must(t, s.st.PutDataset(ctx, d))
	}
	load(t, s.st, "full", texts("a", "b"))
	for _, id := range []string{"void", "empty", "gone", "full"} {
		must(t, st.Forget(ctx, id))
	}
	_, err := s.st.Dataset(ctx, "empty")
	wantKind(t, "of a dataset that was forgotten", err, geo.KindNotFound)
	if d, err := s.st.Dataset(ctx, "gone"); err != nil || !d.Removed {
		t.Errorf("the tombstone: %+v, %v", d, err)
	}
	if d, err := s.st.Dataset(ctx, "full"); err != nil || d.Current == nil {
		t.Errorf("a dataset with a version: %+v, %v", d, err)
	}
	// The id is free again.
	must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "empty", Title: geo.Localized{FR: "E"}}))
	load(t, s.st, "empty", texts("c"))
}
