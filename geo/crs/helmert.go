package crs

import "math"

// helmert is a datum shift from a system's datum to WGS 84 by seven parameters:
// the position vector transformation (IOGP Guidance Note 7-2, section 4.3.3,
// method 9606) on positions without height.
type helmert struct {
	moved      [3]float64 // metres
	there      [3][3]float64
	back       [3][3]float64 // the inverse of there
	from, wgs  datumShape
	projection projection // on the system's own datum; nil for degrees
}

// shift are the seven parameters: metres, arc seconds, and millionths of scale.
type shift [7]float64

// datumShape is an ellipsoid as positions on it in space need it.
type datumShape struct{ a, e2 float64 }

func shapeOf(a, inverseFlattening float64) datumShape {
	f := 1 / inverseFlattening
	return datumShape{a, f * (2 - f)}
}

func newHelmert(p parameters, inner projection) *helmert {
	s := p.shift
	const second = radian / 3600
	rx, ry, rz, m := s[3]*second, s[4]*second, s[5]*second, 1+s[6]*1e-6
	h := &helmert{moved: [3]float64{s[0], s[1], s[2]}, from: shapeOf(p.axis(), p.inverseFlattening), wgs: shapeOf(semiMajor, flatteningWGS84), projection: inner}
	h.there = [3][3]float64{{m, -m * rz, m * ry}, {m * rz, m, -m * rx}, {-m * ry, m * rx, m}}
	// The exact inverse of the rotation for small angles, so that there and back is
	// the same place: the rotation with other signs would be 0.1 mm away.
	d := m * (1 + rx*rx + ry*ry + rz*rz)
	h.back = [3][3]float64{
		{(1 + rx*rx) / d, (rz + rx*ry) / d, (-ry + rx*rz) / d},
		{(-rz + rx*ry) / d, (1 + ry*ry) / d, (rx + ry*rz) / d},
		{(ry + rx*rz) / d, (-rx + ry*rz) / d, (1 + rz*rz) / d},
	}
	return h
}

func (h *helmert) toLonLat(flat []float64, stride int) {
	if h.projection != nil {
		h.projection.toLonLat(flat, stride)
	}
	for i := 0; i+1 < len(flat); i += stride {
		p := times(&h.there, h.from.space(flat[i], flat[i+1]))
		flat[i], flat[i+1] = h.wgs.lonLat([3]float64{p[0] + h.moved[0], p[1] + h.moved[1], p[2] + h.moved[2]})
	}
}

func (h *helmert) fromLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		p := h.wgs.space(flat[i], flat[i+1])
		flat[i], flat[i+1] = h.from.lonLat(times(&h.back, [3]float64{p[0] - h.moved[0], p[1] - h.moved[1], p[2] - h.moved[2]}))
	}
	if h.projection != nil {
		h.projection.fromLonLat(flat, stride)
	}
}

func times(m *[3][3]float64, v [3]float64) [3]float64 {
	return [3]float64{
		m[0][0]*v[0] + m[0][1]*v[1] + m[0][2]*v[2],
		m[1][0]*v[0] + m[1][1]*v[1] + m[1][2]*v[2],
		m[2][0]*v[0] + m[2][1]*v[1] + m[2][2]*v[2],
	}
}

// space gives the geocentric position of a point on the ellipsoid, metres.
func (s datumShape) space(lon, lat float64) [3]float64 {
	sinLon, cosLon := math.Sincos(lon * radian)
	sin, cos := math.Sincos(lat * radian)
	n := s.a / math.Sqrt(1-s.e2*sin*sin)
	return [3]float64{n * cos * cosLon, n * cos * sinLon, n * (1 - s.e2) * sin}
}

// lonLat gives the geographic position of a point in space near the ellipsoid,
// degrees, by Bowring's formula, repeated until it is exact.
func (s datumShape) lonLat(p [3]float64) (lon, lat float64) {
	r, b := math.Hypot(p[0], p[1]), math.Sqrt(1-s.e2)*s.a
	second := s.e2 / (1 - s.e2)
	beta := math.Atan2(p[2]*s.a, r*b)
	phi := 0.0
	for range 3 {
		sin, cos := math.Sincos(beta)
		phi = math.Atan2(p[2]+second*b*sin*sin*sin, r-s.e2*s.a*cos*cos*cos)
		beta = math.Atan2(b*math.Sin(phi), s.a*math.Cos(phi))
	}
	return math.Atan2(p[1], p[0]) / radian, phi / radian
}
