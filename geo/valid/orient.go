package valid

import (
	"math"
	"math/big"
)

// point is a position in the plane.
type point struct{ x, y float64 }

// orient tells on which side of the line from a to b the point c lies: 1 left,
// -1 right, 0 on it. It is exact for all finite coordinates.
func orient(a, b, c point) int {
	// The bound is that of Shewchuk, "Adaptive Precision Floating-Point
	// Arithmetic and Fast Robust Geometric Predicates" (1997), stage A.
	const (
		bound     = (3 + 16*0x1p-53) * 0x1p-53
		underflow = 1e-280 // the bound does not hold for products below this
	)
	left, right := (a.x-c.x)*(b.y-c.y), (a.y-c.y)*(b.x-c.x)
	det, sum := left-right, math.Abs(left)+math.Abs(right)
	if sum > underflow {
		// Not so where the sum has overflowed: infinity is not above itself.
		if det > bound*sum {
			return 1
		}
		if -det > bound*sum {
			return -1
		}
	}
	if (a.x == c.x || b.y == c.y) && (a.y == c.y || b.x == c.x) {
		return 0
	}
	return orientExact(a, b, c)
}

func orientExact(a, b, c point) int {
	// A difference of two doubles has at most 2,098 bits, a product of two of those 4,196.
	const precision = 4300
	difference := func(p, q float64) *big.Float {
		z := new(big.Float).SetPrec(precision).SetFloat64(p)
		return z.Sub(z, big.NewFloat(q))
	}
	left := difference(a.x, c.x)
	left.Mul(left, difference(b.y, c.y))
	right := difference(a.y, c.y)
	right.Mul(right, difference(b.x, c.x))
	return left.Cmp(right)
}

// turn gives the quarter of the plane, counter-clockwise from east, in which
// the direction from o to p lies.
func turn(o, p point) int {
	switch {
	case p.x > o.x && p.y >= o.y:
		return 0
	case p.x <= o.x && p.y > o.y:
		return 1
	case p.x < o.x && p.y <= o.y:
		return 2
	}
	return 3
}

// compareAngle orders the directions from o to p and q counter-clockwise from
// east: -1, 0 or 1.
func compareAngle(o, p, q point) int {
	if d := turn(o, p) - turn(o, q); d != 0 {
		return d
	}
	return -orient(o, p, q)
}

// between tells whether the direction from o to p lies in the sector that
// starts at the direction to from and turns counter-clockwise to the direction to to.
func between(o, p, from, to point) bool {
	if compareAngle(o, from, to) <= 0 {
		return compareAngle(o, from, p) <= 0 && compareAngle(o, p, to) <= 0
	}
	return compareAngle(o, from, p) <= 0 || compareAngle(o, p, to) <= 0
}

// crosses tells whether the path a0, o, a1 goes through the path b0, o, b1 at o,
// rather than just touching it. No two of the four directions are the same.
func crosses(o, a0, a1, b0, b1 point) bool {
	return between(o, b0, a0, a1) != between(o, b1, a0, a1)
}
