package snapshot_test

import (
	"iter"
	"math"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/snapshot"
)

// of makes n features whose geometries make gives.
func of(n int, make func(i int) geom.T) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		for i := range n {
			g, err := geo.NewGeometry(make(i))
			if !yield(&geo.Feature{FID: int64(i + 1), Geometry: g}, err) {
				return
			}
		}
	}
}

func star(n int, lon, lat, radius float64) geom.T {
	flat := make([]float64, 0, 2*n+2)
	for i := range n {
		r := radius * (1 + 0.3*math.Sin(float64(i)*0.7) + 0.1*math.Sin(float64(i)*0.013))
		a := 2 * math.Pi * float64(i) / float64(n)
		flat = append(flat, lon+r*math.Cos(a), lat+r*math.Sin(a))
	}
	flat = append(flat, flat[0], flat[1])
	return geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})
}

func square(lon, lat, side float64) geom.T {
	return geom.NewPolygonFlat(geom.XY, []float64{lon, lat, lon + side, lat, lon + side, lat + side, lon, lat + side, lon, lat}, []int{10})
}

// What is odd or too much is drawn within the budget or left out, soon. The limit
// of time is many times what it takes: it finds what grows with the square.
func TestDegenerateInput(t *testing.T) {
	const patience = 90 * time.Second
	for name, tc := range map[string]struct {
		features iter.Seq2[*geo.Feature, error]
		seen     bool // something at every zoom at 3° E, 45° N
		over     bool // one feature alone may exceed the budget
	}{
		"one polygon of many vertices": {features: of(1, func(int) geom.T { return star(400_000, 3, 45, 0.5) }), seen: true},
		"polygons around the world": {features: of(50, func(int) geom.T {
			return geom.NewPolygonFlat(geom.XY, []float64{-180, -90, 180, -90, 180, 90, -180, 90, -180, -90}, []int{10})
		}), seen: true},
		"across the antimeridian, unsplit": {features: of(20, func(i int) geom.T {
			return geom.NewLineStringFlat(geom.XY, []float64{179, float64(i), -179, float64(i) + 1})
		})},
		"beyond the antimeridian":    {features: of(20, func(i int) geom.T { return square(179.5, float64(i), 1) })},
		"empty":                      {features: of(20, func(int) geom.T { return geom.NewMultiPolygon(geom.XY) })},
		"tiny polygons at one place": {features: of(50_000, func(i int) geom.T { return square(3+float64(i%250)*1e-7, 45+float64(i/250)*1e-7, 1e-7) }), seen: true},
		"equal polygons":             {features: of(30_000, func(int) geom.T { return square(3, 45, 1e-4) }), seen: true},
		"polygons that overlap":      {features: of(30_000, func(i int) geom.T { return square(3-float64(i)*1e-8, 45, 1e-4+float64(i)*1e-8) }), seen: true},
		"equal points":               {features: of(100_000, func(int) geom.T { return geom.NewPointFlat(geom.XY, []float64{3, 45}) }), seen: true},
		"equal lines":                {features: of(50_000, func(int) geom.T { return geom.NewLineStringFlat(geom.XY, []float64{3, 45, 3.001, 45.001}) }), seen: true},
		"lines that meet in one point": {features: of(50_000, func(i int) geom.T {
			return geom.NewLineStringFlat(geom.XY, []float64{3, 45, 3 + float64(i)*1e-8, 45.001})
		}), seen: true},
		"a point of very many": {features: of(1, func(int) geom.T {
			flat := make([]float64, 200_000)
			for i := range flat {
				flat[i] = 3 + 42*float64(i%2) + 1e-6*float64(i)
			}
			return geom.NewMultiPointFlat(geom.XY, flat)
		}), over: true},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s := buildWith(t, geo.Schema{Geometry: geo.GeometryAny}, tc.features, snapshot.Options{})
			var scratch snapshot.Scratch
			for z := range 20 {
				fx, fy := tilePosition(3.0000001, 45.0000001, z, 0, 0)
				x, y := int(fx/4096), int(fy/4096)
				slowest := time.Now()
				tile, n, err := s.AppendMVT(nil, "", z, x, y, &scratch)
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(slowest); took > 5*time.Second {
					t.Errorf("zoom %d took %v", z, took)
				}
				if tc.seen && n == 0 {
					t.Errorf("nothing at zoom %d", z)
				}
				if z <= snapshot.MaxGeneralised && len(tile) > 500_000 && !tc.over {
					t.Errorf("zoom %d has %d bytes", z, len(tile))
				}
			}
			if took := time.Since(start); took > patience {
				t.Errorf("it took %v", took)
			}
		})
	}
}
