package generalise

// Search finds the nodes of a map: positions where an inner vertex of a line or
// a vertex of a ring has not the same two neighbours wherever it occurs, or is
// the end of a line elsewhere. Its memory is bounded: it looks at the whole map
// as often as Passes says, each time for another share of the positions. Several
// may share out the positions of one map.
type Search struct {
	passes, pass uint64 // of all that share the map; the own ones are the next few
	first, last  uint64
	positions    []uint64
	neighbours   []uint64 // 0 free, else of inner, isEnd or isNode
	used         int
	nodes        Nodes
}

const (
	isEnd  = 1
	isNode = 2
	// All that share a map look at about so many vertices at a time, at 32 bytes each.
	verticesPerPass = 2 << 20
)

// NewSearch makes a Search in a map of the given number of vertices: one of
// several that share out its positions, counted from 0.
func NewSearch(vertices uint64, share, shares int) *Search {
	own := vertices/verticesPerPass + 1
	s := &Search{passes: own * uint64(shares), first: own * uint64(share), last: own * uint64(share+1)}
	s.pass = s.first
	size := 1024
	for uint64(size) < 2*vertices/s.passes {
		size *= 2
	}
	s.positions, s.neighbours = make([]uint64, size), make([]uint64, size)
	return s
}

// Passes gives how often the map must be shown: all its lines and rings, then
// Next.
func (s *Search) Passes() int { return int(s.last - s.first) }

// Next ends a pass.
func (s *Search) Next() {
	s.pass++
	clear(s.neighbours)
	s.used = 0
}

// Nodes gives what was found after the last pass.
func (s *Search) Nodes() *Nodes { return &s.nodes }

// Line shows a line.
func (s *Search) Line(pts []Point) {
	last := len(pts) - 1
	s.see(pts[0].key(), isEnd)
	s.see(pts[last].key(), isEnd)
	for i := 1; i < last; i++ {
		s.see(pts[i].key(), of(pts[i-1], pts[i+1]))
	}
}

// Ring shows a ring without its closing point.
func (s *Search) Ring(pts []Point) {
	n := len(pts)
	for i := range pts {
		s.see(pts[i].key(), of(pts[(i+n-1)%n], pts[(i+1)%n]))
	}
}

// of names a pair of neighbours, whichever comes first.
func of(a, b Point) uint64 {
	return max(mix(a.key())+mix(b.key()), isNode+1)
}

func (s *Search) see(position, neighbours uint64) {
	hash := mix(position)
	if hash>>40%s.passes != s.pass {
		return
	}
	if 4*s.used >= 3*len(s.positions) {
		s.grow()
	}
	mask := uint64(len(s.positions) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch known := s.neighbours[i]; {
		case known == 0:
			s.positions[i], s.neighbours[i] = position, neighbours
			s.used++
			return
		case s.positions[i] != position:
			continue
		case known != neighbours && known != isNode:
			s.neighbours[i] = isNode
			s.nodes.add(position)
		}
		return
	}
}

// grow is needed only where hashes share out the positions badly.
func (s *Search) grow() {
	positions, neighbours := s.positions, s.neighbours
	s.positions, s.neighbours = make([]uint64, 2*len(positions)), make([]uint64, 2*len(positions))
	mask := uint64(len(s.positions) - 1)
	for i, known := range neighbours {
		if known == 0 {
			continue
		}
		j := mix(positions[i]) & mask
		for s.neighbours[j] != 0 {
			j = (j + 1) & mask
		}
		s.positions[j], s.neighbours[j] = positions[i], known
	}
}

// Nodes is a set of positions.
type Nodes struct {
	slots []uint64 // 0 free
	count int
	zero  bool // whether position 0 belongs to it
}

// Len gives the number of positions.
func (n *Nodes) Len() int { return n.count }

// Add adds the positions of another set.
func (n *Nodes) Add(o *Nodes) {
	n.zero = n.zero || o.zero
	for _, key := range o.slots {
		if key != 0 {
			n.add(key)
		}
	}
}

func (n *Nodes) has(p Point) bool {
	key := p.key()
	if key == 0 {
		return n.zero
	}
	if n.count == 0 {
		return false
	}
	mask := uint64(len(n.slots) - 1)
	for i := mix(key) & mask; ; i = (i + 1) & mask {
		switch n.slots[i] {
		case key:
			return true
		case 0:
			return false
		}
	}
}

func (n *Nodes) add(key uint64) {
	if key == 0 {
		n.zero = true
		return
	}
	if 2*n.count >= len(n.slots) {
		old := n.slots
		n.slots, n.count = make([]uint64, max(1024, 2*len(old))), 0
		for _, k := range old {
			if k != 0 {
				n.add(k)
			}
		}
	}
	mask := uint64(len(n.slots) - 1)
	i := mix(key) & mask
	for n.slots[i] != 0 {
		if n.slots[i] == key {
			return
		}
		i = (i + 1) & mask
	}
	n.slots[i] = key
	n.count++
}

// mix is the finaliser of SplitMix64.
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
