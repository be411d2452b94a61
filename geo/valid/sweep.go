package valid

import (
	"cmp"
	"slices"
)

// sweep looks at all edges from left to right, as Shamos and Hoey, "Geometric
// Intersection Problems" (1976), do: only edges that are next to each other on the
// sweep line can be the first to cross. Points at which rings touch cut the edges
// that go through them. Its time is n log n for any boundary; index is faster for
// those that occur.
type sweep struct {
	*area
	line    line
	events  []int  // all vertices, by place
	parent  []int  // of each ring: the smallest ring around it, or -1
	seen    []bool // rings that have begun
	ccw     []bool // whether each turns counter-clockwise
	germs   []germ
	passing []int // edges that go through the current point
	rising  []int // edges that begin there
	begun   []start
}

// germ is one of the two ways in which a path leaves a point.
type germ struct {
	to         point
	edge, ring int
	path       int // two germs each
}

// start is a ring that begins at the current point, and its lower edge there.
type start struct{ ring, lower int }

func before(p, q point) bool { return p.x < q.x || p.x == q.x && p.y < q.y }

// ends gives the ends of an edge, the left one, or of the same x the lower, first.
func (a *area) ends(edge int) (low, high point) {
	p, q := a.points[edge], a.points[edge+1]
	if before(q, p) {
		return q, p
	}
	return p, q
}

// sweepEdges does what checkEdges and checkNesting do.
func (a *area) sweepEdges() *Defect {
	s := sweep{area: a, parent: make([]int, len(a.rings)), seen: make([]bool, len(a.rings)), ccw: make([]bool, len(a.rings))}
	for _, r := range a.rings {
		for i := r.start; i < r.end-1; i++ {
			s.events = append(s.events, i)
		}
	}
	slices.SortFunc(s.events, func(i, j int) int {
		p, q := a.points[i], a.points[j]
		return cmp.Or(cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y))
	})
	s.line.init(a)
	for i := 0; i < len(s.events); {
		n := i + 1
		for n < len(s.events) && a.points[s.events[n]] == a.points[s.events[i]] {
			n++
		}
		if d := s.at(a.points[s.events[i]], s.events[i:n]); d != nil {
			return d
		}
		i = n
	}
	return s.checkParents()
}

// at moves the line over p, at which some vertices lie.
func (s *sweep) at(p point, vertices []int) *Defect {
	s.rising, s.begun = s.rising[:0], s.begun[:0]
	for _, v := range vertices {
		ring := s.ringOf(v)
		r := &s.rings[ring]
		in, out := v-1, v
		if v == r.start {
			in = r.end - 2
		}
		up := 0
		for _, e := range [2]int{in, out} {
			if low, _ := s.ends(e); low == p {
				s.rising = append(s.rising, e)
				up++
			} else {
				s.line.remove(e)
			}
		}
		if up == 2 && !s.seen[ring] {
			s.seen[ring] = true
			_, a := s.ends(in)
			_, b := s.ends(out)
			lower := in
			if orient(p, a, b) < 0 {
				lower = out
			}
			s.ccw[ring] = lower == out
			s.begun = append(s.begun, start{ring, lower})
		}
	}
	var below, above int
	below, above, s.passing = s.line.find(p, s.passing[:0])
	if len(vertices)+len(s.passing) > 1 {
		if d := s.meet(p, vertices); d != nil {
			return d
		}
	}
	for _, e := range s.rising {
		s.line.insert(e)
	}
	for _, list := range [2][]int{s.rising, s.passing} {
		for _, e := range list {
			if d := cmp.Or(s.pair(s.line.prev[e], e), s.pair(e, s.line.next[e])); d != nil {
				return d
			}
		}
	}
	if len(s.rising)+len(s.passing) == 0 {
		if d := s.pair(below, above); d != nil {
			return d
		}
	}
	s.nest(p)
	return nil
}

