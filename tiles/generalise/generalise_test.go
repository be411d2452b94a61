package generalise

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func walk(rng *rand.Rand, n int) []Point {
	pts := make([]Point, n)
	x, y := uint32(1<<31), uint32(1<<31)
	for i := range pts {
		x, y = x+rng.Uint32N(2000)-800, y+rng.Uint32N(2000)-1000
		pts[i] = Point{x, y}
	}
	return pts
}

// By definition: again and again the vertex with the smallest triangle goes.
func slowly(pts []Point) []byte {
	sig := make([]byte, len(pts))
	left := make([]int, len(pts))
	for i := range left {
		left[i] = i
	}
	sig[0], sig[len(pts)-1] = Pinned, Pinned
	largest := 0.0
	for len(left) > 2 {
		best, area := 0, 0.0
		for k := 1; k+1 < len(left); k++ {
			if a := triangle(pts[left[k-1]], pts[left[k]], pts[left[k+1]]); best == 0 || a < area {
				best, area = k, a
			}
		}
		largest = max(largest, area)
		sig[left[best]] = Level(largest)
		left = slices.Delete(left, best, best+1)
	}
	return sig
}

func TestLineSignificance(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var s Simplifier
	for n := 2; n < 200; n += 3 {
		pts := walk(rng, n)
		sig := make([]byte, n)
		s.Line(pts, sig)
		if diff := cmp.Diff(slowly(pts), sig); diff != "" {
			t.Fatalf("%d vertices: %s", n, diff)
		}
		slices.Reverse(pts)
		back := make([]byte, n)
		s.Line(pts, back)
		slices.Reverse(back)
		if diff := cmp.Diff(sig, back); diff != "" {
			t.Fatalf("%d vertices backwards: %s", n, diff)
		}
	}
}

// A ring without nodes gets the same wherever it begins and whichever way it goes.
func TestRingWhereverItBegins(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var s Simplifier
	for _, n := range []int{3, 4, 5, 50} {
		pts := walk(rng, n)
		want := map[Point]byte{}
		pinned := 0
		for turn := range 2 * n {
			sig := make([]byte, n)
			s.Ring(pts, sig)
			for i, p := range pts {
				if turn == 0 {
					want[p] = sig[i]
					if sig[i] == Pinned {
						pinned++
					}
				} else if want[p] != sig[i] {
					t.Fatalf("%d vertices: %v has %d, then %d", n, p, want[p], sig[i])
				}
			}
			pts = append(pts[1:], pts[0])
			if turn == n {
				slices.Reverse(pts)
			}
		}
		if pinned != 3 {
			t.Errorf("%d of %d vertices are pinned", pinned, n)
		}
	}
}

func nodesOf(lines, rings [][]Point, passes uint64) map[Point]bool {
	s := NewSearch(0, 0, 1)
	s.passes, s.last = passes, passes
	for range s.Passes() {
		for _, l := range lines {
			s.Line(l)
		}
		for _, r := range rings {
			s.Ring(r)
		}
		s.Next()
	}
	found := map[Point]bool{}
	for x := range uint32(8) {
		for y := range uint32(8) {
			if p := (Point{x, y}); s.Nodes().has(p) {
				found[p] = true
			}
		}
	}
	return found
}

func TestNodes(t *testing.T) {
	for name, tc := range map[string]struct {
		lines, rings [][]Point
		want         map[Point]bool
	}{
		"two that share a border":     {rings: [][]Point{{{0, 0}, {2, 0}, {2, 1}, {2, 2}, {0, 2}}, {{2, 0}, {4, 0}, {4, 2}, {2, 2}, {2, 1}}}, want: map[Point]bool{{2, 0}: true, {2, 2}: true}},
		"a hole and its island":       {rings: [][]Point{{{0, 0}, {2, 0}, {2, 2}}, {{2, 2}, {2, 0}, {0, 0}}}, want: map[Point]bool{}},
		"position 0 where two touch":  {rings: [][]Point{{{0, 0}, {2, 0}, {2, 2}}, {{0, 0}, {0, 3}, {3, 3}}}, want: map[Point]bool{{0, 0}: true}},
		"a line that ends on another": {lines: [][]Point{{{0, 1}, {1, 1}, {2, 1}}, {{1, 1}, {1, 5}}}, want: map[Point]bool{{1, 1}: true}},
		"lines end to end":            {lines: [][]Point{{{0, 1}, {1, 1}}, {{1, 1}, {1, 5}}}, want: map[Point]bool{}},
	} {
		for _, passes := range []uint64{1, 3} {
			if diff := cmp.Diff(tc.want, nodesOf(tc.lines, tc.rings, passes)); diff != "" {
				t.Errorf("%s, %d passes: %s", name, passes, diff)
			}
		}
	}
}

