package geo

import (
	"math"

	"github.com/twpayne/go-geom"
)

// GeometryType is one of the seven simple-feature kinds, none, or any.
type GeometryType uint8

// The geometry types, numbered as in WKB (OGC 06-103r4 table 7).
const (
	GeometryNone               GeometryType = 0
	GeometryPoint              GeometryType = 1
	GeometryLineString         GeometryType = 2
	GeometryPolygon            GeometryType = 3
	GeometryMultiPoint         GeometryType = 4
	GeometryMultiLineString    GeometryType = 5
	GeometryMultiPolygon       GeometryType = 6
	GeometryGeometryCollection GeometryType = 7
	GeometryAny                GeometryType = 8 // a schema whose features mix kinds
)

var geometryTypeNames = [...]string{"None", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString",
	"MultiPolygon", "GeometryCollection", "Geometry"}

// String gives the simple-feature name of t, "None", or "Geometry" for any.
func (t GeometryType) String() string {
	if int(t) < len(geometryTypeNames) {
		return geometryTypeNames[t]
	}
	return "None"
}

// ParseGeometryType is the inverse of GeometryType.String.
func ParseGeometryType(name string) (GeometryType, bool) {
	for i, n := range geometryTypeNames {
		if n == name {
			return GeometryType(i), true
		}
	}
	return GeometryNone, false
}

// MarshalText writes the name of t.
func (t GeometryType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (t *GeometryType) UnmarshalText(b []byte) error {
	parsed, ok := ParseGeometryType(string(b))
	if !ok {
		return Errorf(KindInvalid, "unknown geometry type %q", b)
	}
	*t = parsed
	return nil
}

// Multi gives the multi-part kind of a single-part kind, and t itself otherwise.
func (t GeometryType) Multi() GeometryType {
	if t >= GeometryPoint && t <= GeometryPolygon {
		return t + 3
	}
	return t
}

// Dimension gives 0 for points, 1 for lines, 2 for polygons and -1 otherwise.
func (t GeometryType) Dimension() int {
	if t >= GeometryPoint && t <= GeometryMultiPolygon {
		return int(t-1) % 3
	}
	return -1
}

// Merge gives the type of a schema that holds features of types t and o:
// a kind with its multi kind gives the multi kind, other mixtures give any.
func (t GeometryType) Merge(o GeometryType) GeometryType {
	switch {
	case t == GeometryNone || t == o:
		return o
	case o == GeometryNone:
		return t
	case t.Multi() == o.Multi():
		return t.Multi()
	}
	return GeometryAny
}

// Accepts tells whether a feature of type o fits a schema of type t.
func (t GeometryType) Accepts(o GeometryType) bool {
	return o == GeometryNone || t == GeometryAny || t == o || t == o.Multi()
}

// Geometry is a sealed simple-feature geometry in two or three dimensions, or
// none: the zero Geometry. It is not changed once it is made, except by
// Transform before it is shared.
type Geometry struct {
	t geom.T
}

// NewGeometry seals t. A measure (M) is dropped; a nil t gives the zero
// Geometry; other kinds than the seven and nesting beyond 8 collections give an
// error of KindInvalid.
func NewGeometry(t geom.T) (Geometry, error) {
	if t == nil {
		return Geometry{}, nil
	}
	t, err := seal(t, 0)
	return Geometry{t}, err
}

const maxCollectionDepth = 8

func seal(t geom.T, depth int) (geom.T, error) {
	switch g := t.(type) {
	case *geom.GeometryCollection:
		if depth >= maxCollectionDepth {
			return nil, Errorf(KindInvalid, "geometry collections are nested more than %d deep", maxCollectionDepth)
		}
		for i := range g.NumGeoms() {
			part, err := seal(g.Geom(i), depth+1)
			if err != nil {
				return nil, err
			}
			g.Geoms()[i] = part
		}
		return g, nil
	case *geom.Point, *geom.LineString, *geom.Polygon, *geom.MultiPoint, *geom.MultiLineString, *geom.MultiPolygon:
		return dropM(t), nil
	}
	return nil, Errorf(KindInvalid, "geometry of type %T is not supported", t)
}

// dropM gives t without measures.
func dropM(t geom.T) geom.T {
	layout := t.Layout()
	if layout.MIndex() < 0 {
		return t
	}
	to, stride := geom.XY, layout.Stride()
	if layout.ZIndex() >= 0 {
		to = geom.XYZ
	}
	keep := to.Stride()
	flat := t.FlatCoords()
	out := make([]float64, 0, len(flat)/stride*keep)
	for i := 0; i+stride <= len(flat); i += stride {
		out = append(out, flat[i:i+keep]...)
	}
	scale := func(ends []int) []int {
		scaled := make([]int, len(ends))
		for i, e := range ends {
			scaled[i] = e / stride * keep
		}
		return scaled
	}
	switch g := t.(type) {
	case *geom.Point:
		if len(out) == 0 {
			return geom.NewPointEmpty(to)
		}
		return geom.NewPointFlat(to, out)
	case *geom.LineString:
		return geom.NewLineStringFlat(to, out)
	case *geom.Polygon:
		return geom.NewPolygonFlat(to, out, scale(g.Ends()))
	case *geom.MultiPoint:
		return geom.NewMultiPointFlat(to, out, geom.NewMultiPointFlatOptionWithEnds(scale(g.Ends())))
	case *geom.MultiLineString:
		return geom.NewMultiLineStringFlat(to, out, scale(g.Ends()))
	case *geom.MultiPolygon:
		endss := make([][]int, len(g.Endss()))
		for i, ends := range g.Endss() {
			endss[i] = scale(ends)
		}
		return geom.NewMultiPolygonFlat(to, out, endss)
	}
	return t
}

// T gives the go-geom value, nil for the zero Geometry.
func (g Geometry) T() geom.T { return g.t }

// IsNull tells whether g is the zero Geometry: none at all.
func (g Geometry) IsNull() bool { return g.t == nil }

// IsEmpty tells whether g has no coordinate.
func (g Geometry) IsEmpty() bool { return g.t == nil || g.t.Empty() }

// HasZ tells whether g carries heights.
func (g Geometry) HasZ() bool {
	if c, ok := g.t.(*geom.GeometryCollection); ok {
		for _, part := range c.Geoms() {
			if (Geometry{part}).HasZ() {
				return true
			}
		}
		return false
	}
	return g.t != nil && g.t.Layout().ZIndex() >= 0
}

// Type tells the kind of g.
func (g Geometry) Type() GeometryType {
	switch g.t.(type) {
	case *geom.Point:
		return GeometryPoint
	case *geom.LineString:
		return GeometryLineString
	case *geom.Polygon:
		return GeometryPolygon
	case *geom.MultiPoint:
		return GeometryMultiPoint
	case *geom.MultiLineString:
		return GeometryMultiLineString
	case *geom.MultiPolygon:
		return GeometryMultiPolygon
	case *geom.GeometryCollection:
		return GeometryGeometryCollection
	}
	return GeometryNone
}

// Bounds gives the planar box of g, empty where g has no coordinate.
func (g Geometry) Bounds() Bounds {
	b := EmptyBounds()
	g.EachFlat(func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat); i += stride {
			b = b.Extend(flat[i], flat[i+1])
		}
	})
	return b
}

