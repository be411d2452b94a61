package repair

import (
	"cmp"
	"slices"
)

// turns is how often a ring goes round a place, or along an edge.
type turns struct {
	ring, count int
}

// arrangement is the plane, cut by the boundary. Edge k is two half-edges: 2k from
// its lesser node to its greater one, 2k+1 back; each has its face on its left.
type arrangement struct {
	nodes    []pt
	heights  []float64
	from     []int     // node of each half-edge
	along    [][]turns // of each edge, in the direction of its even half-edge
	next     []int     // the half-edge after each one, round its face
	loop     []int     // which loop round a face each half-edge is of
	around   [][]turns // of each loop: how often rings go round what is on its left
	leaving  [][]int   // the half-edges from each node, counter-clockwise
	position []int     // of each half-edge in leaving
}

func (a *arrangement) to(h int) pt { return a.nodes[a.from[h^1]] }

// arrange cuts segments where they cross; false where there is too much to cut.
func arrange(segments []segment) (*arrangement, bool) {
	hot, ok := crossings(segments)
	if !ok {
		return nil, false
	}
	a := &arrangement{}
	ids := make(map[pt]int, len(hot))
	node := func(p pt, s *segment) int {
		id, known := ids[p]
		if !known {
			id = len(a.nodes)
			ids[p], a.nodes, a.heights = id, append(a.nodes, p), append(a.heights, s.height(p))
		}
		return id
	}
	edges := map[[2]int]int{}
	var ends [][2]int
	var along [][]turns
	var parts []pt
	at := newCuts(hot)
	for i := range segments {
		s := &segments[i]
		if parts, ok = at.of(s, parts); !ok {
			return nil, false
		}
		for k := 1; k < len(parts); k++ {
			m, n, count := node(parts[k-1], s), node(parts[k], s), 1
			if parts[k].less(parts[k-1]) {
				m, n, count = n, m, -1
			}
			e, known := edges[[2]int{m, n}]
			if !known {
				e = len(ends)
				edges[[2]int{m, n}], ends, along = e, append(ends, [2]int{m, n}), append(along, nil)
			}
			along[e] = add(along[e], s.ring, count)
		}
	}
	for e, t := range along {
		if len(t) > 0 { // what a ring runs out and back is no boundary
			a.from = append(a.from, ends[e][0], ends[e][1])
			a.along = append(a.along, t)
		}
	}
	a.link()
	return a, true
}

// height interpolates between the ends of s.
func (s *segment) height(p pt) float64 {
	switch p {
	case s.a:
		return s.za
	case s.b:
		return s.zb
	}
	dx, dy := float64(s.b.x-s.a.x), float64(s.b.y-s.a.y)
	f := (float64(p.x-s.a.x)*dx + float64(p.y-s.a.y)*dy) / (dx*dx + dy*dy)
	return s.za + f*(s.zb-s.za)
}

// add gives t with count more turns of ring, in the order of rings and without zeros;
// t itself does not change where it is shared.
func add(t []turns, ring, count int) []turns {
	i, found := slices.BinarySearchFunc(t, ring, func(u turns, r int) int { return cmp.Compare(u.ring, r) })
	sum := slices.Clone(t)
	switch {
	case !found:
		return slices.Insert(sum, i, turns{ring, count})
	case t[i].count+count == 0:
		return slices.Delete(sum, i, i+1)
	}
	sum[i].count += count
	return sum
}

// link orders the half-edges round their nodes and finds the loops.
func (a *arrangement) link() {
	a.leaving = make([][]int, len(a.nodes))
	for h, n := range a.from {
		a.leaving[n] = append(a.leaving[n], h)
	}
	a.position, a.next, a.loop = make([]int, len(a.from)), make([]int, len(a.from)), make([]int, len(a.from))
	for n, list := range a.leaving {
		slices.SortFunc(list, func(g, h int) int { return compareAngle(a.nodes[n], a.to(g), a.to(h)) })
		for i, h := range list {
			a.position[h] = i
		}
	}
	for h := range a.from {
		a.next[h] = a.clockwise(h ^ 1)
		a.loop[h] = -1
	}
	loops := 0
	for h := range a.from {
		if a.loop[h] >= 0 {
			continue
		}
		for k := h; a.loop[k] < 0; k = a.next[k] {
			a.loop[k] = loops
		}
		loops++
	}
	a.around = make([][]turns, loops)
}

// clockwise gives the half-edge from the node of h that is next to it clockwise.
func (a *arrangement) clockwise(h int) int {
	list := a.leaving[a.from[h]]
	return list[(a.position[h]+len(list)-1)%len(list)]
}

// half tells in which half of the plane, from west (exclusive) to east by south,
// the direction from o to p lies: 0, or 1 for the other one.
func half(o, p pt) int {
	if p.y < o.y || p.y == o.y && p.x > o.x {
		return 0
	}
	return 1
}

// compareAngle orders directions counter-clockwise, from just above west through
// south and east.
func compareAngle(o, p, q pt) int {
	if d := half(o, p) - half(o, q); d != 0 {
		return d
	}
	return cmp.Compare(0, cross(o, p, q))
}
