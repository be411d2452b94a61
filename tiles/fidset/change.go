package fidset

import (
	"slices"

	"puy/geo"
)

// With gives the set as it is after some ids have been decided anew: of changed,
// those that are in selected belong to it. Both are in ascending order. What has
// not changed is shared with s. KindInvalid where Builder.Add would give it.
func (s *Set) With(changed, selected []int64) (*Set, error) {
	if len(changed) == 0 {
		return s, nil
	}
	old := s
	if old == nil {
		old = &Set{}
	}
	next := &Set{}
	first, last := changed[0]>>chunkBits, changed[len(changed)-1]>>chunkBits
	if len(old.chunks) > 0 {
		first, last = min(first, old.first), max(last, old.first+int64(len(old.chunks))-1)
	}
	if changed[0] < 0 || last-first > maxGap {
		return nil, geo.Errorf(geo.KindInvalid, "feature ids from %d to %d are too far apart", changed[0], changed[len(changed)-1])
	}
	next.first, next.chunks, next.length, next.bytes = first, make([]chunk, last-first+1), old.length, old.bytes
	copy(next.chunks[max(0, old.first-first):], old.chunks)
	for len(changed) > 0 {
		number := changed[0] >> chunkBits
		of := func(fids []int64) int {
			n, _ := slices.BinarySearch(fids, (number+1)<<chunkBits)
			return n
		}
		n := of(changed)
		from, _ := slices.BinarySearch(selected, changed[0])
		selected = selected[from:]
		m := of(selected)
		c := &next.chunks[number-first]
		ids := c.without(changed[:n])
		for _, fid := range selected[:m] {
			ids = append(ids, uint16(fid))
		}
		slices.Sort(ids)
		next.length -= c.length()
		next.bytes -= c.bytes()
		*c = newChunk(ids)
		next.length += len(ids)
		next.bytes += c.bytes()
		changed, selected = changed[n:], selected[m:]
	}
	return next, nil
}

// without gives the ids of c but for some.
func (c *chunk) without(fids []int64) []uint16 {
	ids := make([]uint16, 0, c.length()+len(fids))
	keep := func(v uint16) {
		for len(fids) > 0 && uint16(fids[0]) < v {
			fids = fids[1:]
		}
		if len(fids) == 0 || uint16(fids[0]) != v {
			ids = append(ids, v)
		}
	}
	for _, v := range c.list {
		keep(v)
	}
	for i, word := range c.bitmap {
		for bit := range 64 {
			if word&(1<<bit) != 0 {
				keep(uint16(i<<6 | bit))
			}
		}
	}
	return ids
}
