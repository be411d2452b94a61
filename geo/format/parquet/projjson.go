package parquet

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"puy/geo/crs"
	"puy/geo/format/gpkg"
)

// The parts of a CRS in PROJJSON (schema 0.7) that its readers need.
type (
	projID struct {
		Authority string `json:"authority"`
		Code      int    `json:"code"`
	}
	projNamed struct {
		Name string  `json:"name"`
		ID   *projID `json:"id,omitempty"`
	}
	projParameter struct {
		Name  string  `json:"name"`
		Value float64 `json:"value"`
		Unit  string  `json:"unit"`
		ID    projID  `json:"id"`
	}
	projAxis struct {
		Name         string `json:"name"`
		Abbreviation string `json:"abbreviation"`
		Direction    string `json:"direction"`
		Unit         string `json:"unit"`
	}
	projAxes struct {
		Subtype string     `json:"subtype"`
		Axis    []projAxis `json:"axis"`
	}
	projEllipsoid struct {
		Name       string  `json:"name"`
		SemiMajor  float64 `json:"semi_major_axis"`
		Flattening float64 `json:"inverse_flattening"`
	}
	projDatum struct {
		Type      string        `json:"type"`
		Name      string        `json:"name"`
		Ellipsoid projEllipsoid `json:"ellipsoid"`
	}
	projConversion struct {
		Name       string          `json:"name"`
		Method     projNamed       `json:"method"`
		Parameters []projParameter `json:"parameters"`
	}
	projCRS struct {
		Schema     string          `json:"$schema,omitempty"`
		Type       string          `json:"type"`
		Name       string          `json:"name"`
		Base       *projCRS        `json:"base_crs,omitempty"`
		Datum      *projDatum      `json:"datum,omitempty"`
		Conversion *projConversion `json:"conversion,omitempty"`
		Axes       *projAxes       `json:"coordinate_system,omitempty"`
		ID         projID          `json:"id"`
	}
)

// projJSONOf gives c in PROJJSON, made of its well-known text; "" for a system
// without one.
func projJSONOf(c crs.Code) string {
	if c == 4937 { // heights are in the coordinates whatever the CRS says
		c = 4258
	}
	text := gpkg.WKT(c)
	geographic := regexp.MustCompile(`GEOGCS\["([^"]*)",DATUM\["([^"]*)",SPHEROID\["([^"]*)",([0-9.]+),([0-9.]+).*?AXIS\["Longitude",EAST\],AUTHORITY\["EPSG","([0-9]+)"\]`).FindStringSubmatch(text)
	system, known := crs.Lookup(c)
	if !known || geographic == nil {
		return ""
	}
	number := func(s string) float64 {
		f, _ := strconv.ParseFloat(s, 64) // the expression above wants digits
		return f
	}
	result := &projCRS{
		Type: "GeographicCRS", Name: geographic[1],
		Datum: &projDatum{Type: "GeodeticReferenceFrame", Name: geographic[2],
			Ellipsoid: projEllipsoid{Name: geographic[3], SemiMajor: number(geographic[4]), Flattening: number(geographic[5])}},
		Axes: &projAxes{Subtype: "ellipsoidal", Axis: []projAxis{
			{"Geodetic latitude", "Lat", "north", "degree"}, {"Geodetic longitude", "Lon", "east", "degree"}}},
		ID: projID{"EPSG", int(number(geographic[6]))},
	}
	if method := regexp.MustCompile(`PROJECTION\["([^"]*)"\]`).FindStringSubmatch(text); method != nil {
		conversion := projConversionOf(method[1])
		for _, p := range regexp.MustCompile(`PARAMETER\["([^"]*)",([-0-9.e+]+)\]`).FindAllStringSubmatch(text, -1) {
			if parameter, ok := projParameterOf(method[1], p[1]); ok {
				parameter.Value = number(p[2])
				conversion.Parameters = append(conversion.Parameters, parameter)
			}
		}
		result = &projCRS{Type: "ProjectedCRS", Name: system.Name, Base: result, Conversion: &conversion, ID: projID{"EPSG", int(c)},
			Axes: &projAxes{Subtype: "Cartesian", Axis: []projAxis{{"Easting", "E", "east", "metre"}, {"Northing", "N", "north", "metre"}}}}
		if system.YX {
			slices.Reverse(result.Axes.Axis)
		}
	}
	result.Schema = "https://proj.org/schemas/v0.7/projjson.schema.json"
	b, err := json.Marshal(result)
	if err != nil {
		return ""
	}
	return string(b)
}

func projConversionOf(method string) projConversion {
	c := projConversion{Name: "unnamed"}
	switch method {
	case "Lambert_Conformal_Conic_2SP":
		c.Method = projNamed{"Lambert Conic Conformal (2SP)", &projID{"EPSG", 9802}}
	case "Mercator_1SP":
		c.Method = projNamed{"Popular Visualisation Pseudo Mercator", &projID{"EPSG", 1024}}
	case "Lambert_Azimuthal_Equal_Area":
		c.Method = projNamed{"Lambert Azimuthal Equal Area", &projID{"EPSG", 9820}}
	default:
		c.Method = projNamed{"Transverse Mercator", &projID{"EPSG", 9807}}
	}
	return c
}

// projParameterOf gives the EPSG's name of a parameter of well-known text.
func projParameterOf(method, name string) (p projParameter, ok bool) {
	degree := func(name string, code int) (projParameter, bool) {
		return projParameter{Name: name, Unit: "degree", ID: projID{"EPSG", code}}, true
	}
	metre := func(name string, code int) (projParameter, bool) {
		return projParameter{Name: name, Unit: "metre", ID: projID{"EPSG", code}}, true
	}
	conic := method == "Lambert_Conformal_Conic_2SP"
	switch {
	case name == "latitude_of_origin" && conic:
		return degree("Latitude of false origin", 8821)
	case name == "central_meridian" && conic:
		return degree("Longitude of false origin", 8822)
	case name == "standard_parallel_1":
		return degree("Latitude of 1st standard parallel", 8823)
	case name == "standard_parallel_2":
		return degree("Latitude of 2nd standard parallel", 8824)
	case name == "false_easting" && conic:
		return metre("Easting at false origin", 8826)
	case name == "false_northing" && conic:
		return metre("Northing at false origin", 8827)
	case name == "latitude_of_origin" || name == "latitude_of_center":
		return degree("Latitude of natural origin", 8801)
	case name == "central_meridian" || name == "longitude_of_center":
		return degree("Longitude of natural origin", 8802)
	case name == "scale_factor" && method == "Transverse_Mercator":
		return projParameter{Name: "Scale factor at natural origin", Unit: "unity", ID: projID{"EPSG", 8805}}, true
	case name == "false_easting":
		return metre("False easting", 8806)
	case name == "false_northing":
		return metre("False northing", 8807)
	}
	return p, false
}
