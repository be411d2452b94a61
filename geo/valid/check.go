package valid

import (
	"math"
	"sync"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// Check gives the first defect found in g, or nil where g is valid. Empty
// geometries and the zero Geometry are valid. It may be called from many goroutines.
//
// It takes time near linear in the number of vertices n for boundaries as they
// occur, and n log n for any other, as for those whose edges are long, slanting and
// close together, so that their boxes overlap.
func Check(g geo.Geometry) *Defect { return check(g.T()) }

func check(t geom.T) *Defect {
	switch g := t.(type) {
	case *geom.Point, *geom.MultiPoint:
		return checkFinite(g.FlatCoords(), g.Stride())
	case *geom.LineString:
		return checkLine(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		start := 0
		for _, end := range g.Ends() {
			if d := checkLine(g.FlatCoords()[start:end], g.Stride()); d != nil {
				return d
			}
			start = end
		}
	case *geom.Polygon:
		return checkArea(g.FlatCoords(), [][]int{g.Ends()}, g.Stride())
	case *geom.MultiPolygon:
		return checkArea(g.FlatCoords(), g.Endss(), g.Stride())
	case *geom.GeometryCollection:
		for _, part := range g.Geoms() {
			if d := check(part); d != nil {
				return d
			}
		}
	}
	return nil
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

func checkFinite(flat []float64, stride int) *Defect {
	for i := 0; i+1 < len(flat); i += stride {
		if !finite(flat[i]) || !finite(flat[i+1]) {
			return &Defect{NonFinite, flat[i], flat[i+1]}
		}
	}
	return nil
}

func checkLine(flat []float64, stride int) *Defect {
	if d := checkFinite(flat, stride); d != nil || len(flat) == 0 {
		return d
	}
	for i := stride; i < len(flat); i += stride {
		if flat[i] != flat[0] || flat[i+1] != flat[1] {
			return nil
		}
	}
	return &Defect{TooFewPoints, flat[0], flat[1]}
}

// areas keeps the memory of checks for the next ones.
var areas = sync.Pool{New: func() any { return new(area) }}

// maxKept bounds the points for which memory is kept: 16 MB.
const maxKept = 1 << 20

func checkArea(flat []float64, endss [][]int, stride int) *Defect {
	a := areas.Get().(*area)
	d := a.check(flat, endss, stride)
	if cap(a.points) <= maxKept {
		areas.Put(a)
	}
	return d
}

// area is the boundary of all polygons of one geometry.
type area struct {
	rings   []ring
	points  []point // of all rings, each closed and followed by a separator
	index   index
	touches []touch
	nests   nesting
	graph   graph
}

func (a *area) check(flat []float64, endss [][]int, stride int) *Defect {
	if d := a.collect(flat, endss, stride); d != nil || len(a.rings) == 0 {
		return d
	}
	if d := a.checkSpikes(); d != nil {
		return d
	}
	a.index.build(a.points)
	a.touches = a.touches[:0]
	d, done := a.checkByBoxes()
	if !done {
		a.touches = a.touches[:0]
		d = a.sweepEdges()
	}
	if d != nil || len(a.rings) == 1 {
		return d
	}
	return a.checkConnected()
}

// checkByBoxes is false where boxes tell too little.
func (a *area) checkByBoxes() (d *Defect, done bool) {
	if d, done = a.checkEdges(); d != nil || !done || len(a.rings) == 1 {
		return d, done
	}
	return a.checkNesting()
}
