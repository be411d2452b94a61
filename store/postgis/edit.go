package postgis

import (
	"context"
	"iter"

	"puy/geo"
	"puy/store"
)

// Edit implements store.Store.
func (s *Store) Edit(ctx context.Context, id string, edits []store.Edit) ([]string, error) {
	return nil, geo.Errorf(geo.KindUnavailable, "features cannot be edited yet")
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, id string, version, after int64) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {}
}

// Watch implements store.Store.
func (s *Store) Watch(ctx context.Context, changed func()) { <-ctx.Done() }
