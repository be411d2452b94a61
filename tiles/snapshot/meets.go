package snapshot

import "puy/tiles/clip"

// Meets tells whether the box of a feature meets b, at whatever zoom the feature
// is drawn: where it does not, neither the tile that b surrounds nor any below
// it has features.
func (s *Snapshot) Meets(b clip.Box) bool {
	top := len(s.levels) - 1
	return top >= 0 && s.meets(box{minX: within(b.MinX), minY: within(b.MinY), maxX: within(b.MaxX), maxY: within(b.MaxY)}, top, 0, s.levels[top].count)
}

func (s *Snapshot) meets(q box, n int, first, last uint64) bool {
	boxes := s.levels[n].boxes
	for i := first; i < last; i++ {
		b := boxAt(boxes[i*boxSize:])
		if b.minX > q.maxX || b.maxX < q.minX || b.minY > q.maxY || b.maxY < q.minY {
			continue
		}
		if n == 0 || s.meets(q, n-1, i*nodeSize, min((i+1)*nodeSize, s.levels[n-1].count)) {
			return true
		}
	}
	return false
}
