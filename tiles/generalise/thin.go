package generalise

import (
	"math"
	"math/bits"
	"sort"
)

// Thinner ranks points so that any number of the first ones lies evenly. In each
// cell of a world grid the point with the least rank stays; a point's sparsity
// tells from which grid on, counted in powers of two of its cells across the
// world, it is the one. As a cell's point is also that of one of its four
// quarters, who is drawn on a coarse grid is drawn on every finer one.
type Thinner struct {
	stack []ranked
	emit  func(index int, sparsity byte)
}

type ranked struct {
	hilbert  uint64
	rank     uint64
	index    int
	sparsity byte
}

// SparsitySteps is how many steps of sparsity are one power of two.
const SparsitySteps = 7

// NewThinner makes a Thinner that tells the sparsity of each point to emit, not
// in order.
func NewThinner(emit func(index int, sparsity byte)) *Thinner { return &Thinner{emit: emit} }

// Add adds the points in the order of their index on a Hilbert curve of order
// 32. The identity decides which of several points stays.
func (t *Thinner) Add(index int, hilbert, identity uint64) {
	r := ranked{hilbert: hilbert, rank: mix(identity), index: index}
	for len(t.stack) > 0 {
		top := &t.stack[len(t.stack)-1]
		shared := sparsity(top.hilbert, hilbert, max(top.rank, r.rank))
		if top.rank < r.rank || top.rank == r.rank && top.index < index {
			r.sparsity = max(r.sparsity, shared)
			break
		}
		t.emit(top.index, max(top.sparsity, shared))
		t.stack = t.stack[:len(t.stack)-1]
	}
	t.stack = append(t.stack, r)
}

// Close emits what remains.
func (t *Thinner) Close() {
	for _, r := range t.stack {
		t.emit(r.index, r.sparsity)
	}
	t.stack = nil
}

// sparsity gives the first step where two points are not in one cell: within the
// power of two, by chance, which the rank of the one that gives way decides.
func sparsity(a, b, rank uint64) byte {
	shared := bits.LeadingZeros64(a^b) / 2
	return byte(min(shared*SparsitySteps+1+int(mix(rank)>>32*SparsitySteps>>32), 255))
}

// Sampler draws, beside the points that a Thinner leaves, as many by chance: where
// cells are large, one point a cell looks the same in a town and in a desert,
// and these show where points crowd. Who is drawn on a coarse grid is drawn on
// every finer one here as well.
type Sampler struct {
	points uint64
	upTo   [math.MaxUint8 + 1]uint64 // points by sparsity, then up to a sparsity
}

// Add counts a point of a sparsity.
func (s *Sampler) Add(sparsity byte) {
	s.points++
	s.upTo[sparsity]++
}

// Close ends the counting.
func (s *Sampler) Close() {
	for i := 1; i < len(s.upTo); i++ {
		s.upTo[i] += s.upTo[i-1]
	}
}

// From gives the sparsity from which on the point of an identity is drawn by
// chance.
func (s *Sampler) From(identity uint64) byte {
	place, _ := bits.Mul64(mix(identity), s.points)
	return byte(sort.Search(math.MaxUint8, func(i int) bool { return s.upTo[i] > place }))
}
