package gpkg

import (
	"context"
	"fmt"
	"strings"

	"puy/geo/crs"
)

// system is a row of gpkg_spatial_ref_sys.
type system struct {
	name         string
	id           int32
	organization string
	code         int32
	definition   string
}

func (s system) insert(ctx context.Context, x Execer) error {
	_, err := x.ExecContext(ctx, "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,NULL)", s.name, s.id, s.organization, s.code, s.definition)
	return err
}

// requiredSystems are those of OGC 12-128r18 requirement 11.
func requiredSystems() []system {
	wgs84, _ := systemOf(crs.WGS84)
	return []system{
		wgs84,
		{"Undefined Cartesian SRS", -1, "NONE", -1, "undefined"},
		{"Undefined geographic SRS", 0, "NONE", 0, "undefined"},
	}
}

// SRS gives the srs_id for coordinates in c, in the order x, y, and makes its
// row. CRS84 is 4326, since a geometry blob is always in that order. Unknown,
// and a system without a definition here, is -1.
func SRS(ctx context.Context, x Execer, c crs.Code) (int32, error) {
	s, ok := systemOf(c)
	if !ok {
		return -1, nil
	}
	return s.id, s.insert(ctx, x)
}

func systemOf(c crs.Code) (system, bool) {
	switch c {
	case crs.CRS84, 4979:
		c = crs.WGS84
	case 4937:
		c = 4258
	}
	known, ok := crs.Lookup(c)
	text := WKT(c)
	if !ok || text == "" {
		return system{}, false
	}
	return system{known.Name, int32(c), "EPSG", int32(c), text}, true
}

// base is a geographic system under projected ones.
type base struct {
	code            int
	name            string
	datum           int
	datumName       string
	ellipsoid       string
	ellipsoidCode   int
	semiMajor       string // metres
	inverseFlatness string
}

const (
	grs80 = "GRS 1980"
	wgs84 = "WGS 84"
)

func bases() map[int]base {
	list := map[int]base{
		4326: {4326, "WGS 84", 6326, "WGS_1984", wgs84, 7030, "6378137", "298.257223563"},
		4277: {4277, "OSGB36", 6277, "Ordnance_Survey_of_Great_Britain_1936", "Airy 1830", 7001, "6377563.396", "299.3249646"},
	}
	for _, b := range []base{
		{code: 4258, name: "ETRS89", datum: 6258, datumName: "European_Terrestrial_Reference_System_1989"},
		{code: 4171, name: "RGF93 v1", datum: 6171, datumName: "Reseau_Geodesique_Francais_1993_v1"},
		{code: 4627, name: "RGR92", datum: 6627, datumName: "Reseau_Geodesique_de_la_Reunion_1992"},
		{code: 5489, name: "RGAF09", datum: 1073, datumName: "Reseau_Geodesique_des_Antilles_Francaises_2009"},
		{code: 4624, name: "RGFG95", datum: 6624, datumName: "Reseau_Geodesique_Francais_Guyane_1995"},
		{code: 4269, name: "NAD83", datum: 6269, datumName: "North_American_Datum_1983"},
		{code: 4283, name: "GDA94", datum: 6283, datumName: "Geocentric_Datum_of_Australia_1994"},
		{code: 7844, name: "GDA2020", datum: 1168, datumName: "Geocentric_Datum_of_Australia_2020"},
		{code: 4470, name: "RGM04", datum: 1036, datumName: "Reseau_Geodesique_de_Mayotte_2004"},
	} {
		b.ellipsoid, b.ellipsoidCode, b.semiMajor, b.inverseFlatness = grs80, 7019, "6378137", "298.257222101"
		list[b.code] = b
	}
	return list
}

