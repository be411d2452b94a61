package crs_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"puy/geo"
	"puy/geo/crs"
)

// reference is one row of testdata/proj.csv.
type reference struct {
	code           crs.Code
	lon, lat, x, y float64
}

func references(t testing.TB) []reference {
	t.Helper()
	f, err := os.Open("testdata/proj.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]reference, 0, len(rows))
	for _, row := range rows[1:] {
		var v [5]float64
		for i, cell := range row {
			if v[i], err = strconv.ParseFloat(cell, 64); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, reference{crs.Code(v[0]), v[1], v[2], v[3], v[4]})
	}
	return out
}

func transform(t testing.TB, c crs.Code) *crs.Transform {
	t.Helper()
	tr, err := crs.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// The worst differences seen are 1.5e-8 m and 1.8e-13 degrees; the limits leave
// room for another processor's rounding.
const (
	toleranceMetres  = 1e-6
	toleranceDegrees = 1e-11
)

// Where PROJ takes a shorter way: its rotation with other signs is not quite the
// inverse of a rotation (0.1 mm), and its series for authalic latitudes is short.
// A shift there and back drops the heights between the ellipsoids twice (1 mm).
var (
	looseForward = map[crs.Code]float64{27700: 2e-4, 4277: 2e-9}
	looseInverse = map[crs.Code]float64{27700: 3e-8, 4277: 3e-8, 3035: 1e-9}
)

func TestAgreesWithPROJ(t *testing.T) {
	points := map[crs.Code]int{}
	var worstForward, worstInverse float64
	for _, r := range references(t) {
		points[r.code]++
		tr := transform(t, r.code)
		tolerance := toleranceMetres
		if tr.System().Geographic {
			tolerance = toleranceDegrees
		}
		back := max(toleranceDegrees, looseInverse[r.code])
		tolerance = max(tolerance, looseForward[r.code])
		p := []float64{r.lon, r.lat, 410}
		tr.FromLonLat(p, 3)
		d := math.Hypot(p[0]-r.x, p[1]-r.y)
		if worstForward = max(worstForward, d); !(d <= tolerance) {
			t.Errorf("%s: %v, %v gives %v, want %v %v (%.2g off)", r.code, r.lon, r.lat, p, r.x, r.y, d)
		}
		q := []float64{r.x, r.y, 410}
		tr.ToLonLat(q, 3)
		d = math.Hypot(q[0]-r.lon, q[1]-r.lat)
		if worstInverse = max(worstInverse, d); !(d <= back) {
			t.Errorf("%s: inverse of %v, %v gives %v, want %v %v (%.2g degrees off)", r.code, r.x, r.y, q, r.lon, r.lat, d)
		}
		if p[2] != 410 || q[2] != 410 {
			t.Errorf("%s: height became %v, %v", r.code, p[2], q[2])
		}
		if !tr.Contains(r.x, r.y) {
			t.Errorf("%s does not contain %v, %v of its area of use", r.code, r.x, r.y)
		}
	}
	t.Logf("worst: forward %.2g m, inverse %.2g degrees", worstForward, worstInverse)
	untabled := map[crs.Code]bool{crs.CRS84: true, crs.WGS84: true, 4979: true, 4937: true}
	for _, s := range crs.All() {
		if n := points[s.Code]; n < 20 && !untabled[s.Code] {
			t.Errorf("%s has %d reference points", s.Code, n)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, s := range crs.All() {
		tr := transform(t, s.Code)
		t.Run(s.Code.String(), rapid.MakeCheck(func(t *rapid.T) {
			lon := rapid.Float64Range(s.Area.MinX, s.Area.MaxX).Draw(t, "lon")
			lat := rapid.Float64Range(max(s.Area.MinY, -89.9), min(s.Area.MaxY, 89.9)).Draw(t, "lat")
			p := []float64{lon, lat}
			tr.FromLonLat(p, 2)
			if !tr.Contains(p[0], p[1]) && math.Hypot(p[0], p[1]) > 600 {
				t.Errorf("%v is not contained", p)
			}
			tr.ToLonLat(p, 2)
			if d := math.Hypot(p[0]-lon, p[1]-lat); !(d < max(1e-10, looseInverse[s.Code])) {
				t.Errorf("%v, %v came back as %v (%.2g)", lon, lat, p, d)
			}
		}))
	}
}

func TestFromLonLatIsFinite(t *testing.T) {
	for _, s := range crs.All() {
		tr := transform(t, s.Code)
		for _, lat := range []float64{-90, -89.999999999, -45, 0, 45, 89.999999999, 90} {
			for lon := -180.; lon <= 180; lon += 7.5 {
				p := []float64{lon, lat}
				tr.FromLonLat(p, 2)
				if (geo.Bounds{MinX: -1e300, MinY: -1e300, MaxX: 1e300, MaxY: 1e300}).Intersects(geo.EmptyBounds().Extend(p[0], p[1])) {
					continue
				}
				t.Errorf("%s: %v, %v gives %v", s.Code, lon, lat, p)
			}
		}
	}
}

func TestLambertAcrossTheAntimeridian(t *testing.T) {
	tr := transform(t, crs.Lamb93)
	west, east := []float64{-180, 60}, []float64{180, 60}
	tr.FromLonLat(west, 2)
	tr.FromLonLat(east, 2)
	// The cone is cut opposite its axis, 3 degrees east: at 177 degrees west.
	far := []float64{-178, 60}
	tr.FromLonLat(far, 2)
	if far[0] < 0 {
		t.Errorf("178 W is %v, on the wrong side of the cone", far)
	}
	if math.Abs(west[0]-east[0]) > 1e-6 {
		t.Errorf("180 W is %v, 180 E is %v", west, east)
	}
}

func TestContainsCatchesMistakes(t *testing.T) {
	tests := []struct {
		name string
		code crs.Code
		x, y float64
		want bool
	}{
		{"Clermont-Ferrand", crs.Lamb93, 707000, 6520000, true},
		{"Lambert-93 with axes swapped", crs.Lamb93, 6520000, 707000, false},
		{"degrees in Lambert-93", crs.Lamb93, 3.08, 45.78, false},
		{"CC46 in Lambert-93", crs.Lamb93, 1706000, 5177000, false},
		{"Lambert-93 in CC46", 3946, 707000, 6520000, false},
		{"the next zone's parallel in CC45", 3945, 1706000, 5177000, false},
		{"an island off the coast", crs.Lamb93, -150000, 6800000, true},
		{"degrees in UTM", 32631, 3.08, 45.78, false},
		{"swapped degrees in UTM", 25831, 45.78, 3.08, false},
		{"UTM with axes swapped", 32631, 5070000, 506000, false},
		{"UTM", 32631, 506000, 5070000, true},
		{"UTM beyond its zone by a degree", 25831, 200000, 5070000, true},
		{"degrees in Web Mercator", crs.WebMerc, 3.08, 45.78, false},
		{"Web Mercator", crs.WebMerc, 343000, 5740000, true},
		{"metres in degrees", crs.WGS84, 707000, 6520000, false},
		{"degrees", crs.CRS84, 3.08, 45.78, true},
		{"the world's corner", crs.CRS84, -180, -90, true},
		{"beyond the pole", crs.WGS84, 3, 90.5, false},
		{"RGF93 degrees", 4171, 3.08, 45.78, true},
		{"RGF93 degrees with axes swapped", 4171, 45.78, 3.08, false},
		{"Réunion", 2975, 345000, 7680000, true},
		{"Réunion in Lambert-93", crs.Lamb93, 345000, 7680000, false},
		{"NaN", crs.WGS84, math.NaN(), 3, false},
		{"infinity", crs.WebMerc, math.Inf(1), 3, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := transform(t, tt.code).Contains(tt.x, tt.y); got != tt.want {
				t.Errorf("Contains = %v", got)
			}
		})
	}
}

func TestArea(t *testing.T) {
	a := transform(t, crs.Lamb93).Area()
	// From cs2cs: three corners of the area of use and the middle of its southern edge.
	want := geo.Bounds{MinX: -378305.81, MinY: 6005280.99, MaxX: 1320649.57, MaxY: 7235612.72}
	if !near(a.MinX, want.MinX) || !near(a.MinY, want.MinY) || !near(a.MaxX, want.MaxX) || !near(a.MaxY, want.MaxY) {
		t.Errorf("area %v, want %v within 10 m", a, want)
	}
	if got := transform(t, 4171).Area(); got != (geo.Bounds{MinX: -9.86, MinY: 41.15, MaxX: 10.38, MaxY: 51.56}) {
		t.Errorf("area %v", got)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 10 }

func TestUnsupported(t *testing.T) {
	for _, c := range []crs.Code{crs.Unknown, 27572, -1} {
		if _, err := crs.New(c); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("New(%d): %v", c, err)
		}
		if _, ok := crs.Lookup(c); ok {
			t.Errorf("Lookup(%d) found something", c)
		}
	}
}

func TestSwapXY(t *testing.T) {
	flat := []float64{1, 2, 9, 3, 4, 9}
	crs.SwapXY(flat, 3)
	if want := "[2 1 9 4 3 9]"; fmt.Sprint(flat) != want {
		t.Errorf("got %v, want %s", flat, want)
	}
}

func TestNoAllocation(t *testing.T) {
	flat := []float64{3, 45, 4, 46}
	for _, s := range crs.All() {
		tr := transform(t, s.Code)
		if n := testing.AllocsPerRun(10, func() { tr.FromLonLat(flat, 2); tr.ToLonLat(flat, 2) }); n != 0 {
			t.Errorf("%s: %v allocations", s.Code, n)
		}
	}
}

func BenchmarkPoint(b *testing.B) {
	for _, c := range []crs.Code{crs.WebMerc, crs.Lamb93, 25831} {
		tr := transform(b, c)
		const n = 1000
		lonLat, work := make([]float64, 2*n), make([]float64, 2*n)
		for i := range n {
			lonLat[2*i], lonLat[2*i+1] = 1+float64(i)/500, 43+float64(i%50)/10
		}
		xy := append([]float64(nil), lonLat...)
		tr.FromLonLat(xy, 2)
		for name, direction := range map[string]struct {
			in   []float64
			call func([]float64, int)
		}{"from": {lonLat, tr.FromLonLat}, "to": {xy, tr.ToLonLat}} {
			b.Run(fmt.Sprintf("%s/%s", c, name), func(b *testing.B) {
				for b.Loop() {
					copy(work, direction.in)
					direction.call(work, 2)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/point")
			})
		}
	}
}
