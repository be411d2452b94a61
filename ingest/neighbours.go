package ingest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tidwall/rtree"
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// neighbours looks for tiny gaps and overlaps between areas that should touch: a
// vertex, or the middle of an edge, that lies beside another area's boundary, nearer
// than tolerance, and not on it.
type neighbours struct {
	tolerance float64 // metres
	points    []float64
	rings     []border
	full      bool // there were more vertices than are kept
}

// border is a ring: points[start:end] in pairs, its closing point included.
type border struct {
	start, end int
	row        int64
	left       bool // the area is on the left
}

const (
	maxBorderPoints = 4 << 20 // vertices that are kept: 64 MB
	borderRun       = 8       // edges under one box of the index
	metresPerDegree = 111_195
	touchesWithin   = 0.001 // metres: what is nearer touches
)

// add keeps the boundary of f, in longitude, latitude.
func (n *neighbours) add(f *geo.Feature) {
	switch g := f.Geometry.T().(type) {
	case *geom.Polygon:
		n.keep(f.FID, g.FlatCoords(), [][]int{g.Ends()}, g.Stride())
	case *geom.MultiPolygon:
		n.keep(f.FID, g.FlatCoords(), g.Endss(), g.Stride())
	}
}

func (n *neighbours) keep(row int64, flat []float64, endss [][]int, stride int) {
	if n.full = n.full || (len(n.points)+2*len(flat)/stride)/2 > maxBorderPoints; n.full {
		return
	}
	at := 0
	for _, ends := range endss {
		for i, end := range ends {
			r := border{start: len(n.points), row: row}
			twice := 0.0
			for k := at; k < end; k += stride {
				if k > at {
					twice += (flat[k-stride]-flat[at])*(flat[k+1]-flat[at+1]) - (flat[k]-flat[at])*(flat[k-stride+1]-flat[at+1])
				}
				n.points = append(n.points, flat[k], flat[k+1])
			}
			at, r.end = end, len(n.points)
			r.left = (twice > 0) == (i == 0)
			n.rings = append(n.rings, r)
		}
	}
}

// run is some edges of a ring: from point from to point to, both in points.
type run struct{ ring, from, to int }

// nearest is the place of another area's boundary that is nearest to a vertex.
type nearest struct {
	metres, aside float64
	inside        bool
}

// find calls tell with the first gap and the first overlap of each pair of rows.
func (n *neighbours) find(ctx context.Context, tell func(geo.Problem)) error {
	index := n.index()
	told := map[[2]int64]geo.Rule{}
	note := func(r *border, x, y float64, row int64, inside bool) {
		p := geo.Problem{Row: r.row, Value: position(x, y), Rule: geo.RuleGap, Detail: fmt.Sprintf("row %d", row)}
		if inside {
			p.Rule = geo.RuleOverlap
		}
		pair := [2]int64{min(r.row, row), max(r.row, row)}
		if told[pair] != p.Rule && len(told) < MaxEntries*100 {
			told[pair] = p.Rule
			tell(p)
		}
	}
	near, before := map[int64]nearest{}, map[int64]nearest{} // by row
	for k := range n.rings {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &n.rings[k]
		clear(before)
		for i := r.start; i+2 < r.end; i += 2 {
			x, y := n.points[i], n.points[i+1]
			n.around(index, r, x, y, near)
			for _, row := range slices.Sorted(maps.Keys(near)) {
				found := near[row]
				// Beside the end of a border that two areas share there is no gap.
				last, known := before[row]
				ended := known && last.metres <= touchesWithin && n.metres(i-2, i) <= 2*n.tolerance
				if found.metres > touchesWithin && !ended {
					note(r, x, y, row, found.inside)
				}
			}
			before, near = near, before
			// Both ends may lie on another area's sides, and the edge beside it.
			if n.metres(i, i+2) > 2*n.tolerance {
				x, y = (x+n.points[i+2])/2, (y+n.points[i+3])/2
				n.around(index, r, x, y, near)
				for _, row := range slices.Sorted(maps.Keys(near)) {
					found := near[row]
					if found.metres > touchesWithin {
						note(r, x, y, row, found.inside)
					}
				}
			}
		}
	}
	return nil
}

func (n *neighbours) index() *rtree.RTreeG[run] {
	var index rtree.RTreeG[run]
	for k, r := range n.rings {
		for from := r.start; from+2 < r.end; from += 2 * borderRun {
			to := min(from+2*borderRun, r.end-2)
			box := geo.EmptyBounds()
			for i := from; i <= to; i += 2 {
				box = box.Extend(n.points[i], n.points[i+1])
			}
			index.Insert([2]float64{box.MinX, box.MinY}, [2]float64{box.MaxX, box.MaxY}, run{k, from, to})
		}
	}
	return &index
}

// metres gives the distance between two points, about.
func (n *neighbours) metres(i, j int) float64 {
	scale := math.Cos(n.points[i+1] * math.Pi / 180)
	return metresPerDegree * math.Hypot((n.points[j]-n.points[i])*scale, n.points[j+1]-n.points[i+1])
}

// around finds, by row, where other areas' boundaries are nearest to a position of r.
func (n *neighbours) around(index *rtree.RTreeG[run], r *border, x, y float64, into map[int64]nearest) {
	clear(into)
	scale := max(math.Cos(y*math.Pi/180), 1e-3)
	dy := n.tolerance / metresPerDegree
	dx := dy / scale
	index.Search([2]float64{x - dx, y - dy}, [2]float64{x + dx, y + dy}, func(_, _ [2]float64, e run) bool {
		o := &n.rings[e.ring]
		if o.row == r.row {
			return true
		}
		for j := e.from; j < e.to; j += 2 {
			px, py := (n.points[j]-x)*scale*metresPerDegree, (n.points[j+1]-y)*metresPerDegree
			qx, qy := (n.points[j+2]-x)*scale*metresPerDegree, (n.points[j+3]-y)*metresPerDegree
			metres, aside := fromOrigin(px, py, qx, qy)
			if metres > n.tolerance {
				continue
			}
			// At a corner the edge that the vertex lies more aside of tells the side.
			if best, known := into[o.row]; known && (metres > best.metres || metres == best.metres && math.Abs(aside) <= best.aside) {
				continue
			}
			into[o.row] = nearest{metres, math.Abs(aside), (aside > 0) == o.left}
		}
		return true
	})
}

// fromOrigin gives the distance of the edge from p to q from the origin, and how far
// on the left of the edge's line the origin is.
func fromOrigin(px, py, qx, qy float64) (metres, aside float64) {
	dx, dy := qx-px, qy-py
	length := math.Hypot(dx, dy)
	if length == 0 {
		return math.Hypot(px, py), 0
	}
	along := -(px*dx + py*dy) / length
	aside = (dy*px - dx*py) / length
	switch {
	case along <= 0:
		return math.Hypot(px, py), aside
	case along >= length:
		return math.Hypot(qx, qy), aside
	}
	return math.Abs(aside), aside
}
