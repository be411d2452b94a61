package crs

import "puy/geo"

// method is how a system's coordinates come from longitude and latitude.
type method uint8

const (
	geographic method = iota
	webMercator
	lambertConic // Lambert conformal conic, two standard parallels (EPSG 9802)
	transverse   // transverse Mercator (EPSG 9807)
	azimuthal    // Lambert azimuthal equal area (EPSG 9820)
)

// parameters of a map projection, in degrees and metres.
type parameters struct {
	method               method
	semiMajor            float64 // of the ellipsoid; 0 for that of WGS 84 and GRS 80
	inverseFlattening    float64
	lat0, lon0           float64
	parallel1, parallel2 float64
	scale                float64
	easting, northing    float64
	shift                shift // to WGS 84; zero where the datum is one with it
}

// axis gives the semi-major axis of the ellipsoid in metres.
func (p *parameters) axis() float64 {
	if p.semiMajor != 0 {
		return p.semiMajor
	}
	return semiMajor
}

type definition struct {
	System
	parameters
}

// WGS 84 and GRS 80 have this semi-major axis, in metres.
const semiMajor = 6378137

const (
	flatteningWGS84 = 298.257223563
	flatteningGRS80 = 298.257222101

	// The ellipsoid of OSGB36.
	semiMajorAiry  = 6377563.396
	flatteningAiry = 299.3249646
)

// shiftOSGB is EPSG 1314, "OSGB36 to WGS 84 (6)", with an accuracy of 2 m: what
// PROJ takes where it does not have the grid OSTN15.
var shiftOSGB = shift{446.448, -125.157, 542.06, 0.15, 0.247, 0.842, -20.489}

