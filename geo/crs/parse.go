package crs

import (
	"strconv"
	"strings"
)

// Parse reads the name of a system: a short name ("EPSG:2154", "CRS84",
// "[EPSG:2154]"), a bare code ("2154"), a URN of any version
// ("urn:ogc:def:crs:EPSG::2154"), an OGC URI ("http://www.opengis.net/def/crs/EPSG/0/2154"),
// a GML 2 one ("…/gml/srs/epsg.xml#2154"), an ESRI code ("ESRI:102110") or an IGN
// register's ("IGNF:RGF93LAMB93"). Letter case does not matter.
//
// Where the name is a well-formed EPSG code of a system that is not supported,
// the code is given with false.
func Parse(name string) (Code, bool) {
	s := strings.ToUpper(strings.TrimSpace(name))
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if s, ok = strings.CutSuffix(inner, "]"); !ok {
			return Unknown, false
		}
	}
	if s == "CRS84" {
		return CRS84, true
	}
	authority, code, ok := split(s)
	if !ok {
		return Unknown, false
	}
	return resolve(authority, code)
}

// split gives the authority and the code that s, in upper case, names.
func split(s string) (authority, code string, ok bool) {
	for _, scheme := range [...]string{"HTTP://", "HTTPS://"} {
		rest, ok := strings.CutPrefix(s, scheme)
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(rest, "WWW.")
		if code, ok := strings.CutPrefix(rest, "OPENGIS.NET/GML/SRS/EPSG.XML#"); ok {
			return "EPSG", code, true
		}
		rest, ok = strings.CutPrefix(rest, "OPENGIS.NET/DEF/CRS/")
		parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
		if !ok || len(parts) != 3 {
			return "", "", false
		}
		return parts[0], parts[2], true
	}
	if rest, ok := strings.CutPrefix(s, "URN:"); ok {
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "X-"), "OGC:DEF:CRS:")
		parts := strings.Split(rest, ":")
		switch len(parts) {
		case 2: // without a version, as some WFS servers write it
			return parts[0], parts[1], true
		case 3:
			return parts[0], parts[2], true
		}
		return "", "", false
	}
	if authority, code, ok = strings.Cut(s, ":"); ok {
		return strings.TrimSpace(authority), strings.TrimLeft(code, ": "), true
	}
	return "EPSG", s, true
}

// alias is a name that another register, or an earlier time, gives to a system.
type alias struct {
	authority, code string
	system          Code
}

var aliases = [...]alias{
	{"ESRI", "102110", Lamb93}, {"ESRI", "102100", WebMerc}, {"ESRI", "102113", WebMerc}, {"ESRI", "104199", WGS84},
	{"EPSG", "900913", WebMerc}, {"EPSG", "102100", WebMerc}, {"EPSG", "102110", Lamb93}, {"OSGEO", "41001", WebMerc},
	{"IGNF", "LAMB93", Lamb93}, {"IGNF", "RGF93LAMB93", Lamb93}, {"IGNF", "RGF93G", 4171}, {"IGNF", "RGF93GEO", 4171},
	{"IGNF", "WGS84G", WGS84}, {"IGNF", "ETRS89GEO", 4258}, {"IGNF", "RGR92UTM40S", 2975},
	{"IGNF", "UTM22RGFG95", 2972}, {"IGNF", "RGFG95UTM22", 2972}, {"IGNF", "RGM04UTM38S", 4471}, {"IGNF", "RGAF09UTM20", 5490},
}

// resolve finds the system with a code that an authority, both in upper case, gives.
func resolve(authority, code string) (Code, bool) {
	for _, a := range aliases {
		if a.authority == authority && a.code == code {
			return a.system, true
		}
	}
	switch authority {
	case "OGC", "CRS":
		if code == "CRS84" || code == "84" {
			return CRS84, true
		}
	case "IGNF":
		// The nine zones are RGF93CC42 … RGF93CC50 there.
		if zone, ok := strings.CutPrefix(code, "RGF93CC"); ok {
			if c, ok := resolve("EPSG", "39"+zone); ok {
				return c, true
			}
		}
	case "EPSG":
		n, err := strconv.ParseUint(code, 10, 31)
		if err != nil || Code(n) == CRS84 || n == 0 {
			return Unknown, false
		}
		return Code(n), find(Code(n)) != nil
	}
	return Unknown, false
}
