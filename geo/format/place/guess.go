package place

import (
	"math"

	"puy/geo"
	"puy/geo/crs"
)

// crsVotes counts which CRS each position of a column could be in.
type crsVotes struct {
	total, degrees, lambert93 int64
	zones                     [9]int64 // conic conformal CC42 to CC50
}

// add takes a position in the order x, y.
func (v *crsVotes) add(x, y float64) {
	v.total++
	switch {
	case math.Abs(x) <= 180 && math.Abs(y) <= 90:
		v.degrees++
	case isLambert93(x, y):
		v.lambert93++
	case x > 1_300_000 && x < 2_400_000 && y > 1_000_000 && y < 9_500_000:
		// Each zone has its origin at x 1,700,000 and y 200,000 after the zone's million.
		if zone := int(math.Round((y - 1_200_000) / 1e6)); zone >= 0 && zone < len(v.zones) &&
			math.Abs(y-1_200_000-float64(zone)*1e6) < 300_000 {
			v.zones[zone]++
		}
	}
}

// Guess gives the CRS that a box of coordinates, x before y, is likely to be in by
// their size alone: degrees, Lambert-93 or a conic conformal zone; or crs.Unknown.
func Guess(b geo.Bounds) crs.Code {
	if b.IsEmpty() {
		return crs.Unknown
	}
	var v crsVotes
	v.add(b.MinX, b.MinY)
	v.add(b.MaxX, b.MaxY)
	return v.guess()
}

func isLambert93(x, y float64) bool {
	return x >= 100_000 && x <= 1_300_000 && y >= 6_000_000 && y <= 7_200_000
}

// guess gives the CRS that nine of ten positions could be in, or crs.Unknown.
func (v *crsVotes) guess() crs.Code {
	enough := func(n int64) bool { return v.total > 0 && n*10 >= v.total*9 }
	switch {
	case enough(v.degrees):
		return crs.CRS84
	case enough(v.lambert93):
		return crs.Lamb93
	}
	best := 0
	sum := int64(0)
	for i, n := range v.zones {
		sum += n
		if n > v.zones[best] {
			best = i
		}
	}
	// Places far from a zone's origin, as a whole region in one zone's system,
	// may count for the neighbour.
	if enough(sum) && v.zones[best]*2 > sum {
		return crs.Code(3942 + best)
	}
	return crs.Unknown
}

// orderVotes counts which of the two numbers of pairs is the x.
type orderVotes struct {
	impossible [2]int64 // pairs whose first, second number cannot be a latitude
	region     [2]int64 // pairs that lie in a region of France with x first, with y first
}

// add takes a pair in the order of the cell.
func (v *orderVotes) add(a, b float64) {
	if math.Abs(a) > 90 && math.Abs(a) <= 180 && math.Abs(b) <= 90 {
		v.impossible[0]++
	}
	if math.Abs(b) > 90 && math.Abs(b) <= 180 && math.Abs(a) <= 90 {
		v.impossible[1]++
	}
	if inFrance(a, b) || isLambert93(a, b) {
		v.region[0]++
	}
	if inFrance(b, a) || isLambert93(b, a) {
		v.region[1]++
	}
}

// xFirst decides for the whole column; byName is the last resort.
func (v *orderVotes) xFirst(byName bool) bool {
	switch {
	case v.impossible[0] != v.impossible[1]:
		return v.impossible[0] > v.impossible[1]
	case v.region[0] != v.region[1]:
		return v.region[0] > v.region[1]
	}
	return byName
}

// regions are boxes around France and its territories: west, south, east, north.
var regions = [...][4]float64{
	{-6, 41, 10, 52},           // France in Europe
	{-62, 14, -60.5, 18.6},     // Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy
	{-55, 2, -51, 6},           // Guyane
	{55, -22, 56, -20.5},       // La Réunion
	{44.9, -13.2, 45.4, -12.5}, // Mayotte
	{-56.6, 46.6, -56, 47.3},   // Saint-Pierre-et-Miquelon
	{163, -23, 168.2, -19},     // Nouvelle-Calédonie
	{-155, -28, -134, -7},      // Polynésie française
	{-178.3, -14.5, -176, -13}, // Wallis-et-Futuna
}

func inFrance(lon, lat float64) bool {
	for _, r := range regions {
		if lon >= r[0] && lat >= r[1] && lon <= r[2] && lat <= r[3] {
			return true
		}
	}
	return false
}
