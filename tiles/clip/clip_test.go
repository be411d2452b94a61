package clip_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"puy/tiles/clip"
	"puy/tiles/mvt"
)

// At zoom 20 a tile unit is a grid unit, so that cuts can be checked in plain
// coordinates; the tile has its corner at the origin of these tests.
const tileX, tileY = 500_000, 400_000

func vertex(x, y int64) clip.Vertex {
	return clip.Vertex{X: tileX*mvt.Extent + x, Y: tileY*mvt.Extent + y}
}

func vertices(pts []mvt.Point) []clip.Vertex {
	vs := make([]clip.Vertex, len(pts))
	for i, p := range pts {
		vs[i] = vertex(int64(p.X), int64(p.Y))
	}
	return vs
}

// cut gives the features that remain of one polygon or line, as a strict reader sees them.
func cut(t interface{ Fatalf(string, ...any) }, kind mvt.GeometryType, parts ...[]mvt.Point) [][]mvt.Point {
	c := clip.Clipper{Grid: clip.NewGrid(20, tileX, tileY)}
	var w mvt.LayerWriter
	w.Reset("t")
	if kind == mvt.LineString {
		for _, part := range parts {
			c.Line(&w, vertices(part))
		}
	} else {
		c.Begin()
		for _, part := range parts {
			c.Ring(vertices(part))
		}
		c.End(&w)
	}
	w.EndFeature(1, true)
	b, n := w.AppendLayer(nil)
	if n == 0 {
		return nil
	}
	layers, err := mvt.Decode(b)
	if err != nil {
		t.Fatalf("%v\nof %v", err, parts)
	}
	return layers[0].Features[0].Parts
}

// r makes points of x, y, x, y ….
func r(xy ...int32) []mvt.Point {
	var pts []mvt.Point
	for i := 0; i < len(xy); i += 2 {
		pts = append(pts, mvt.Point{X: xy[i], Y: xy[i+1]})
	}
	return pts
}

const lo, hi = -clip.Buffer, mvt.Extent + clip.Buffer

var box = []mvt.Point{{X: lo, Y: lo}, {X: hi, Y: lo}, {X: hi, Y: hi}, {X: lo, Y: hi}}

func TestPolygonCases(t *testing.T) {
	for _, tc := range []struct {
		name  string
		rings [][]mvt.Point
		want  [][]mvt.Point // each from its least point on
	}{
		{"covers the box", [][]mvt.Point{r(-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000)}, [][]mvt.Point{box}},
		{"equals the box", [][]mvt.Point{box}, [][]mvt.Point{box}},
		{"inside", [][]mvt.Point{r(10, 10, 90, 10, 90, 90)}, [][]mvt.Point{r(10, 10, 90, 10, 90, 90)}},
		{"beyond one side", [][]mvt.Point{r(5000, 10, 6000, 10, 6000, 90)}, nil},
		{"around a corner, outside", [][]mvt.Point{r(-9000, 100, 100, -9000, -9000, -9000)}, nil},
		{"touches the border from outside", [][]mvt.Point{r(hi, 10, 6000, 10, 6000, 90, hi, 90)}, nil},
		{"touches the border from inside", [][]mvt.Point{r(hi-50, 10, hi, 10, hi, 90)}, [][]mvt.Point{r(hi-50, 10, hi, 10, hi, 90)}},
		{"half of the box", [][]mvt.Point{r(-9000, -9000, 2000, -9000, 2000, 9000, -9000, 9000)},
			[][]mvt.Point{r(lo, lo, 2000, lo, 2000, hi, lo, hi)}},
		{"comb falls apart", [][]mvt.Point{r(100, 0, 5000, 0, 5000, 300, 100, 300, 100, 200, 4500, 200, 4500, 100, 100, 100)},
			[][]mvt.Point{r(100, 0, hi, 0, hi, 100, 100, 100), r(100, 200, hi, 200, hi, 300, 100, 300)}},
		{"hole covers the box", [][]mvt.Point{r(-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000), r(-5000, -5000, -5000, 5000, 5000, 5000, 5000, -5000)}, nil},
		{"hole inside the box", [][]mvt.Point{r(-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000), r(10, 10, 10, 50, 50, 50)},
			[][]mvt.Point{box, r(10, 10, 10, 50, 50, 50)}},
		{"hole across the border", [][]mvt.Point{r(-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000), r(4000, 0, 4000, 100, 5000, 100, 5000, 0)},
			[][]mvt.Point{r(lo, lo, hi, lo, hi, 0, 4000, 0, 4000, 100, hi, 100, hi, hi, lo, hi)}},
		{"hole goes to the piece it lies in", [][]mvt.Point{
			r(100, 0, 5000, 0, 5000, 300, 100, 300, 100, 200, 4500, 200, 4500, 100, 100, 100), r(200, 220, 200, 280, 280, 280)},
			[][]mvt.Point{r(100, 0, hi, 0, hi, 100, 100, 100), r(100, 200, hi, 200, hi, 300, 100, 300), r(200, 220, 200, 280, 280, 280)}},
		{"loop wound the other way than the rest", [][]mvt.Point{r(100, 0, 100, 200, 20000, -206, 20000, 406)}, [][]mvt.Point{r(100, 0, hi, 83, hi, 117, 100, 200)}},
		{"empty ring", [][]mvt.Point{{}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := cut(t, mvt.Polygon, tc.rings...)
			for i, ring := range got {
				first := 0
				for j, p := range ring {
					if q := ring[first]; p.X < q.X || p.X == q.X && p.Y < q.Y {
						first = j
					}
				}
				got[i] = append(slices.Clone(ring[first:]), ring[:first]...)
			}
			if !slices.EqualFunc(got, tc.want, slices.Equal) {
				t.Errorf("got %v\nwant %v", got, tc.want)
			}
		})
	}
}