func TestUnion(t *testing.T) {
	square := func(x, y, size uint32) []Point {
		return []Point{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}}
	}
	backwards := func(pts []Point) []Point { slices.Reverse(pts); return pts }
	for name, tc := range map[string]struct {
		rings [][]Point
		want  []float64 // areas
	}{
		"side by side":          {[][]Point{square(0, 0, 2), square(2, 0, 2)}, []float64{8}},
		"apart":                 {[][]Point{square(0, 0, 2), square(5, 0, 2)}, []float64{4, 4}},
		"at a corner":           {[][]Point{square(0, 0, 2), square(2, 2, 2)}, []float64{4, 4}},
		"an island fills":       {[][]Point{square(0, 0, 9), backwards(square(3, 3, 3)), square(3, 3, 3)}, []float64{81}},
		"a hole remains":        {[][]Point{square(0, 0, 9), backwards(square(3, 3, 3))}, []float64{81, -9}},
		"a hole too small":      {[][]Point{square(0, 0, 9), backwards(square(3, 3, 1))}, []float64{81}},
		"around a missing one":  {[][]Point{square(0, 0, 2), square(2, 0, 2), square(4, 0, 2), square(0, 2, 2), square(4, 2, 2), square(0, 4, 2), square(2, 4, 2), square(4, 4, 2)}, []float64{36, -4}},
		"a spike":               {[][]Point{{{0, 0}, {5, 0}, {9, 0}, {5, 0}, {5, 5}}}, []float64{12.5}},
		"the same twice and up": {[][]Point{square(0, 0, 2), backwards(square(0, 0, 2))}, nil},
	} {
		var u Union
		for _, r := range tc.rings {
			u.Ring(r, make([]byte, len(r)))
		}
		var got []float64
		sum := 0.0
		total := u.Rings(2, func(pts []Point, sig []byte, exterior bool) {
			area := Area(pts)
			if exterior != (area > 0) || len(sig) != len(pts) {
				t.Errorf("%s: exterior %v of area %v, %d significances", name, exterior, area, len(sig))
			}
			sum += area
			got = append(got, area)
		})
		if diff := cmp.Diff(tc.want, got); diff != "" || total != sum {
			t.Errorf("%s: total %v of %v, %s", name, total, sum, diff)
		}
	}
}

func TestJoin(t *testing.T) {
	type chain struct {
		Pts   []Point
		Lines int
	}
	for name, tc := range map[string]struct {
		lines [][]Point
		want  []chain
	}{
		"in a row":     {[][]Point{{{0, 0}, {1, 0}}, {{2, 0}, {1, 0}}, {{2, 0}, {3, 0}}}, []chain{{[]Point{{0, 0}, {1, 0}, {2, 0}, {3, 0}}, 3}}},
		"at a fork":    {[][]Point{{{0, 0}, {1, 0}}, {{1, 0}, {2, 0}}, {{1, 0}, {1, 1}}}, []chain{{[]Point{{0, 0}, {1, 0}}, 1}, {[]Point{{1, 0}, {2, 0}}, 1}, {[]Point{{1, 0}, {1, 1}}, 1}}},
		"a ring":       {[][]Point{{{0, 0}, {1, 0}}, {{1, 0}, {1, 1}}, {{1, 1}, {0, 0}}}, []chain{{[]Point{{1, 0}, {1, 1}, {0, 0}, {1, 0}}, 3}}},
		"a closed one": {[][]Point{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, []chain{{[]Point{{0, 0}, {1, 0}, {1, 1}, {0, 0}}, 1}}},
	} {
		var j Joiner
		for _, l := range tc.lines {
			j.Line(l)
		}
		var got []chain
		j.Chains(func(pts []Point, lines int) { got = append(got, chain{slices.Clone(pts), lines}) })
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Of the points of each cell of a grid one stays, and the same on finer grids.
func TestThinner(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	at := make([]uint64, 5000)
	for i := range at {
		at[i] = rng.Uint64() >> (i % 3 * 8)
	}
	slices.Sort(at)
	sparsities := make([]byte, len(at))
	thinner := NewThinner(func(i int, sparsity byte) { sparsities[i] = sparsity })
	for i, h := range at {
		thinner.Add(i, h, uint64(i))
	}
	thinner.Close()
	count := 0
	for grid := range 20 {
		cells, stay := map[uint64]int{}, 0
		for i, h := range at {
			cells[h>>(64-2*grid)] += 0
			if int(sparsities[i]) <= grid*SparsitySteps {
				cells[h>>(64-2*grid)]++
				stay++
			}
		}
		for cell, n := range cells {
			if n != 1 {
				t.Fatalf("%d points in cell %d of grid %d", n, cell, grid)
			}
		}
		if stay < count {
			t.Errorf("%d points on grid %d, %d on the one before", stay, grid, count)
		}
		count = stay
	}
}

// As many points are drawn by chance as stay in the cells of a grid, wherever they
// lie.
func TestSampler(t *testing.T) {
	var s Sampler
	const n = 100_000
	for i := range n {
		s.Add(byte(i * i / (n / 200) / n))
	}
	s.Close()
	from := make([]int, 256)
	for id := range uint64(n) {
		from[s.From(id)]++
	}
	stay, drawn := 0.0, 0.0
	for sparsity := range 200 {
		stay = n * math.Sqrt(float64(sparsity+1)/200)
		drawn += float64(from[sparsity])
		if math.Abs(drawn-stay) > 4*math.Sqrt(n) {
			t.Errorf("up to sparsity %d %.0f points are drawn by chance, %.0f stay", sparsity, drawn, stay)
		}
	}
	if drawn != n {
		t.Errorf("%.0f points are drawn of %d", drawn, n)
	}
}

// A closed line, even one that goes there and back, keeps its farthest vertex.
func TestClosedLineKeepsItsLength(t *testing.T) {
	for _, pts := range [][]Point{{{0, 0}, {50, 50}, {0, 0}}, {{0, 0}, {20, 20}, {50, 50}, {20, 20}, {0, 0}}, {{9, 9}, {9, 99}, {99, 99}, {99, 9}, {9, 9}}} {
		sig := make([]byte, len(pts))
		new(Simplifier).Line(pts, sig)
		if far := len(pts) / 2; sig[far] != Pinned || sig[0] != Pinned || sig[len(sig)-1] != Pinned {
			t.Errorf("%v have significances %v", pts, sig)
		}
	}
}
