package gpkg_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/store/gpkg"
)

// lines makes n short lines, each fifth without geometry if holes.
func lines(n int, holes bool) []*geo.Feature {
	rnd := rand.New(rand.NewPCG(5, 6))
	list := make([]*geo.Feature, n)
	for i := range list {
		f := &geo.Feature{FID: int64(i + 1), ID: fmt.Sprintf("L%07d", i), Values: []geo.Value{geo.Text(fmt.Sprint("rue ", i%300)), geo.Integer(int64(i % 9)), geo.Date(int64(19000 + i%900))}}
		if !holes || i%5 > 0 {
			flat := make([]float64, 0, 10)
			x, y := rnd.Float64()*14-5, rnd.Float64()*9+42
			for range 2 + rnd.IntN(4) {
				flat = append(flat, x, y)
				x, y = x+rnd.Float64()*0.002-0.001, y+rnd.Float64()*0.002-0.001
			}
			f.Geometry, _ = geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
		}
		list[i] = f
	}
	return list
}

func loadLines(t testing.TB, s *gpkg.Store, list []*geo.Feature) {
	t.Helper()
	ctx := context.Background()
	if err := s.PutDataset(ctx, catalog.Dataset{ID: "lines"}); err != nil {
		t.Fatal(err)
	}
	l, err := s.Begin(ctx, "lines", store.LoadSpec{Keyed: true, Time: "day", Schema: geo.Schema{Geometry: geo.GeometryLineString,
		Fields: []geo.Field{{Name: "name", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}, {Name: "day", Type: geo.TypeDate}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if err := l.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Duplicates(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(ctx, store.Outcome{}); err != nil {
		t.Fatal(err)
	}
}

// TestBoundsOfManyRows has enough rows for every plan; each must give what a
// test of all boxes gives.
func TestBoundsOfManyRows(t *testing.T) {
	list := lines(12000, true)
	s := open(t, filepath.Join(t.TempDir(), "puy.gpkg"))
	defer s.Close()
	loadLines(t, s, list)
	boxes := []geo.Bounds{
		{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}, {MinX: 0, MinY: 43, MaxX: 8, MaxY: 50}, {MinX: 2, MinY: 45, MaxX: 2.5, MaxY: 45.5},
		{MinX: 8, MinY: 40, MaxX: -4, MaxY: 60}, {MinX: 100, MinY: 0, MaxX: 110, MaxY: 10}, list[1].Geometry.Bounds(),
	}
	for _, box := range boxes {
		for _, q := range []store.Query{{}, {Limit: 7}, {Limit: 500, After: 6000}, {Limit: 100, Offset: 50}, {Where: []store.Condition{{Field: "n", Value: geo.Integer(3)}}, Limit: 20}} {
			for _, spatialOnly := range []bool{false, true} {
				q.Bounds, q.SpatialOnly = &box, spatialOnly
				var want, got []int64
				total := int64(0)
				for _, f := range list {
					if f.Geometry.IsNull() && spatialOnly || !f.Geometry.IsNull() && !f.Geometry.Bounds().Intersects(box) || q.Where != nil && f.Values[1].Integer() != 3 {
						continue
					}
					total++
					if f.FID > q.After {
						want = append(want, f.FID)
					}
				}
				want = want[min(int(q.Offset), len(want)):]
				if q.Limit > 0 {
					want = want[:min(int(q.Limit), len(want))]
				}
				for f, err := range s.Features(context.Background(), "lines", q) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, f.FID)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%v limit %d after %d spatial only %v: %d features, want %d", box, q.Limit, q.After, spatialOnly, len(got), len(want))
				}
				for _, atMost := range []int64{0, 50} {
					n, exact, err := s.Count(context.Background(), "lines", q, atMost)
					if wanted := atMost == 0 || total <= atMost; err != nil || exact != wanted || exact && n != total || !exact && n != atMost {
						t.Errorf("Count(%v, %d) = %d, %v, %v; want %d", box, atMost, n, exact, err, total)
					}
				}
			}
		}
	}
}

// TestCancelInterruptsASearch ends a query that finds nothing in many rows.
func TestCancelInterruptsASearch(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "puy.gpkg"))
	defer s.Close()
	loadLines(t, s, lines(50000, false))
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	for _, err := range s.Features(ctx, "lines", store.Query{Where: []store.Condition{{Field: "name", Value: geo.Text("no such street")}}}) {
		if err == nil {
			t.Fatal("a feature that does not match")
		}
	}
	if ctx.Err() == nil {
		t.Error("the query ended before its time, which proves nothing")
	}
	if n, _, err := s.Count(context.Background(), "lines", store.Query{}, 0); err != nil || n != 50000 {
		t.Errorf("afterwards: %d, %v", n, err)
	}
}

func BenchmarkLoad(b *testing.B) {
	list := lines(100000, false)
	for b.Loop() {
		s := open(b, filepath.Join(b.TempDir(), "puy.gpkg"))
		loadLines(b, s, list)
		s.Close()
	}
	b.ReportMetric(float64(len(list)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFeatures(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "puy.gpkg"))
	defer s.Close()
	loadLines(b, s, lines(100000, false))
	for name, q := range map[string]store.Query{
		"all":   {},
		"page":  {After: 50000, Limit: 100},
		"box":   {Bounds: &geo.Bounds{MinX: 2, MinY: 45, MaxX: 3, MaxY: 46}},
		"world": {Bounds: &geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}, Limit: 100},
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				for _, err := range s.Features(context.Background(), "lines", q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "features/s")
		})
	}
}
