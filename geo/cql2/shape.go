package cql2

import (
	"slices"
	"strings"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// shapeKinds are the geometry types by their WKT keyword.
var shapeKinds = [...]geo.GeometryType{geo.GeometryPoint, geo.GeometryLineString, geo.GeometryPolygon, geo.GeometryMultiPoint,
	geo.GeometryMultiLineString, geo.GeometryMultiPolygon, geo.GeometryGeometryCollection}

func shapeKind(name string) (geo.GeometryType, bool) {
	for _, k := range shapeKinds {
		if strings.EqualFold(k.String(), name) {
			return k, true
		}
	}
	return geo.GeometryNone, false
}

func isShape(upper string) bool {
	_, ok := shapeKind(upper)
	return ok
}

// shapeBuilder takes the positions of a geometry and where its parts end.
type shapeBuilder struct {
	stride int // 0 until the first position
	flat   []float64
	ends   []int   // of lines or rings
	endss  [][]int // of polygons
	first  int     // where the line or ring being taken begins
}

func (b *shapeBuilder) position(at Position, coordinates []float64) error {
	n := len(coordinates)
	switch {
	case n < 2 || n > 3:
		return invalid(at, "a position has two or three coordinates, found %d", n)
	case b.stride != 0 && b.stride != n:
		return invalid(at, "the positions of a geometry have all two or all three coordinates")
	}
	b.stride = n
	b.flat = append(b.flat, coordinates...)
	return nil
}

// endLine ends a line of two positions or more, or a closed ring of four or more.
func (b *shapeBuilder) endLine(at Position, ring bool) error {
	line := b.flat[b.first:]
	b.first = len(b.flat)
	b.ends = append(b.ends, len(b.flat))
	n := len(line) / max(b.stride, 2)
	switch {
	case !ring && n < 2:
		return invalid(at, "a line has two positions or more, found %d", n)
	case ring && n < 4:
		return invalid(at, "a ring has four positions or more, found %d", n)
	case ring && !slices.Equal(line[:b.stride], line[len(line)-b.stride:]):
		return invalid(at, "the last position of a ring is its first")
	}
	return nil
}

func (b *shapeBuilder) endPolygon() {
	b.endss = append(b.endss, b.ends)
	b.ends = nil
}

// build gives the geometry of the given type, which is no collection.
func (b *shapeBuilder) build(kind geo.GeometryType) (geo.Geometry, error) {
	layout := geom.XY
	if b.stride == 3 {
		layout = geom.XYZ
	}
	var t geom.T
	switch kind {
	case geo.GeometryPoint:
		if t = geom.NewPointEmpty(layout); len(b.flat) > 0 {
			t = geom.NewPointFlat(layout, b.flat)
		}
	case geo.GeometryLineString:
		t = geom.NewLineStringFlat(layout, b.flat)
	case geo.GeometryPolygon:
		t = geom.NewPolygonFlat(layout, b.flat, b.ends)
	case geo.GeometryMultiPoint:
		t = geom.NewMultiPointFlat(layout, b.flat)
	case geo.GeometryMultiLineString:
		t = geom.NewMultiLineStringFlat(layout, b.flat, b.ends)
	default:
		t = geom.NewMultiPolygonFlat(layout, b.flat, b.endss)
	}
	return geo.NewGeometry(t)
}

// collect gives the collection of parts.
func collect(at Position, parts []geo.Geometry) (geo.Geometry, error) {
	c := geom.NewGeometryCollection()
	heights := false
	for i, part := range parts {
		if i > 0 && part.HasZ() != heights {
			return geo.Geometry{}, invalid(at, "the parts of a collection have all two or all three coordinates")
		}
		heights = part.HasZ()
		if err := c.Push(part.T()); err != nil {
			return geo.Geometry{}, invalid(at, "the parts of a collection cannot stand together")
		}
	}
	g, err := geo.NewGeometry(c)
	if err != nil {
		return g, invalid(at, "%v", err)
	}
	return g, nil
}
