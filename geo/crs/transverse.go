package crs

import "math"

// tmerc is the transverse Mercator projection by Krüger's series to the sixth
// order in n (Karney, "Transverse Mercator with an accuracy of a few
// nanometers", J. Geodesy 85 (2011), equations 7 to 18 and 35, 36).
type tmerc struct {
	ellipsoid
	alpha, beta [6]float64
	radius      float64 // k₀·A, metres
	lon0        float64 // degrees
	easting     float64
	northing    float64
}

func newTransverse(p parameters) *tmerc {
	t := &tmerc{ellipsoid: newEllipsoid(p.inverseFlattening), lon0: p.lon0, easting: p.easting, northing: p.northing}
	n := t.n
	n2, n3 := n*n, n*n*n
	t.radius = p.scale * p.axis() / (1 + n) * (1 + n2*(1./4+n2*(1./64+n2*(1./256))))
	t.alpha = [6]float64{
		n * (1./2 + n*(-2./3+n*(5./16+n*(41./180+n*(-127./288+n*(7891./37800)))))),
		n2 * (13./48 + n*(-3./5+n*(557./1440+n*(281./630+n*(-1983433./1935360))))),
		n3 * (61./240 + n*(-103./140+n*(15061./26880+n*(167603./181440)))),
		n3 * n * (49561./161280 + n*(-179./168+n*(6601661./7257600))),
		n3 * n2 * (34729./80640 + n*(-3418889./1995840)),
		n3 * n3 * (212378941. / 319334400),
	}
	t.beta = [6]float64{
		n * (1./2 + n*(-2./3+n*(37./96+n*(-1./360+n*(-81./512+n*(96199./604800)))))),
		n2 * (1./48 + n*(1./15+n*(-437./1440+n*(46./105+n*(-1118711./3870720))))),
		n3 * (17./480 + n*(-37./840+n*(-209./4480+n*(5569./90720)))),
		n3 * n * (4397./161280 + n*(-11./504+n*(-830251./7257600))),
		n3 * n2 * (4583./161280 + n*(-108847./3991680)),
		n3 * n3 * (20648693. / 638668800),
	}
	if p.lat0 != 0 {
		origin := []float64{p.lon0, p.lat0}
		t.fromLonLat(origin, 2)
		t.northing -= origin[1] - p.northing
	}
	return t
}

// clenshaw sums c[k]·sin 2kζ for complex ζ from the sine and cosine of 2ζ.
func clenshaw(c *[6]float64, sin2, cos2 complex128) complex128 {
	var b1, b2 complex128
	u := 2 * cos2
	for k := len(c) - 1; k >= 0; k-- {
		b1, b2 = complex(c[k], 0)+u*b1-b2, b1
	}
	return b1 * sin2
}

func (t *tmerc) fromLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		sin, cos := math.Sincos(wrap(flat[i]-t.lon0) * radian)
		e := math.Exp(t.isometric(math.Sin(flat[i+1] * radian)))
		tau := (e - 1/e) / 2
		h := math.Sqrt(tau*tau + cos*cos)
		xi := math.Atan2(tau, cos)
		sinhEta := sin / h
		coshEta := math.Sqrt(1 + sinhEta*sinhEta)
		eta := math.Asinh(sinhEta)

		s, c := tau/h, cos/h
		s2, c2 := 2*s*c, c*c-s*s
		sh2, ch2 := 2*sinhEta*coshEta, 1+2*sinhEta*sinhEta
		d := clenshaw(&t.alpha, complex(s2*ch2, c2*sh2), complex(c2*ch2, -s2*sh2))
		flat[i] = t.easting + t.radius*(eta+imag(d))
		flat[i+1] = t.northing + t.radius*(xi+real(d))
	}
}

func (t *tmerc) toLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		xi := (flat[i+1] - t.northing) / t.radius
		eta := (flat[i] - t.easting) / t.radius
		s2, c2 := math.Sincos(2 * xi)
		e := math.Exp(2 * eta)
		sh2, ch2 := (e-1/e)/2, (e+1/e)/2
		d := clenshaw(&t.beta, complex(s2*ch2, c2*sh2), complex(c2*ch2, -s2*sh2))
		sin, cos := math.Sincos(xi - real(d))
		sinhEta := math.Sinh(eta - imag(d))
		tau := sin / math.Sqrt(sinhEta*sinhEta+cos*cos)
		q := 1 + tau*tau
		flat[i] = t.lon0 + math.Atan2(sinhEta, cos)/radian
		flat[i+1] = t.latitude(math.Atan(tau), 2*tau/q, (1-tau*tau)/q) / radian
	}
}
