package tiles_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"puy/geo"
	"puy/tiles"
)

// How long it takes until a tile shows a change of 100,000 points that are cut
// at zoom 8, and how many of the tiles in the cache, of zooms 0 to 6, it makes
// stale: for one change, and for many at a time.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			d := filled(100_000)
			s := open(b, d, b.TempDir(), nil)
			set := tileset(b, s, tiles.Query{Layers: points("a")})
			var all []place
			for z := range 7 {
				for x := range 1 << z {
					for y := range 1 << z {
						all = append(all, place{z, x, y})
					}
				}
			}
			for _, p := range all {
				at(b, set, p, tiles.Gzip)
			}
			changes := make([]geo.Feature, n)
			b.ResetTimer()
			var stale uint64
			for b.Loop() {
				b.StopTimer()
				for i := range changes {
					changes[i] = spot(1+int64(i), rng.Float64()*10, rng.Float64()*10, int64(i))
				}
				d.edit("a", changes...)
				b.StartTimer()
				at(b, set, place{8, 130, 124}, tiles.Gzip)
				b.StopTimer()
				before := s.Stats().Stale
				for _, p := range all {
					at(b, set, p, tiles.Gzip)
				}
				stale += s.Stats().Stale - before
				b.StartTimer()
			}
			b.ReportMetric(float64(stale)/float64(b.N), "stale/op")
			b.ReportMetric(float64(len(all)), "tiles")
		})
	}
}
