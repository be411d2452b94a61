package repair

import (
	"cmp"
	"math"
	"slices"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/valid"
)

// area is the polygons of one geometry on their way to a valid one.
type area struct {
	*arrangement
	grid    grid
	layout  geom.Layout
	shellOf []int      // of each ring: its shell, itself for a shell
	beside  []bool     // holes that lie beside their shell
	kept    map[pt]int // where in flat the first vertex on a cell is
	flat    []float64
}

// areas gives the polygons made valid, or nil where nothing is left.
func areas(layout geom.Layout, flat []float64, endss [][]int) *geom.MultiPolygon {
	a := &area{grid: newGrid(flat, layout.Stride()), layout: layout, kept: map[pt]int{}, flat: flat}
	segments := a.collect(endss)
	var ok bool
	if a.arrangement, ok = arrange(segments); !ok || len(a.along) == 0 {
		return nil
	}
	a.wind()
	a.classify()
	polygons := a.polygons(a.trace())
	if len(polygons) == 0 {
		return nil
	}
	made := a.build(polygons, true)
	// A vertex may lie beside the middle of its cell: what is cut on the grid need
	// not be so beside it.
	if sealed, err := geo.NewGeometry(made); err != nil || valid.Check(sealed) != nil {
		made = a.build(polygons, false)
	}
	return made
}

// collect puts the rings on the grid, closed and without repeated points.
func (a *area) collect(endss [][]int) []segment {
	var segments []segment
	stride, start := a.layout.Stride(), 0
	height := func(i int) float64 {
		if stride > 2 {
			return a.flat[i+2]
		}
		return 0
	}
	for _, ends := range endss {
		shell := len(a.shellOf)
		for _, end := range ends {
			ring := len(a.shellOf)
			a.shellOf = append(a.shellOf, shell)
			for i := start; i < end; i += stride {
				j := i + stride
				if j >= end {
					j = start
				}
				p, q := a.grid.snap(a.flat[i], a.flat[i+1]), a.grid.snap(a.flat[j], a.flat[j+1])
				if _, known := a.kept[p]; !known {
					a.kept[p] = i
				}
				if p != q {
					segments = append(segments, segment{p, q, height(i), height(j), ring})
				}
			}
			start = end
		}
	}
	return segments
}

func turnsOf(t []turns, ring int) bool {
	_, found := slices.BinarySearchFunc(t, ring, func(u turns, r int) int { return cmp.Compare(u.ring, r) })
	return found
}

// classify finds the holes that have nothing in common with their shell.
func (a *area) classify() {
	a.beside = make([]bool, len(a.shellOf))
	left := make([]bool, len(a.shellOf)) // rings that go round anything
	for _, t := range a.around {
		for _, u := range t {
			left[u.ring] = true
		}
	}
	for r, shell := range a.shellOf {
		a.beside[r] = r != shell && left[shell]
	}
	meet := func(t []turns) {
		for _, u := range t {
			if turnsOf(t, a.shellOf[u.ring]) {
				a.beside[u.ring] = false
			}
		}
	}
	for _, t := range a.around {
		meet(t)
	}
	for _, list := range a.leaving {
		var t []turns
		for _, h := range list {
			for _, u := range a.along[h/2] {
				if !turnsOf(t, u.ring) {
					t = add(t, u.ring, 1)
				}
			}
		}
		meet(t)
	}
}

// inside tells whether the face of a loop is inside of the area.
func (a *area) inside(loop int) bool {
	t := a.around[loop]
	for _, u := range t {
		switch {
		case a.beside[u.ring]:
			return true
		case a.shellOf[u.ring] == u.ring && !slices.ContainsFunc(t, func(o turns) bool {
			return o.ring != u.ring && a.shellOf[o.ring] == u.ring && !a.beside[o.ring]
		}):
			return true
		}
	}
	return false
}

