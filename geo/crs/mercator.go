package crs

import "math"

// mercator is Web Mercator: the spherical formulas on geographic latitudes
// (IOGP Guidance Note 7-2, section 3.2.1.1, method 1024).
type mercator struct{}

func (mercator) fromLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		s := min(max(math.Sin(flat[i+1]*radian), -nearPole), nearPole)
		flat[i] *= semiMajor * radian
		flat[i+1] = semiMajor / 2. * math.Log((1+s)/(1-s))
	}
}

func (mercator) toLonLat(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		flat[i] /= semiMajor * radian
		flat[i+1] = 2*math.Atan(math.Exp(flat[i+1]/semiMajor))/radian - 90
	}
}
