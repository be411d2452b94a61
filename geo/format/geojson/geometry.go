package geojson

import (
	"slices"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// maxCollections bounds how deep GeometryCollections nest, as geo.NewGeometry does.
const maxCollections = 8

// ParseGeometry reads one GeoJSON geometry object (RFC 7946 section 3.1). Errors
// are of KindInvalid.
func ParseGeometry(b []byte) (geo.Geometry, error) {
	c := cursor{b: b}
	var p positions
	g, wrong := parseGeometry(&c, &p, 0)
	if wrong == "" && c.fail == ok && c.peek() != 0 {
		c.expected("the end")
	}
	switch {
	case c.fail == tooShort:
		return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "GeoJSON: the geometry breaks off")
	case c.fail == tooDeep:
		return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "GeoJSON: nested too deep")
	case c.fail != ok:
		return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "GeoJSON: byte %d: %s expected", c.i, c.want)
	case wrong != "":
		return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "GeoJSON: %s", wrong)
	}
	return geo.NewGeometry(g)
}

// parseGeometry takes null or a geometry object. Wrong tells why JSON that is
// well formed is no geometry; the cursor then stands behind it all the same.
func parseGeometry(c *cursor, p *positions, depth int) (g geom.T, wrong string) {
	if c.peek() != '{' {
		start := c.i
		k, _, _, good := c.value(0)
		if good && (k != kindNull || c.b[start] != 'n') {
			wrong = "a geometry that is not an object"
		}
		return nil, wrong
	}
	start := c.i
	c.i++
	t, name := geo.GeometryNone, ""
	var parts []geom.T
	var has, hasParts bool
	for n := 0; ; n++ {
		key, _, more := c.member(n)
		if !more {
			break
		}
		problem := ""
		switch string(key) {
		case "type":
			k, raw, _, _ := c.value(0)
			if k != kindString {
				problem = "a geometry type that is not a string"
				break
			}
			if t = geometryType(raw); t == geo.GeometryNone {
				name = geo.ClipValue(string(raw))
			}
		case "coordinates":
			has = true
			at := c.i
			if problem = p.parse(c); problem != "" {
				c.i = at
				c.skip()
			}
		case "geometries":
			hasParts = true
			parts, problem = parseParts(c, depth+1)
		default:
			c.skip()
		}
		if problem != "" && wrong == "" {
			wrong = problem
		}
	}
	if c.fail != ok {
		return nil, ""
	}
	switch {
	case wrong != "":
	case name != "":
		wrong = "unknown geometry type " + name
	case t == geo.GeometryNone:
		wrong = "a geometry without a type"
	case t == geo.GeometryGeometryCollection && !hasParts:
		wrong = "a GeometryCollection without geometries"
	case t == geo.GeometryGeometryCollection:
		g, wrong = collection(parts)
	case !has:
		wrong = "a geometry without coordinates"
	default:
		if hasParts { // the parts have been parsed with p too
			c.i = start
			wrong = "a geometry with both coordinates and geometries"
			c.skip()
			break
		}
		g, wrong = p.geometry(t)
	}
	return g, wrong
}

func parseParts(c *cursor, depth int) (parts []geom.T, wrong string) {
	if depth > maxCollections || c.peek() != '[' {
		if c.i < len(c.b) {
			wrong = "geometries that are not an array"
			if depth > maxCollections {
				wrong = "geometry collections that nest too deep"
			}
		}
		c.skip()
		return nil, wrong
	}
	c.i++
	var p positions
	for n := 0; c.element(n); n++ {
		part, problem := parseGeometry(c, &p, depth)
		if c.fail != ok {
			return nil, ""
		}
		if wrong == "" {
			wrong = problem
		}
		if part != nil {
			parts = append(parts, part)
		}
	}
	return parts, wrong
}

func collection(parts []geom.T) (geom.T, string) {
	g := geom.NewGeometryCollection()
	if err := g.Push(parts...); err != nil {
		return nil, "a collection of geometries that do not go together"
	}
	return g, ""
}

// leaves is how deep a position is nested in each type.
var leaves = [...]int{geo.GeometryPoint: 1, geo.GeometryLineString: 2, geo.GeometryPolygon: 3,
	geo.GeometryMultiPoint: 2, geo.GeometryMultiLineString: 3, geo.GeometryMultiPolygon: 4}

// geometry makes a geometry of type t; it shares nothing with p.
func (p *positions) geometry(t geo.GeometryType) (g geom.T, wrong string) {
	if p.leaf != 0 && p.leaf != leaves[t] {
		return nil, "coordinates that are not nested as those of a " + t.String()
	}
	layout := geom.XY
	if p.stride == 3 {
		layout = geom.XYZ
	}
	flat := slices.Clone(p.flat)
	switch t {
	case geo.GeometryPoint:
		if len(flat) == 0 {
			return geom.NewPointEmpty(geom.XY), ""
		}
		return geom.NewPointFlat(layout, flat), ""
	case geo.GeometryLineString:
		return geom.NewLineStringFlat(layout, flat), ""
	case geo.GeometryMultiPoint:
		return geom.NewMultiPointFlat(layout, flat), ""
	case geo.GeometryPolygon:
		return geom.NewPolygonFlat(layout, flat, slices.Clone(p.ends)), ""
	case geo.GeometryMultiLineString:
		return geom.NewMultiLineStringFlat(layout, flat, slices.Clone(p.ends)), ""
	}
	ends := slices.Clone(p.ends)
	endss := make([][]int, len(p.parts))
	start := 0
	for i, end := range p.parts {
		endss[i] = ends[start:end:end]
		start = end
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss), ""
}

// geometryType gives the type called name, GeometryNone where there is none.
func geometryType(name []byte) geo.GeometryType {
	switch string(name) {
	case "Point":
		return geo.GeometryPoint
	case "LineString":
		return geo.GeometryLineString
	case "Polygon":
		return geo.GeometryPolygon
	case "MultiPoint":
		return geo.GeometryMultiPoint
	case "MultiLineString":
		return geo.GeometryMultiLineString
	case "MultiPolygon":
		return geo.GeometryMultiPolygon
	case "GeometryCollection":
		return geo.GeometryGeometryCollection
	}
	return geo.GeometryNone
}

// skimGeometry finds the type of a geometry object and whether it has heights,
// without its coordinates. What is wrong with it is for parseGeometry to find.
func skimGeometry(c *cursor, depth int) (t geo.GeometryType, hasZ bool) {
	if c.peek() != '{' || depth > maxCollections {
		c.skip()
		return geo.GeometryNone, false
	}
	c.i++
	for n := 0; ; n++ {
		key, _, more := c.member(n)
		if !more {
			return t, hasZ
		}
		switch string(key) {
		case "type":
			if k, raw, _, _ := c.value(0); k == kindString {
				t = geometryType(raw)
			}
		case "coordinates":
			at := c.i
			z, good := skim(c)
			hasZ = hasZ || z
			if !good && c.fail == ok {
				c.i = at
				c.skip()
			}
		case "geometries":
			if c.peek() != '[' {
				c.skip()
				break
			}
			c.i++
			for n := 0; c.element(n); n++ {
				_, z := skimGeometry(c, depth+1)
				hasZ = hasZ || z
			}
			if c.fail != ok {
				return t, hasZ
			}
		default:
			c.skip()
		}
		if c.fail != ok {
			return t, hasZ
		}
	}
}