// pair looks whether two edges that are next to each other cross.
func (s *sweep) pair(i, j int) *Defect {
	if i < 0 || j < 0 {
		return nil
	}
	p0, p1, q0, q1 := s.points[i], s.points[i+1], s.points[j], s.points[j+1]
	if orient(p0, p1, q0)*orient(p0, p1, q1) < 0 && orient(q0, q1, p0)*orient(q0, q1, p1) < 0 {
		at := crossing(p0, p1, q0, q1)
		return &Defect{SelfIntersection, at.x, at.y}
	}
	return nil
}

// meet looks at all paths through p: vertices and the edges in passing.
func (s *sweep) meet(p point, vertices []int) *Defect {
	s.germs = s.germs[:0]
	for path, v := range vertices {
		ring := s.ringOf(v)
		r := &s.rings[ring]
		in := v - 1
		if v == r.start {
			in = r.end - 2
		}
		s.germs = append(s.germs, germ{s.points[in], in, ring, path}, germ{s.points[v+1], v, ring, path})
	}
	for k, e := range s.passing {
		ring, path := s.ringOf(e), len(vertices)+k
		s.germs = append(s.germs, germ{s.points[e], e, ring, path}, germ{s.points[e+1], e, ring, path})
	}
	slices.SortFunc(s.germs, func(g, h germ) int { return compareAngle(p, g.to, h.to) })
	for k, g := range s.germs[1:] {
		if h := s.germs[k]; compareAngle(p, g.to, h.to) == 0 {
			return s.overlap(min(g.edge, h.edge), max(g.edge, h.edge))
		}
	}
	// Paths that do not cross are as brackets.
	var open []int
	for _, g := range s.germs {
		if n := len(open); n > 0 && open[n-1] == g.path {
			open = open[:n-1]
		} else {
			open = append(open, g.path)
		}
	}
	slices.SortFunc(s.germs, func(g, h germ) int {
		return cmp.Or(cmp.Compare(s.rings[g.ring].polygon, s.rings[h.ring].polygon), cmp.Compare(g.ring, h.ring), cmp.Compare(g.path, h.path))
	})
	for k := 2; k < len(s.germs); k += 2 {
		g, h := s.germs[k-2], s.germs[k]
		switch {
		case g.ring == h.ring:
			return &Defect{RingSelfIntersection, p.x, p.y}
		case s.rings[g.ring].polygon == s.rings[h.ring].polygon:
			s.touches = append(s.touches, touch{p, g.ring, h.ring})
		}
	}
	if len(open) > 0 {
		return &Defect{SelfIntersection, p.x, p.y}
	}
	return nil
}

// nest finds what the rings that begin at p lie in, from the lowest up.
func (s *sweep) nest(p point) {
	slices.SortFunc(s.begun, func(a, b start) int {
		_, to := s.ends(a.lower)
		_, other := s.ends(b.lower)
		return -orient(p, to, other)
	})
	for _, b := range s.begun {
		below := s.line.prev[b.lower]
		if below < 0 {
			s.parent[b.ring] = -1
			continue
		}
		around := s.ringOf(below)
		// The inside of a ring that turns counter-clockwise is on its left.
		if forth := before(s.points[below], s.points[below+1]); forth != s.ccw[around] {
			around = s.parent[around]
		}
		s.parent[b.ring] = around
	}
}

// checkParents tells whether the smallest ring around each may be that: a shell
// around its holes, a hole around other polygons.
func (s *sweep) checkParents() *Defect {
	for k, r := range s.rings {
		at, m := s.points[r.start], s.parent[k]
		switch {
		case m < 0 && !r.hole:
		case m < 0 || s.rings[m].hole && !r.hole && s.rings[m].polygon == r.polygon:
			return &Defect{HoleOutsideShell, at.x, at.y}
		case r.hole && s.rings[m].polygon != r.polygon:
			return &Defect{HoleOutsideShell, at.x, at.y}
		case r.hole && s.rings[m].hole:
			return &Defect{NestedHoles, at.x, at.y}
		case !r.hole && !s.rings[m].hole:
			return &Defect{NestedShells, at.x, at.y}
		}
	}
	return nil
}
