package generalise

// Simplifier gives vertices their significance. The zero Simplifier is ready
// and knows no nodes.
type Simplifier struct {
	Nodes Nodes
	simplifier
	at   []int // nodes of the ring at hand
	pts  []Point
	sigs []byte
}

// Line sets sig to the significances of a line. Its ends are pinned, and of a
// closed one the vertex farthest from them, so that it never falls to a point.
func (s *Simplifier) Line(pts []Point, sig []byte) {
	start, last := 0, len(pts)-1
	sig[0], sig[last] = Pinned, Pinned
	far := last
	if pts[0] == pts[last] {
		for i, p := range pts {
			d, most := distance2(pts[0], p), distance2(pts[0], pts[far])
			if d > most || d == most && p.less(pts[far]) {
				far = i
			}
		}
	}
	for i := 1; i <= last; i++ {
		if i == last || i == far || s.Nodes.has(pts[i]) {
			sig[i] = Pinned
			s.arc(pts[start:i+1], sig[start:i+1])
			start = i
		}
	}
}

// Support makes further nodes of a ring that has one or two, so that it has
// three. It must see all rings before Ring sees any.
func (s *Simplifier) Support(pts []Point) {
	s.find(pts)
	if n := len(s.at); n == 0 || n > 2 {
		return
	}
	s.triangle(pts)
	for _, i := range s.at {
		s.Nodes.add(pts[i].key())
	}
}

// Ring sets sig to the significances of a ring without its closing point. At
// least three vertices are pinned, if it has so many. A ring without nodes
// stands alone, or equals others, which get the same whatever their start and
// direction.
func (s *Simplifier) Ring(pts []Point, sig []byte) {
	s.find(pts)
	if len(s.at) < 3 {
		s.triangle(pts)
	}
	if len(s.at) == 0 {
		return
	}
	for k, from := range s.at {
		sig[from] = Pinned
		if k+1 < len(s.at) {
			to := s.at[k+1]
			sig[to] = Pinned
			s.arc(pts[from:to+1], sig[from:to+1])
			continue
		}
		// The last arc goes over the end of the slice.
		first := s.at[0]
		s.pts = append(append(s.pts[:0], pts[from:]...), pts[:first+1]...)
		s.sigs = append(s.sigs[:0], make([]byte, len(s.pts))...)
		s.arc(s.pts, s.sigs)
		tail := len(pts) - from
		copy(sig[from+1:], s.sigs[1:tail])
		copy(sig[:first], s.sigs[tail:])
	}
}

// find sets at to the nodes of a ring in order.
func (s *Simplifier) find(pts []Point) {
	s.at = s.at[:0]
	for i, p := range pts {
		if s.Nodes.has(p) {
			s.at = append(s.at, i)
		}
	}
}

// triangle adds to at until it has three vertices: the first by position, the
// one farthest from it, and the one farthest from the line through both.
func (s *Simplifier) triangle(pts []Point) {
	if len(pts) < 3 {
		return
	}
	for len(s.at) < 3 {
		best, worth := -1, -1.0
		for i, p := range pts {
			w := 0.0
			switch len(s.at) {
			case 1:
				w = distance2(pts[s.at[0]], p)
			case 2:
				a, b := pts[s.at[0]], pts[s.at[1]]
				if b.less(a) {
					a, b = b, a
				}
				w = triangle(a, b, p)
			}
			if w > worth || w == worth && p.less(pts[best]) {
				best, worth = i, w
			}
		}
		if worth == 0 && len(s.at) > 0 {
			break // all on one line
		}
		s.at = append(s.at, best)
	}
	// Few enough to be put in order by hand.
	for i := 1; i < len(s.at); i++ {
		for j := i; j > 0 && s.at[j] < s.at[j-1]; j-- {
			s.at[j], s.at[j-1] = s.at[j-1], s.at[j]
		}
	}
}
