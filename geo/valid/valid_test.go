package valid_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"puy/geo"
	"puy/geo/valid"
)

func parse(t testing.TB, text string) geo.Geometry {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return seal(t, g)
}

func seal(t testing.TB, g geom.T) geo.Geometry {
	t.Helper()
	sealed, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestAgreesWithPostGIS(t *testing.T) {
	b, err := os.ReadFile("testdata/postgis.tsv")
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]int{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 3 {
			t.Fatalf("bad line %q", line)
		}
		judged[cells[0]]++
		d := valid.Check(parse(t, cells[2]))
		if (d == nil) != (cells[0] == "t") {
			t.Errorf("got %v, PostGIS says %s: %s", d, cells[1], cells[2])
		}
		// Where several things are wrong the order of finding them differs, but not here.
		if few := cells[1] == "Too few points in geometry component"; d != nil && few != (d.Reason == valid.TooFewPoints) {
			t.Errorf("got %v, PostGIS says %s: %s", d, cells[1], cells[2])
		}
	}
	if judged["t"] < 100 || judged["f"] < 300 {
		t.Errorf("the corpus is too small: %v", judged)
	}
}

func TestReasons(t *testing.T) {
	const square = "(0 0,9 0,9 9,0 9,0 0)"
	tests := []struct {
		text   string
		reason valid.Reason
		x, y   float64
	}{
		{"LINESTRING(3 45,3 45)", valid.TooFewPoints, 3, 45},
		{"MULTILINESTRING((0 0,1 1),(2 2,2 2))", valid.TooFewPoints, 2, 2},
		{"POLYGON((1 1,2 2,1 1,1 1))", valid.TooFewPoints, 1, 1},
		{"POLYGON((0 0,4 4,4 0,0 4,0 0))", valid.SelfIntersection, 2, 2},
		{"POLYGON((0 0,4 0,4 4,6 4,4 4,0 4,0 0))", valid.Spike, 6, 4},
		{"POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", valid.RingSelfIntersection, 2, 0},
		{"POLYGON((0 0,2 0,2 2,4 2,4 0,2 0,2 -2,0 -2,0 0))", valid.RingSelfIntersection, 2, 0},
		{"POLYGON(" + square + ",(1 1,2 1,2 2,1 2,1 1),(2 2,1 2,1 1,2 1,2 2))", valid.DuplicateRings, 1, 1},
		{"POLYGON(" + square + ",(1 1,2 1,2 2,1 2,1 1),(1 2,2 2,2 1,1 1,1 2))", valid.DuplicateRings, 2, 1},
		{"POLYGON(" + square + ",(11 1,12 1,12 2,11 1))", valid.HoleOutsideShell, 11, 1},
		{"POLYGON(" + square + ",(1 1,5 1,5 5,1 5,1 1),(2 2,3 2,3 3,2 2))", valid.NestedHoles, 2, 2},
		{"POLYGON(" + square + ",(1 1,5 1,5 5,1 5,1 1),(1 1,3 2,2 3,1 1))", valid.NestedHoles, 1, 1},
		{"MULTIPOLYGON((" + square + "),((1 1,2 1,2 2,1 1)))", valid.NestedShells, 1, 1},
		{"POLYGON(" + square + ",(0 4,9 4,5 6,0 4))", valid.DisconnectedInterior, 9, 4},
		{"POLYGON(" + square + ",(0 4,3 3,3 5,0 4),(3 4,6 3,6 5,3 4),(6 4,9 4,7 5,6 4))", valid.DisconnectedInterior, 9, 4},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			d := valid.Check(parse(t, tt.text))
			if d == nil || *d != (valid.Defect{Reason: tt.reason, X: tt.x, Y: tt.y}) {
				t.Errorf("got %v, want %s at %v %v", d, tt.reason, tt.x, tt.y)
			}
		})
	}
}

