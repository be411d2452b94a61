package crs

import "math"

// conic is the Lambert conformal conic projection with two standard parallels
// (IOGP Guidance Note 7-2, section 3.1.1.1).
type conic struct {
	ellipsoid
	n         float64 // sine of the cone's angle
	f         float64 // a·F, metres
	rho0      float64 // radius of the origin's parallel, metres
	lon0      float64 // degrees
	easting   float64
	northing  float64
	scaledRad float64 // degrees of longitude to radians on the cone
}

func newConic(p parameters) *conic {
	c := &conic{ellipsoid: newEllipsoid(p.inverseFlattening), lon0: p.lon0, easting: p.easting, northing: p.northing}
	m := func(lat float64) float64 {
		sin, cos := math.Sincos(lat * radian)
		return cos / math.Sqrt(1-c.e2*sin*sin)
	}
	psi := func(lat float64) float64 { return c.isometric(math.Sin(lat * radian)) }
	c.n = math.Log(m(p.parallel1)/m(p.parallel2)) / (psi(p.parallel2) - psi(p.parallel1))
	c.f = p.axis() * m(p.parallel1) / c.n * math.Exp(c.n*psi(p.parallel1))
	c.rho0 = c.f * math.Exp(-c.n*psi(p.lat0))
	c.scaledRad = c.n * radian
	return c
}

func (c *conic) fromLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		rho := c.f * math.Exp(-c.n*c.isometric(math.Sin(flat[i+1]*radian)))
		sin, cos := math.Sincos(c.scaledRad * wrap(flat[i]-c.lon0))
		flat[i] = c.easting + rho*sin
		flat[i+1] = c.northing + c.rho0 - rho*cos
	}
}

func (c *conic) toLonLat(flat []float64, stride int) {
	logF, perN := math.Log(c.f), 1/c.n
	for i := 0; i+1 < len(flat); i += stride {
		x, y := flat[i]-c.easting, c.rho0-(flat[i+1]-c.northing)
		psi := (logF - 0.5*math.Log(x*x+y*y)) * perN
		e := math.Exp(psi)
		sech, tanh := 2/(e+1/e), 1-2/(e*e+1)
		lat := c.latitude(2*math.Atan(e)-math.Pi/2, 2*sech*tanh, sech*sech-tanh*tanh)
		flat[i] = c.lon0 + math.Atan2(x, y)/c.scaledRad
		flat[i+1] = lat / radian
	}
}