// definitions follow the EPSG registry, version 10.076.
var definitions = [...]definition{
	degrees(CRS84, "WGS 84 (CRS84)", flatteningWGS84, geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}),
	degrees(WGS84, "WGS 84", flatteningWGS84, geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}),
	{
		System: System{Code: WebMerc, Name: "WGS 84 / Pseudo-Mercator",
			Area: geo.Bounds{MinX: -180, MinY: -85.06, MaxX: 180, MaxY: 85.06}},
		parameters: parameters{method: webMercator, inverseFlattening: flatteningWGS84, scale: 1},
	},
	{
		System: System{Code: Lamb93, Name: "RGF93 v1 / Lambert-93",
			Area: geo.Bounds{MinX: -9.86, MinY: 41.15, MaxX: 10.38, MaxY: 51.56}},
		parameters: parameters{method: lambertConic, inverseFlattening: flatteningGRS80, lat0: 46.5, lon0: 3,
			parallel1: 49, parallel2: 44, scale: 1, easting: 700000, northing: 6600000},
	},
	conic9(3942, "RGF93 v1 / CC42", 42, geo.Bounds{MinX: -1.06, MinY: 41.31, MaxX: 9.63, MaxY: 43.07}),
	conic9(3943, "RGF93 v1 / CC43", 43, geo.Bounds{MinX: -1.79, MinY: 42.33, MaxX: 7.65, MaxY: 44.01}),
	conic9(3944, "RGF93 v1 / CC44", 44, geo.Bounds{MinX: -1.79, MinY: 42.92, MaxX: 7.71, MaxY: 45}),
	conic9(3945, "RGF93 v1 / CC45", 45, geo.Bounds{MinX: -1.46, MinY: 44, MaxX: 7.71, MaxY: 46}),
	conic9(3946, "RGF93 v1 / CC46", 46, geo.Bounds{MinX: -2.21, MinY: 45, MaxX: 7.16, MaxY: 47}),
	conic9(3947, "RGF93 v1 / CC47", 47, geo.Bounds{MinX: -4.77, MinY: 46, MaxX: 7.63, MaxY: 48}),
	conic9(3948, "RGF93 v1 / CC48", 48, geo.Bounds{MinX: -4.87, MinY: 47, MaxX: 8.23, MaxY: 49}),
	conic9(3949, "RGF93 v1 / CC49", 49, geo.Bounds{MinX: -4.87, MinY: 48, MaxX: 8.23, MaxY: 50}),
	conic9(3950, "RGF93 v1 / CC50", 50, geo.Bounds{MinX: -2.03, MinY: 49, MaxX: 8.08, MaxY: 51.14}),
	utm(25829, "ETRS89 / UTM zone 29N", flatteningGRS80, 29, geo.Bounds{MinX: -12, MinY: 34.91, MaxX: -6, MaxY: 74.13}),
	utm(25830, "ETRS89 / UTM zone 30N", flatteningGRS80, 30, geo.Bounds{MinX: -6, MinY: 35.26, MaxX: 0.01, MaxY: 80.49}),
	utm(25831, "ETRS89 / UTM zone 31N", flatteningGRS80, 31, geo.Bounds{MinX: 0, MinY: 37, MaxX: 6.01, MaxY: 82.45}),
	utm(25832, "ETRS89 / UTM zone 32N", flatteningGRS80, 32, geo.Bounds{MinX: 6, MinY: 38.76, MaxX: 12.01, MaxY: 84.33}),
	utm(25833, "ETRS89 / UTM zone 33N", flatteningGRS80, 33, geo.Bounds{MinX: 12, MinY: 46.4, MaxX: 18.01, MaxY: 84.42}),
	utm(32629, "WGS 84 / UTM zone 29N", flatteningWGS84, 29, geo.Bounds{MinX: -12, MinY: 0, MaxX: -6, MaxY: 84}),
	utm(32630, "WGS 84 / UTM zone 30N", flatteningWGS84, 30, geo.Bounds{MinX: -6, MinY: 0, MaxX: 0, MaxY: 84}),
	utm(32631, "WGS 84 / UTM zone 31N", flatteningWGS84, 31, geo.Bounds{MinX: 0, MinY: 0, MaxX: 6, MaxY: 84}),
	utm(32632, "WGS 84 / UTM zone 32N", flatteningWGS84, 32, geo.Bounds{MinX: 6, MinY: 0, MaxX: 12, MaxY: 84}),
	utm(32633, "WGS 84 / UTM zone 33N", flatteningWGS84, 33, geo.Bounds{MinX: 12, MinY: 0, MaxX: 18, MaxY: 84}),
	degrees(4258, "ETRS89", flatteningGRS80, geo.Bounds{MinX: -16.1, MinY: 32.88, MaxX: 40.18, MaxY: 84.73}),
	degrees(4171, "RGF93 v1", flatteningGRS80, geo.Bounds{MinX: -9.86, MinY: 41.15, MaxX: 10.38, MaxY: 51.56}),
	utm(2975, "RGR92 / UTM zone 40S", flatteningGRS80, -40, geo.Bounds{MinX: 54, MinY: -24.72, MaxX: 58.24, MaxY: -18.28}),
	utm(5490, "RGAF09 / UTM zone 20N", flatteningGRS80, 20, geo.Bounds{MinX: -63.66, MinY: 14.08, MaxX: -60, MaxY: 18.31}),
	utm(2972, "RGFG95 / UTM zone 22N", flatteningGRS80, 22, geo.Bounds{MinX: -54, MinY: 2.17, MaxX: -49.45, MaxY: 8.88}),
	utm(4471, "RGM04 / UTM zone 38S", flatteningGRS80, -38, geo.Bounds{MinX: 43.68, MinY: -14.49, MaxX: 46.7, MaxY: -11.33}),
	degrees(4979, "WGS 84 (3D)", flatteningWGS84, geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}),
	degrees(4269, "NAD83", flatteningGRS80, geo.Bounds{MinX: -180, MinY: 14.92, MaxX: 180, MaxY: 86.45}),
	degrees(4283, "GDA94", flatteningGRS80, geo.Bounds{MinX: 93.41, MinY: -60.55, MaxX: 173.34, MaxY: -8.47}),
	degrees(7844, "GDA2020", flatteningGRS80, geo.Bounds{MinX: 93.41, MinY: -60.55, MaxX: 173.34, MaxY: -8.47}),
	{
		System:     System{Code: 4277, Name: "OSGB36", Geographic: true, YX: true, Area: geo.Bounds{MinX: -9, MinY: 49.75, MaxX: 2.01, MaxY: 61.01}},
		parameters: parameters{method: geographic, semiMajor: semiMajorAiry, inverseFlattening: flatteningAiry, shift: shiftOSGB},
	},
	{
		System: System{Code: 27700, Name: "OSGB36 / British National Grid", Area: geo.Bounds{MinX: -9, MinY: 49.75, MaxX: 2.01, MaxY: 61.01}},
		parameters: parameters{method: transverse, semiMajor: semiMajorAiry, inverseFlattening: flatteningAiry, shift: shiftOSGB,
			lat0: 49, lon0: -2, scale: 0.9996012717, easting: 400000, northing: -100000},
	},
	{
		System: System{Code: 26986, Name: "NAD83 / Massachusetts Mainland", Area: geo.Bounds{MinX: -73.5, MinY: 41.46, MaxX: -69.86, MaxY: 42.89}},
		parameters: parameters{method: lambertConic, inverseFlattening: flatteningGRS80, lat0: 41, lon0: -71.5,
			parallel1: 42 + 41./60, parallel2: 41 + 43./60, scale: 1, easting: 200000, northing: 750000},
	},
	{
		System:     System{Code: 3035, Name: "ETRS89-extended / LAEA Europe", YX: true, Area: geo.Bounds{MinX: -35.58, MinY: 24.6, MaxX: 44.83, MaxY: 84.73}},
		parameters: parameters{method: azimuthal, inverseFlattening: flatteningGRS80, lat0: 52, lon0: 10, scale: 1, easting: 4321000, northing: 3210000},
	},
	degrees(4937, "ETRS89 (3D)", flatteningGRS80, geo.Bounds{MinX: -16.1, MinY: 32.88, MaxX: 40.18, MaxY: 84.73}),
}

func degrees(c Code, name string, inverseFlattening float64, area geo.Bounds) definition {
	return definition{
		System{Code: c, Name: name, Area: area, Geographic: true, YX: c != CRS84},
		parameters{method: geographic, inverseFlattening: inverseFlattening},
	}
}

// conic9 is one of the nine French conformal conic zones around a parallel.
func conic9(c Code, name string, parallel float64, area geo.Bounds) definition {
	return definition{
		System{Code: c, Name: name, Area: area},
		parameters{method: lambertConic, inverseFlattening: flatteningGRS80, lat0: parallel, lon0: 3,
			parallel1: parallel - 0.75, parallel2: parallel + 0.75, scale: 1,
			easting: 1700000, northing: 200000 + (parallel-41)*1e6},
	}
}

// utm is a zone of 6 degrees, negative in the southern hemisphere.
func utm(c Code, name string, inverseFlattening float64, zone int, area geo.Bounds) definition {
	p := parameters{method: transverse, inverseFlattening: inverseFlattening, scale: 0.9996, easting: 500000}
	if zone < 0 {
		zone, p.northing = -zone, 10000000
	}
	p.lon0 = float64(zone*6 - 183)
	return definition{System{Code: c, Name: name, Area: area}, p}
}