// No text form carries these, or floating point fails PostGIS on them.
func TestWhatTextCannotSay(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name   string
		g      geom.T
		reason valid.Reason
	}{
		{"a point at NaN", geom.NewPointFlat(geom.XY, []float64{nan, 45}), valid.NonFinite},
		{"a line to infinity", geom.NewLineStringFlat(geom.XY, []float64{0, 0, 1, inf}), valid.NonFinite},
		{"a ring with NaN", geom.NewPolygonFlat(geom.XY, []float64{0, 0, 1, 0, nan, nan, 1, 1, 0, 0}, []int{10}), valid.NonFinite},
		{"a height that is NaN", geom.NewPointFlat(geom.XYZ, []float64{3, 45, nan}), ""},
		{"an open ring", geom.NewPolygonFlat(geom.XY, []float64{0, 0, 1, 0, 1, 1, 0, 1}, []int{8}), valid.RingNotClosed},
		{"a ring closed but for its height", geom.NewPolygonFlat(geom.XYZ, []float64{0, 0, 1, 1, 0, 2, 1, 1, 3, 0, 0, 4}, []int{12}), ""},
		{"a hole without shell", geom.NewPolygonFlat(geom.XY, []float64{1, 1, 2, 1, 2, 2, 1, 1}, []int{0, 8}), valid.HoleOutsideShell},
		{"the least triangle", geom.NewPolygonFlat(geom.XY, []float64{0, 0, 5e-324, 0, 0, 5e-324, 0, 0}, []int{8}), ""},
		{"the largest triangle", geom.NewPolygonFlat(geom.XY, []float64{-1.7e308, -1.7e308, 1.7e308, -1.7e308, 1.7e308, 1.7e308, -1.7e308, -1.7e308}, []int{8}), ""},
		{"the largest bow tie", geom.NewPolygonFlat(geom.XY, []float64{-1.7e308, -1.7e308, 1.7e308, 1.7e308, 1.7e308, -1.7e308, -1.7e308, 1.7e308, -1.7e308, -1.7e308}, []int{10}), valid.SelfIntersection},
		{"a ring of one point", geom.NewPolygonFlat(geom.XY, []float64{0, 0}, []int{2}), valid.TooFewPoints},
		{"a line of one point", geom.NewLineStringFlat(geom.XY, []float64{0, 0}), valid.TooFewPoints},
		{"an open ring of a multipolygon", geom.NewMultiPolygonFlat(geom.XY, []float64{0, 0, 1, 0, 1, 1, 0, 1}, [][]int{{8}}), valid.RingNotClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := valid.Check(seal(t, tt.g))
			if got := d != nil; got != (tt.reason != "") || got && d.Reason != tt.reason {
				t.Errorf("got %v, want %q", d, tt.reason)
			}
		})
	}
	if d := valid.Check(geo.Geometry{}); d != nil {
		t.Errorf("no geometry: %v", d)
	}
}

// coast gives a valid star-shaped ring of n points around x, y, rough at all scales.
func coast(r *rand.Rand, n int, x, y, radius float64) []float64 {
	var phase [40]float64
	for k := range phase {
		phase[k] = 2 * math.Pi * r.Float64()
	}
	flat := make([]float64, 0, 2*n+2)
	for i := range n {
		angle, f := 2*math.Pi*float64(i)/float64(n), 0.85
		for k := range phase {
			f += 0.04 * math.Sin(float64((k+1)*(k+1))*angle+phase[k]) / float64(k+1)
		}
		sin, cos := math.Sincos(angle)
		flat = append(flat, x+radius*f*cos, y+radius*f*sin)
	}
	return append(flat, flat[0], flat[1])
}

// archipelago gives a valid multipolygon of side×side islands with a lake each.
func archipelago(side, n int) *geom.MultiPolygon {
	r := rand.New(rand.NewPCG(1, 2))
	var flat []float64
	var endss [][]int
	for _, k := range r.Perm(side * side) {
		x, y := float64(k%side), float64(k/side)
		flat = append(flat, coast(r, n, x, y, 0.49)...)
		shell := len(flat)
		flat = append(flat, coast(r, n, x, y, 0.3)...)
		endss = append(endss, []int{shell, len(flat)})
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss)
}

