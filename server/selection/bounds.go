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
		b, exact, err = c.around(b, d)
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

// outline gives the ring around a box, its edges cut to pieces.
func outline(b geo.Bounds) []float64 {
	corners := [5][2]float64{{b.MinX, b.MinY}, {b.MaxX, b.MinY}, {b.MaxX, b.MaxY}, {b.MinX, b.MaxY}, {b.MinX, b.MinY}}
	flat := make([]float64, 0, 8*edge+2)
	for i, from := range corners[:4] {
		to := corners[i+1]
		for step := range edge {
			f := float64(step) / edge
			flat = append(flat, from[0]+f*(to[0]-from[0]), from[1]+f*(to[1]-from[1]))
		}
	}
	return append(flat, b.MinX, b.MinY)
}

// reach gives the box, in c's system, around its area of use and an extent in
// longitude, latitude, as far as the system can show that.
func (c *Projection) reach(extent geo.Bounds) geo.Bounds {
	out := geo.EmptyBounds()
	for _, part := range append(extent.Split(), c.System.Area) {
		ring := outline(part)
		c.transform.FromLonLat(ring, 2)
		for i := 0; i < len(ring); i += 2 {
			if x, y := ring[i], ring[i+1]; math.Abs(x) < farthest && math.Abs(y) < farthest { // no NaN is
				out = out.Extend(x, y)
			}
		}
	}
	return out
}

// farthest is more than the coordinates of any place on Earth, in metres.
const farthest = 1e9

// holds tells whether a box holds another one.
func holds(b, inner geo.Bounds) bool {
	return b.MinX <= inner.MinX && b.MaxX >= inner.MaxX && b.MinY <= inner.MinY && b.MaxY >= inner.MaxY
}

// around gives the box in longitude, latitude around a box in c's system, and
// the test for the area that this is. Far from its area of use a system's
// coordinates mean nothing, so a box that holds all that d has is the whole world,
// and others end where that is far.
func (c *Projection) around(b geo.Bounds, d *store.Dataset) (geo.Bounds, cql2.Expr, error) {
	all := c.reach(d.Current.Extent)
	if holds(b, all) {
		return geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}, nil, nil
	}
	room := min(all.MaxX-all.MinX, all.MaxY-all.MinY) / 2
	far := geo.Bounds{MinX: all.MinX - room, MinY: all.MinY - room, MaxX: all.MaxX + room, MaxY: all.MaxY + room}
	if far.Intersects(b) {
		b = geo.Bounds{MinX: max(b.MinX, far.MinX), MinY: max(b.MinY, far.MinY), MaxX: min(b.MaxX, far.MaxX), MaxY: min(b.MaxY, far.MaxY)}
	}
	flat := outline(b)
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
	return wrapped, c.area(b, flat, &d.Current.Schema), nil
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