// star draws a simple ring around a centre: angles grow, radii vary wildly.
func star(t *rapid.T, label string, cx, cy int, least, most float64) []mvt.Point {
	n := rapid.IntRange(3, 40).Draw(t, label)
	var ring []mvt.Point
	for i := range n {
		r := rapid.Float64Range(least, most).Draw(t, "r")
		a := 2 * math.Pi * float64(i) / float64(n)
		p := mvt.Point{X: int32(cx + int(r*math.Cos(a))), Y: int32(cy + int(r*math.Sin(a)))}
		ring = append(ring, p)
	}
	return ring
}

func inside(rings [][]mvt.Point, x, y float64) bool {
	in := false
	for _, ring := range rings {
		for i, b := range ring {
			a := ring[(i+len(ring)-1)%len(ring)]
			ax, ay, bx, by := float64(a.X), float64(a.Y), float64(b.X), float64(b.Y)
			if (ay > y) != (by > y) && x < ax+(y-ay)*(bx-ax)/(by-ay) {
				in = !in
			}
		}
	}
	return in
}

func nearEdge(rings [][]mvt.Point, x, y, within float64) bool {
	for _, ring := range rings {
		for i, b := range ring {
			a := ring[(i+len(ring)-1)%len(ring)]
			dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
			px, py := x-float64(a.X), y-float64(a.Y)
			s := max(0, min(1, (px*dx+py*dy)/max(1, dx*dx+dy*dy)))
			if math.Hypot(px-s*dx, py-s*dy) < within {
				return true
			}
		}
	}
	return false
}

func TestPolygonKeepsTheInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cx, cy := rapid.IntRange(-6000, 10000).Draw(t, "cx"), rapid.IntRange(-6000, 10000).Draw(t, "cy")
		rings := [][]mvt.Point{star(t, "exterior", cx, cy, 300, 9000)}
		if rapid.Bool().Draw(t, "hole") {
			hole := star(t, "hole", cx, cy, 10, 200)
			slices.Reverse(hole)
			rings = append(rings, hole)
		}
		got := cut(t, mvt.Polygon, rings...)
		onBorder := map[[2]mvt.Point]bool{}
		for _, ring := range got {
			for i, b := range ring {
				a := ring[(i+len(ring)-1)%len(ring)]
				if min(b.X, b.Y) < lo || max(b.X, b.Y) > hi {
					t.Fatalf("%v lies outside of the box", b)
				}
				if a.X == b.X && (a.X == lo || a.X == hi) || a.Y == b.Y && (a.Y == lo || a.Y == hi) {
					if onBorder[[2]mvt.Point{b, a}] {
						t.Fatalf("bridge %v %v", a, b)
					}
					onBorder[[2]mvt.Point{a, b}] = true
				}
			}
		}
		for range 100 {
			x, y := rapid.Float64Range(lo, hi).Draw(t, "x"), rapid.Float64Range(lo, hi).Draw(t, "y")
			if nearEdge(rings, x, y, 1.5) || nearEdge([][]mvt.Point{box}, x, y, 0.01) {
				continue
			}
			if a, b := inside(rings, x, y), inside(got, x, y); a != b {
				t.Fatalf("%.1f %.1f: inside %v before, %v after the cut\n%v\n%v", x, y, a, b, rings, got)
			}
		}
	})
}

