package gml

import (
	"strings"

	"puy/geo/crs"
)

// system is a CRS with the order in which a file has its coordinates.
type system struct {
	name string // as the file calls it, or "" for none
	code crs.Code
	yx   bool
}

// parseSystem reads a srsName.
func parseSystem(name string) system {
	code, ok := crs.Parse(name)
	if !ok {
		return system{name: name}
	}
	lower := strings.ToLower(name)
	s, _ := crs.Lookup(code)
	return system{name: name, code: code, yx: s.YX && (strings.HasPrefix(lower, "urn:") || strings.Contains(lower, "opengis.net/def/crs/"))}
}
