package server

import (
	"context"
	"iter"
	"sync"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/tiles"
)

// freshness is how old an answer of TileSource about versions may be.
const freshness = time.Second

// tileSource gives tiles.Service the versions and features of a store. Tiles
// are asked for by the hundred, so it asks the store once a second at most.
type tileSource struct {
	store store.Store

	mu       sync.Mutex
	checked  time.Time
	revision int64
	current  map[string]tiled
}

// tiled is what tiles of a dataset are cut from, and how.
type tiled struct {
	version catalog.Version
	tiles   catalog.Tiles
}

// TileSource makes a store the source of a tiles.Service.
func TileSource(s store.Store) tiles.Source { return &tileSource{store: s} }

// Version gives the current version of a dataset, and how it is generalised. While the store does not
// answer, the last one known holds.
func (s *tileSource) Version(ctx context.Context, id string) (catalog.Version, catalog.Tiles, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || time.Since(s.checked) >= freshness {
		if err := s.refresh(ctx); err != nil && s.current == nil {
			return catalog.Version{}, catalog.Tiles{}, err
		}
	}
	t, ok := s.current[id]
	if !ok {
		return t.version, t.tiles, geo.Errorf(geo.KindNotFound, "there is no dataset %q", id)
	}
	return t.version, t.tiles, nil
}

func (s *tileSource) refresh(ctx context.Context) error {
	// One client's leaving must not spoil the answer for those who wait.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthPatience)
	defer cancel()
	s.checked = time.Now()
	revision, err := s.store.Revision(ctx)
	if err != nil || s.current != nil && revision == s.revision {
		return err
	}
	datasets, err := s.store.Datasets(ctx)
	if err != nil {
		return err
	}
	current := make(map[string]tiled, len(datasets))
	for _, d := range datasets {
		if d.Current != nil {
			current[d.ID] = tiled{*d.Current, d.Tiles}
		}
	}
	s.current, s.revision = current, revision
	return nil
}

// Features gives the features of a version that have a geometry.
func (s *tileSource) Features(ctx context.Context, id string, version int64) iter.Seq2[*geo.Feature, error] {
	return s.store.Features(ctx, id, store.Query{Version: version, SpatialOnly: true})
}

// Filter gives the fids of the features with a geometry that f selects.
func (s *tileSource) Filter(ctx context.Context, id string, version int64, f tiles.Filter) iter.Seq2[int64, error] {
	q := store.Query{Version: version, SpatialOnly: true, NoGeometry: true, Fields: []string{}}
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
