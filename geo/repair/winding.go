package repair

// wind finds how often each ring goes round what is on the left of each loop.
func (a *arrangement) wind() {
	done := make([]bool, len(a.around))
	component := a.components()
	for _, c := range component {
		// The last half-edge counter-clockwise from the leftmost node has the outside
		// of its component on its left.
		list := a.leaving[c.leftmost]
		h := list[len(list)-1]
		a.around[a.loop[h]] = a.outside(c, component)
		done[a.loop[h]] = true
		a.spread(h, done)
	}
}

// spread goes from the loop of h to all that are joined to it.
func (a *arrangement) spread(h int, done []bool) {
	queue := []int{h}
	for len(queue) > 0 {
		start := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for k := start; ; {
			if other := a.loop[k^1]; !done[other] {
				t := a.around[a.loop[k]]
				for _, u := range a.along[k/2] {
					// Left of an edge there is one turn more than right of it.
					if k%2 == 0 {
						t = add(t, u.ring, -u.count)
					} else {
						t = add(t, u.ring, u.count)
					}
				}
				a.around[other], done[other] = t, true
				queue = append(queue, k^1)
			}
			if k = a.next[k]; k == start {
				break
			}
		}
	}
}

// component is a connected part of the boundary.
type component struct {
	leftmost  int // its node that is leftmost, then lowest
	low, high int64
	right     int64
	edges     []int
}

func (a *arrangement) components() []*component {
	of := make([]*component, len(a.nodes))
	var all []*component
	for start := range a.nodes {
		if of[start] != nil || len(a.leaving[start]) == 0 {
			continue
		}
		p := a.nodes[start]
		c := &component{leftmost: start, low: p.y, high: p.y, right: p.x}
		all, of[start] = append(all, c), c
		for queue := []int{start}; len(queue) > 0; {
			n := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			q := a.nodes[n]
			if q.less(a.nodes[c.leftmost]) {
				c.leftmost = n
			}
			c.low, c.high, c.right = min(c.low, q.y), max(c.high, q.y), max(c.right, q.x)
			for _, h := range a.leaving[n] {
				if h%2 == 0 {
					c.edges = append(c.edges, h/2)
				}
				if m := a.from[h^1]; of[m] == nil {
					of[m] = c
					queue = append(queue, m)
				}
			}
		}
	}
	return all
}

// outside finds how often rings of other components go round c, by the edges that
// a ray from its leftmost node to the east meets.
func (a *arrangement) outside(c *component, all []*component) []turns {
	at := a.nodes[c.leftmost]
	var t []turns
	for _, o := range all {
		if o == c || at.y < o.low || at.y > o.high || at.x > o.right || !a.nodes[o.leftmost].less(at) {
			continue
		}
		for _, e := range o.edges {
			p, q := a.nodes[a.from[2*e]], a.nodes[a.from[2*e+1]]
			up := p.y <= at.y && at.y < q.y
			down := q.y <= at.y && at.y < p.y
			switch side := cross(p, q, at); {
			case up && side > 0:
				for _, u := range a.along[e] {
					t = add(t, u.ring, u.count)
				}
			case down && side < 0:
				for _, u := range a.along[e] {
					t = add(t, u.ring, -u.count)
				}
			}
		}
	}
	return t
}
