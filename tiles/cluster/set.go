package cluster

import (
	"cmp"
	"math/bits"
	"slices"
)

// Item is a point, or several that are drawn as one.
type Item struct {
	X, Y  uint32 // on the grid
	Count uint32 // of the points
	Ref   uint32 // the caller's
}

// Joiner is told who joins whom: for each cluster that is made Begin with the
// item where it stands, Join for each other, and End.
type Joiner interface {
	// Begin gives the Ref of the cluster.
	Begin(centre Item) uint32
	Join(cluster uint32, member Item)
	End(cluster Item)
}

// Set is the items of one zoom. After Grow its memory is at most 48 bytes an item.
// Group costs O(n log n) wherever items lie.
type Set struct {
	items  []Item
	ranks  []rank
	sorted bool
	owner  []uint32 // by item: the one it belongs to, itself where it remains
	next   []uint32 // by item: the next that remains in the same slot + 1
	slots  []uint32 // by hash of a cell: the first that remains + 1
	radius int64
}

// rank orders items: who stands for more remains, and among equals chance
// decides, which makes them lie evenly.
type rank struct {
	key  uint64
	item uint32
}

// MaxItems is how many points a Set may stand for.
const MaxItems = 1<<31 - 1

// Grow makes room for n items.
func (s *Set) Grow(n int) { s.items = slices.Grow(s.items, n) }

// Add adds an item.
func (s *Set) Add(i Item) {
	s.items = append(s.items, i)
	s.sorted = false
}

// Len gives the number of items.
func (s *Set) Len() int { return len(s.items) }

// MaxRadius is the largest radius that Group takes.
const MaxRadius = 1 << 31

// Group decides who remains and who joins whom where items nearer than radius,
// in grid units, are one. A radius of 0 joins none. It may be called again.
func (s *Set) Group(radius int64) {
	n := len(s.items)
	s.owner = grown(s.owner, n)
	for i := range s.owner {
		s.owner[i] = uint32(i)
	}
	s.radius = min(radius, MaxRadius)
	if radius <= 0 || n < 2 {
		return
	}
	s.sort()
	s.next = grown(s.next, n)
	s.slots = grown(s.slots, 1<<bits.Len(uint(n)))
	clear(s.slots)
	for _, r := range s.ranks {
		i := r.item
		if _, near := s.nearest(i, true); near {
			s.owner[i] = i ^ 1 // whose it is comes later
			continue
		}
		it := &s.items[i]
		slot := s.slot(int64(it.X)/(2*s.radius), int64(it.Y)/(2*s.radius))
		s.next[i], s.slots[slot] = s.slots[slot], i+1
	}
	for i := range s.owner {
		if s.owner[i] != uint32(i) {
			s.owner[i], _ = s.nearest(uint32(i), false)
		}
	}
}

func grown(list []uint32, n int) []uint32 {
	if cap(list) < n {
		return make([]uint32, n)
	}
	return list[:n]
}

func (s *Set) sort() {
	if s.sorted {
		return
	}
	s.ranks = slices.Grow(s.ranks[:0], len(s.items))[:len(s.items)]
	for i := range s.items {
		it := &s.items[i]
		s.ranks[i] = rank{uint64(^it.Count)<<32 | mix(uint64(it.X)<<32|uint64(it.Y))>>32, uint32(i)}
	}
	slices.SortFunc(s.ranks, func(a, b rank) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return s.compare(a.item, b.item)
	})
	s.sorted = true
}

// compare orders items that stand for as many.
func (s *Set) compare(a, b uint32) int {
	i, j := &s.items[a], &s.items[b]
	return cmp.Or(cmp.Compare(i.X, j.X), cmp.Compare(i.Y, j.Y), cmp.Compare(a, b))
}

// nearest gives the item among those that remain that is nearest to item i and
// nearer than the radius, or just any. Among equally near ones it is the one that
// stands for most.
func (s *Set) nearest(i uint32, anyone bool) (found uint32, ok bool) {
	it := &s.items[i]
	x, y, r := int64(it.X), int64(it.Y), s.radius
	// Cells are twice the radius wide, so that at most four are within it.
	x1, x2, y1, y2 := max(x-r, 0)/(2*r), (x+r)/(2*r), max(y-r, 0)/(2*r), (y+r)/(2*r)
	best := r * r
	for cy := y1; cy <= y2; cy++ {
		for cx := x1; cx <= x2; cx++ {
			for j := s.slots[s.slot(cx, cy)]; j != 0; j = s.next[j-1] {
				o := &s.items[j-1]
				dx, dy := int64(o.X)-x, int64(o.Y)-y
				if max(dx, -dx) >= r || max(dy, -dy) >= r {
					continue
				}
				d := dx*dx + dy*dy
				if d < best || d == best && ok && s.before(j-1, found) {
					best, found, ok = d, j-1, true
					if anyone {
						return found, true
					}
				}
			}
		}
	}
	return found, ok
}

func (s *Set) before(a, b uint32) bool {
	if i, j := s.items[a].Count, s.items[b].Count; i != j {
		return i > j
	}
	return s.compare(a, b) < 0
}

func (s *Set) slot(cx, cy int64) uint64 {
	return mix(uint64(cx)<<32|uint64(cy)) & uint64(len(s.slots)-1)
}

// Groups gives the items that remain by the last Group, each with whether others
// join it, in no order.
func (s *Set) Groups(see func(centre Item, joined bool)) {
	const joined = 1 << 31
	for i, o := range s.owner {
		if o != uint32(i) {
			s.items[o].Count |= joined
		}
	}
	for i, o := range s.owner {
		if it := &s.items[i]; o == uint32(i) {
			yes := it.Count&joined != 0
			it.Count &^= joined
			see(*it, yes)
		}
	}
}

// Merge makes the clusters of the last Group the items.
func (s *Set) Merge(j Joiner) {
	const fresh = 1 << 31
	changed := false
	for i := range s.owner {
		o := s.owner[i]
		if o == uint32(i) {
			continue
		}
		changed = true
		into := &s.items[o]
		if into.Count&fresh == 0 {
			into.Ref = j.Begin(*into)
			into.Count |= fresh
		}
		j.Join(into.Ref, s.items[i])
		into.Count += s.items[i].Count
	}
	if !changed {
		return
	}
	kept := s.items[:0]
	for i, it := range s.items {
		if s.owner[i] != uint32(i) {
			continue
		}
		if it.Count&fresh != 0 {
			it.Count &^= fresh
			j.End(it)
		}
		kept = append(kept, it)
	}
	s.items, s.sorted = kept, false
}

// mix is the finaliser of SplitMix64.
func mix(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
