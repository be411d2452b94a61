package generalise

import (
	"cmp"
	"math"
	"slices"
)

// Union makes one polygon of several whose borders are equal where they touch:
// edges that are passed in both directions fall away. The zero Union is ready.
type Union struct {
	edges []edge
	rings []unionRing
}

type edge struct {
	from, to Point
	sig      byte // of from
	used     bool
}

type unionRing struct {
	pts  []Point
	sig  []byte
	area float64
	box  [2]Point // least and greatest
}

// Reset forgets all rings.
func (u *Union) Reset() { u.edges = u.edges[:0] }

// Ring adds a ring without its closing point, with the significances of its
// vertices: of positive area for an exterior, negative for a hole, as Area says.
func (u *Union) Ring(pts []Point, sig []byte) {
	for i, p := range pts {
		if q := pts[(i+1)%len(pts)]; p != q {
			u.edges = append(u.edges, edge{from: p, to: q, sig: sig[i]})
		}
	}
}

// Rings gives the rings of the union, each exterior followed by its holes,
// leaving out those of less than the given area in square grid units, and the
// area of all that it gives.
func (u *Union) Rings(least float64, emit func(pts []Point, sig []byte, exterior bool)) float64 {
	u.cancel()
	u.trace(least)
	total := 0.0
	var holes []*unionRing
	for i := range u.rings {
		if u.rings[i].area < 0 {
			holes = append(holes, &u.rings[i])
		}
	}
	for i := range u.rings {
		e := &u.rings[i]
		if e.area <= 0 {
			continue
		}
		emit(e.pts, e.sig, true)
		total += e.area
		for _, h := range holes {
			if h.area < 0 && h.within(e) {
				emit(h.pts, h.sig, false)
				total += h.area
				h.area = 0
			}
		}
	}
	return total
}

// cancel removes edges that are passed both ways, and leaves the others in the
// order of their starts.
func (u *Union) cancel() {
	undirected := func(e edge) (a, b Point) {
		if e.to.less(e.from) {
			return e.to, e.from
		}
		return e.from, e.to
	}
	slices.SortFunc(u.edges, func(e, f edge) int {
		ea, eb := undirected(e)
		fa, fb := undirected(f)
		return cmp.Or(compare(ea, fa), compare(eb, fb), compare(e.from, f.from))
	})
	kept := u.edges[:0]
	for i := 0; i < len(u.edges); {
		a, b := undirected(u.edges[i])
		surplus, j := 0, i
		for ; j < len(u.edges); j++ {
			if c, d := undirected(u.edges[j]); c != a || d != b {
				break
			}
			if u.edges[j].from == a {
				surplus++
			} else {
				surplus--
			}
		}
		// Of the edges of one direction, which lie together, as many stay as are too many.
		if surplus > 0 {
			kept = append(kept, u.edges[i:i+surplus]...)
		} else {
			kept = append(kept, u.edges[j+surplus:j]...)
		}
		i = j
	}
	u.edges = kept
	slices.SortFunc(u.edges, func(e, f edge) int { return cmp.Or(compare(e.from, f.from), compare(e.to, f.to)) })
}

func compare(a, b Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) }

// trace follows edges to rings. Where several go on, it takes the one that turns
// most towards the inside, so that polygons that touch in a point stay apart.
func (u *Union) trace(least float64) {
	u.rings = u.rings[:0]
	for i := range u.edges {
		if u.edges[i].used {
			continue
		}
		var r unionRing
		start, at := u.edges[i].from, i
		for at >= 0 {
			e := &u.edges[at]
			e.used = true
			r.pts, r.sig = append(r.pts, e.from), append(r.sig, e.sig)
			if e.to == start {
				break
			}
			at = u.next(e)
		}
		if r.area = Area(r.pts); at >= 0 && len(r.pts) >= 3 && math.Abs(r.area) >= least && r.area != 0 {
			r.box = [2]Point{r.pts[0], r.pts[0]}
			for _, p := range r.pts {
				r.box[0] = Point{min(r.box[0].X, p.X), min(r.box[0].Y, p.Y)}
				r.box[1] = Point{max(r.box[1].X, p.X), max(r.box[1].Y, p.Y)}
			}
			u.rings = append(u.rings, r)
		}
	}
}

// next gives an unused edge that goes on from e, or -1.
func (u *Union) next(e *edge) int {
	at, _ := slices.BinarySearchFunc(u.edges, e.to, func(f edge, p Point) int { return compare(f.from, p) })
	best, turn := -1, 0.0
	for ; at < len(u.edges) && u.edges[at].from == e.to; at++ {
		if u.edges[at].used {
			continue
		}
		t := turning(e.from, e.to, u.edges[at].to)
		if best < 0 || t > turn {
			best, turn = at, t
		}
	}
	return best
}

// turning gives the angle between -π and π by which a way turns at b, positive
// towards the inside of a ring of positive area.
func turning(a, b, c Point) float64 {
	ax, ay := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	bx, by := float64(c.X)-float64(b.X), float64(c.Y)-float64(b.Y)
	return math.Atan2(ax*by-ay*bx, ax*bx+ay*by)
}

// within tells whether most of a ring's vertices lie inside of another ring.
func (h *unionRing) within(e *unionRing) bool {
	if h.box[0].X < e.box[0].X || h.box[0].Y < e.box[0].Y || h.box[1].X > e.box[1].X || h.box[1].Y > e.box[1].Y {
		return false
	}
	inside := 0
	for _, p := range h.pts {
		in := false
		a := e.pts[len(e.pts)-1]
		for _, b := range e.pts {
			if (a.Y > p.Y) != (b.Y > p.Y) && (cross(a, b, p) > 0) == (b.Y > a.Y) {
				in = !in
			}
			a = b
		}
		if in {
			inside++
		}
	}
	return 2*inside >= len(h.pts)
}

// Area gives the signed area of a ring in square grid units, by the surveyor's
// formula: positive where it goes from x to y the short way.
func Area(pts []Point) float64 {
	sum := 0.0
	for i := 2; i < len(pts); i++ {
		sum += cross(pts[0], pts[i-1], pts[i])
	}
	return sum / 2
}
