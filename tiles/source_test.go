package tiles_test

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/tiles"
)

// source is a Source of one dataset "points" whose version n has n points, all
// in the tile 0/0/0, and of "table", which has no geometry.
type source struct {
	mu      sync.Mutex
	current int64
	loaded  time.Time
	streams atomic.Int32                  // calls of Features
	filters atomic.Int32                  // calls of Filter that were ranged over
	gate    chan struct{}                 // when not nil: Features waits for it
	fail    error                         // what Features gives
	delay   func(version catalog.Version) // called before Version returns
}

func (s *source) set(version int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = version
}

func (s *source) Version(_ context.Context, id string) (catalog.Version, catalog.Tiles, error) {
	s.mu.Lock()
	v := catalog.Version{Number: s.current, Loaded: s.loaded.Add(time.Duration(s.current) * time.Second),
		Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}}}}
	delay := s.delay
	s.mu.Unlock()
	if delay != nil {
		delay(v)
	}
	switch id {
	case "points", "others":
		return v, catalog.Tiles{}, nil
	case "table":
		v.Schema.Geometry = geo.GeometryNone
		return v, catalog.Tiles{}, nil
	}
	return catalog.Version{}, catalog.Tiles{}, geo.Errorf(geo.KindNotFound, "there is no dataset %s", id)
}

func (s *source) Features(ctx context.Context, _ string, version int64, _ []int64) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		s.streams.Add(1)
		if s.gate != nil {
			select {
			case <-s.gate:
			case <-ctx.Done():
				yield(nil, context.Cause(ctx))
				return
			}
		}
		if s.fail != nil {
			yield(nil, s.fail)
			return
		}
		var f geo.Feature
		for i := range version {
			f.FID = i + 1
			f.Geometry, _ = geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{float64(i % 100), 45}))
			f.Values = append(f.Values[:0], geo.Integer(i))
			if !yield(&f, nil) {
				return
			}
		}
	}
}

// Filter knows the test n = value, whose result is one feature, and "half", an
// even number of them.
func (s *source) Filter(ctx context.Context, _ string, version int64, f tiles.Filter, _ []int64) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		s.filters.Add(1)
		for _, c := range f.Where {
			switch {
			case c.Field != "n":
				yield(0, geo.Errorf(geo.KindInvalid, "there is no field %s", c.Field))
				return
			case c.Value.Integer() == everything:
				for fid := int64(1); yield(fid, nil); fid++ {
				}
				return
			case c.Value.Integer() < version:
				yield(c.Value.Integer()+1, nil)
				return
			}
		}
	}
}

// Changes tells that nothing is changed in place.
func (s *source) Changes(context.Context, string, int64, int64) iter.Seq2[tiles.Change, error] {
	return func(func(tiles.Change, error) bool) {}
}

// everything is a value of n that a filter without end selects.
const everything = 1 << 40
