package snapshot_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/snapshot"
)

var lineSchema = geo.Schema{Geometry: geo.GeometryLineString, Fields: []geo.Field{
	{Name: "id", Type: geo.TypeText}, {Name: "kind", Type: geo.TypeText},
	{Name: "lanes", Type: geo.TypeInteger}, {Name: "length", Type: geo.TypeNumber},
}}

// lines gives n lines of 2 to 10 vertices, 20 to 200 m apart, in streets that
// crowd around 400 towns of a square of about 300 km in the middle of France.
func lines(n int) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		rng := rand.New(rand.NewPCG(1, 2))
		var towns [400][2]float64
		for i := range towns {
			towns[i] = [2]float64{1.5 + 4*rng.Float64(), 44.5 + 2.7*rng.Float64()}
		}
		kinds := [...]string{"piste cyclable", "bande cyclable", "voie verte", "double sens", "rue", "chemin", "route", "autre"}
		f := geo.Feature{Values: make([]geo.Value, 4)}
		for i := range n {
			town := towns[rng.IntN(len(towns))]
			x, y := town[0]+0.08*rng.NormFloat64(), town[1]+0.05*rng.NormFloat64()
			heading := 2 * math.Pi * rng.Float64()
			flat := []float64{x, y}
			length := 0.0
			for range 1 + rng.IntN(9) {
				d := 20 + 180*rng.Float64()
				heading += 0.5 * rng.NormFloat64()
				x += d * math.Cos(heading) / 78_000
				y += d * math.Sin(heading) / 111_000
				length += d
				flat = append(flat, x, y)
			}
			g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
			if err != nil {
				yield(nil, err)
				return
			}
			f.FID, f.ID, f.Geometry = int64(i+1), fmt.Sprintf("voie-%d", i+1), g
			f.Values[0], f.Values[1] = geo.Text(f.ID), geo.Text(kinds[rng.IntN(len(kinds))])
			f.Values[2], f.Values[3] = geo.Integer(int64(rng.IntN(5))), geo.Number(math.Round(length))
			if !yield(&f, nil) {
				return
			}
		}
	}
}

// build packs all features with all vertices for every zoom.
func build(tb testing.TB, schema geo.Schema, features iter.Seq2[*geo.Feature, error]) *snapshot.Snapshot {
	tb.Helper()
	return buildWith(tb, schema, features, snapshot.Options{Exact: true})
}

func buildWith(tb testing.TB, schema geo.Schema, features iter.Seq2[*geo.Feature, error], opt snapshot.Options) *snapshot.Snapshot {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "x.snapshot")
	if err := snapshot.Build(context.Background(), path, schema, features, opt); err != nil {
		tb.Fatal(err)
	}
	s, err := snapshot.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// BenchmarkCut cuts tiles of a million lines around one town, uncompressed.
func BenchmarkCut(b *testing.B) {
	million := sync.OnceValue(func() *snapshot.Snapshot { return build(b, lineSchema, lines(1_000_000)) })
	for _, zoom := range []int{8, 10, 12, 14} {
		b.Run(fmt.Sprintf("zoom=%d", zoom), func(b *testing.B) {
			s := million()
			var scratch snapshot.Scratch
			var tile []byte
			features, size := 0, 0
			// A diagonal through the region, so that full and empty places count.
			at := func(i int) (x, y int) {
				share := float64(i%16) / 16
				lon, lat := (1.6+3.7*share)/360+0.5, (44.6+2.5*share)*math.Pi/180
				lat = 0.5 - math.Asinh(math.Tan(lat))/(2*math.Pi)
				return int(lon * float64(int(1)<<zoom)), int(lat * float64(int(1)<<zoom))
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				x, y := at(i)
				var n int
				var err error
				tile, n, err = s.AppendMVT(tile[:0], "lines", zoom, x, y, &scratch)
				if err != nil {
					b.Fatal(err)
				}
				features += n
				size += len(tile)
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/float64(features), "µs/feature")
			b.ReportMetric(float64(features)/float64(i), "features/tile")
			b.ReportMetric(float64(size)/float64(i), "B/tile")
		})
	}
}

// BenchmarkBuild packs a million lines.
func BenchmarkBuild(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.snapshot")
	for b.Loop() {
		if err := snapshot.Build(context.Background(), path, lineSchema, lines(1_000_000), snapshot.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size()), "B/file")
}
