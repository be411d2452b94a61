package repair

import (
	"cmp"
	"math/bits"
	"slices"
)

// segment is an edge of a ring on the grid, or a part of one.
type segment struct {
	a, b pt
	za   float64
	zb   float64
	ring int
}

const (
	maxCrossings = 1 << 21 // that are looked at
	// maxNear bounds how many pairs are looked at that are near each other: seconds.
	maxNear = 1 << 28
)

// crossings gives all positions at which segments are to be cut: their ends, and
// the cells in which two of them cross; false where there are too many.
func crossings(segments []segment) ([]pt, bool) {
	hot := make([]pt, 0, 2*len(segments))
	near, found, seen := 0, 0, map[pt]bool{}
	all := newTree(len(segments), func(i int) box { return boxOf(segments[i].a, segments[i].b) })
	add := func(p pt) {
		if !seen[p] {
			seen[p], hot = true, append(hot, p)
		}
	}
	for i := range segments {
		s := &segments[i]
		add(s.a)
		ok := all.search(boxOf(s.a, s.b), i+1, func(j int) bool {
			if p, ok := crossing(s, &segments[j]); ok {
				found++
				add(p)
			}
			near++
			return near <= maxNear && found <= maxCrossings
		})
		if !ok {
			return nil, false
		}
	}
	return hot, true
}

func sign(v int64) int { return cmp.Compare(v, 0) }

// crossing gives the cell in which s and t cross inside of both. Where one ends on
// the other that end is a cut already.
func crossing(s, t *segment) (pt, bool) {
	if sign(cross(s.a, s.b, t.a))*sign(cross(s.a, s.b, t.b)) >= 0 || sign(cross(t.a, t.b, s.a))*sign(cross(t.a, t.b, s.b)) >= 0 {
		return pt{}, false
	}
	dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
	ex, ey := t.b.x-t.a.x, t.b.y-t.a.y
	num := (t.a.x-s.a.x)*ey - (t.a.y-s.a.y)*ex
	den := dx*ey - dy*ex
	if den < 0 {
		num, den = -num, -den
	}
	return pt{s.a.x + scaled(dx, num, den), s.a.y + scaled(dy, num, den)}, true
}

// scaled gives d·num/den rounded to the nearest integer, halves up; 0 ≤ num ≤ den.
func scaled(d, num, den int64) int64 {
	negative := d < 0
	if negative {
		d = -d
	}
	high, low := bits.Mul64(uint64(2*d), uint64(num))
	divisor := uint64(2 * den)
	var carry uint64
	if !negative {
		low, carry = bits.Add64(low, uint64(den), 0) // ⌊(2dn + den) / 2den⌋
		quotient, _ := bits.Div64(high+carry, low, divisor)
		return int64(quotient)
	}
	low, carry = bits.Add64(low, uint64(den)-1, 0) // -⌈(2dn - den) / 2den⌉
	quotient, _ := bits.Div64(high+carry, low, divisor)
	return -int64(quotient)
}

// passes tells whether s goes through the cell around c: the cell's left and lower
// sides belong to it, its right and upper ones do not.
func (s *segment) passes(c pt) bool {
	a, b := pt{2 * s.a.x, 2 * s.a.y}, pt{2 * s.b.x, 2 * s.b.y}
	left, right, low, high := 2*c.x-1, 2*c.x+1, 2*c.y-1, 2*c.y+1
	if max(a.x, b.x) < left || min(a.x, b.x) >= right || max(a.y, b.y) < low || min(a.y, b.y) >= high {
		return false
	}
	ll, lr := cross(a, b, pt{left, low}), cross(a, b, pt{right, low})
	ul, ur := cross(a, b, pt{left, high}), cross(a, b, pt{right, high})
	if min(ll, lr, ul, ur) < 0 && max(ll, lr, ul, ur) > 0 {
		return true // segments end in the middle of cells: the boxes meet inside
	}
	if b.x < a.x {
		ll, ul = -ll, -ul
	}
	if (a.x < left) != (b.x < left) && ll <= 0 && ul > 0 {
		return true
	}
	if b.x < a.x {
		ll = -ll
	}
	if b.y < a.y {
		ll, lr = -ll, -lr
	}
	return (a.y < low) != (b.y < low) && ll >= 0 && lr < 0
}

// cuts finds where segments are to be cut.
type cuts struct {
	hot  []pt
	tree tree
	near int // pairs of a segment and a position that were looked at
}

func newCuts(hot []pt) *cuts {
	return &cuts{hot: hot, tree: newTree(len(hot), func(i int) box { return boxOf(hot[i], hot[i]) })}
}

// of gives the cells that s goes through, from end to end; false where there is too
// much to look at.
func (c *cuts) of(s *segment, into []pt) ([]pt, bool) {
	into = into[:0]
	ok := c.tree.search(boxOf(s.a, s.b), 0, func(i int) bool {
		if p := c.hot[i]; p == s.a || p == s.b || s.passes(p) {
			into = append(into, p)
		}
		c.near++
		return c.near <= maxNear
	})
	dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
	slices.SortFunc(into, func(p, q pt) int { return cmp.Compare((p.x-q.x)*dx+(p.y-q.y)*dy, 0) })
	return into, ok
}
