package selection

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/predicate"
	"puy/geo/crs"
	"puy/server/answer"
	"puy/store"
)

// readBounds reads bbox in the system that bbox-crs names: a box in longitude,
// latitude, and where that is larger than what was asked for, the exact test.
func readBounds(p *answer.Params, d *store.Dataset) (*geo.Bounds, cql2.Expr) {
	c := ReadCRS(p, "bbox-crs", d)
	if c == nil {
		return p.Bounds("bbox"), nil
	}
	text, ok := p.Text("bbox")
	if !ok {
		return nil, nil
	}
	b, err := answer.ParseBox(text)
	switch {
	case err != nil:
		p.Reject("bbox", text, err)
		return nil, nil
	case c.System.YX:
		b = geo.Bounds{MinX: b.MinY, MinY: b.MinX, MaxX: b.MaxY, MaxY: b.MaxX}
	}
	if b.MinY > b.MaxY || b.MinX > b.MaxX && !c.System.Geographic {
		p.Reject("bbox", text, answer.Because("bbox.corner"))
		return nil, nil
	}
	var exact cql2.Expr
	if c.System.Geographic {
		b, err = answer.WrapBounds(b)
	} else {
		b, exact, err = c.around(b, &d.Current.Schema)
	}
	if err != nil {
		p.Reject("bbox", text, err)
		return nil, nil
	}
	return &b, exact
}

// edge is into how many pieces an edge of a box is cut: straight lines of one
// system are curves in another.
const edge = 64

// around gives the box in longitude, latitude around a box in c's system, and
// the test for the area that this is.
func (c *Projection) around(b geo.Bounds, schema *geo.Schema) (geo.Bounds, cql2.Expr, error) {
	corners := [5][2]float64{{b.MinX, b.MinY}, {b.MaxX, b.MinY}, {b.MaxX, b.MaxY}, {b.MinX, b.MaxY}, {b.MinX, b.MinY}}
	flat := make([]float64, 0, 8*edge+2)
	for i, from := range corners[:4] {
		to := corners[i+1]
		for step := range edge {
			f := float64(step) / edge
			flat = append(flat, from[0]+f*(to[0]-from[0]), from[1]+f*(to[1]-from[1]))
		}
	}
	flat = append(flat, b.MinX, b.MinY)
	c.transform.ToLonLat(flat, 2)
	flat[len(flat)-2], flat[len(flat)-1] = flat[0], flat[1]
	out := geo.EmptyBounds()
	for i := 0; i < len(flat); i += 2 {
		if math.IsNaN(flat[i]) || math.IsNaN(flat[i+1]) {
			return out, nil, answer.Because("bbox.outside", "system", c.System.Name)
		}
		out = out.Extend(flat[i], flat[i+1])
	}
	wrapped, err := answer.WrapBounds(out)
	if err != nil || c.System.Code == crs.WebMerc { // whose boxes are boxes in degrees
		return wrapped, nil, err
	}
	return wrapped, c.area(b, flat, schema), nil
}

// area tests for a ring, and lets features without geometry pass (OGC 17-069r4
// requirement fc-bbox-response C). It is nil where the ring is no polygon in
// longitude, latitude: a degenerate box, or one around a pole.
func (c *Projection) area(b geo.Bounds, ring []float64, schema *geo.Schema) cql2.Expr {
	name := "geom"
	if schema.Index(name) >= 0 {
		name = "geometry"
	}
	if b.MinX == b.MaxX || b.MinY == b.MaxY || schema.Index(name) >= 0 {
		return nil
	}
	polygon, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, ring, []int{len(ring)}))
	if err != nil {
		return nil
	}
	own := &cql2.Property{Name: name}
	test := &cql2.Or{Args: []cql2.Expr{&cql2.IsNull{Arg: own}, &cql2.Relate{Relation: cql2.Intersects, A: own, B: &cql2.Shape{Geometry: polygon}}}}
	if _, err := predicate.Check(test, schema); err != nil {
		return nil
	}
	return test
}
