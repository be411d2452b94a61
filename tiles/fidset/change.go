package fidset

import (
	"slices"

	"puy/geo"
)

// With gives the set as it is after some ids have been decided anew: of changed,
// those that are in selected belong to it. Both are in ascending order. What has
// not changed is shared with s. KindInvalid where Builder.Add would give it.
func (s *Set) With(changed, selected []int64) (*Set, error) {
	next, err := s.with(changed, selected)
	far := 0
	for at := next; err == nil && at != nil; at = at.beyond {
		if far++; far > maxFar {
			return nil, tooFar(at.first << chunkBits)
		}
	}
	return next, err
}

func (s *Set) with(changed, selected []int64) (*Set, error) {
	switch {
	case len(changed) == 0:
		return s, nil
	case s == nil || len(s.chunks) == 0:
		return build(selected)
	}
	first, last := min(changed[0]>>chunkBits, s.first), s.first+int64(len(s.chunks))-1
	if last-first > maxGap {
		// These lie far before all there is.
		n, m := before(changed, s.first), before(selected, s.first)
		rest, err := s.with(changed[n:], selected[m:])
		if err != nil || m == 0 {
			return rest, err
		}
		head, err := build(selected[:m])
		if err == nil {
			end := head
			for end.beyond != nil {
				end = end.beyond
			}
			end.beyond = rest
		}
		return head, err
	}
	limit := first + maxGap + 1
	if s.beyond != nil && len(s.beyond.chunks) > 0 {
		limit = min(limit, s.beyond.first)
	}
	n, m := before(changed, limit), before(selected, limit)
	beyond, err := s.beyond.with(changed[n:], selected[m:])
	if err != nil {
		return nil, err
	}
	if n == 0 {
		next := *s
		next.beyond = beyond
		return &next, nil
	}
	next, err := s.amended(first, max(last, changed[n-1]>>chunkBits), changed[:n], selected[:m])
	if err == nil {
		next.beyond = beyond
	}
	return next, err
}

// before gives how many ids, which are in ascending order, lie before a chunk.
func before(fids []int64, chunk int64) int {
	n, _ := slices.BinarySearch(fids, chunk<<chunkBits)
	return n
}

func build(fids []int64) (*Set, error) {
	var b Builder
	for _, fid := range fids {
		if err := b.Add(fid); err != nil {
			return nil, err
		}
	}
	return b.Set(), nil
}

// amended gives the chunks from first to last, which are those of s and of all
// that has changed.
func (s *Set) amended(first, last int64, changed, selected []int64) (*Set, error) {
	if changed[0] < 0 {
		return nil, geo.Errorf(geo.KindInvalid, "feature id %d is negative", changed[0])
	}
	next := &Set{first: first, chunks: make([]chunk, last-first+1), length: s.length, bytes: s.bytes}
	copy(next.chunks[s.first-first:], s.chunks)
	for len(changed) > 0 {
		number := changed[0] >> chunkBits
		n, m := before(changed, number+1), before(selected, number+1)
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
