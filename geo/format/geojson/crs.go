package geojson

import (
	"puy/geo"
	"puy/geo/crs"
)

// crsMember is what the crs member of a FeatureCollection says (GeoJSON 2008
// section 3). RFC 7946 has none: the coordinates are longitude, latitude.
type crsMember struct {
	present bool
	code    crs.Code // Unknown where puy does not know it
	name    string   // as it is spelled
}

// parseCRS reads the value of a crs member, which a cursor has accepted.
func parseCRS(raw []byte) crsMember {
	m := crsMember{present: true, name: geo.ClipValue(string(raw))}
	c := cursor{b: raw}
	if c.peek() != '{' { // null: the coordinates are in no system that is told
		return crsMember{}
	}
	c.i++
	for n := 0; ; n++ {
		key, _, more := c.member(n)
		if !more {
			return m
		}
		if string(key) != "properties" || c.peek() != '{' {
			c.skip()
			continue
		}
		c.i++
		for n := 0; ; n++ {
			key, _, more := c.member(n)
			if !more {
				break
			}
			k, value, _, good := c.value(0)
			if good && (string(key) == "name" || string(key) == "code") && (k == kindString || k == kindNumber) {
				m.name = string(unescape(nil, value))
				if code, known := crs.Parse(m.name); known {
					m.code = code
				}
			}
		}
	}
}

// resolve gives the CRS of the coordinates and what is to be warned of.
// EPSG:4326 is longitude, latitude here, as every program writes it.
func (m crsMember) resolve(declared crs.Code) (crs.Code, []geo.Problem) {
	switch {
	case declared != crs.Unknown:
		return declared, nil
	case !m.present, m.code == crs.WGS84:
		return crs.CRS84, nil
	case m.code != crs.Unknown:
		return m.code, nil
	}
	return crs.Unknown, []geo.Problem{{Column: "crs", Value: geo.ClipValue(m.name), Rule: geo.RuleUnknownCRS,
		Detail: "the crs member names a system that is not known"}}
}
