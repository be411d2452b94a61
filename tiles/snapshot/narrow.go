package snapshot

import "puy/tiles/clip"

// Entries are entries of a snapshot's R-tree in the order of the file, none below
// another: a level and a number, packed.
type Entries []uint64

const levelShift = 40 // a level has at most 2^32 entries

// All gives the entries that stand for all features.
func (s *Snapshot) All() Entries {
	top := len(s.levels) - 1
	if top < 0 {
		return nil
	}
	return Entries{uint64(top) << levelShift}
}

// Narrow appends to dst what of some entries has features that may be drawn at a
// zoom in b: without any, neither the tile that b surrounds nor any below it has
// features of that zoom. An entry that lies in b stays as it is; others are
// resolved. Narrowing again and again, from large boxes to those in them, looks
// at little of the tree.
func (s *Snapshot) Narrow(dst, of Entries, b clip.Box, zoom int) Entries {
	q := box{minX: within(b.MinX), minY: within(b.MinY), maxX: within(b.MaxX), maxY: within(b.MaxY)}
	for _, e := range of {
		at := e & (1<<levelShift - 1)
		dst = s.narrow(dst, q, zoom, int(e>>levelShift), at, at+1)
	}
	return dst
}

func (s *Snapshot) narrow(dst Entries, q box, zoom, n int, first, last uint64) Entries {
	l := &s.levels[n]
	zooms, boxes := l.zooms[first:last], l.boxes[first*boxSize:last*boxSize]
	for i := range zooms {
		if int(zooms[i]) > zoom {
			continue
		}
		b := boxAt(boxes[i*boxSize:])
		if b.minX > q.maxX || b.maxX < q.minX || b.minY > q.maxY || b.maxY < q.minY {
			continue
		}
		at := first + uint64(i)
		switch {
		case n == 0:
			if int(s.lastZooms[at]) >= zoom {
				dst = append(dst, at)
			}
		case b.minX >= q.minX && b.maxX <= q.maxX && b.minY >= q.minY && b.maxY <= q.maxY:
			dst = append(dst, uint64(n)<<levelShift|at)
		default:
			dst = s.narrow(dst, q, zoom, n-1, at*nodeSize, min((at+1)*nodeSize, s.levels[n-1].count))
		}
	}
	return dst
}

// visitEntries goes through what a tile was narrowed to.
func (c *cutter) visitEntries(of Entries) {
	for _, e := range of {
		at := e & (1<<levelShift - 1)
		if c.visit(int(e>>levelShift), at, at+1); c.err != nil {
			return
		}
	}
}
