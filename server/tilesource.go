package server

import (
	"context"
	"iter"

	"puy/catalog"
	"puy/geo"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
)

// tileSource gives tiles.Service the versions, features and changes of a store.
type tileSource struct {
	store store.Store
	view  func() *live.View
}

// TileSource makes a store the source of a tiles.Service. Tiles are asked for by
// the hundred, so the versions are those of the catalogue that view gives; of a
// dataset that is not public, or without a view, the store is asked each time.
func TileSource(s store.Store, view func() *live.View) tiles.Source {
	return &tileSource{store: s, view: view}
}

// Version gives the current version of a dataset, and how it is generalised.
func (s *tileSource) Version(ctx context.Context, id string) (catalog.Version, catalog.Tiles, error) {
	d, known := store.Dataset{}, false
	if s.view != nil {
		d, known = s.view().Lookup(id)
	}
	if !known || d.ID != id {
		var err error
		if d, err = s.store.Dataset(ctx, id); err != nil {
			return catalog.Version{}, catalog.Tiles{}, err
		}
	}
	if d.Current == nil {
		return catalog.Version{}, catalog.Tiles{}, geo.Errorf(geo.KindNotFound, "dataset %q has no version yet", id)
	}
	return *d.Current, d.Tiles, nil
}

// Features gives the features of a version that have a geometry.
func (s *tileSource) Features(ctx context.Context, id string, version int64, fids []int64) iter.Seq2[*geo.Feature, error] {
	return s.store.Features(ctx, id, store.Query{Version: version, SpatialOnly: true, FIDs: fids})
}

// Filter gives the fids of the features with a geometry that f selects.
func (s *tileSource) Filter(ctx context.Context, id string, version int64, f tiles.Filter, fids []int64) iter.Seq2[int64, error] {
	q := store.Query{Version: version, SpatialOnly: true, NoGeometry: true, Fields: []string{}, FIDs: fids, Filter: f.Expr}
	for _, c := range f.Where {
		q.Where = append(q.Where, store.Condition{Field: c.Field, Value: c.Value})
	}
	if f.Time != nil {
		q.Time = &store.TimeFilter{Field: f.Time.Field, Interval: f.Time.Interval}
	}
	return func(yield func(int64, error) bool) {
		for feature, err := range s.store.Features(ctx, id, q) {
			if err != nil {
				yield(0, err)
				return
			}
			if !yield(feature.FID, nil) {
				return
			}
		}
	}
}

// Changes gives which features were changed in place.
func (s *tileSource) Changes(ctx context.Context, id string, version, after int64) iter.Seq2[tiles.Change, error] {
	return func(yield func(tiles.Change, error) bool) {
		for c, err := range s.store.Changes(ctx, id, version, after) {
			if !yield(tiles.Change(c), err) || err != nil {
				return
			}
		}
	}
}
