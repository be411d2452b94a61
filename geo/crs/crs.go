package crs

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