// trace gives the boundary as rings of nodes, each without the closing point and
// no node twice in one; the area is on the left.
func (a *area) trace() [][]int {
	in := make([]bool, len(a.around))
	for loop := range in {
		in[loop] = a.inside(loop)
	}
	border := func(h int) bool { return in[a.loop[h]] && !in[a.loop[h^1]] }
	seen := make([]bool, len(a.from))
	var rings [][]int
	for start := range a.from {
		if seen[start] || !border(start) {
			continue
		}
		var path []int
		at := map[int]int{} // where in path a node is
		for h := start; !seen[h]; {
			seen[h] = true
			n := a.from[h]
			if i, again := at[n]; again {
				rings = append(rings, slices.Clone(path[i:]))
				for _, m := range path[i:] {
					delete(at, m)
				}
				path = path[:i]
			}
			at[n] = len(path)
			path = append(path, n)
			for h = a.next[h]; !border(h); {
				h = a.clockwise(h)
			}
		}
		rings = append(rings, path)
	}
	return rings
}

// counterClockwise decides at the leftmost, then lowest node, where there is a corner.
func (a *area) counterClockwise(ring []int) bool {
	low := 0
	for i, n := range ring {
		if a.nodes[n].less(a.nodes[ring[low]]) {
			low = i
		}
	}
	n := len(ring)
	return cross(a.nodes[ring[(low+n-1)%n]], a.nodes[ring[low]], a.nodes[ring[(low+1)%n]]) > 0
}

// polygon is a shell with its holes.
type polygon struct {
	rings [][]int
	area  float64
}

// polygons puts each hole into the smallest shell around it.
func (a *area) polygons(rings [][]int) []*polygon {
	var shells []*polygon
	var holes [][]int
	for _, r := range rings {
		switch {
		case len(r) < 3:
		case a.counterClockwise(r):
			p := &polygon{rings: [][]int{r}}
			for i, n := range r {
				p.area += float64(cross(a.nodes[r[0]], a.nodes[n], a.nodes[r[(i+1)%len(r)]]))
			}
			shells = append(shells, p)
		default:
			holes = append(holes, r)
		}
	}
	if len(holes) == 0 {
		return shells
	}
	around := a.shellRays(shells)
	odd := map[int]bool{} // shells that the ray meets an odd number of times
	for _, hole := range holes {
		// The middle of an edge is on no shell.
		p, q := a.nodes[hole[0]], a.nodes[hole[1]]
		clear(odd)
		around.east(pt{p.x + q.x, p.y + q.y}, func(e, _ int) {
			owner := around.edges[e].owner
			odd[owner] = !odd[owner]
		})
		best := -1
		for i, in := range odd {
			if in && (best < 0 || shells[i].area < shells[best].area || shells[i].area == shells[best].area && i < best) {
				best = i
			}
		}
		if best >= 0 {
			shells[best].rings = append(shells[best].rings, hole)
		}
	}
	return shells
}

// shellRays indexes the edges of shells on a grid twice as fine, which has the
// middle of each edge.
func (a *area) shellRays(shells []*polygon) *rays {
	var edges []edge
	for k, s := range shells {
		ring := s.rings[0]
		for i, n := range ring {
			p, q := a.nodes[n], a.nodes[ring[(i+1)%len(ring)]]
			edges = append(edges, edge{pt{2 * p.x, 2 * p.y}, pt{2 * q.x, 2 * q.y}, k})
		}
	}
	return newRays(edges)
}

// build writes the polygons, with vertices where they were or in the middle of cells.
func (a *area) build(polygons []*polygon, original bool) *geom.MultiPolygon {
	var flat []float64
	var endss [][]int
	stride := a.layout.Stride()
	for _, p := range polygons {
		var ends []int
		for _, ring := range p.rings {
			for i := range len(ring) + 1 {
				n := ring[i%len(ring)]
				x, y := a.grid.position(a.nodes[n])
				if k, known := a.kept[a.nodes[n]]; known && original {
					x, y = a.flat[k], a.flat[k+1]
				}
				flat = append(flat, x, y)
				if stride > 2 {
					z := a.heights[n]
					if math.IsNaN(z) {
						z = 0
					}
					flat = append(flat, z)
				}
			}
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	return geom.NewMultiPolygonFlat(a.layout, flat, endss)
}
