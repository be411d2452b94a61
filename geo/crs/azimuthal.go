package crs

import "math"

// laea is the Lambert azimuthal equal area projection, oblique (IOGP Guidance
// Note 7-2, section 3.4.1, method 9820).
type laea struct {
	e2, e             float64
	qp, rq, d         float64 // q at a pole, the authalic radius in metres, and the origin's stretch
	sinBeta, cosBeta  float64 // of the origin's authalic latitude
	lon0              float64 // degrees
	easting, northing float64
}

func newLAEA(p parameters) *laea {
	f := 1 / p.inverseFlattening
	l := &laea{e2: f * (2 - f), lon0: p.lon0, easting: p.easting, northing: p.northing}
	l.e = math.Sqrt(l.e2)
	l.qp = l.q(1)
	l.rq = p.axis() * math.Sqrt(l.qp/2)
	sin, cos := math.Sincos(p.lat0 * radian)
	l.sinBeta = l.q(sin) / l.qp
	l.cosBeta = math.Sqrt(1 - l.sinBeta*l.sinBeta)
	l.d = p.axis() * cos / math.Sqrt(1-l.e2*sin*sin) / (l.rq * l.cosBeta)
	return l
}

// q is twice the area of the zone from the equator to a latitude, of which it is
// given the sine, over the square of the semi-major axis.
func (l *laea) q(sin float64) float64 {
	es := l.e * sin
	return (1 - l.e2) * (sin/(1-es*es) + math.Atanh(es)/l.e)
}

func (l *laea) fromLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		sin, cos := math.Sincos(wrap(flat[i]-l.lon0) * radian)
		sinB := min(max(l.q(math.Sin(flat[i+1]*radian))/l.qp, -1), 1)
		cosB := math.Sqrt(1 - sinB*sinB)
		// The point opposite the origin is a circle; it gets a place on it.
		b := l.rq * math.Sqrt(2/max(1+l.sinBeta*sinB+l.cosBeta*cosB*cos, 0x1p-50))
		flat[i] = l.easting + b*l.d*cosB*sin
		flat[i+1] = l.northing + b/l.d*(l.cosBeta*sinB-l.sinBeta*cosB*cos)
	}
}

func (l *laea) toLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		x, y := (flat[i]-l.easting)/l.d, (flat[i+1]-l.northing)*l.d
		rho := math.Hypot(x, y)
		if rho == 0 {
			flat[i], flat[i+1] = l.lon0, l.latitude(l.sinBeta)
			continue
		}
		sin, cos := math.Sincos(2 * math.Asin(min(rho/(2*l.rq), 1)))
		flat[i] = l.lon0 + math.Atan2(x*sin, rho*l.cosBeta*cos-y*l.sinBeta*sin)/radian
		flat[i+1] = l.latitude(cos*l.sinBeta + y*sin*l.cosBeta/rho)
	}
}

// latitude gives the geographic latitude in degrees from the sine of the authalic
// one, by Newton's method: four steps are exact to rounding.
func (l *laea) latitude(sinBeta float64) float64 {
	sinBeta = min(max(sinBeta, -1), 1)
	q, phi := sinBeta*l.qp, math.Asin(sinBeta)
	for range 4 {
		sin, cos := math.Sincos(phi)
		if cos < 1e-9 {
			break
		}
		w := 1 - l.e2*sin*sin
		phi += w * w / (2 * cos * (1 - l.e2)) * (q - l.q(sin))
	}
	return phi / radian
}
