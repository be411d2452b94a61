package repair

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
)

// segment is an edge of a ring on the grid, or a part of one.
type segment struct {
	a, b pt
	za   float64
	zb   float64
	ring int
}

// maxCrossings bounds how many crossings are looked at.
const maxCrossings = 1 << 21

// crossings gives all positions at which segments are to be cut: their ends, and
// the cells in which two of them cross; false where there are too many.
func crossings(segments []segment) ([]pt, bool) {
	slices.SortFunc(segments, func(s, t segment) int { return cmp.Compare(min(s.a.x, s.b.x), min(t.a.x, t.b.x)) })
	hot := make([]pt, 0, 2*len(segments))
	ends := 0
	for i := range segments {
		s := &segments[i]
		hot = append(hot, s.a)
		ends++
		right, low, high := max(s.a.x, s.b.x), min(s.a.y, s.b.y), max(s.a.y, s.b.y)
		for j := i + 1; j < len(segments); j++ {
			t := &segments[j]
			if min(t.a.x, t.b.x) > right {
				break
			}
			if min(t.a.y, t.b.y) > high || max(t.a.y, t.b.y) < low {
				continue
			}
			if p, ok := crossing(s, t); ok {
				hot = append(hot, p)
				if len(hot)-ends > maxCrossings {
					return nil, false
				}
			}
		}
	}
	slices.SortFunc(hot, func(p, q pt) int { return cmp.Or(cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y)) })
	return slices.Compact(hot), true
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

// cut gives the cells that s goes through, from end to end.
func (s *segment) cut(hot, into []pt) []pt {
	into = into[:0]
	left, right := min(s.a.x, s.b.x), max(s.a.x, s.b.x)
	low, high := min(s.a.y, s.b.y), max(s.a.y, s.b.y)
	from := sort.Search(len(hot), func(i int) bool { return hot[i].x >= left })
	for _, p := range hot[from:] {
		if p.x > right {
			break
		}
		if p.y >= low && p.y <= high && (p == s.a || p == s.b || s.passes(p)) {
			into = append(into, p)
		}
	}
	dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
	slices.SortFunc(into, func(p, q pt) int { return cmp.Compare((p.x-q.x)*dx+(p.y-q.y)*dy, 0) })
	return into
}
