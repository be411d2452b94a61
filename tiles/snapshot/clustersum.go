package snapshot

import (
	"encoding/binary"
	"math"
	"slices"

	"puy/tiles/cluster"
)

// sums are what the clusters of one zoom add up, each in a slot.
type sums struct {
	numbers, categories int
	least               []uint64  // the least fid
	total               []float64 // by slot and number
	filled              []uint32  // how many values total has
	counts              []uint32  // by slot and category
	free                []uint32
}

// take gives an empty slot.
func (s *sums) take() uint32 {
	if n := len(s.free); n > 0 {
		slot := s.free[n-1]
		s.free = s.free[:n-1]
		s.least[slot] = math.MaxUint64
		clear(s.total[int(slot)*s.numbers:][:s.numbers])
		clear(s.filled[int(slot)*s.numbers:][:s.numbers])
		clear(s.counts[int(slot)*s.categories:][:s.categories])
		return slot
	}
	s.least = append(s.least, math.MaxUint64)
	s.total = append(s.total, make([]float64, s.numbers)...)
	s.filled = append(s.filled, make([]uint32, s.numbers)...)
	s.counts = append(s.counts, make([]uint32, s.categories)...)
	return uint32(len(s.least) - 1)
}

// merge adds what a slot has to another and gives the slot back.
func (s *sums) merge(into, from uint32) {
	s.least[into] = min(s.least[into], s.least[from])
	for i := range s.numbers {
		s.total[int(into)*s.numbers+i] += s.total[int(from)*s.numbers+i]
		s.filled[int(into)*s.numbers+i] += s.filled[int(from)*s.numbers+i]
	}
	for i := range s.categories {
		s.counts[int(into)*s.categories+i] += s.counts[int(from)*s.categories+i]
	}
	s.free = append(s.free, from)
}

// append appends the attributes of a cluster as FORMAT.md has them.
func (s *sums) append(dst []byte, slot, count uint32) []byte {
	dst = binary.AppendUvarint(dst, uint64(count))
	for i := int(slot) * s.numbers; i < (int(slot)+1)*s.numbers; i++ {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(s.total[i]))
		dst = binary.AppendUvarint(dst, uint64(s.filled[i]))
	}
	for _, n := range s.counts[int(slot)*s.categories:][:s.categories] {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	return dst
}

// add adds the attributes of a feature.
func (c *clusterer) add(slot uint32, f spooled) {
	next := 0
	for column := range c.columns {
		isNumber := next < len(c.plan.Numbers) && c.plan.Numbers[next].Column == column
		if next == len(c.plan.Numbers) && column > c.plan.By {
			return
		}
		value := f.value()
		if isNumber {
			if v, ok := numberOf(value); ok {
				c.sums.total[int(slot)*c.sums.numbers+next] += v
				c.sums.filled[int(slot)*c.sums.numbers+next]++
			}
			next++
		}
		if column == c.plan.By {
			if category, ok := c.categories[string(value)]; ok {
				c.sums.counts[int(slot)*c.sums.categories+category]++
			}
		}
	}
}

// Begin starts a cluster: see cluster.Joiner.
func (c *clusterer) Begin(centre cluster.Item) uint32 {
	ref := uint32(len(c.made))
	c.made = append(c.made, entry{kind: kindPoints, until: byte(c.zoom)})
	c.slots = append(c.slots, c.sums.take())
	c.Join(ref, centre)
	return ref
}

// Join adds a point or a cluster to a cluster. Either was drawn for itself at the
// zoom below for the last time.
func (c *clusterer) Join(ref uint32, member cluster.Item) {
	from, into := byte(c.zoom+1), c.slots[ref]
	if member.Count > 1 {
		c.made[member.Ref].from = from
		c.sums.merge(into, c.slots[member.Ref])
		return
	}
	e := &c.entries[member.Ref]
	e.size = float32(from)
	f := c.at(e.offset)
	var p packed
	p.parse(f.record)
	c.sums.least[into] = min(c.sums.least[into], p.fid)
	c.add(into, f)
}

// End writes a cluster.
func (c *clusterer) End(i cluster.Item) {
	e := &c.made[i.Ref]
	slot := c.slots[i.Ref]
	c.record.reset(kindPoints)
	c.record.fid = clusterID(c.sums.least[slot], e.until)
	c.value = c.sums.append(c.value[:0], slot, i.Count)
	c.record.cluster = c.value
	c.record.xy = append(c.record.xy, i.X, i.Y)
	attributes := c.blank
	if c.place != 0 {
		attributes = nil
	}
	var size int
	e.hilbert = hilbert(i.X, i.Y)
	e.offset, size = c.arena.add(c.record.box(), &c.record, c.cost, attributes, c.place)
	if c.place == 0 {
		c.place = e.offset + arenaHead + int64(size)
	}
}

// clusterID gives an id that no feature has and no other cluster: the 16 of one
// least fid end at different zooms. Scripts keep ids up to 2^53.
func clusterID(least uint64, until byte) uint64 {
	const room = 1 << 48
	if least >= room {
		return 1 << 63 // none
	}
	return 1<<52 | least<<4 | uint64(until)
}

// join puts the clusters among the entries, and counts what is drawn.
func (c *clusterer) join(to *cascade) {
	if c == nil {
		return
	}
	for zoom := range to.drawn {
		for i := range to.entries[:to.features] {
			if e := &to.entries[i]; e.kind == kindPoints && int(e.from) <= zoom {
				to.drawn[zoom]--
			}
		}
		to.drawn[zoom] += c.drawn[zoom]
	}
	to.entries = slices.Grow(to.entries, len(c.made))
	to.entries = append(to.entries, c.made...)
}

// alone gives the zoom from which an entry is drawn where points are clustered.
func (e *entry) alone() byte {
	if e.kind == kindPoints && e.until == always {
		return byte(e.size)
	}
	return e.from
}
