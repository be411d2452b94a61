package cql2

import "puy/geo"

// geometry decodes a GeoJSON geometry (RFC 7946 section 3.1); a bbox in it is let be.
func (d *decoder) geometry(v *value, depth int) (geo.Geometry, error) {
	if depth++; depth > MaxDepth {
		return geo.Geometry{}, tooDeep(v.at)
	}
	if v.kind != '{' || v.get("type") == nil {
		return geo.Geometry{}, invalid(v.at, "expected a GeoJSON geometry, found %s", v.describe())
	}
	name := v.get("type")
	kind, ok := shapeKind(name.text)
	if !ok || kind.String() != name.text {
		return geo.Geometry{}, invalid(name.at, "%q is not a type of geometry", cut(name.text))
	}
	content := "coordinates"
	if kind == geo.GeometryGeometryCollection {
		content = "geometries"
	}
	for _, m := range v.members {
		if m.name != "type" && m.name != "bbox" && m.name != content {
			return geo.Geometry{}, invalid(m.at, "the member %q does not go with a %s", cut(m.name), kind)
		}
	}
	c := v.get(content)
	if c == nil || c.kind != '[' {
		return geo.Geometry{}, invalid(v.at, "a %s has an array %q", kind, content)
	}
	if kind == geo.GeometryGeometryCollection {
		var parts []geo.Geometry
		for i := range c.items {
			g, err := d.geometry(&c.items[i], depth)
			if err != nil {
				return g, err
			}
			parts = append(parts, g)
		}
		return collect(v.at, parts)
	}
	b := &shapeBuilder{}
	if err := d.positions(b, c, kind); err != nil {
		return geo.Geometry{}, err
	}
	return b.build(kind)
}

// positions takes the coordinates of a geometry of the given type.
func (d *decoder) positions(b *shapeBuilder, v *value, kind geo.GeometryType) error {
	if v.kind != '[' {
		return invalid(v.at, "expected an array of coordinates, found %s", v.describe())
	}
	var part geo.GeometryType
	switch kind {
	case geo.GeometryPoint:
		if len(v.items) == 0 && b.flat == nil {
			return nil // empty
		}
		if err := d.budget.vertex(v.at); err != nil {
			return err
		}
		list, err := d.coordinates(v)
		if err != nil {
			return err
		}
		return b.position(v.at, list)
	case geo.GeometryLineString, geo.GeometryMultiPoint:
		part = geo.GeometryPoint
	case geo.GeometryPolygon, geo.GeometryMultiLineString:
		part = geo.GeometryLineString
	default:
		part = geo.GeometryPolygon
	}
	for i := range v.items {
		item := &v.items[i]
		if part == geo.GeometryPoint && len(item.items) == 0 {
			return invalid(item.at, "expected a position of two or three coordinates")
		}
		if err := d.positions(b, item, part); err != nil {
			return err
		}
		switch part {
		case geo.GeometryLineString:
			if err := b.endLine(item.at, kind == geo.GeometryPolygon); err != nil {
				return err
			}
		case geo.GeometryPolygon:
			b.endPolygon()
		}
	}
	if kind == geo.GeometryLineString && len(v.items) == 1 {
		return invalid(v.at, "a line has two positions or more, found 1")
	}
	return nil
}

func (d *decoder) coordinates(v *value) ([]float64, error) {
	list := make([]float64, 0, min(len(v.items), 6))
	for i := range v.items {
		item := &v.items[i]
		if item.kind != '0' {
			return nil, invalid(item.at, "a coordinate is a number, found %s", item.describe())
		}
		n, ok := parseNumber(item.text)
		if !ok {
			return nil, invalid(item.at, "the number %s is too large", cut(item.text))
		}
		list = append(list, n.Number())
	}
	return list, nil
}
