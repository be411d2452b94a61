package clip

import "math/bits"

// turn gives the sign of the cross product (b-a) × (p-a): 1 where p lies on the
// side that the inside of a positive ring through a, b lies on.
func turn(a, b, p Vertex) int {
	return compareProducts(b.X-a.X, p.Y-a.Y, b.Y-a.Y, p.X-a.X)
}

// compareProducts gives the sign of a·b - c·d. Factors have up to 50 bits.
func compareProducts(a, b, c, d int64) int {
	const small = 1 << 31
	if abs(a) < small && abs(b) < small && abs(c) < small && abs(d) < small {
		switch p, q := a*b, c*d; {
		case p > q:
			return 1
		case p < q:
			return -1
		}
		return 0
	}
	phi, plo := product(a, b)
	qhi, qlo := product(c, d)
	switch {
	case phi > qhi || phi == qhi && plo > qlo:
		return 1
	case phi < qhi || phi == qhi && plo < qlo:
		return -1
	}
	return 0
}

// product gives the signed 128-bit product of a and b.
func product(a, b int64) (hi int64, lo uint64) {
	h, lo := bits.Mul64(uint64(a), uint64(b))
	hi = int64(h)
	if a < 0 {
		hi -= b
	}
	if b < 0 {
		hi -= a
	}
	return hi, lo
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// side tells on which side of a segment that shares no side with the box the
// box lies: 1 or -1 as turn does, 0 where the segment meets its open inside.
func (b *Box) side(p, q Vertex) int {
	var left, right bool
	for _, corner := range [...]Vertex{{b.MinX, b.MinY}, {b.MaxX, b.MinY}, {b.MaxX, b.MaxY}, {b.MinX, b.MaxY}} {
		switch turn(p, q, corner) {
		case 1:
			left = true
		case -1:
			right = true
		}
	}
	switch {
	case left && right:
		return 0
	case left:
		return 1
	}
	return -1
}

// entry gives the point where the segment from p, which lies outside on the
// given sides, to q comes into the box. The segment must meet the open inside.
func (b *Box) entry(p, q Vertex, sides uint8) Vertex {
	x, y := b.MinX, b.MinY
	if sides&east != 0 {
		x = b.MaxX
	}
	if sides&south != 0 {
		y = b.MaxY
	}
	onX := sides&(west|east) != 0
	if onX && sides&(north|south) != 0 {
		// Of the two lines the one that is met later bounds the inside.
		t := turn(p, q, Vertex{x, y})
		if (q.X > p.X) != (q.Y > p.Y) {
			t = -t
		}
		onX = t <= 0
	}
	if q.X < p.X || q.X == p.X && q.Y < p.Y {
		p, q = q, p // so that both directions round alike
	}
	if onX {
		return Vertex{x, clamp(p.Y+scale(q.Y-p.Y, x-p.X, q.X-p.X), b.MinY, b.MaxY)}
	}
	return Vertex{clamp(p.X+scale(q.X-p.X, y-p.Y, q.Y-p.Y), b.MinX, b.MaxX), y}
}

func clamp(v, lo, hi int64) int64 { return max(lo, min(v, hi)) }

// scale gives a·b/c rounded, where b/c lies between 0 and 1.
func scale(a, b, c int64) int64 {
	if c < 0 {
		b, c = -b, -c
	}
	hi, lo := bits.Mul64(uint64(abs(a)), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	v, _ := bits.Div64(hi+carry, lo, uint64(c))
	if a < 0 {
		return -int64(v)
	}
	return int64(v)
}
