package crs

import "math"

const radian = math.Pi / 180

// ellipsoid has the constants that conformal projections share.
type ellipsoid struct {
	e2 float64    // first eccentricity squared
	n  float64    // third flattening
	d  [6]float64 // conformal to geographic latitude, coefficients of sin 2kχ
}

func newEllipsoid(inverseFlattening float64) ellipsoid {
	f := 1 / inverseFlattening
	n := f / (2 - f)
	// Karney, "On auxiliary latitudes", Survey Review 56 (2024), equation A6:
	// the truncation error is below 1e-19 radian.
	return ellipsoid{e2: f * (2 - f), n: n, d: [6]float64{
		n * (2 + n*(-2./3+n*(-2+n*(116./45+n*(26./45+n*(-2854./675)))))),
		n * n * (7./3 + n*(-8./5+n*(-227./45+n*(2704./315+n*(2323./945))))),
		n * n * n * (56./15 + n*(-136./35+n*(-1262./105+n*(73814./2835)))),
		n * n * n * n * (4279./630 + n*(-332./35+n*(-399572./14175))),
		n * n * n * n * n * (4174./315 + n*(-144838./6237)),
		n * n * n * n * n * n * (601676. / 22275),
	}}
}

// nearPole keeps the isometric latitude finite: a pole becomes a point some
// 20 times farther from the equator than a half circle.
const nearPole = 1 - 0x1p-52

// isometric gives the isometric latitude ψ of a latitude from its sine.
func (e *ellipsoid) isometric(sin float64) float64 {
	s := min(max(sin, -nearPole), nearPole)
	// e·atanh(e·sin φ) by its series: e² is 0.0067, seven terms reach 1e-18.
	u := e.e2 * s * s
	series := 1 + u*(1./3+u*(1./5+u*(1./7+u*(1./9+u*(1./11+u*(1./13))))))
	return 0.5*math.Log((1+s)/(1-s)) - e.e2*s*series
}

// latitude gives the geographic latitude in radians from the conformal
// latitude χ and the sine and cosine of 2χ.
func (e *ellipsoid) latitude(chi, sin2, cos2 float64) float64 {
	var b1, b2 float64
	for k := len(e.d) - 1; k >= 0; k-- {
		b1, b2 = e.d[k]+2*cos2*b1-b2, b1
	}
	return chi + b1*sin2
}

// wrap brings a difference of longitudes in degrees to -180 … 180.
func wrap(lon float64) float64 {
	if lon >= -180 && lon <= 180 {
		return lon
	}
	return math.Remainder(lon, 360)
}
