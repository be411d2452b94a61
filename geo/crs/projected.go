package crs

import (
	"math"
	"strings"
)

// family is a datum as far as it tells systems apart.
type family struct {
	names      []string // simplified beginnings of the datum's or system's name
	geographic Code     // the system of plain degrees on it
}

// families of datums. Names are matched in this order.
var families = [...]family{
	{[]string{"wgs84", "worldgeodeticsystem84"}, WGS84},
	{[]string{"etrs89", "europeanterrestrialreferencesystem89"}, 4258},
	{[]string{"rgf93", "reseaugeodesiquefrancais93"}, 4171},
	{[]string{"nad83", "northamerican83", "northamericandatum83"}, 4269},
	{[]string{"gda94", "geocentricdatumofaustralia94"}, 4283},
	{[]string{"gda2020", "geocentricdatumofaustralia2020"}, 7844},
	{[]string{"osgb36", "ordnancesurveyofgreatbritain36"}, 4277},
	{[]string{"rgr92", "reseaugeodesiquedelareunion", "rgaf09", "reseaugeodesiquedesantilles", "rgfg95",
		"reseaugeodesiquefrancaisguyane", "rgm04", "reseaugeodesiquedemayotte"}, WGS84},
	{[]string{"unknown", "unnamed", "userdefined", "custom", "undefined", "notspecified", "grs80", "grs1980"}, WGS84},
}

// byParameters finds a system by its datum, projection and parameters.
func byParameters(root *node) (Code, bool) {
	base := root.base()
	datum := base.child("DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF")
	spheroid := datum
	if datum != nil {
		spheroid = datum.child("SPHEROID", "ELLIPSOID")
	}
	axis, okAxis := spheroid.number(1)
	flattening, okFlattening := spheroid.number(2)
	f := findFamily(datum.name(), base.name())
	if !okAxis || !okFlattening || f == nil {
		return Unknown, false
	}
	// GRS 80 and WGS 84 are told apart below; NAD 27, NTF and others differ by far more.
	plain := &find(f.geographic).parameters
	if axis != plain.axis() || math.Abs(flattening-plain.inverseFlattening) > 1e-4 {
		return Unknown, false
	}
	if root.geographic() {
		return f.geographic, true
	}
	p, ok := projectionOf(root)
	if !ok {
		return Unknown, false
	}
	p.semiMajor, p.shift = plain.semiMajor, plain.shift
	if plain.semiMajor != 0 {
		p.inverseFlattening = plain.inverseFlattening
	} else if f.geographic == WGS84 && math.Abs(flattening-flatteningWGS84) < 1e-9 {
		p.inverseFlattening = flatteningWGS84
	} else {
		p.inverseFlattening = flatteningGRS80
	}
	found := Unknown
	for i := range definitions {
		d := &definitions[i].parameters
		if !p.same(d) || distant(definitions[i].Name) != distant(find(f.geographic).Name) {
			continue
		}
		if d.inverseFlattening == p.inverseFlattening {
			return definitions[i].Code, true
		}
		if found == Unknown {
			found = definitions[i].Code
		}
	}
	return found, found != Unknown
}

// distant gives the datum that the name of a system begins with, where that is one
// of other continents or apart from WGS 84: the same parameters on another datum
// are a system of another area.
func distant(name string) string {
	for _, datum := range [...]string{"NAD83", "GDA94", "GDA2020", "OSGB36"} {
		if strings.HasPrefix(name, datum) {
			return datum
		}
	}
	return ""
}

func findFamily(names ...string) *family {
	for _, name := range names {
		key := simplify(name)
		for i := range families {
			for _, begin := range families[i].names {
				if strings.HasPrefix(key, begin) {
					return &families[i]
				}
			}
		}
	}
	return nil
}

// same tells whether p and d project alike; the ellipsoid is not compared.
func (p *parameters) same(d *parameters) bool {
	if p.method != d.method || p.axis() != d.axis() {
		return false
	}
	near := func(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
	const angle, length = 1e-9, 1e-3
	parallels := near(p.parallel1, d.parallel1, angle) && near(p.parallel2, d.parallel2, angle) ||
		near(p.parallel1, d.parallel2, angle) && near(p.parallel2, d.parallel1, angle)
	return parallels && near(p.lat0, d.lat0, angle) && near(p.lon0, d.lon0, angle) && near(p.scale, d.scale, 1e-12) &&
		near(p.easting, d.easting, length) && near(p.northing, d.northing, length)
}

// projectionOf reads the method and parameters of a projected system in any of
// the three spellings.
func projectionOf(root *node) (parameters, bool) {
	p, holder := parameters{scale: 1}, root
	method := root.child("PROJECTION")
	if conversion := root.child("CONVERSION"); conversion != nil {
		holder, method = conversion, conversion.child("METHOD", "PROJECTION")
	}
	proj4 := root.child("EXTENSION")
	switch simplify(method.name()) {
	case "lambertconformalconic", "lambertconformalconic2sp", "lambertconicconformal2sp":
		p.method = lambertConic
	case "transversemercator", "gausskruger":
		p.method = transverse
	case "lambertazimuthalequalarea":
		p.method = azimuthal
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		p.method = webMercator
	case "mercator1sp":
		// The text that GDAL writes for Web Mercator differs from an ellipsoidal
		// Mercator only here.
		if proj4 == nil || !strings.Contains(strings.Join(proj4.text, " "), "+b=6378137") {
			return p, false
		}
		p.method = webMercator
	default:
		return p, false
	}
	for i := range holder.nodes {
		n := &holder.nodes[i]
		if n.keyword != "PARAMETER" {
			continue
		}
		v, ok := n.number(1)
		if !ok {
			return p, false
		}
		switch simplify(n.name()) {
		case "latitudeoforigin", "latitudeoffalseorigin", "latitudeofnaturalorigin", "latitudeofcenter":
			p.lat0 = v
		case "centralmeridian", "longitudeoffalseorigin", "longitudeofnaturalorigin", "longitudeoforigin", "longitudeofcenter":
			p.lon0 = v
		case "standardparallel1", "latitudeof1ststandardparallel":
			p.parallel1 = v
		case "standardparallel2", "latitudeof2ndstandardparallel":
			p.parallel2 = v
		case "scalefactor", "scalefactoratnaturalorigin":
			p.scale = v
		case "falseeasting", "eastingatfalseorigin":
			p.easting = v
		case "falsenorthing", "northingatfalseorigin":
			p.northing = v
		case "auxiliaryspheretype":
		default:
			return p, false
		}
	}
	return p, true
}
