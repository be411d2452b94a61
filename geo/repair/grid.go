package repair

import "math"

// pt is a position on the grid, each number from 0 to 2^28.
type pt struct{ x, y int64 }

// less orders by x, then y.
func (p pt) less(q pt) bool { return p.x < q.x || p.x == q.x && p.y < q.y }

func cross(o, p, q pt) int64 { return (p.x-o.x)*(q.y-o.y) - (p.y-o.y)*(q.x-o.x) }

// grid has a power of two as its cell, so that its positions are exact as floats.
type grid struct {
	x0, y0, cell float64
}

// newGrid covers the positions of flat.
func newGrid(flat []float64, stride int) grid {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := 0; i+1 < len(flat); i += stride {
		minX, minY = min(minX, flat[i]), min(minY, flat[i+1])
		maxX, maxY = max(maxX, flat[i]), max(maxY, flat[i+1])
	}
	_, e := math.Frexp(max(maxX-minX, maxY-minY))
	far := max(math.Abs(minX), math.Abs(minY), math.Abs(maxX), math.Abs(maxY))
	_, f := math.Frexp(far)
	// Not finer than the floats themselves are.
	cell := math.Ldexp(1, max(e-28, f-51, -1020))
	return grid{math.Floor(minX/cell) * cell, math.Floor(minY/cell) * cell, cell}
}

func (g grid) snap(x, y float64) pt {
	return pt{int64(math.RoundToEven((x - g.x0) / g.cell)), int64(math.RoundToEven((y - g.y0) / g.cell))}
}

func (g grid) position(p pt) (x, y float64) {
	return g.x0 + float64(p.x)*g.cell, g.y0 + float64(p.y)*g.cell
}
