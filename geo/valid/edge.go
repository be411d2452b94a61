package valid

// touch is a point at which two rings meet without crossing.
type touch struct {
	at   point
	a, b int // the rings
}

// checkSpikes finds edges that run back along the edge before.
func (a *area) checkSpikes() *Defect {
	for k := range a.rings {
		r := &a.rings[k]
		p := a.points[r.end-2]
		for i := r.start; i < r.end-1; i++ {
			q, s := a.points[i], a.points[i+1]
			// Only a turn of a right angle or more can be one of 180 degrees.
			if ahead := (q.x-p.x)*(s.x-q.x) + (q.y-p.y)*(s.y-q.y); !(ahead > 0) && isSpike(p, q, s) {
				return &Defect{Spike, q.x, q.y}
			}
			p = q
		}
	}
	return nil
}

func isSpike(p, q, s point) bool {
	if orient(p, q, s) != 0 {
		return false
	}
	// On one line: p and s lie on the same side of q.
	return p.x < q.x && s.x < q.x || p.x > q.x && s.x > q.x || p.y < q.y && s.y < q.y || p.y > q.y && s.y > q.y
}

// checkEdges looks at all pairs of edges that meet, and notes where rings touch. It
// is not done where too many boxes meet.
func (a *area) checkEdges() (found *Defect, done bool) {
	done = a.index.pairs(func(i, j int) bool {
		found = a.checkPair(i, j)
		return found == nil
	})
	return found, done || found != nil
}

// checkPair looks at edge i and edge j, which does not follow edge i at once.
func (a *area) checkPair(i, j int) *Defect {
	p0, p1, q0, q1 := a.points[i], a.points[i+1], a.points[j], a.points[j+1]
	sideQ0, sideQ1 := orient(p0, p1, q0), orient(p0, p1, q1)
	if sideQ0*sideQ1 > 0 {
		return nil
	}
	sideP0, sideP1 := orient(q0, q1, p0), orient(q0, q1, p1)
	if sideP0*sideP1 > 0 {
		return nil
	}
	var at point
	switch {
	case sideQ0*sideQ1 < 0 && sideP0*sideP1 < 0:
		at = crossing(p0, p1, q0, q1)
		return &Defect{SelfIntersection, at.x, at.y}
	case sideQ0 == 0 && sideQ1 == 0:
		x0, x1 := shared(p0.x, p1.x, q0.x, q1.x)
		y0, y1 := shared(p0.y, p1.y, q0.y, q1.y)
		if x0 != x1 || y0 != y1 {
			return a.overlap(i, j)
		}
		at = point{x0, y0}
	case sideQ0 == 0:
		at = q0
	case sideQ1 == 0:
		at = q1
	case sideP0 == 0:
		at = p0
	default:
		at = p1
	}
	m, n := a.ringOf(i), a.ringOf(j)
	r, s := &a.rings[m], &a.rings[n]
	if m == n {
		if i == r.start && j == r.end-2 { // neighbours over the closing point
			return nil
		}
		return &Defect{RingSelfIntersection, at.x, at.y}
	}
	if at == p1 || at == q1 { // the next edge starts there and is looked at
		return nil
	}
	if at == p0 {
		p0 = a.before(r, i)
	}
	if at == q0 {
		q0 = a.before(s, j)
	}
	// Edges along each other are found as a pair of their own.
	if sameDirection(at, p0, q0) || sameDirection(at, p0, q1) || sameDirection(at, p1, q0) || sameDirection(at, p1, q1) {
		return nil
	}
	if crosses(at, p0, p1, q0, q1) {
		return &Defect{SelfIntersection, at.x, at.y}
	}
	a.touches = append(a.touches, touch{at, m, n})
	return nil
}

func sameDirection(o, p, q point) bool { return compareAngle(o, p, q) == 0 }

// overlap says what two edges that run along each other mean.
func (a *area) overlap(i, j int) *Defect {
	reason := SelfIntersection
	if m, n := a.ringOf(i), a.ringOf(j); m != n && a.sameRing(&a.rings[m], &a.rings[n], i, j) {
		reason = DuplicateRings
	}
	return &Defect{reason, a.points[j].x, a.points[j].y}
}

// sameRing tells whether r and s, which share the edges i and j, have the same
// points in the same or the opposite order.
func (a *area) sameRing(r, s *ring, i, j int) bool {
	n := r.end - r.start - 1
	if n != s.end-s.start-1 {
		return false
	}
	step := 1
	if a.points[i] != a.points[j] {
		if a.points[i] != a.points[j+1] {
			return false
		}
		j, step = j+1, -1
	}
	for k := range n {
		p := a.points[r.start+(i-r.start+k)%n]
		q := a.points[s.start+((j-s.start+step*k)%n+n)%n]
		if p != q {
			return false
		}
	}
	return true
}

// shared gives the common part of the ranges a0…a1 and b0…b1, which meet.
func shared(a0, a1, b0, b1 float64) (low, high float64) {
	return max(min(a0, a1), min(b0, b1)), min(max(a0, a1), max(b0, b1))
}

// crossing gives, about, the point where two edges cross.
func crossing(p0, p1, q0, q1 point) point {
	dx, dy := p1.x-p0.x, p1.y-p0.y
	ex, ey := q1.x-q0.x, q1.y-q0.y
	f := ((q0.x-p0.x)*ey - (q0.y-p0.y)*ex) / (dx*ey - dy*ex)
	if !(f >= 0 && f <= 1) {
		return p0
	}
	return point{p0.x + f*dx, p0.y + f*dy}
}
