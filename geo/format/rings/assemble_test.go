package rings

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/valid"
)

// reversed gives positions of two coordinates in the other order.
func reversed(flat []float64) []float64 {
	var out []float64
	for i := len(flat) - 2; i >= 0; i -= 2 {
		out = append(out, flat[i], flat[i+1])
	}
	return out
}

// box gives a ring around a square, clockwise or not.
func box(x, y, size float64, clockwise bool) []float64 {
	r := []float64{x, y, x, y + size, x + size, y + size, x + size, y, x, y}
	if !clockwise {
		r = reversed(r)
	}
	return r
}

func assembled(rings ...[]float64) geom.T {
	var flat []float64
	var ends []int
	for _, r := range rings {
		flat = append(flat, r...)
		ends = append(ends, len(flat))
	}
	return Assemble(geom.XY, flat, ends)
}

func TestAssemble(t *testing.T) {
	cw, ccw := true, false
	tests := []struct {
		name  string
		rings [][]float64
		want  string // "P" polygons, each with its number of rings
	}{
		{"one", [][]float64{box(0, 0, 9, cw)}, "1"},
		{"one the wrong way", [][]float64{box(0, 0, 9, ccw)}, "1"},
		{"a hole", [][]float64{box(0, 0, 9, cw), box(1, 1, 2, ccw)}, "2"},
		{"the hole first", [][]float64{box(1, 1, 2, ccw), box(0, 0, 9, cw)}, "2"},
		{"a hole the wrong way", [][]float64{box(0, 0, 9, cw), box(1, 1, 2, cw)}, "2"},
		{"all the wrong way", [][]float64{box(0, 0, 9, ccw), box(1, 1, 2, cw), box(20, 0, 3, ccw)}, "2 1"},
		{"two, all one way", [][]float64{box(0, 0, 3, ccw), box(10, 0, 3, ccw)}, "1 1"},
		{"an island in a lake", [][]float64{box(0, 0, 9, cw), box(1, 1, 7, ccw), box(2, 2, 4, cw), box(3, 3, 1, ccw)}, "2 2"},
		{"holes of two", [][]float64{box(0, 0, 9, cw), box(20, 0, 9, cw), box(21, 1, 2, ccw), box(1, 1, 2, ccw)}, "2 2"},
		{"a hole that touches its shell", [][]float64{box(0, 0, 9, cw), box(0, 0, 3, ccw)}, "2"},
		{"neighbours", [][]float64{box(0, 0, 3, cw), box(3, 0, 3, cw)}, "1 1"},
		{"overlapping", [][]float64{box(0, 0, 3, cw), box(2, 2, 3, cw)}, "1 1"},
		{"the same twice", [][]float64{box(0, 0, 3, cw), box(0, 0, 3, ccw)}, "1 1"},
	}
	for _, test := range tests {
		var got []string
		switch g := assembled(test.rings...).(type) {
		case *geom.Polygon:
			got = append(got, string(rune('0'+g.NumLinearRings())))
		case *geom.MultiPolygon:
			for i := range g.NumPolygons() {
				got = append(got, string(rune('0'+g.Polygon(i).NumLinearRings())))
			}
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: got %s, want %s", test.name, s, test.want)
		}
	}
}

func TestOpenRingsAreClosed(t *testing.T) {
	text, err := wkt.Marshal(assembled([]float64{0, 0, 0, 4, 4, 4}, []float64{9, 9, 9, 10, 10, 10}))
	if want := "MULTIPOLYGON (((0 0, 0 4, 4 4, 0 0)), ((9 9, 9 10, 10 10, 9 9)))"; err != nil || text != want {
		t.Error(text, err)
	}
}

// TestNestingAgrees checks random nested squares with the validity check.
func TestNestingAgrees(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var rings [][]float64
		var split func(x, y, size float64, depth int)
		split = func(x, y, size float64, depth int) {
			rings = append(rings, box(x, y, size, random.IntN(2) == 0))
			if depth == 4 {
				return
			}
			for i := range 4 {
				if random.IntN(2) == 0 {
					split(x+size*(0.1+0.45*float64(i%2)), y+size*(0.1+0.45*float64(i/2)), size*0.4, depth+1)
				}
			}
		}
		split(0, 0, 1000, 0)
		random.Shuffle(len(rings), func(i, j int) { rings[i], rings[j] = rings[j], rings[i] })
		g, err := geo.NewGeometry(assembled(rings...))
		if err != nil {
			t.Fatal(err)
		}
		if d := valid.Check(g); d != nil {
			t.Fatalf("%d rings: %v", len(rings), d)
		}
	}
}

// TestNestingIsBounded makes shapes on which comparing all with all would take hours.
func TestNestingIsBounded(t *testing.T) {
	start := time.Now()
	var nested, apart [][]float64
	for i := range 20_000 {
		x := float64(i)
		nested = append(nested, box(x, x, 1e6-2*x, i%2 == 0))
		apart = append(apart, box(x*2, 0, 1, true))
	}
	assembled(nested...)
	if g, ok := assembled(apart...).(*geom.MultiPolygon); !ok || g.NumPolygons() != len(apart) {
		t.Error("squares apart are not as many polygons")
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}
