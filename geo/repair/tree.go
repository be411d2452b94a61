package repair

import "math"

// box is a closed box on the grid.
type box struct{ minX, minY, maxX, maxY int64 }

func boxOf(p, q pt) box {
	return box{min(p.x, q.x), min(p.y, q.y), max(p.x, q.x), max(p.y, q.y)}
}

func (b *box) meets(o *box) bool {
	return b.minX <= o.maxX && b.maxX >= o.minX && b.minY <= o.maxY && b.maxY >= o.minY
}

func (b *box) extend(o box) {
	b.minX, b.minY, b.maxX, b.maxY = min(b.minX, o.minX), min(b.minY, o.minY), max(b.maxX, o.maxX), max(b.maxY, o.maxY)
}

const fanOut = 8

// tree is a tree of boxes over boxes in the order in which they are given, for
// which neighbours in the plane should be near each other, as along a ring.
type tree struct{ levels [][]box }

func newTree(n int, of func(i int) box) tree {
	boxes := make([]box, n)
	for i := range boxes {
		boxes[i] = of(i)
	}
	t := tree{levels: [][]box{boxes}}
	for len(boxes) > 1 {
		above := make([]box, 0, len(boxes)/fanOut+1)
		for i, b := range boxes {
			if i%fanOut == 0 {
				above = append(above, b)
			}
			above[len(above)-1].extend(b)
		}
		boxes = above
		t.levels = append(t.levels, boxes)
	}
	return t
}

// search calls visit for each box from the one numbered first on that meets b,
// until it returns false.
func (t tree) search(b box, first int, visit func(i int) bool) bool {
	return len(t.levels[0]) == 0 || t.descend(&b, len(t.levels)-1, 0, first, visit)
}

func (t tree) descend(b *box, level, node, first int, visit func(i int) bool) bool {
	if !t.levels[level][node].meets(b) {
		return true
	}
	if level == 0 {
		return node < first || visit(node)
	}
	below := node * fanOut
	for i := below; i < min(below+fanOut, len(t.levels[level-1])); i++ {
		// The last box below this one, at the lowest level.
		if last := (i+1)<<(3*(level-1)) - 1; last >= first && !t.descend(b, level-1, i, first, visit) {
			return false
		}
	}
	return true
}

// edge is a straight part of a boundary, with whose it is.
type edge struct {
	p, q  pt
	owner int
}

// rays finds the edges that a ray meets.
type rays struct {
	edges []edge
	tree
}

func newRays(edges []edge) *rays {
	return &rays{edges, newTree(len(edges), func(i int) box { return boxOf(edges[i].p, edges[i].q) })}
}

// east calls meet for each edge that the ray from at to the east meets, with its
// place in edges and 1 where the edge goes up, -1 where it goes down. The lower end
// counts as of the edge, the upper one does not.
func (r *rays) east(at pt, meet func(i, direction int)) {
	r.search(box{at.x, at.y, math.MaxInt64, at.y}, 0, func(i int) bool {
		e := &r.edges[i]
		up := e.p.y <= at.y && at.y < e.q.y
		down := e.q.y <= at.y && at.y < e.p.y
		switch {
		case up && cross(e.p, e.q, at) > 0:
			meet(i, 1)
		case down && cross(e.p, e.q, at) < 0:
			meet(i, -1)
		}
		return true
	})
}
