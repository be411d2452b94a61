package repair

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/valid"
)

// MaxVertices bounds the vertices of a geometry that Valid looks at, and with them
// its memory: about a kilobyte a vertex.
const MaxVertices = 2 << 20

// Valid gives g made valid, of the kind of g or, for a polygon in parts, a
// multipolygon. It is false where nothing of g would be left, where a coordinate is
// not finite, and where g has too many vertices or crossings. A valid g is given
// back as it is.
func Valid(g geo.Geometry) (geo.Geometry, bool) {
	if valid.Check(g) == nil {
		return g, true
	}
	vertices := 0
	g.EachFlat(func(flat []float64, stride int) { vertices += len(flat) / stride })
	if vertices > MaxVertices || !finite(g) {
		return geo.Geometry{}, false
	}
	t := fix(g.T())
	if t == nil || t.Empty() {
		return geo.Geometry{}, false
	}
	fixed, err := geo.NewGeometry(t)
	return fixed, err == nil && valid.Check(fixed) == nil
}

func finite(g geo.Geometry) bool {
	ok := true
	g.EachFlat(func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat); i += stride {
			x, y := flat[i], flat[i+1]
			// A difference must not overflow.
			ok = ok && math.Abs(x) < math.MaxFloat64/4 && math.Abs(y) < math.MaxFloat64/4
		}
	})
	return ok
}

// fix gives t made valid, or nil.
func fix(t geom.T) geom.T {
	switch g := t.(type) {
	case *geom.MultiLineString:
		return fixLines(g)
	case *geom.Polygon:
		fixed := areas(g.Layout(), g.FlatCoords(), [][]int{g.Ends()})
		if fixed != nil && fixed.NumPolygons() == 1 {
			return fixed.Polygon(0)
		}
		if fixed == nil {
			return nil
		}
		return fixed
	case *geom.MultiPolygon:
		if fixed := areas(g.Layout(), g.FlatCoords(), g.Endss()); fixed != nil {
			return fixed
		}
	case *geom.GeometryCollection:
		all := geom.NewGeometryCollection()
		for _, part := range g.Geoms() {
			sealed, err := geo.NewGeometry(part)
			if err == nil && valid.Check(sealed) != nil {
				part = fix(part)
			}
			if part != nil && all.Push(part) != nil {
				return nil
			}
		}
		return all
	}
	return nil // a point or a single line cannot be less
}

// fixLines leaves out lines of fewer than two distinct points.
func fixLines(g *geom.MultiLineString) geom.T {
	all := geom.NewMultiLineString(g.Layout())
	for i := range g.NumLineStrings() {
		line := g.LineString(i)
		sealed, err := geo.NewGeometry(line)
		if err == nil && valid.Check(sealed) == nil && all.Push(line) != nil {
			return nil
		}
	}
	return all
}

// Area gives the area of the polygons of g in the square of its unit: each shell
// counts, its holes do not, whatever their direction.
func Area(g geo.Geometry) float64 {
	sum := 0.0
	add := func(flat []float64, stride int, endss [][]int) {
		start := 0
		for _, ends := range endss {
			for i, end := range ends {
				a := ringArea(flat[start:end], stride)
				if i > 0 {
					a = -a
				}
				sum, start = sum+a, end
			}
		}
	}
	var each func(t geom.T)
	each = func(t geom.T) {
		switch p := t.(type) {
		case *geom.Polygon:
			add(p.FlatCoords(), p.Stride(), [][]int{p.Ends()})
		case *geom.MultiPolygon:
			add(p.FlatCoords(), p.Stride(), p.Endss())
		case *geom.GeometryCollection:
			for _, part := range p.Geoms() {
				each(part)
			}
		}
	}
	each(g.T())
	return sum
}

// ringArea is by the shoelace formula, from the first point so that large
// coordinates do not drown the area.
func ringArea(flat []float64, stride int) float64 {
	sum := 0.0
	for i := 0; i+stride+1 < len(flat); i += stride {
		sum += (flat[i]-flat[0])*(flat[i+stride+1]-flat[1]) - (flat[i+stride]-flat[0])*(flat[i+1]-flat[1])
	}
	return math.Abs(sum) / 2
}
