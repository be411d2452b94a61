package fidset

import (
	"math/bits"
	"slices"

	"puy/geo"
)

// Ids are kept in chunks of 2^16, each a sorted list or a bitmap (as in Chambi
// et al., Better bitmap performance with Roaring bitmaps, 2016). A bitmap comes
// sooner than memory alone would want it: it answers ten times as fast.
const (
	chunkBits = 16
	chunkSize = 1 << chunkBits
	most      = 512 // ids of a list
)

// Set is a set of ids, none of them negative. It is not changed once it is
// built, and the nil Set is empty.
type Set struct {
	first  int64 // the number of chunks[0]
	chunks []chunk
	length int  // of chunks
	bytes  int  // of chunks
	beyond *Set // ids that are too far from these; its chunks follow after the last that chunks can grow to
}

type chunk struct {
	list   []uint16
	bitmap []uint64
}

// Builder builds a Set from ids in ascending order.
type Builder struct {
	done   []Set // what set is beyond
	set    Set
	number int64 // of the chunk being filled
	list   []uint16
	last   int64
	length int
}

const (
	// maxGap bounds the empty chunks of a Set: ids are given in sequence, so that
	// gaps are what was deleted.
	maxGap = 1 << 16
	// maxFar is how many sequences far from one another there may be.
	maxFar = 64
)

// Add adds an id. One that is negative or not greater than the one before, or the
// 64th that is 2^32 or more beyond its predecessors, gives KindInvalid.
func (b *Builder) Add(fid int64) error {
	if fid < 0 || b.length > 0 && fid <= b.last {
		return geo.Errorf(geo.KindInvalid, "feature id %d is out of order", fid)
	}
	number := fid >> chunkBits
	if b.length > 0 && number-b.set.first > maxGap {
		if len(b.done) == maxFar-1 {
			return tooFar(fid)
		}
		b.flush()
		b.set.chunks = slices.Clip(b.set.chunks)
		b.done, b.set = append(b.done, b.set), Set{}
	}
	switch {
	case b.set.length == 0:
		b.set.first, b.number = number, number
	case number != b.number:
		b.flush()
		b.set.chunks = append(b.set.chunks, make([]chunk, number-b.number-1)...)
		b.number = number
	}
	b.list = append(b.list, uint16(fid))
	b.last = fid
	b.set.length++
	b.length++
	return nil
}

func tooFar(fid int64) error {
	return geo.Errorf(geo.KindInvalid, "feature id %d is too far from the others", fid)
}

func (b *Builder) flush() {
	c := newChunk(b.list)
	b.set.bytes += c.bytes()
	b.set.chunks = append(b.set.chunks, c)
	b.list = b.list[:0]
}

// newChunk makes a chunk of ids in ascending order, which it copies.
func newChunk(ids []uint16) chunk {
	if len(ids) <= most {
		return chunk{list: slices.Clone(ids)}
	}
	c := chunk{bitmap: make([]uint64, chunkSize/64)}
	for _, v := range ids {
		c.bitmap[v>>6] |= 1 << (v & 63)
	}
	return c
}

func (c *chunk) bytes() int { return 2*len(c.list) + 8*len(c.bitmap) }

func (c *chunk) length() int {
	n := len(c.list)
	for _, word := range c.bitmap {
		n += bits.OnesCount64(word)
	}
	return n
}

// Len gives the number of ids added so far.
func (b *Builder) Len() int { return b.length }

// Set gives the set and ends the building.
func (b *Builder) Set() *Set {
	if len(b.list) > 0 {
		b.flush()
	}
	s := b.set
	s.chunks = slices.Clip(s.chunks)
	for _, before := range slices.Backward(b.done) {
		next := s
		s = before
		s.beyond = &next
	}
	*b = Builder{}
	return &s
}

// Has tells whether the set has an id.
func (s *Set) Has(fid uint64) bool {
	if s == nil {
		return false
	}
	n := fid>>chunkBits - uint64(s.first)
	if n >= uint64(len(s.chunks)) {
		return s.beyond.Has(fid)
	}
	c, v := &s.chunks[n], uint16(fid)
	if c.bitmap != nil {
		return c.bitmap[v>>6]&(1<<(v&63)) != 0
	}
	if len(c.list) == 0 {
		return false
	}
	// Branch-free binary search: the outcome of each step is a coin toss.
	base := 0
	for half := bits.Len(uint(len(c.list))) - 1; half >= 0; half-- {
		if next := base + 1<<half; next <= len(c.list) && c.list[next-1] <= v {
			base = next
		}
	}
	return base > 0 && c.list[base-1] == v
}

// Len gives the number of ids.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return s.length + s.beyond.Len()
}

// Bytes gives about how much memory the set takes.
func (s *Set) Bytes() int {
	const head = 64
	if s == nil {
		return head
	}
	total := head + s.bytes + 48*len(s.chunks)
	if s.beyond != nil {
		total += s.beyond.Bytes()
	}
	return total
}
