package rings

import (
	"slices"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// ring is one closed line of an area.
type ring struct {
	flat   []float64 // stride coordinates a position, the last being the first
	stride int
	box    geo.Bounds
	area   float64 // twice the signed area: negative where the ring runs clockwise
	edges  *bands
	inside []int // the rings that it lies in
	parent int   // for a hole, the ring that it is in
}

// nestingBudget bounds the work of finding which ring lies in which, in edges and
// boxes looked at for each position. Areas that exceed it are sorted by the way
// that rings run.
const nestingBudget = 1000

// Assemble makes polygons of rings. Rings that lie in an odd number of others are
// holes, as they must be in valid areas, so that rings which run the wrong way do
// no harm; open rings are closed. Flat is not kept unless it can be used as it is.
func Assemble(layout geom.Layout, flat []float64, ends []int) geom.T {
	rings := split(layout.Stride(), flat, ends)
	if len(rings) == 1 {
		f := rings[0].flat
		return geom.NewPolygonFlat(layout, f, []int{len(f)})
	}
	if !nest(rings) {
		nestByDirection(rings)
	}
	holes := make([][]int, len(rings))
	shells := 0
	for i := range rings {
		if p := rings[i].parent; p >= 0 {
			holes[p] = append(holes[p], i)
		} else {
			shells++
		}
	}
	out := make([]float64, 0, len(flat)+layout.Stride()*len(rings))
	endss := make([][]int, 0, shells)
	for i := range rings {
		if rings[i].parent >= 0 {
			continue
		}
		out = append(out, rings[i].flat...)
		of := []int{len(out)}
		for _, h := range holes[i] {
			out = append(out, rings[h].flat...)
			of = append(of, len(out))
		}
		endss = append(endss, of)
	}
	if len(endss) == 1 {
		return geom.NewPolygonFlat(layout, out, endss[0])
	}
	return geom.NewMultiPolygonFlat(layout, out, endss)
}

func split(stride int, flat []float64, ends []int) []ring {
	rings := make([]ring, 0, len(ends))
	start := 0
	for _, end := range ends {
		r := ring{flat: flat[start:end:end], stride: stride, box: geo.EmptyBounds(), parent: -1}
		if last := len(r.flat) - stride; !slices.Equal(r.flat[:2], r.flat[last:last+2]) {
			r.flat = append(r.flat, r.flat[:stride]...)
		}
		x0, y0 := r.flat[0], r.flat[1]
		for i := 0; i+stride < len(r.flat); i += stride {
			x, y := r.flat[i], r.flat[i+1]
			r.box = r.box.Extend(x, y)
			r.area += (x-x0)*(r.flat[i+stride+1]-y0) - (r.flat[i+stride]-x0)*(y-y0)
		}
		rings = append(rings, r)
		start = end
	}
	return rings
}

// nest finds the parents of holes by which ring lies in which; false means that
// this would take too long.
func nest(rings []ring) bool {
	budget := 10_000
	all := geo.EmptyBounds()
	for i := range rings {
		budget += nestingBudget * len(rings[i].flat) / rings[i].stride
		all = all.Extend(rings[i].box.MinX, rings[i].box.MinY).Extend(rings[i].box.MaxX, rings[i].box.MaxY)
	}
	near := newBands(all.MinY, all.MaxY, len(rings), func(i int) (lo, hi float64) { return rings[i].box.MinY, rings[i].box.MaxY })
	for i := range rings {
		r := &rings[i]
		for _, k := range near.at(r.box.MinY) {
			if budget--; int(k) != i && rings[k].contains(r, &budget) {
				r.inside = append(r.inside, int(k))
			}
			if budget <= 0 {
				return false
			}
		}
	}
	for i := range rings {
		r := &rings[i]
		if len(r.inside)%2 == 0 {
			continue
		}
		// The innermost ring around a hole is that which lies in all the others.
		for _, k := range r.inside {
			if r.parent < 0 || len(rings[k].inside) > len(rings[r.parent].inside) {
				r.parent = k
			}
		}
		if len(rings[r.parent].inside)%2 != 0 { // rings that cross
			r.parent = -1
		}
	}
	return true
}

// nestByDirection takes rings that run counter-clockwise for holes of the last
// clockwise ring before them, as in shapefiles.
func nestByDirection(rings []ring) {
	shell := -1
	for i := range rings {
		rings[i].parent = -1
		if rings[i].area < 0 {
			shell = i
		} else if shell >= 0 {
			rings[i].parent = shell
		}
	}
}

// contains tells whether o lies in r: no position of it outside, and one at least
// inside rather than on the line.
func (r *ring) contains(o *ring, budget *int) bool {
	if o.box.MinX < r.box.MinX || o.box.MinY < r.box.MinY || o.box.MaxX > r.box.MaxX || o.box.MaxY > r.box.MaxY {
		return false
	}
	if r.edges == nil {
		r.edges = edgeBands(r)
	}
	inside := false
	for i := 0; i+o.stride < len(o.flat); i += o.stride {
		switch r.locate(o.flat[i], o.flat[i+1], budget) {
		case outside:
			return false
		case within:
			inside = true
		}
		if *budget <= 0 {
			return false
		}
	}
	return inside
}
