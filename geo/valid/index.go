package valid

import "math"

// box is a closed box.
type box struct{ minX, minY, maxX, maxY float64 }

func (b *box) meets(o *box) bool {
	return b.minX <= o.maxX && b.maxX >= o.minX && b.minY <= o.maxY && b.maxY >= o.minY
}

func (b *box) extend(o box) {
	b.minX, b.minY = min(b.minX, o.minX), min(b.minY, o.minY)
	b.maxX, b.maxY = max(b.maxX, o.maxX), max(b.maxY, o.maxY)
}

func emptyBox() box { return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

// edgeMeets tells whether the box around p and q meets b; an edge to or from a
// separator meets none.
func edgeMeets(p, q point, b *box) bool {
	if q.x < p.x {
		p.x, q.x = q.x, p.x
	}
	if q.y < p.y {
		p.y, q.y = q.y, p.y
	}
	return p.x <= b.maxX && q.x >= b.minX && p.y <= b.maxY && q.y >= b.minY
}

const (
	leafSize = 8 // edges of a leaf
	fanOut   = 4 // nodes of a node

	// Boundaries as they occur take 3 to 100 steps a box, each for two boxes that are
	// compared; the sweep takes as long as 1,000.
	stepsPerBox = 256
	leastSteps  = 4096
)

// index is a tree of boxes over the edges in their own sequence: neighbours
// along a ring are neighbours in the plane, so nothing needs to be sorted.
// Edge i goes from point i to point i+1.
type index struct {
	points []point
	boxes  []box
	levels []int // where each level starts in boxes, the leaves first; one more at the end
	steps  int   // that may still be taken
}

func (x *index) build(points []point) {
	x.points, x.boxes, x.levels = points, x.boxes[:0], append(x.levels[:0], 0)
	edges := len(points) - 1
	for i := 0; i < edges; i += leafSize {
		b := emptyBox()
		for j := i; j <= min(i+leafSize, edges); j++ {
			p := points[j]
			if p.x < b.minX {
				b.minX = p.x
			}
			if p.x > b.maxX {
				b.maxX = p.x
			}
			if p.y < b.minY {
				b.minY = p.y
			}
			if p.y > b.maxY {
				b.maxY = p.y
			}
		}
		x.boxes = append(x.boxes, b)
	}
	for start := 0; len(x.boxes)-start > 1; {
		end := len(x.boxes)
		x.levels = append(x.levels, end)
		for i := start; i < end; i += fanOut {
			b := x.boxes[i]
			for j := i + 1; j < min(i+fanOut, end); j++ {
				b.extend(x.boxes[j])
			}
			x.boxes = append(x.boxes, b)
		}
		start = end
	}
	x.levels = append(x.levels, len(x.boxes))
	x.steps = leastSteps + stepsPerBox*len(x.boxes)
}

// root gives the level of the root node.
func (x *index) root() int { return len(x.levels) - 2 }

// children gives the nodes below a node of a level above 0.
func (x *index) children(level, node int) (first, end int) {
	first = node * fanOut
	return first, min(first+fanOut, x.levels[level]-x.levels[level-1])
}

func (x *index) box(level, node int) *box { return &x.boxes[x.levels[level]+node] }

// edges gives the edges of a leaf.
func (x *index) edges(leaf int) (first, end int) {
	first = leaf * leafSize
	return first, min(first+leafSize, len(x.points)-1)
}

// pairs calls visit for each pair of edges, i before j, whose boxes meet, those
// that follow each other left out, until it returns false or no steps are left.
func (x *index) pairs(visit func(i, j int) bool) bool {
	return x.within(x.root(), 0, visit)
}

func (x *index) within(level, node int, visit func(i, j int) bool) bool {
	if level == 0 {
		first, end := x.edges(node)
		for i := first; i < end; i++ {
			p, q := x.points[i], x.points[i+1]
			b := box{p.x, p.y, q.x, q.y}
			if q.x < p.x {
				b.minX, b.maxX = q.x, p.x
			}
			if q.y < p.y {
				b.minY, b.maxY = q.y, p.y
			}
			for j := i + 2; j < end; j++ {
				if edgeMeets(x.points[j], x.points[j+1], &b) && !visit(i, j) {
					return false
				}
			}
		}
		return true
	}
	first, end := x.children(level, node)
	for i := first; i < end; i++ {
		if !x.within(level-1, i, visit) {
			return false
		}
		for j := i + 1; j < end; j++ {
			if !x.across(level-1, i, j, visit) {
				return false
			}
		}
	}
	return true
}

// across visits the pairs of an edge of node m and one of node n, m before n.
func (x *index) across(level, m, n int, visit func(i, j int) bool) bool {
	bm, bn := x.box(level, m), x.box(level, n)
	if x.steps--; x.steps < 0 || !bm.meets(bn) {
		return x.steps >= 0
	}
	if level == 0 {
		return x.acrossLeaves(m, n, visit)
	}
	firstM, endM := x.children(level, m)
	firstN, endN := x.children(level, n)
	for i := firstM; i < endM; i++ {
		if !x.box(level-1, i).meets(bn) {
			continue
		}
		for j := firstN; j < endN; j++ {
			if !x.across(level-1, i, j, visit) {
				return false
			}
		}
	}
	return true
}

func (x *index) acrossLeaves(m, n int, visit func(i, j int) bool) bool {
	firstM, endM := x.edges(m)
	firstN, endN := x.edges(n)
	bm, bn := x.box(0, m), x.box(0, n)
	var near [leafSize]int
	count := 0
	for j := firstN; j < endN; j++ {
		if edgeMeets(x.points[j], x.points[j+1], bm) {
			near[count] = j
			count++
		}
	}
	for i := firstM; i < endM && count > 0; i++ {
		p, q := x.points[i], x.points[i+1]
		if !edgeMeets(p, q, bn) {
			continue
		}
		b := box{min(p.x, q.x), min(p.y, q.y), max(p.x, q.x), max(p.y, q.y)}
		if x.steps -= count; x.steps < 0 {
			return false
		}
		for _, j := range near[:count] {
			if j > i+1 && edgeMeets(x.points[j], x.points[j+1], &b) && !visit(i, j) {
				return false
			}
		}
	}
	return true
}
