package repair

// wind finds how often each ring goes round what is on the left of each loop.
func (a *arrangement) wind() {
	done := make([]bool, len(a.around))
	components, of := a.components()
	boundary := a.rays(of)
	for i, c := range components {
		// The last half-edge counter-clockwise from the leftmost node has the outside
		// of its component on its left.
		list := a.leaving[c.leftmost]
		h := list[len(list)-1]
		a.around[a.loop[h]] = a.outside(boundary, c, i)
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
	leftmost int // its node that is leftmost, then lowest
}

// components finds the connected parts, and of which of them each node is; -1 where
// no edge is left at a node.
func (a *arrangement) components() (all []component, of []int) {
	of = make([]int, len(a.nodes))
	for n := range of {
		of[n] = -1
	}
	var queue []int
	for start := range a.nodes {
		if of[start] >= 0 || len(a.leaving[start]) == 0 {
			continue
		}
		c := component{leftmost: start}
		of[start] = len(all)
		for queue = append(queue[:0], start); len(queue) > 0; {
			n := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if a.nodes[n].less(a.nodes[c.leftmost]) {
				c.leftmost = n
			}
			for _, h := range a.leaving[n] {
				if m := a.from[h^1]; of[m] < 0 {
					of[m] = len(all)
					queue = append(queue, m)
				}
			}
		}
		all = append(all, c)
	}
	return all, of
}

// rays indexes the edges, each with its component.
func (a *arrangement) rays(of []int) *rays {
	edges := make([]edge, len(a.along))
	for e := range edges {
		n := a.from[2*e]
		edges[e] = edge{a.nodes[n], a.nodes[a.from[2*e+1]], of[n]}
	}
	return newRays(edges)
}

// outside finds how often rings of other components go round component i, by the
// edges that a ray from its leftmost node to the east meets.
func (a *arrangement) outside(boundary *rays, c component, i int) []turns {
	var t []turns
	boundary.east(a.nodes[c.leftmost], func(e, direction int) {
		if boundary.edges[e].owner == i {
			return
		}
		for _, u := range a.along[e] {
			t = add(t, u.ring, direction*u.count)
		}
	})
	return t
}
