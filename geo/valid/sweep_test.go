package valid

import (
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"puy/geo"
)

// flatAreas gives the rings of a geometry as checkArea takes them.
func flatAreas(t geom.T) ([]float64, [][]int, int, bool) {
	switch g := t.(type) {
	case *geom.Polygon:
		return g.FlatCoords(), [][]int{g.Ends()}, g.Stride(), true
	case *geom.MultiPolygon:
		return g.FlatCoords(), g.Endss(), g.Stride(), true
	}
	return nil, nil, 0, false
}

// both checks by boxes alone and by the sweep alone.
func both(flat []float64, endss [][]int, stride int) (boxes, swept *Defect) {
	run := func(way func(a *area) *Defect) *Defect {
		var a area
		if d := a.collect(flat, endss, stride); d != nil || len(a.rings) == 0 {
			return d
		}
		if d := a.checkSpikes(); d != nil {
			return d
		}
		if d := way(&a); d != nil || len(a.rings) == 1 {
			return d
		}
		return a.checkConnected()
	}
	boxes = run(func(a *area) *Defect {
		a.index.build(a.points)
		a.index.steps = math.MaxInt
		d, done := a.checkByBoxes()
		if !done {
			panic("no end of steps was set")
		}
		return d
	})
	return boxes, run((*area).sweepEdges)
}

func TestSweepAgreesWithPostGIS(t *testing.T) {
	b, err := os.ReadFile("testdata/postgis.tsv")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		g, err := wkt.Unmarshal(cells[len(cells)-1])
		if err != nil {
			continue
		}
		flat, endss, stride, ok := flatAreas(g)
		if !ok {
			continue
		}
		compared++
		if _, d := both(flat, endss, stride); (d == nil) != (cells[0] == "t") {
			t.Errorf("swept: %v, PostGIS says %s %s: %s", d, cells[0], cells[1], cells[len(cells)-1])
		}
	}
	if compared < 400 {
		t.Errorf("%d compared", compared)
	}
}

// Small whole coordinates make rings that touch, overlap and share points.
func TestSweepAgreesWithBoxes(t *testing.T) {
	good, bad := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(2, 9).Draw(t, "size")
		var flat []float64
		var endss [][]int
		for range rapid.IntRange(1, 4).Draw(t, "polygons") {
			var ends []int
			for range rapid.IntRange(1, 3).Draw(t, "rings") {
				first := len(flat)
				for range rapid.IntRange(3, 5).Draw(t, "points") {
					flat = append(flat, float64(rapid.IntRange(0, size).Draw(t, "x")), float64(rapid.IntRange(0, size).Draw(t, "y")))
				}
				flat = append(flat, flat[first], flat[first+1])
				ends = append(ends, len(flat))
			}
			endss = append(endss, ends)
		}
		boxes, swept := both(flat, endss, 2)
		if (boxes == nil) != (swept == nil) {
			t.Fatalf("boxes: %v, swept: %v", boxes, swept)
		}
		if boxes == nil {
			good++
		} else {
			bad++
		}
	})
	if good == 0 || bad == 0 {
		t.Errorf("%d valid, %d not", good, bad)
	}
}

// comb gives a ring of n teeth that radiate from a centre.
func comb(n int) []float64 {
	var flat []float64
	for i := range n {
		for k, r := range [4]float64{0.01, 1, 1, 0.01} {
			sin, cos := math.Sincos(2 * math.Pi * (float64(i) + float64(k)/4.5) / float64(n))
			flat = append(flat, r*cos, r*sin)
		}
	}
	return append(flat, flat[0], flat[1])
}

// row gives a polygon with n holes beside each other.
func row(n int) (flat []float64, ends []int) {
	flat = []float64{0, 0, float64(n) + 1, 0, float64(n) + 1, 3, 0, 3, 0, 0}
	ends = []int{10}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		x := float64(i) + 0.5
		flat = append(flat, x, 1, x+0.9, 1, x+0.5, 2, x, 1)
		ends = append(ends, len(flat))
	}
	return flat, ends
}

// What boxes cannot tell apart is decided in n log n: these took minutes.
func TestPathological(t *testing.T) {
	n := 30_000
	long := time.Now().Add(30 * time.Second) // far above what it takes, far below the square
	flat := comb(n)
	if d := checkArea(flat, [][]int{{len(flat)}}, 2); d != nil {
		t.Errorf("a comb: %v", d)
	}
	flat[4*n], flat[4*n+1] = 0, 1 // the tip of one tooth across others
	if d := checkArea(flat, [][]int{{len(flat)}}, 2); d == nil || d.Reason != SelfIntersection {
		t.Errorf("a comb with a crooked tooth: %v", d)
	}
	holes, ends := row(n)
	if d := checkArea(holes, [][]int{ends}, 2); d != nil {
		t.Errorf("a row of holes: %v", d)
	}
	for i := ends[7]; i < ends[8]; i += 2 {
		holes[i+1] += 2.5
	}
	if d := checkArea(holes, [][]int{ends}, 2); d == nil {
		t.Error("a hole across the border was accepted")
	}
	if time.Now().After(long) {
		t.Error("more time than n log n")
	}
}

// Many rings that touch in one point are looked at once.
func TestPetals(t *testing.T) {
	n := 20_000
	flat, ends := []float64{-2, -2, 2, -2, 2, 2, -2, 2, -2, -2}, []int{10}
	for i := range n {
		flat = append(flat, 0, 0)
		for _, k := range []float64{0, 0.5} {
			sin, cos := math.Sincos(2 * math.Pi * (float64(i) + k) / float64(n))
			flat = append(flat, cos, sin)
		}
		flat = append(flat, 0, 0)
		ends = append(ends, len(flat))
	}
	if d := checkArea(flat, [][]int{ends}, 2); d != nil {
		t.Errorf("petals: %v", d)
	}
	flat = append(flat, flat[10:18]...)
	if d := checkArea(flat, [][]int{append(ends, len(flat))}, 2); d == nil {
		t.Error("a petal twice")
	}
}

func BenchmarkPathological(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		flat := comb(n)
		holes, ends := row(n)
		run := func(name string, flat []float64, ends []int) {
			g, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, flat, ends))
			if err != nil {
				b.Fatal(err)
			}
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if d := Check(g); d != nil {
						b.Fatal(d)
					}
				}
			})
		}
		run("comb", flat, []int{len(flat)})
		run("row of holes", holes, ends)
	}
}
