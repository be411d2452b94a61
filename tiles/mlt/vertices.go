package mlt

import "slices"

// position is a vertex: x in the upper 32 bits, y in the lower.
type position uint64

func newPosition(x, y int64) position { return position(uint32(x))<<32 | position(uint32(y)) }

func (p position) x() int64 { return int64(int32(p >> 32)) }
func (p position) y() int64 { return int64(int32(p)) }

// vertexDictionary is the distinct vertices of a layer in the order of their
// first use. A border as the neighbour has it, who goes around the other way, is
// then a run of indexes in steps of -1, which takes a few bytes.
type vertexDictionary struct {
	distinct int
	encoded  []byte  // the distinct ones as zigzag varints, each the difference to the one before
	indexes  []int64 // of every vertex

	recent     []vertexSlot // by hash; a power of two
	generation uint32
}

type vertexSlot struct {
	position   position
	generation uint32
	index      uint32
}

const (
	// Neighbours are near each other in a tile, so that a table that fits into
	// the processor's cache knows most vertices again. One that it has forgotten
	// is taken for a new one.
	recentBits     = 15
	recentVertices = 1 << recentBits

	// After so many vertices, too few repetitions tell that a dictionary does
	// not pay.
	trialVertices    = 512
	trialRepetitions = trialVertices / 8
)

// fill makes the dictionary, and tells whether it is likely to pay.
func (d *vertexDictionary) fill(vertices []position) bool {
	d.distinct, d.indexes, d.encoded = 0, slices.Grow(d.indexes[:0], len(vertices)), d.encoded[:0]
	d.generation++
	if d.recent == nil || d.generation == 0 {
		d.recent, d.generation = make([]vertexSlot, recentVertices), 1
	}
	recent := d.recent[:recentVertices]
	var x, y int64
	for i, p := range vertices {
		if i == trialVertices && i-d.distinct < trialRepetitions {
			return false
		}
		s := &recent[uint64(p)*0x9e3779b97f4a7c15>>(64-recentBits)]
		if s.position != p || s.generation != d.generation {
			*s = vertexSlot{p, d.generation, uint32(d.distinct)}
			d.distinct++
			d.encoded = appendUvarint(appendUvarint(d.encoded, zigzag(p.x()-x)), zigzag(p.y()-y))
			x, y = p.x(), p.y()
		}
		d.indexes = append(d.indexes, int64(s.index))
	}
	return d.distinct < len(vertices)
}

// writeVertices writes the vertices one after the other, or once each with the
// stream of their indexes before, whichever is the smaller, and gives the number
// of streams. Lines have no dictionary: those that share vertices mostly run the
// same way, which a compressor sees in their differences and better so.
func (e *Encoder) writeVertices(dst []byte) ([]byte, uint64) {
	g, d := &e.geometry, &e.vertices
	if len(g.rings) > 0 && d.fill(g.positions) {
		const overhead = 8 // of the second stream, about
		indexes := smallest(d.indexes, false, false)
		if len(d.encoded)+indexes.size+overhead < len(g.vertices) {
			dst = appendEncoded(dst, streamVertexIndexes, d.indexes, indexes, false)
			dst = appendStream(dst, streamVertices, encodingVertices|physicalVarint, 2*d.distinct, len(d.encoded))
			return append(dst, d.encoded...), 2
		}
	}
	dst = appendStream(dst, streamVertices, encodingVertices|physicalVarint, 2*len(g.positions), len(g.vertices))
	return append(dst, g.vertices...), 1
}
