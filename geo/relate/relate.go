package relate

import (
	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// Relation is one of the eight named relations.
type Relation uint8

// The relations of a geometry to another.
const (
	Intersects Relation = iota // they share a point
	Disjoint                   // they share none
	Equals                     // they are the same set of points
	Touches                    // they share points, but none of their interiors
	Within                     // nothing of the first is outside the second
	Contains                   // nothing of the second is outside the first
	Overlaps                   // of one dimension, they share a part of that dimension
	Crosses                    // they share interior points, of a lower dimension
)

// Prepared is a geometry made ready to be the second of many relations. It
// belongs to one goroutine at a time.
type Prepared struct {
	bounds   geo.Bounds
	box      bool // the geometry is its bounds
	whole    sf.Geometry
	solid    sf.Geometry         // without the parts of a collection that do not count
	prepared sf.PreparedGeometry // of solid
}

// Prepare makes g ready. Errors are of KindInvalid, for a geometry that cannot
// be related to others.
func Prepare(g geo.Geometry) (p *Prepared, err error) {
	defer guard(&err)
	p = &Prepared{bounds: g.Bounds()}
	if p.whole, err = convert(g); err != nil {
		return nil, err
	}
	if p.solid, err = solid(g); err != nil {
		return nil, err
	}
	if !p.solid.IsEmpty() {
		if p.prepared, err = sf.Prepare(p.solid); err != nil {
			return nil, geo.Errorf(geo.KindInvalid, "the geometry cannot be related to others: %w", err)
		}
	}
	p.box = isBox(g, p.bounds)
	return p, nil
}

// Bounds gives the box of the prepared geometry.
func (p *Prepared) Bounds() geo.Bounds { return p.bounds }

// Quick tells whether a geometry with the box b has the relation to p, where
// the box alone decides that.
func (p *Prepared) Quick(r Relation, b geo.Bounds) (holds, sure bool) {
	if b.IsEmpty() || p.bounds.IsEmpty() {
		return false, false
	}
	if b.MinX > p.bounds.MaxX || b.MaxX < p.bounds.MinX || b.MinY > p.bounds.MaxY || b.MaxY < p.bounds.MinY {
		return r == Disjoint, true
	}
	if p.box && b.MinX > p.bounds.MinX && b.MaxX < p.bounds.MaxX && b.MinY > p.bounds.MinY && b.MaxY < p.bounds.MaxY {
		return r == Intersects || r == Within, true
	}
	return false, false
}

// Test tells whether g has the relation r to p. Errors are of KindInvalid, for
// geometries so broken that there is no answer.
func (p *Prepared) Test(r Relation, g geo.Geometry) (holds bool, err error) {
	defer guard(&err)
	if holds, sure := p.Quick(r, g.Bounds()); sure {
		return holds, nil
	}
	if r == Intersects || r == Disjoint {
		meets, err := p.intersects(g)
		return meets == (r == Intersects), err
	}
	a, err := solid(g)
	if err != nil {
		return false, err
	}
	if holds, err = p.test(r, a); err != nil {
		return false, geo.Errorf(geo.KindInvalid, "the geometries cannot be related: %w", err)
	}
	return holds, nil
}

func (p *Prepared) test(r Relation, a sf.Geometry) (bool, error) {
	switch {
	case r == Equals:
		return sf.Equals(a, p.solid)
	case a.IsEmpty() || p.solid.IsEmpty():
		return false, nil
	}
	// A prepared geometry is the first of a relation; here it is the second.
	switch r {
	case Crosses:
		return sf.Crosses(a, p.solid)
	case Touches:
		return p.prepared.Touches(a)
	case Within:
		return p.prepared.Contains(a)
	case Contains:
		return p.prepared.Within(a)
	}
	return p.prepared.Overlaps(a)
}

// intersects relates the parts of collections one by one.
func (p *Prepared) intersects(g geo.Geometry) (bool, error) {
	a, err := convert(g)
	if err != nil || a.IsEmpty() || p.whole.IsEmpty() {
		return false, err
	}
	if !a.IsGeometryCollection() && !p.whole.IsGeometryCollection() {
		return p.prepared.Intersects(a)
	}
	return sf.Intersects(a, p.whole), nil
}

// convert gives g as the library has it, without a check: what the store holds
// has been checked.
func convert(g geo.Geometry) (sf.Geometry, error) {
	if g.IsNull() {
		return sf.Geometry{}, nil
	}
	s, err := sf.UnmarshalWKB(g.AppendWKB(nil), sf.NoValidate{})
	if err != nil {
		return s, geo.Errorf(geo.KindInvalid, "the geometry cannot be read: %w", err)
	}
	return s.Force2D(), nil
}

// solid gives the union of the parts of highest dimension of a collection, and
// other geometries as they are.
func solid(g geo.Geometry) (sf.Geometry, error) {
	c, ok := g.T().(*geom.GeometryCollection)
	if !ok {
		return convert(g)
	}
	most := -1
	var parts []sf.Geometry
	var walk func(c *geom.GeometryCollection) error
	walk = func(c *geom.GeometryCollection) error {
		for _, t := range c.Geoms() {
			if nested, ok := t.(*geom.GeometryCollection); ok {
				if err := walk(nested); err != nil {
					return err
				}
				continue
			}
			sealed, err := geo.NewGeometry(t)
			if err != nil {
				return err
			}
			d := sealed.Type().Dimension()
			if sealed.IsEmpty() || d < most {
				continue
			}
			part, err := convert(sealed)
			if err != nil {
				return err
			}
			if d > most {
				most, parts = d, nil
			}
			parts = append(parts, part)
		}
		return nil
	}
	if err := walk(c); err != nil {
		return sf.Geometry{}, err
	}
	switch len(parts) {
	case 0:
		return sf.Geometry{}, nil
	case 1:
		return parts[0], nil
	}
	u, err := sf.UnionMany(parts)
	if err != nil {
		return u, geo.Errorf(geo.KindInvalid, "the parts of the collection cannot be joined: %w", err)
	}
	return u, nil
}

// isBox tells whether g is the rectangle b.
func isBox(g geo.Geometry, b geo.Bounds) bool {
	p, ok := g.T().(*geom.Polygon)
	if !ok || len(p.Ends()) != 1 || b.MinX >= b.MaxX || b.MinY >= b.MaxY {
		return false
	}
	flat, stride := p.FlatCoords(), p.Stride()
	if len(flat) != 5*stride {
		return false
	}
	for i := 0; i < len(flat); i += stride {
		onX, onY := flat[i] == b.MinX || flat[i] == b.MaxX, flat[i+1] == b.MinY || flat[i+1] == b.MaxY
		if !onX || !onY || i > 0 && flat[i] != flat[i-stride] && flat[i+1] != flat[i+1-stride] {
			return false
		}
	}
	return true
}

// guard makes an error of a panic of the library, which must not end a server
// for one row that another program wrote.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = geo.Errorf(geo.KindInvalid, "the geometries cannot be related: %v", r)
	}
}
