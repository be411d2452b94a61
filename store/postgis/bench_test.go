package postgis_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

var benchRows = flag.Int("rows", 100_000, "rows that BenchmarkLoad and BenchmarkFeatures load")

// lines makes short lines of two to five vertices with five fields, the same each time.
type lines struct {
	geometries []geo.Geometry // a sample, used in turn
	kinds      []geo.Value
}

var lineSchema = geo.Schema{Geometry: geo.GeometryLineString, Fields: []geo.Field{
	{Name: "id_local", Type: geo.TypeText}, {Name: "kind", Type: geo.TypeText}, {Name: "length", Type: geo.TypeNumber},
	{Name: "lanes", Type: geo.TypeInteger}, {Name: "built", Type: geo.TypeDate}}}

func makeLines() *lines {
	l := &lines{}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		x, y := rnd.Float64()*10-2, 42+rnd.Float64()*8
		flat := []float64{x, y}
		for range 1 + rnd.IntN(4) {
			x, y = x+rnd.Float64()*0.002, y+rnd.Float64()*0.002
			flat = append(flat, x, y)
		}
		g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
		if err != nil {
			panic(err)
		}
		l.geometries = append(l.geometries, g)
	}
	for _, k := range []string{"piste cyclable", "bande cyclable", "voie verte", "double sens"} {
		l.kinds = append(l.kinds, geo.Text(k))
	}
	return l
}

func (l *lines) set(f *geo.Feature, key, row int) {
	f.FID, f.ID, f.Geometry = int64(row), fmt.Sprintf("63113-%07d", key), l.geometries[key%len(l.geometries)]
	f.Values = append(f.Values[:0], geo.Text(f.ID), l.kinds[key%4], geo.Number(float64(key)/7), geo.Integer(int64(key%5)), geo.Date(int64(10000+key%9000)))
}

// load loads keys from first on and tells how long writing and the rest took.
func (l *lines) load(b *testing.B, st store.Store, first, n int) (write, rest time.Duration) {
	ctx := context.Background()
	start := time.Now()
	ld, err := st.Begin(ctx, "lines", store.LoadSpec{Schema: lineSchema, Keyed: true})
	if err != nil {
		b.Fatal(err)
	}
	var f geo.Feature
	for i := range n {
		l.set(&f, first+i, i+1)
		if err := ld.Write(ctx, &f); err != nil {
			b.Fatal(err)
		}
	}
	write = time.Since(start)
	if dup, _, err := ld.Duplicates(ctx, 1); err != nil || dup != 0 {
		b.Fatal(dup, err)
	}
	if _, err := ld.Commit(ctx, store.Outcome{}); err != nil {
		b.Fatal(err)
	}
	return write, time.Since(start) - write
}

func BenchmarkLoad(b *testing.B) {
	l := makeLines()
	// Each load follows a first one of the same rows, of other rows by one, or of nothing.
	for _, kind := range []string{"first", "again", "shifted"} {
		b.Run(kind, func(b *testing.B) {
			var write, rest time.Duration
			for b.Loop() {
				b.StopTimer()
				st := open(b, pgtest.Database(b))
				if err := st.PutDataset(context.Background(), catalog.Dataset{ID: "lines"}); err != nil {
					b.Fatal(err)
				}
				first := 0
				if kind != "first" {
					l.load(b, st, 0, *benchRows)
				}
				if kind == "shifted" {
					first = 1
				}
				b.StartTimer()
				w, r := l.load(b, st, first, *benchRows)
				write, rest = write+w, rest+r
				b.StopTimer()
				st.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(*benchRows*b.N)/(write+rest).Seconds(), "rows/s")
			b.ReportMetric(float64(*benchRows*b.N)/write.Seconds(), "written/s")
			b.ReportMetric(rest.Seconds()/float64(b.N), "commit-s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func BenchmarkFeatures(b *testing.B) {
	st := open(b, pgtest.Database(b))
	defer st.Close()
	ctx := context.Background()
	if err := st.PutDataset(ctx, catalog.Dataset{ID: "lines"}); err != nil {
		b.Fatal(err)
	}
	makeLines().load(b, st, 0, *benchRows)
	queries := []struct {
		name string
		q    store.Query
	}{
		{"all", store.Query{}},
		{"values", store.Query{NoGeometry: true}},
		{"box", store.Query{Bounds: &geo.Bounds{MinX: 3, MinY: 45.5, MaxX: 3.3, MaxY: 45.9}}},
		{"page", store.Query{After: int64(*benchRows / 2), Limit: 100}},
		{"box-page", store.Query{Bounds: &geo.Bounds{MinX: 3, MinY: 45.5, MaxX: 3.3, MaxY: 45.9}, Limit: 10}},
	}
	for _, query := range queries {
		b.Run(query.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for _, err := range st.Features(ctx, "lines", query.q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "features/s")
			b.ReportMetric(float64(n)/float64(b.N), "features/op")
		})
	}
}
