package valid

import (
	"cmp"
	"slices"
)

// graph joins rings with the points at which they touch, as sets of connected
// nodes: the rings are numbered first, then the points.
type graph struct {
	parent []int
}

func (g *graph) find(n int) int {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

// checkConnected finds polygons whose interior is cut in parts. That is so
// where the rings of a polygon and the points at which they touch form a
// cycle, as two touches of the same two rings do.
func (a *area) checkConnected() *Defect {
	touches := slices.DeleteFunc(a.touches, func(t touch) bool {
		return a.rings[t.a].polygon != a.rings[t.b].polygon
	})
	if len(touches) < 2 {
		return nil
	}
	polygon := func(t touch) int { return a.rings[t.a].polygon }
	slices.SortFunc(touches, func(t, u touch) int {
		return cmp.Or(cmp.Compare(polygon(t), polygon(u)), cmp.Compare(t.at.x, u.at.x), cmp.Compare(t.at.y, u.at.y))
	})
	g := &a.graph
	g.parent = g.parent[:0]
	for i := range len(a.rings) + len(touches) {
		g.parent = append(g.parent, i)
	}
	var rings []int
	for i := 0; i < len(touches); {
		t := touches[i]
		node := len(a.rings) + i
		rings = rings[:0]
		for ; i < len(touches) && touches[i].at == t.at && polygon(touches[i]) == polygon(t); i++ {
			rings = append(rings, touches[i].a, touches[i].b)
		}
		slices.Sort(rings)
		for _, r := range slices.Compact(rings) {
			from, to := g.find(r), g.find(node)
			if from == to {
				return &Defect{DisconnectedInterior, t.at.x, t.at.y}
			}
			g.parent[from] = to
		}
	}
	return nil
}
