package rings

import "math"

// bands finds things by their range of y: rows of equal height, each with the
// things that reach into it.
type bands struct {
	minY, perY float64
	start      []int32 // of each row in items; one more than there are rows
	items      []int32
}

const (
	itemsPerRow = 4
	maxRows     = 1 << 14
)

// newBands files n things between minY and maxY; span gives the range of each.
// Where many reach far there is one row only.
func newBands(minY, maxY float64, n int, span func(i int) (lo, hi float64)) *bands {
	rows := min(max(n/itemsPerRow, 1), maxRows)
	b := &bands{minY: minY, perY: float64(rows) / (maxY - minY), start: make([]int32, rows+1)}
	rowsOf := func(i int) (from, to int) {
		lo, hi := span(i)
		return b.row(lo), b.row(hi)
	}
	total := 0
	if !math.IsInf(b.perY, 0) && !math.IsNaN(b.perY) {
		for i := range n {
			from, to := rowsOf(i)
			total += max(to-from, 0) + 1
		}
	}
	if total == 0 || total > 16*n {
		b.perY, b.start = 0, b.start[:2]
	}
	for i := range n {
		for from, to := rowsOf(i); from <= to; from++ {
			b.start[from+1]++
		}
	}
	for i := 1; i < len(b.start); i++ {
		b.start[i] += b.start[i-1]
	}
	b.items = make([]int32, b.start[len(b.start)-1])
	fill := make([]int32, len(b.start))
	copy(fill, b.start)
	for i := range n {
		for from, to := rowsOf(i); from <= to; from++ {
			b.items[fill[from]] = int32(i)
			fill[from]++
		}
	}
	return b
}

func (b *bands) row(y float64) int {
	r := (y - b.minY) * b.perY
	if !(r > 0) { // NaN as well
		return 0
	}
	return int(min(r, float64(len(b.start)-2)))
}

// at gives the things that reach to y.
func (b *bands) at(y float64) []int32 {
	row := b.row(y)
	return b.items[b.start[row]:b.start[row+1]]
}

// edgeBands files the edges of r.
func edgeBands(r *ring) *bands {
	return newBands(r.box.MinY, r.box.MaxY, len(r.flat)/r.stride-1, func(i int) (lo, hi float64) {
		a, b := r.flat[i*r.stride+1], r.flat[(i+1)*r.stride+1]
		return min(a, b), max(a, b)
	})
}

type side uint8

const (
	outside side = iota
	within
	onLine
)

// locate tells on which side of r the position x, y is.
func (r *ring) locate(px, py float64, budget *int) side {
	edges := r.edges.at(py)
	*budget -= len(edges) + 1
	in := false
	for _, i := range edges {
		at := int(i) * r.stride
		ax, ay := r.flat[at], r.flat[at+1]
		bx, by := r.flat[at+r.stride], r.flat[at+r.stride+1]
		if ax == px && ay == py {
			return onLine
		}
		if py < min(ay, by) || py > max(ay, by) || px > max(ax, bx) {
			continue
		}
		if ay == by {
			if px >= min(ax, bx) {
				return onLine
			}
			continue
		}
		cross := (bx-ax)*(py-ay) - (px-ax)*(by-ay)
		if cross == 0 && px >= min(ax, bx) {
			return onLine
		}
		// The lower end counts as of the edge, the upper one does not.
		if (ay > py) != (by > py) && (cross > 0) == (by > ay) {
			in = !in
		}
	}
	if in {
		return within
	}
	return outside
}
