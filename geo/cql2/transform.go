package cql2

import (
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// Transform converts the coordinates of geometry literals to longitude and
// latitude.
type Transform struct {
	// ToLonLat converts flat, positions of stride coordinates, in place.
	ToLonLat func(flat []float64, stride int)
	// Geographic tells that the literals are in degrees: boxes stay boxes.
	Geographic bool
}

// boxSteps is how many edges replace one of a projected box.
const boxSteps = 32

// InLonLat gives e with its geometry literals converted. A projected box
// becomes a polygon with many positions an edge. E itself stays as it is.
func InLonLat(e Expr, t Transform) (Expr, error) {
	var failed error
	var convert func(e Expr) Expr
	all := func(list []Expr) []Expr {
		out := make([]Expr, len(list))
		for i, e := range list {
			out[i] = convert(e)
		}
		return out
	}
	convert = func(e Expr) Expr {
		switch e := e.(type) {
		case *And:
			return &And{e.Position, all(e.Args)}
		case *Or:
			return &Or{e.Position, all(e.Args)}
		case *Not:
			return &Not{e.Position, convert(e.Arg)}
		case *Compare:
			return &Compare{e.Position, e.Op, convert(e.A), convert(e.B)}
		case *In:
			return &In{e.Position, convert(e.Arg), all(e.List)}
		case *IsNull:
			return &IsNull{e.Position, convert(e.Arg)}
		case *Relate:
			return &Relate{e.Position, e.Relation, convert(e.A), convert(e.B)}
		case *Call:
			return &Call{e.Position, e.Name, all(e.Args)}
		case *Array:
			return &Array{e.Position, all(e.Items)}
		case *Shape:
			g, err := t.shape(e.Geometry)
			if err != nil {
				failed = err
			}
			return &Shape{e.Position, g}
		case *BBox:
			return t.box(e)
		}
		return e
	}
	e = convert(e)
	return e, failed
}

// shape gives a copy of g, converted.
func (t Transform) shape(g geo.Geometry) (geo.Geometry, error) {
	c, err := geo.ParseWKB(g.AppendWKB(nil))
	if err != nil {
		return c, err
	}
	c.EachFlat(t.ToLonLat)
	return c, nil
}

func (t Transform) box(e *BBox) Expr {
	lower, upper := e.Coordinates[:len(e.Coordinates)/2], e.Coordinates[len(e.Coordinates)/2:]
	if t.Geographic {
		list := append([]float64(nil), e.Coordinates...)
		t.ToLonLat(list, len(lower))
		return &BBox{e.Position, list}
	}
	corners := [5][2]float64{{lower[0], lower[1]}, {upper[0], lower[1]}, {upper[0], upper[1]}, {lower[0], upper[1]}, {lower[0], lower[1]}}
	var flat []float64
	for i, from := range corners[:4] {
		to := corners[i+1]
		for step := range boxSteps {
			f := float64(step) / boxSteps
			flat = append(flat, from[0]+f*(to[0]-from[0]), from[1]+f*(to[1]-from[1]))
		}
	}
	flat = append(flat, lower[0], lower[1])
	t.ToLonLat(flat, 2)
	g, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}))
	if err != nil {
		return e // a polygon is always a geometry
	}
	return &Shape{e.Position, g}
}