func (b base) wkt() string {
	return fmt.Sprintf(`GEOGCS["%s",DATUM["%s",SPHEROID["%s",%s,%s,AUTHORITY["EPSG","%d"]],AUTHORITY["EPSG","%d"]],`+
		`PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],`+
		`AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","%d"]]`,
		b.name, b.datumName, b.ellipsoid, b.semiMajor, b.inverseFlatness, b.ellipsoidCode, b.datum, b.code)
}

// WKT gives the well-known text (OGC 01-009) of the EPSG system c, or "" where
// there is none here.
func WKT(c crs.Code) string {
	all, code := bases(), int(c)
	if b, ok := all[code]; ok {
		return b.wkt()
	}
	transverse := func(parent, zone int) string {
		northing := 0
		if zone < 0 {
			zone, northing = -zone, 10000000
		}
		return projected(c, all[parent], "Transverse_Mercator", fmt.Sprintf("latitude_of_origin=0 central_meridian=%d scale_factor=0.9996 false_easting=500000 false_northing=%d",
			zone*6-183, northing))
	}
	conic := func(parallel1, parallel2, origin float64, easting, northing int) string {
		return projected(c, all[4171], "Lambert_Conformal_Conic_2SP", fmt.Sprintf("latitude_of_origin=%g central_meridian=3 standard_parallel_1=%g standard_parallel_2=%g false_easting=%d false_northing=%d",
			origin, parallel1, parallel2, easting, northing))
	}
	switch {
	case code == int(crs.WebMerc):
		return projected(c, all[4326], "Mercator_1SP", "central_meridian=0 scale_factor=1 false_easting=0 false_northing=0")
	case code == int(crs.Lamb93):
		return conic(49, 44, 46.5, 700000, 6600000)
	case code >= 3942 && code <= 3950:
		parallel := float64(code - 3900)
		return conic(parallel-0.75, parallel+0.75, parallel, 1700000, (code-3941)*1000000+200000)
	case code >= 25829 && code <= 25833:
		return transverse(4258, code-25800)
	case code >= 32629 && code <= 32633:
		return transverse(4326, code-32600)
	}
	switch code {
	case 27700:
		return projected(c, all[4277], "Transverse_Mercator", "latitude_of_origin=49 central_meridian=-2 scale_factor=0.9996012717 false_easting=400000 false_northing=-100000")
	case 26986:
		return projected(c, all[4269], "Lambert_Conformal_Conic_2SP",
			"latitude_of_origin=41 central_meridian=-71.5 standard_parallel_1=42.6833333333333 standard_parallel_2=41.7166666666667 false_easting=200000 false_northing=750000")
	case 3035:
		return projected(c, all[4258], "Lambert_Azimuthal_Equal_Area", "latitude_of_center=52 longitude_of_center=10 false_easting=4321000 false_northing=3210000")
	case 2975:
		return transverse(4627, -40)
	case 5490:
		return transverse(5489, 20)
	case 2972:
		return transverse(4624, 22)
	case 4471:
		return transverse(4470, -38)
	}
	return ""
}

func projected(c crs.Code, b base, method, parameters string) string {
	known, _ := crs.Lookup(c)
	var w strings.Builder
	fmt.Fprintf(&w, `PROJCS["%s",%s,PROJECTION["%s"]`, known.Name, b.wkt(), method)
	for p := range strings.FieldsSeq(parameters) {
		name, value, _ := strings.Cut(p, "=")
		fmt.Fprintf(&w, `,PARAMETER["%s",%s]`, name, value)
	}
	axes := `AXIS["Easting",EAST],AXIS["Northing",NORTH]`
	if known.YX {
		axes = `AXIS["Northing",NORTH],AXIS["Easting",EAST]`
	}
	w.WriteString(`,UNIT["metre",1,AUTHORITY["EPSG","9001"]],` + axes)
	if c == crs.WebMerc {
		// WKT 1 has no word for the spherical formulas; readers know this extension.
		w.WriteString(`,EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"]`)
	}
	fmt.Fprintf(&w, `,AUTHORITY["EPSG","%d"]]`, int(c))
	return w.String()
}
