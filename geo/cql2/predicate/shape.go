package predicate

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/valid"
)

// spatial puts the feature's geometry first.
func (c *checker) spatial(e *cql2.Relate) (Node, error) {
	a, err := c.shape(e.A)
	if err != nil {
		return nil, err
	}
	b, err := c.shape(e.B)
	if err != nil {
		return nil, err
	}
	relation := e.Relation
	if b.Own && !a.Own {
		a, b = b, a
		switch relation {
		case cql2.Contains:
			relation = cql2.Within
		case cql2.Within:
			relation = cql2.Contains
		}
	}
	return &Spatial{relation, a, b}, nil
}

func (c *checker) shape(e cql2.Expr) (Shape, error) {
	switch e := e.(type) {
	case *cql2.Property:
		i, err := c.property(e)
		if err == nil && i >= 0 {
			err = c.invalid(e.Pos(), "the property %q is of type %s, not a geometry", e.Name, c.schema.Fields[i].Type)
		}
		return Shape{Own: true}, err
	case *cql2.Call:
		return Shape{}, c.invalid(e.Pos(), "there is no function %q", e.Name)
	case *cql2.Shape:
		g, err := flatten(e.Geometry)
		if err != nil {
			return Shape{}, err
		}
		if err := c.inRange(e.Pos(), g); err != nil {
			return Shape{}, err
		}
		if d := valid.Check(g); d != nil {
			return Shape{}, c.invalid(e.Pos(), "the geometry is not valid: %s at %g %g", geo.Say(string(d.Reason)), d.X, d.Y)
		}
		return Shape{Geometry: g}, nil
	case *cql2.BBox:
		g, err := c.box(e)
		return Shape{Geometry: g}, err
	}
	return Shape{}, c.invalid(e.Pos(), "expected a geometry")
}

// slack is how far a coordinate may lie outside the range of longitudes and
// latitudes: what rounding makes of a transformed one.
const slack = 1e-9

func (c *checker) inRange(at cql2.Position, g geo.Geometry) error {
	ok := true
	g.EachFlat(func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat); i += stride {
			// Written so that NaN is out of range as well.
			ok = ok && math.Abs(flat[i]) <= 180+slack && math.Abs(flat[i+1]) <= 90+slack
		}
	})
	if !ok {
		return c.invalid(at, "a coordinate is outside the range of longitudes (-180 to 180) and latitudes (-90 to 90)")
	}
	return nil
}

// flatten gives g without heights: relations are planar.
func flatten(g geo.Geometry) (geo.Geometry, error) {
	if !g.HasZ() {
		return g, nil
	}
	if c, ok := g.T().(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection()
		for _, part := range c.Geoms() {
			sealed, err := geo.NewGeometry(part)
			if err != nil {
				return g, err
			}
			if sealed, err = flatten(sealed); err != nil {
				return g, err
			}
			if err := out.Push(sealed.T()); err != nil {
				return g, err
			}
		}
		return geo.NewGeometry(out)
	}
	return geo.NewGeometry(drop(g.T()))
}

// drop gives t, which has heights and is no collection, without them.
func drop(t geom.T) geom.T {
	var flat []float64
	for i, c := range t.FlatCoords() {
		if i%3 < 2 {
			flat = append(flat, c)
		}
	}
	scale := func(ends []int) []int {
		out := make([]int, len(ends))
		for i, e := range ends {
			out[i] = e / 3 * 2
		}
		return out
	}
	switch t := t.(type) {
	case *geom.Point:
		if len(flat) == 0 {
			return geom.NewPointEmpty(geom.XY)
		}
		return geom.NewPointFlat(geom.XY, flat)
	case *geom.LineString:
		return geom.NewLineStringFlat(geom.XY, flat)
	case *geom.Polygon:
		return geom.NewPolygonFlat(geom.XY, flat, scale(t.Ends()))
	case *geom.MultiPoint:
		return geom.NewMultiPointFlat(geom.XY, flat)
	case *geom.MultiLineString:
		return geom.NewMultiLineStringFlat(geom.XY, flat, scale(t.Ends()))
	case *geom.MultiPolygon:
		endss := make([][]int, len(t.Endss()))
		for i, ends := range t.Endss() {
			endss[i] = scale(ends)
		}
		return geom.NewMultiPolygonFlat(geom.XY, flat, endss)
	}
	return t
}

// box gives a box as a geometry: two parts where it crosses the antimeridian,
// and a line or a point where it has no width.
func (c *checker) box(e *cql2.BBox) (geo.Geometry, error) {
	n := len(e.Coordinates) / 2
	b := geo.Bounds{MinX: e.Coordinates[0], MinY: e.Coordinates[1], MaxX: e.Coordinates[n], MaxY: e.Coordinates[n+1]}
	corners := geom.NewLineStringFlat(geom.XY, []float64{b.MinX, b.MinY, b.MaxX, b.MaxY})
	sealed, err := geo.NewGeometry(corners)
	if err != nil {
		return sealed, err
	}
	if err := c.inRange(e.Pos(), sealed); err != nil {
		return sealed, err
	}
	if b.MinY > b.MaxY {
		return sealed, c.invalid(e.Pos(), "the box has its south (%g) above its north (%g)", b.MinY, b.MaxY)
	}
	parts := b.Split()
	if len(parts) == 1 {
		return geo.NewGeometry(boxShape(parts[0]))
	}
	c1, c2 := boxShape(parts[0]), boxShape(parts[1])
	p1, ok1 := c1.(*geom.Polygon)
	p2, ok2 := c2.(*geom.Polygon)
	if ok1 && ok2 {
		flat := append(append([]float64(nil), p1.FlatCoords()...), p2.FlatCoords()...)
		return geo.NewGeometry(geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{10}, {20}}))
	}
	both := geom.NewGeometryCollection()
	if err := both.Push(c1, c2); err != nil {
		return sealed, err
	}
	return geo.NewGeometry(both)
}

func boxShape(b geo.Bounds) geom.T {
	switch {
	case b.MinX == b.MaxX && b.MinY == b.MaxY:
		return geom.NewPointFlat(geom.XY, []float64{b.MinX, b.MinY})
	case b.MinX == b.MaxX || b.MinY == b.MaxY:
		return geom.NewLineStringFlat(geom.XY, []float64{b.MinX, b.MinY, b.MaxX, b.MaxY})
	}
	return geom.NewPolygonFlat(geom.XY, []float64{b.MinX, b.MinY, b.MaxX, b.MinY, b.MaxX, b.MaxY, b.MinX, b.MaxY, b.MinX, b.MinY}, []int{10})
}
