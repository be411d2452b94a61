package crs

import (
	"math"
	"slices"
	"strings"
)

// ParseWKT finds the system that well-known text describes: OGC WKT 1 (OGC
// 01-009), WKT 2 (ISO 19162) or the ESRI text of a .prj file. It looks at the
// outermost authority code, then at the name, then at datum and projection
// parameters. Of a compound system the horizontal part counts, of a bound one
// the source. It gives false for text that is damaged and for systems that are
// not supported.
func ParseWKT(text string) (Code, bool) {
	n, ok := parseNode(text)
	if !ok {
		return Unknown, false
	}
	root := horizontal(&n)
	if root == nil {
		return Unknown, false
	}
	if id := root.child("AUTHORITY", "ID"); id != nil && len(id.text) > 1 {
		if c, ok := resolve(strings.ToUpper(id.text[0]), strings.ToUpper(id.text[1])); ok {
			return c, true
		}
	}
	to, ok := shiftOf(root)
	if !ok || !metric(root) {
		return Unknown, false
	}
	c, ok := byName(root.name())
	if !ok || find(c).Geographic != root.geographic() {
		c, ok = byParameters(root)
	}
	// A text that declares no shift leaves it to the datum.
	if !ok || to != (shift{}) && to != find(c).shift {
		return Unknown, false
	}
	return c, true
}

var crsKeywords = [...]string{"PROJCS", "PROJCRS", "PROJECTEDCRS",
	"GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS"}

// horizontal gives the projected or geographic system in n, or nil.
func horizontal(n *node) *node {
	for n != nil {
		switch n.keyword {
		case "BOUNDCRS":
			n = n.child("SOURCECRS")
		case "COMPD_CS", "COMPOUNDCRS", "SOURCECRS":
			part := n.child(crsKeywords[:]...)
			if part == nil {
				part = n.child("COMPD_CS", "COMPOUNDCRS", "BOUNDCRS")
			}
			n = part
		default:
			if slices.Contains(crsKeywords[:], n.keyword) {
				return n
			}
			return nil
		}
	}
	return nil
}

func (n *node) geographic() bool { return !strings.HasPrefix(n.keyword, "PROJ") }

// byName finds a system by its name in any register's spelling.
func byName(name string) (Code, bool) {
	key := simplify(name)
	for i := range definitions {
		if simplify(definitions[i].Name) == key {
			return definitions[i].Code, true
		}
	}
	switch key {
	case "wgs84webmercatorauxiliarysphere", "wgs84webmercator", "googlemapsglobalmercator", "popularvisualisationcrsmercator":
		return WebMerc, true
	case "lambert93", "rgflambert93", "rgf93lambert":
		return Lamb93, true
	case "britishnationalgrid", "osgbbritishnationalgrid":
		return 27700, true
	case "etrs89laea", "etrs89laeaeurope":
		return 3035, true
	case "nad83stateplanemassachusettsmainlandfips2001":
		return 26986, true
	case "wgs84lonlat", "crs84":
		return CRS84, true
	}
	return Unknown, false
}

// simplify reduces a name to what registers agree on: "RGF93 v1 / Lambert-93",
// "RGF_1993_Lambert_93" and "RGF93_Lambert_93" become one.
func simplify(name string) string {
	tokens := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	var b strings.Builder
	for _, token := range tokens {
		switch token {
		case "gcs", "d", "zone", "v1", "v2", "v2b":
			continue
		case "1936", "1983", "1984", "1989", "1992", "1993", "1994", "1995", "2004", "2009":
			token = token[2:]
		}
		b.WriteString(token)
	}
	return b.String()
}

// shiftOf gives the datum shift to WGS 84 that is declared, zero for none; false
// where it cannot be read.
func shiftOf(n *node) (s shift, ok bool) {
	for i := range n.nodes {
		child := &n.nodes[i]
		if child.keyword == "TOWGS84" {
			for j := range child.text {
				v, ok := child.number(j)
				if !ok || j >= len(s) {
					return s, false
				}
				s[j] = v
			}
			return s, true
		}
		if s, ok = shiftOf(child); !ok || s != (shift{}) {
			return s, ok
		}
	}
	return s, true
}

// metric tells whether lengths are in metres, angles in degrees, and longitudes
// count from Greenwich.
func metric(root *node) bool {
	base := root.base()
	if base == nil {
		return false
	}
	if base != root {
		units := []*node{root.child("UNIT", "LENGTHUNIT")}
		for i := range root.nodes {
			if root.nodes[i].keyword == "AXIS" {
				units = append(units, root.nodes[i].child("UNIT", "LENGTHUNIT"))
			}
		}
		for _, unit := range units {
			if v, ok := unit.number(1); unit != nil && (!ok || v != 1) {
				return false
			}
		}
	}
	if unit := base.child("UNIT", "ANGLEUNIT"); unit != nil {
		if v, ok := unit.number(1); !ok || math.Abs(v-radian) > 1e-10 {
			return false
		}
	}
	if meridian := base.child("PRIMEM", "PRIMEMERIDIAN"); meridian != nil {
		if v, ok := meridian.number(1); !ok || v != 0 {
			return false
		}
	}
	return true
}

// base gives the geographic system under a projected one, and n itself otherwise.
func (n *node) base() *node {
	if n.geographic() {
		return n
	}
	return n.child("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS")
}
