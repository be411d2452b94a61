package valid

// line holds the edges that a sweep line meets, from the lowest up: a treap whose
// nodes are the edges themselves, joined in a list.
type line struct {
	area                *area
	root                int
	left, right, parent []int // of each edge, -1 for none
	prev, next          []int
}

func (l *line) init(a *area) {
	n := len(a.points)
	*l = line{area: a, root: -1, left: make([]int, n), right: make([]int, n), parent: make([]int, n), prev: make([]int, n), next: make([]int, n)}
}

// rank decides which of two nodes is nearer the root: numbers as good as random
// (the finalizer of MurmurHash3), so that the depth is logarithmic.
func rank(edge int) uint32 {
	h := uint32(edge) + 0x9e3779b9
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// find gives the edges below and above p, -1 where there is none, and adds those
// that go through it to passing.
func (l *line) find(p point, passing []int) (below, above int, through []int) {
	below, above = -1, -1
	for e := l.root; e >= 0; {
		low, high := l.area.ends(e)
		switch orient(low, high, p) {
		case 1:
			below, e = e, l.right[e]
		case -1:
			above, e = e, l.left[e]
		default:
			first := e
			for f := l.prev[e]; f >= 0 && l.on(f, p); f = l.prev[f] {
				first = f
			}
			for e = first; e >= 0 && l.on(e, p); e = l.next[e] {
				passing = append(passing, e)
			}
			return l.prev[first], e, passing
		}
	}
	return below, above, passing
}

func (l *line) on(edge int, p point) bool {
	low, high := l.area.ends(edge)
	return orient(low, high, p) == 0
}

// insert adds an edge that begins at the point the line is at.
func (l *line) insert(edge int) {
	from, to := l.area.ends(edge)
	l.left[edge], l.right[edge], l.parent[edge], l.prev[edge], l.next[edge] = -1, -1, -1, -1, -1
	if l.root < 0 {
		l.root = edge
		return
	}
	for e := l.root; ; {
		low, high := l.area.ends(e)
		side := 0
		if low != from {
			side = orient(low, high, from)
		}
		if side == 0 {
			side = orient(low, high, to)
		}
		l.parent[edge] = e
		if side > 0 {
			if l.right[e] >= 0 {
				e = l.right[e]
				continue
			}
			l.right[e] = edge
			l.join(edge, l.next[e])
			l.join(e, edge)
		} else {
			if l.left[e] >= 0 {
				e = l.left[e]
				continue
			}
			l.left[e] = edge
			l.join(l.prev[e], edge)
			l.join(edge, e)
		}
		break
	}
	for p := l.parent[edge]; p >= 0 && rank(edge) < rank(p); p = l.parent[edge] {
		l.lift(edge)
	}
}

func (l *line) join(below, above int) {
	if below >= 0 {
		l.next[below] = above
	}
	if above >= 0 {
		l.prev[above] = below
	}
}

// remove takes an edge out.
func (l *line) remove(edge int) {
	l.join(l.prev[edge], l.next[edge])
	for l.left[edge] >= 0 || l.right[edge] >= 0 {
		child := l.left[edge]
		if r := l.right[edge]; child < 0 || r >= 0 && rank(r) < rank(child) {
			child = r
		}
		l.lift(child)
	}
	l.hang(l.parent[edge], edge, -1)
}

// lift turns a node and its parent, so that the node stands above.
func (l *line) lift(e int) {
	p := l.parent[e]
	l.hang(l.parent[p], p, e)
	if l.left[p] == e {
		l.left[p] = l.right[e]
		if c := l.left[p]; c >= 0 {
			l.parent[c] = p
		}
		l.right[e] = p
	} else {
		l.right[p] = l.left[e]
		if c := l.right[p]; c >= 0 {
			l.parent[c] = p
		}
		l.left[e] = p
	}
	l.parent[p] = e
}

// hang puts another node, or none, in the place of a child of p.
func (l *line) hang(p, old, other int) {
	switch {
	case p < 0:
		l.root = other
	case l.left[p] == old:
		l.left[p] = other
	default:
		l.right[p] = other
	}
	if other >= 0 {
		l.parent[other] = p
	}
}
