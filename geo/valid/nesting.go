package valid

import "math"

// nesting holds, for one point, what a ray from it to the east meets.
type nesting struct {
	crossings []int // how many edges of each ring the ray crosses
	boundary  []int // 1 + an edge of each ring on which the point lies, or 0
	met       []int // the rings for which one of both is set
	inside    []int // the rings that contain the point
}

func (n *nesting) reset(rings int) {
	if len(n.crossings) < rings {
		n.crossings, n.boundary = make([]int, rings), make([]int, rings)
	}
	for _, k := range n.met {
		n.crossings[k], n.boundary[k] = 0, 0
	}
	n.met, n.inside = n.met[:0], n.inside[:0]
}

// checkNesting tells whether holes lie in their shell, and neither holes nor
// polygons in each other. No two rings cross, so one point of a ring tells. It is
// not done where rays meet too many boxes.
func (a *area) checkNesting() (d *Defect, done bool) {
	for k := range a.rings {
		r, at := &a.rings[k], a.points[a.rings[k].start]
		a.findContaining(k)
		if a.index.steps < 0 {
			return nil, false
		}
		inShell := false
		for _, m := range a.nests.inside {
			s := &a.rings[m]
			same := s.polygon == r.polygon
			switch {
			case same && r.hole && s.hole:
				return &Defect{NestedHoles, at.x, at.y}, true
			case same && r.hole:
				inShell = true
			case !same && !r.hole && !s.hole && !a.insideHoleOf(s.polygon):
				return &Defect{NestedShells, at.x, at.y}, true
			}
		}
		if r.hole && !inShell {
			return &Defect{HoleOutsideShell, at.x, at.y}, true
		}
	}
	return nil, true
}

func (a *area) insideHoleOf(polygon int) bool {
	for _, m := range a.nests.inside {
		if a.rings[m].polygon == polygon && a.rings[m].hole {
			return true
		}
	}
	return false
}

// findContaining sets nests.inside to the rings, other than ring k, that contain it.
func (a *area) findContaining(k int) {
	n, r := &a.nests, &a.rings[k]
	n.reset(len(a.rings))
	at, next := a.points[r.start], a.points[r.start+1]
	ray := box{at.x, at.y, math.Inf(1), at.y}
	a.castRay(&ray, a.index.root(), 0)
	for _, m := range n.met {
		s := &a.rings[m]
		switch {
		case m == k:
			continue
		case n.boundary[m] == 0:
			if n.crossings[m]%2 == 0 {
				continue
			}
		default:
			// Ring k starts on ring m: the way it leaves tells the side.
			i := n.boundary[m] - 1
			left, right := a.points[i], a.points[i+1]
			if left == at {
				left = a.before(s, i)
			}
			if !a.counterClockwise(s) {
				left, right = right, left
			}
			if !between(at, next, right, left) {
				continue
			}
		}
		n.inside = append(n.inside, m)
	}
}

// castRay records the edges under a node that the ray meets.
func (a *area) castRay(ray *box, level, node int) {
	if a.index.steps--; a.index.steps < 0 || !a.index.box(level, node).meets(ray) {
		return
	}
	if level > 0 {
		first, end := a.index.children(level, node)
		for i := first; i < end; i++ {
			a.castRay(ray, level-1, i)
		}
		return
	}
	at := point{ray.minX, ray.minY}
	first, end := a.index.edges(node)
	for i := first; i < end; i++ {
		p, q := a.points[i], a.points[i+1]
		if !edgeMeets(p, q, ray) || q == at { // the next edge starts there
			continue
		}
		on := p == at
		if !on && p.y == q.y {
			if on = min(p.x, q.x) < at.x; !on {
				continue
			}
		} else if !on {
			// The lower end counts as of the edge, the upper one does not.
			if (p.y > at.y) == (q.y > at.y) {
				continue
			}
			side := orient(p, q, at)
			if on = side == 0; !on && (side > 0) != (q.y > p.y) {
				continue
			}
		}
		k := a.ringOf(i)
		if a.nests.crossings[k] == 0 && a.nests.boundary[k] == 0 {
			a.nests.met = append(a.nests.met, k)
		}
		if on {
			a.nests.boundary[k] = i + 1
		} else {
			a.nests.crossings[k]++
		}
	}
}
