package crs

import (
	"strconv"
	"strings"
)

// esriDatum is what Esri calls a datum that systems' names begin with.
type esriDatum struct{ begins, geographic, datum, prefix string }

var esriDatums = [...]esriDatum{
	{"WGS 84", "GCS_WGS_1984", "D_WGS_1984", "WGS_1984"},
	{"ETRS89", "GCS_ETRS_1989", "D_ETRS_1989", "ETRS_1989"},
	{"NAD83", "GCS_North_American_1983", "D_North_American_1983", "NAD_1983"},
	{"GDA94", "GCS_GDA_1994", "D_GDA_1994", "GDA_1994"},
	{"GDA2020", "GCS_GDA2020", "GDA2020", "GDA2020"},
	{"OSGB36", "GCS_OSGB_1936", "D_OSGB_1936", "OSGB_1936"},
	{"RGF93", "GCS_RGF_1993", "D_RGF_1993", "RGF_1993"},
	{"RGR92", "GCS_RGR_1992", "D_RGR_1992", "RGR_1992"},
	{"RGAF09", "GCS_RGAF09", "Reseau_Geodesique_des_Antilles_Francaises_2009", "RGAF09"},
	{"RGFG95", "GCS_RGFG_1995", "D_RGFG_1995", "RGFG_1995"},
	{"RGM04", "GCS_RGM_2004", "D_Reseau_Geodesique_de_Mayotte_2004", "RGM_2004"},
}

// ESRI gives the text of a .prj file for c: well-known text 1 in Esri's dialect,
// with Esri's names and without authority codes, or "" where c is not supported.
// Heights of three-dimensional systems are not part of it.
func (c Code) ESRI() string {
	d := find(c)
	if d == nil {
		return ""
	}
	var datum esriDatum
	for _, e := range esriDatums {
		if strings.HasPrefix(d.Name, e.begins) {
			datum = e
			break
		}
	}
	if datum.datum == "" {
		return ""
	}
	ellipsoid := "GRS_1980"
	switch d.inverseFlattening {
	case flatteningWGS84:
		ellipsoid = "WGS_1984"
	case flatteningAiry:
		ellipsoid = "Airy_1830"
	}
	geographicText := `GEOGCS["` + datum.geographic + `",DATUM["` + datum.datum + `",SPHEROID["` + ellipsoid + `",` + decimal(d.axis()) + `,` + decimal(d.inverseFlattening) +
		`]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	if d.Geographic {
		return geographicText
	}
	return `PROJCS["` + d.esriName(datum.prefix) + `",` + geographicText + d.esriProjection() + `,UNIT["Meter",1.0]]`
}

// esriName gives Esri's name of a projected system, "RGF_1993_Lambert_93".
func (d *definition) esriName(prefix string) string {
	switch d.Code {
	case WebMerc:
		return "WGS_1984_Web_Mercator_Auxiliary_Sphere"
	case 27700:
		return "British_National_Grid"
	case 26986:
		return "NAD_1983_StatePlane_Massachusetts_Mainland_FIPS_2001"
	case 3035:
		return "ETRS_1989_LAEA"
	}
	_, name, _ := strings.Cut(d.Name, " / ")
	name = strings.Replace(name, "UTM zone ", "UTM_Zone_", 1)
	if prefix == "RGR_1992" || prefix == "RGFG_1995" {
		name = strings.Replace(name, "UTM_Zone_", "UTM_", 1)
	}
	return prefix + "_" + strings.NewReplacer("-", "_", " ", "_").Replace(name)
}

func (d *definition) esriProjection() string {
	var b strings.Builder
	parameter := func(name string, v float64) { b.WriteString(`,PARAMETER["` + name + `",` + decimal(v) + `]`) }
	method := map[method]string{webMercator: "Mercator_Auxiliary_Sphere", lambertConic: "Lambert_Conformal_Conic", transverse: "Transverse_Mercator",
		azimuthal: "Lambert_Azimuthal_Equal_Area"}[d.method]
	b.WriteString(`,PROJECTION["` + method + `"]`)
	parameter("False_Easting", d.easting)
	parameter("False_Northing", d.northing)
	parameter("Central_Meridian", d.lon0)
	switch d.method {
	case webMercator:
		parameter("Standard_Parallel_1", 0)
		parameter("Auxiliary_Sphere_Type", 0)
		return b.String()
	case lambertConic:
		parameter("Standard_Parallel_1", d.parallel1)
		parameter("Standard_Parallel_2", d.parallel2)
	case transverse:
		parameter("Scale_Factor", d.scale)
	}
	parameter("Latitude_Of_Origin", d.lat0)
	return b.String()
}

// decimal writes v with a point, as Esri does.
func decimal(v float64) string {
	// To 15 digits, so that thirds of a degree do not end in the rounding of a float.
	if short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64); err == nil {
		v = short
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