func TestManyRings(t *testing.T) {
	g := archipelago(30, 40)
	if d := valid.Check(seal(t, g)); d != nil {
		t.Fatalf("a valid archipelago: %v", d)
	}
	// One lake is moved to another island's middle.
	flat := append([]float64(nil), g.FlatCoords()...)
	ends := g.Endss()
	for i := ends[7][0]; i < ends[7][1]; i += 2 {
		flat[i] += 3
	}
	if d := valid.Check(seal(t, geom.NewMultiPolygonFlat(geom.XY, flat, ends))); d == nil {
		t.Error("a lake outside its island was accepted")
	}
	// One island is shrunk into the shore of its own lake's neighbour.
	copy(flat, g.FlatCoords())
	start := ends[7][1]
	dx, dy := flat[0]-flat[start], flat[1]-flat[start+1]
	for i := start; i < ends[8][1]; i += 2 {
		flat[i], flat[i+1] = flat[i]+dx, flat[i+1]+dy
	}
	if d := valid.Check(seal(t, geom.NewMultiPolygonFlat(geom.XY, flat, ends))); d == nil {
		t.Error("overlapping islands were accepted")
	}
}

// The answer depends neither on where rings start, nor on their direction, nor
// on the order of parts, nor on a mirror.
func TestInvariance(t *testing.T) {
	b, err := os.ReadFile("testdata/postgis.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var polygons []*geom.Polygon
	for line := range strings.Lines(string(b)) {
		if cells := strings.Split(strings.TrimSpace(line), "\t"); strings.HasPrefix(cells[len(cells)-1], "POLYGON((") {
			polygons = append(polygons, parse(t, cells[2]).T().(*geom.Polygon))
		}
	}
	if len(polygons) < 100 {
		t.Fatalf("%d polygons", len(polygons))
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(polygons).Draw(t, "polygon")
		want := valid.Check(mustSeal(p)) == nil
		var flat []float64
		var ends []int
		order := rapid.Permutation(indices(p.NumLinearRings()-1)).Draw(t, "order")
		mirror := rapid.SampledFrom([]float64{1, -1}).Draw(t, "mirror")
		for _, k := range append([]int{-1}, order...) {
			ring := p.LinearRing(k + 1).Coords()
			n := len(ring) - 1
			shift := rapid.IntRange(0, n-1).Draw(t, "start")
			step := rapid.SampledFrom([]int{1, -1}).Draw(t, "direction")
			for i := range n + 1 {
				c := ring[((shift+step*i)%n+n)%n]
				flat = append(flat, mirror*c[1], c[0])
			}
			ends = append(ends, len(flat))
		}
		g := geom.NewPolygonFlat(geom.XY, flat, ends)
		if d := valid.Check(mustSeal(g)); (d == nil) != want {
			t.Errorf("valid is %v, but turned round: %v", want, d)
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func mustSeal(g geom.T) geo.Geometry {
	sealed, err := geo.NewGeometry(g)
	if err != nil {
		panic(err)
	}
	return sealed
}

func TestConcurrentChecks(t *testing.T) {
	good, bad := seal(t, archipelago(5, 20)), parse(t, "POLYGON((0 0,4 4,4 0,0 4,0 0))")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				if d := valid.Check(good); d != nil {
					t.Errorf("got %v", d)
				}
				if d := valid.Check(bad); d == nil {
					t.Error("accepted")
				}
			}
		})
	}
	group.Wait()
}

func FuzzCheck(f *testing.F) {
	for _, text := range []string{"POLYGON((0 0,9 0,9 9,0 9,0 0),(0 4,9 4,5 6,0 4))", "MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((4 4,6 4,6 6,4 4)))", "LINESTRING(0 0,0 0)"} {
		f.Add(parse(f, text).AppendWKB(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := geo.ParseWKB(b)
		if err != nil {
			return
		}
		first, again := valid.Check(g), valid.Check(g)
		if fmt.Sprint(first) != fmt.Sprint(again) {
			t.Errorf("first %v, then %v", first, again)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{5, 60, 1000, 100000} {
		flat := coast(r, n, 3, 45, 1)
		benchmark(b, fmt.Sprintf("ring of %d", n), geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}))
	}
	benchmark(b, "900 islands with lakes", archipelago(30, 40))
}

func benchmark(b *testing.B, name string, g geom.T) {
	sealed := seal(b, g)
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if d := valid.Check(sealed); d != nil {
				b.Fatal(d)
			}
		}
		vertices := float64(len(g.FlatCoords()) / 2)
		b.ReportMetric(vertices*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mvertices/s")
	})
}