// EachFlat calls fn with the coordinates of each part of g that has any:
// stride 2 (x, y) or 3 (x, y, z).
func (g Geometry) EachFlat(fn func(flat []float64, stride int)) {
	switch t := g.t.(type) {
	case nil:
	case *geom.GeometryCollection:
		for _, part := range t.Geoms() {
			(Geometry{part}).EachFlat(fn)
		}
	default:
		if flat := t.FlatCoords(); len(flat) > 0 {
			fn(flat, t.Stride())
		}
	}
}

// Finite tells whether every coordinate of g is a finite number.
func (g Geometry) Finite() bool {
	finite := true
	g.EachFlat(func(flat []float64, _ int) {
		for _, c := range flat {
			if math.IsNaN(c) || math.IsInf(c, 0) {
				finite = false
			}
		}
	})
	return finite
}

// Promote gives g as its multi-part kind if t is that kind, and g itself otherwise.
func (g Geometry) Promote(t GeometryType) Geometry {
	if t == g.Type() || t != g.Type().Multi() {
		return g
	}
	switch p := g.t.(type) {
	case *geom.Point:
		return Geometry{geom.NewMultiPointFlat(p.Layout(), p.FlatCoords())}
	case *geom.LineString:
		var ends []int
		if n := len(p.FlatCoords()); n > 0 {
			ends = []int{n}
		}
		return Geometry{geom.NewMultiLineStringFlat(p.Layout(), p.FlatCoords(), ends)}
	case *geom.Polygon:
		var endss [][]int
		if len(p.Ends()) > 0 {
			endss = [][]int{p.Ends()}
		}
		return Geometry{geom.NewMultiPolygonFlat(p.Layout(), p.FlatCoords(), endss)}
	}
	return g
}
