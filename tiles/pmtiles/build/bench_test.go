package build

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/pmtiles"
	"puy/tiles/snapshot"
)

// shores gives n lines of 10 vertices, about 150 m apart, each beginning where the
// one before it ends, along 200 shores all over the world.
func shores(n int) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		rng := rand.New(rand.NewPCG(3, 14))
		f := geo.Feature{Values: make([]geo.Value, 2)}
		x, y, heading := 0.0, 0.0, 0.0
		for i := range n {
			if i%(1+n/200) == 0 {
				x, y = 340*rng.Float64()-170, 130*rng.Float64()-65
			}
			flat := []float64{x, y}
			for range 9 {
				heading += 0.2 * rng.NormFloat64()
				x, y = max(-180, min(x+0.0015*math.Cos(heading), 180)), max(-80, min(y+0.0015*math.Sin(heading), 80))
				flat = append(flat, x, y)
			}
			g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
			f.FID, f.Geometry = int64(i+1), g
			f.Values[0], f.Values[1] = geo.Integer(int64(i+1)), geo.Integer(int64(i%3))
			if !yield(&f, err) {
				return
			}
		}
	}
}

// BenchmarkRun makes an archive of 200,000 lines, zooms 0 to 12.
func BenchmarkRun(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, "x.snapshot")
	schema := geo.Schema{Geometry: geo.GeometryLineString, Fields: []geo.Field{{Name: "id", Type: geo.TypeInteger}, {Name: "level", Type: geo.TypeInteger}}}
	if err := snapshot.Build(context.Background(), path, schema, shores(200_000), snapshot.Options{}); err != nil {
		b.Fatal(err)
	}
	s, err := snapshot.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tiles, bytes := uint64(0), uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		w, err := pmtiles.Create(filepath.Join(dir, "work"), "")
		if err != nil {
			b.Fatal(err)
		}
		if err := Run(context.Background(), w, []Layer{{"shores", s}}, Options{MaxZoom: 12, Jobs: 2}); err != nil {
			b.Fatal(err)
		}
		tiles, _, bytes = w.Counts()
		if _, err := w.Finish(context.Background(), filepath.Join(dir, "x.pmtiles"), pmtiles.Description{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(tiles), "tiles")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(tiles), "µs/tile")
	b.ReportMetric(float64(bytes)/float64(tiles), "B/tile")
}
