package gtfs

import (
	"hash/maphash"
	"slices"

	"puy/geo"
)

// The bounds of what is in memory; see the package comment.
const (
	maxRoutes   = 200_000
	maxStops    = 2_000_000
	maxTrips    = 4_000_000
	maxShapes   = 1_000_000
	maxServices = 1_000_000
	maxPairs    = 8_000_000
	maxNames    = 64 << 20 // bytes of all texts that are kept of one table
)

// index numbers ids in the order in which they come. It keeps 64-bit hashes of them,
// under a seed of its own: that two of four million meet happens once in two million
// feeds, and nobody can bring it about.
type index struct {
	file  string // that the ids are of
	limit int
	seed  maphash.Seed
	at    map[uint64]int32
}

func newIndex(file string, limit int) *index {
	return &index{file: file, limit: limit, seed: maphash.MakeSeed(), at: map[uint64]int32{}}
}

func (x *index) len() int { return len(x.at) }

// add gives the number of id; fresh tells that it is new.
func (x *index) add(id []byte) (n int32, fresh bool, err error) {
	h := maphash.Bytes(x.seed, id)
	if n, known := x.at[h]; known {
		return n, false, nil
	}
	if len(x.at) >= x.limit {
		return 0, false, geo.Errorf(geo.KindLimit, "%s has more than %d different ids", x.file, x.limit)
	}
	n = int32(len(x.at))
	x.at[h] = n
	return n, true, nil
}

// find gives the number of id, or -1.
func (x *index) find(id []byte) int32 {
	if len(id) > 0 {
		if n, known := x.at[maphash.Bytes(x.seed, id)]; known {
			return n
		}
	}
	return -1
}

// set is a set of small numbers: those before sorted are in order and different, the
// few behind are as they came.
type set struct {
	list   []int32
	sorted int
}

// sets counts what is in all of a number of sets.
type sets struct {
	of    []set
	total int
}

func (s *sets) add(at, member int32) error {
	m := &s.of[at]
	if n := len(m.list); n > 0 && m.list[n-1] == member {
		return nil
	}
	if _, known := slices.BinarySearch(m.list[:m.sorted], member); known {
		return nil
	}
	m.list = append(m.list, member)
	s.total++
	if len(m.list)-m.sorted > max(8, m.sorted) {
		s.sort(at)
	}
	if s.total > maxPairs {
		return geo.Errorf(geo.KindLimit, "the feed has more than %d pairs of a route and a stop or shape", maxPairs)
	}
	return nil
}

// sort gives the members of a set in order.
func (s *sets) sort(at int32) []int32 {
	m := &s.of[at]
	if m.sorted < len(m.list) {
		slices.Sort(m.list)
		before := len(m.list)
		m.list = slices.Compact(m.list)
		m.sorted = len(m.list)
		s.total -= before - m.sorted
	}
	return m.list
}
