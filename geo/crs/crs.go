package crs

import (
	"strconv"

	"puy/geo"
)

// Code is an EPSG code; CRS84, which has none, is a code of its own. The zero
// Code means: not known.
type Code int

// Codes that other packages name.
const (
	Unknown Code = 0
	CRS84   Code = 84 // OGC:CRS84, longitude latitude on WGS 84
	WGS84   Code = 4326
	WebMerc Code = 3857
	Lamb93  Code = 2154
)

// System describes a coordinate reference system as the EPSG registry does.
type System struct {
	Code       Code
	Name       string     // the registry's name, as "RGF93 v1 / Lambert-93"
	Area       geo.Bounds // the area of use, longitude latitude in degrees
	Geographic bool       // coordinates are degrees, otherwise metres
	YX         bool       // the authority's axis order is latitude, longitude (or northing, easting)
}

// Lookup gives the system with code c, if it is supported.
func Lookup(c Code) (System, bool) {
	d := find(c)
	if d == nil {
		return System{}, false
	}
	return d.System, true
}

// All gives the supported systems in a fixed order, CRS84 first.
func All() []System {
	all := make([]System, len(definitions))
	for i := range definitions {
		all[i] = definitions[i].System
	}
	return all
}

// String gives the short name of c, as "EPSG:2154" or "OGC:CRS84", and "" for
// the zero Code.
func (c Code) String() string {
	switch c {
	case Unknown:
		return ""
	case CRS84:
		return "OGC:CRS84"
	}
	return "EPSG:" + strconv.Itoa(int(c))
}

// URI gives the OGC identifier of c (OGC 18-058r1 section 6.2), and "" for the
// zero Code.
func (c Code) URI() string {
	switch c {
	case Unknown:
		return ""
	case CRS84:
		return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	}
	return "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(int(c))
}

func find(c Code) *definition {
	for i := range definitions {
		if definitions[i].Code == c {
			return &definitions[i]
		}
	}
	return nil
}
