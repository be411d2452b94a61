package tiles_test

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/tiles"
)

// desk is a Source whose features are edited: the datasets "a" and "b", each
// with the fields n, name and day.
type desk struct {
	mu    sync.Mutex
	books map[string]*book
	fail  error // what Changes gives

	streams, some, filters, somes atomic.Int32  // calls for all features, for some, for all fids, for some
	gate                          chan struct{} // when not nil: the stream of all features waits for it
}

type book struct {
	features map[int64]geo.Feature
	next     int64
	edits    int64
	log      []tiles.Change
	kept     int64 // the log knows what comes after so many edits
}

func newDesk(ids ...string) *desk {
	d := &desk{books: map[string]*book{}}
	for _, id := range ids {
		d.books[id] = &book{features: map[int64]geo.Feature{}}
	}
	return d
}

func (d *desk) Version(_ context.Context, id string) (catalog.Version, catalog.Tiles, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, ok := d.books[id]
	if !ok {
		return catalog.Version{}, catalog.Tiles{}, geo.Errorf(geo.KindNotFound, "there is no dataset %s", id)
	}
	return catalog.Version{Number: 1, Loaded: time.Unix(1e9, 0), Rows: int64(len(b.features)), Edits: b.edits,
		Schema: geo.Schema{Geometry: geo.GeometryAny, Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}, {Name: "name", Type: geo.TypeText},
			{Name: "day", Type: geo.TypeDate}}}}, catalog.Tiles{KeepAll: true, MaxBytes: -1}, nil
}

func (d *desk) Features(ctx context.Context, id string, _ int64, fids []int64) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		d.mu.Lock()
		gate := d.gate
		d.mu.Unlock()
		if fids == nil {
			d.streams.Add(1)
			if gate != nil {
				select {
				case <-gate:
				case <-ctx.Done():
					yield(nil, context.Cause(ctx))
					return
				}
			}
		} else {
			d.some.Add(1)
		}
		for _, f := range d.list(id, fids) {
			if !yield(&f, nil) {
				return
			}
		}
	}
}

// list gives what there is of some fids, in their order.
func (d *desk) list(id string, fids []int64) []geo.Feature {
	d.mu.Lock()
	defer d.mu.Unlock()
	features := d.books[id].features
	if fids == nil {
		fids = slices.Collect(maps.Keys(features))
	}
	var all []geo.Feature
	for _, fid := range fids {
		if f, ok := features[fid]; ok && !f.Geometry.IsEmpty() {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b geo.Feature) int { return cmp.Compare(a.FID, b.FID) })
	return all
}

// Filter knows the test n = value, and days.
func (d *desk) Filter(_ context.Context, id string, _ int64, f tiles.Filter, fids []int64) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		if fids == nil {
			d.filters.Add(1)
		} else {
			d.somes.Add(1)
		}
		for _, feature := range d.list(id, fids) {
			ok := true
			for _, c := range f.Where {
				ok = ok && feature.Values[0] == c.Value
			}
			if f.Time != nil && !feature.Values[2].IsNull() {
				day := time.Unix(feature.Values[2].Days()*86400, 0)
				ok = ok && !day.Before(f.Time.Interval.Start) && !day.After(f.Time.Interval.End)
			}
			if ok && !yield(feature.FID, nil) {
				return
			}
		}
	}
}

func (d *desk) Changes(_ context.Context, id string, _, after int64) iter.Seq2[tiles.Change, error] {
	return func(yield func(tiles.Change, error) bool) {
		d.mu.Lock()
		b := d.books[id]
		log, kept, fail := slices.Clone(b.log), b.kept, d.fail
		d.mu.Unlock()
		if fail == nil && after < kept {
			fail = geo.Errorf(geo.KindConflict, "the changes are not known any more")
		}
		if fail != nil {
			yield(tiles.Change{}, fail)
			return
		}
		for _, c := range log {
			if c.Edit > after && !yield(c, nil) {
				return
			}
		}
	}
}

// edit changes features of one dataset in one transaction. A geometry that is
// nil stands for deletion; fid 0 for a new one.
func (d *desk) edit(id string, changes ...geo.Feature) (touched []geo.Bounds) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.books[id]
	b.edits++
	for _, f := range changes {
		if f.FID == 0 {
			b.next++
			f.FID = b.next
		}
		c := tiles.Change{Edit: b.edits, FID: f.FID, Before: geo.EmptyBounds(), After: geo.EmptyBounds()}
		if old, ok := b.features[f.FID]; ok {
			c.Before = old.Geometry.Bounds()
		}
		if f.Values == nil {
			delete(b.features, f.FID)
		} else {
			b.features[f.FID] = f
			c.After = f.Geometry.Bounds()
		}
		b.log = append(b.log, c)
		touched = append(touched, c.Before, c.After)
	}
	return touched
}

// random gives an edit of some features, many times the same ones.
func (d *desk) random(rng *rand.Rand, id string, most int) (touched []geo.Bounds) {
	d.mu.Lock()
	fids := slices.Sorted(maps.Keys(d.books[id].features))
	d.mu.Unlock()
	var changes []geo.Feature
	for range 1 + rng.IntN(most) {
		f := drawn(rng)
		if k := rng.IntN(4); k > 0 && len(fids) > 0 {
			at := rng.IntN(len(fids))
			f.FID = fids[at]
			fids = slices.Delete(fids, at, at+1)
			if k == 3 {
				f.Values = nil
			}
		}
		changes = append(changes, f)
	}
	return d.edit(id, changes...)
}

// drawn makes a feature: a point, a line, a polygon, both, or no geometry.
func drawn(rng *rand.Rand) geo.Feature {
	x, y := rng.Float64()*340-170, rng.Float64()*150-75
	size := []float64{0.001, 0.5, 20}[rng.IntN(3)]
	at := func() []float64 { return []float64{x + (rng.Float64()-0.5)*size, y + (rng.Float64()-0.5)*size/2} }
	var shape geom.T
	line := geom.NewLineStringFlat(geom.XY, slices.Concat(at(), at(), at(), at()))
	box := []float64{x, y, x + size, y, x + size, y + size/3, x, y + size/3, x, y}
	switch rng.IntN(8) {
	case 0, 1, 2:
		shape = geom.NewPointFlat(geom.XY, []float64{x, y})
	case 3:
		shape = line
	case 4:
		shape = geom.NewPolygonFlat(geom.XY, box, []int{10})
	case 5:
		shape = geom.NewMultiPointFlat(geom.XY, slices.Concat(at(), at(), at()))
	case 6:
		all := geom.NewGeometryCollection()
		all.MustPush(geom.NewPointFlat(geom.XY, at()), line)
		shape = all
	}
	f := geo.Feature{Values: []geo.Value{geo.Integer(rng.Int64N(4)), {}, geo.Date(rng.Int64N(40))}}
	if rng.IntN(3) > 0 {
		f.Values[1] = geo.Text([]string{"rue", "place", "côte"}[rng.IntN(3)])
	}
	if shape != nil {
		f.Geometry, _ = geo.NewGeometry(shape)
	}
	return f
}