// Any closed walk, however it crosses itself, with vertices on the border: the
// result must be a valid command stream.
func TestPolygonOfAnyRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.OneOf(rapid.Int32Range(-9000, 13000), rapid.SampledFrom([]int32{lo, hi, 0, 4096}))
		n := rapid.IntRange(3, 12).Draw(t, "n")
		var ring []mvt.Point
		for range n {
			ring = append(ring, mvt.Point{X: coordinate.Draw(t, "x"), Y: coordinate.Draw(t, "y")})
		}
		cut(t, mvt.Polygon, ring)
		if mvt.Area2(ring) < 0 {
			slices.Reverse(ring)
		}
		cut(t, mvt.Polygon, ring)
	})
}

func TestLine(t *testing.T) {
	for _, tc := range []struct {
		name string
		line []mvt.Point
		want [][]mvt.Point
	}{
		{"inside", r(1, 1, 1, 1, 5, 5), [][]mvt.Point{r(1, 1, 5, 5)}},
		{"through", r(-1000, 100, 9000, 100), [][]mvt.Point{r(lo, 100, hi, 100)}},
		{"out and in", r(100, 100, 9000, 100, 9000, 200, 100, 200), [][]mvt.Point{r(100, 100, hi, 100), r(hi, 200, 100, 200)}},
		{"past a corner", r(-500, 100, 100, -500), nil},
		{"through a corner", r(lo-100, lo+100, lo+100, lo-100), nil},
		{"diagonal", r(lo-100, lo-100, hi+100, hi+100), [][]mvt.Point{r(lo, lo, hi, hi)}},
		{"along the border", r(lo, 0, lo, 100), nil},
		{"one point", r(5, 5), nil},
		{"nothing", nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := cut(t, mvt.LineString, tc.line); !slices.EqualFunc(got, tc.want, slices.Equal) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// The length that remains of a segment is that of its part inside the box.
func TestLineLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.Int32Range(-20000, 24000)
		a := mvt.Point{X: coordinate.Draw(t, "ax"), Y: coordinate.Draw(t, "ay")}
		b := mvt.Point{X: coordinate.Draw(t, "bx"), Y: coordinate.Draw(t, "by")}
		t0, t1 := 0.0, 1.0
		for _, side := range [][2]float64{{float64(b.X - a.X), float64(a.X)}, {float64(b.Y - a.Y), float64(a.Y)}} {
			d, s := side[0], side[1]
			if d == 0 && (s < lo || s > hi) {
				t1 = 0
			}
			if d != 0 {
				p, q := (lo-s)/d, (hi-s)/d
				t0, t1 = max(t0, min(p, q)), min(t1, max(p, q))
			}
		}
		want := max(0, t1-t0) * math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))
		got := 0.0
		for _, part := range cut(t, mvt.LineString, []mvt.Point{a, b}) {
			got += math.Hypot(float64(part[1].X-part[0].X), float64(part[1].Y-part[0].Y))
		}
		if math.Abs(got-want) > 2 {
			t.Fatalf("%v %v: length %.2f, want %.2f", a, b, got, want)
		}
	})
}

// At zoom 0 products exceed 64 bits; the ring from corner to corner of the world
// must still be cut as at any other zoom.
func TestWholeWorld(t *testing.T) {
	c := clip.Clipper{Grid: clip.NewGrid(1, 1, 0)}
	var w mvt.LayerWriter
	w.Reset("t")
	const world = 1<<32 - 1
	c.Begin()
	c.Ring([]clip.Vertex{{X: 0, Y: 0}, {X: world, Y: world}, {X: 0, Y: world}})
	c.End(&w)
	w.EndFeature(0, false)
	b, _ := w.AppendLayer(nil)
	layers, err := mvt.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	ring := layers[0].Features[0].Parts[0]
	if got, want := mvt.Area2(ring), int64(160*160); got != want {
		t.Errorf("area of %v is %d, want %d", ring, got, want)
	}
}
