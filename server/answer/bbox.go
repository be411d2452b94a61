package answer

import (
	"math"
	"strconv"
	"strings"

	"puy/geo"
)

// ParseBounds reads a bbox parameter in longitude, latitude (OGC 17-069r4
// section 7.15.3): west,south,east,north or, with heights, which play no part,
// west,south,bottom,east,north,top. West greater than east crosses the
// antimeridian.
//
// Map viewers draw beyond the world's edges, so longitudes up to ±360 are
// wrapped, a box of 360 degrees or more is the whole circle, and latitudes are
// cut at the poles. A box that lies wholly beyond a pole is an error.
func ParseBounds(text string) (geo.Bounds, error) {
	b, err := ParseBox(text)
	if err != nil {
		return geo.Bounds{}, err
	}
	return WrapBounds(b)
}

// ParseBox reads the four numbers of a bbox parameter, or six with heights,
// which play no part, in the axis order of whatever system they are in.
func ParseBox(text string) (geo.Bounds, error) {
	if strings.Count(text, ",") > 5 {
		return geo.Bounds{}, Because("bbox.count")
	}
	parts := strings.Split(text, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return geo.Bounds{}, Because("bbox.count")
	}
	numbers := make([]float64, len(parts))
	for i, part := range parts {
		n, err := parseDecimal(strings.TrimSpace(part))
		if err != nil {
			return geo.Bounds{}, Because("bbox.number", "value", geo.ClipValue(part))
		}
		numbers[i] = n
	}
	if len(numbers) == 6 {
		if numbers[2] > numbers[5] {
			return geo.Bounds{}, Because("bbox.heights")
		}
		numbers = []float64{numbers[0], numbers[1], numbers[3], numbers[4]}
	}
	return geo.Bounds{MinX: numbers[0], MinY: numbers[1], MaxX: numbers[2], MaxY: numbers[3]}, nil
}

// WrapBounds makes a box in longitude, latitude out of one that may reach
// beyond the world's edges (see ParseBounds).
func WrapBounds(b geo.Bounds) (geo.Bounds, error) {
	switch {
	case math.Abs(b.MinX) > 360 || math.Abs(b.MaxX) > 360:
		return geo.Bounds{}, Because("bbox.longitude")
	case b.MinY > b.MaxY:
		return geo.Bounds{}, Because("bbox.order")
	case b.MinY > 90 || b.MaxY < -90 || math.Abs(b.MinY) > 360 || math.Abs(b.MaxY) > 360:
		return geo.Bounds{}, Because("bbox.pole")
	}
	b.MinY, b.MaxY = max(b.MinY, -90), min(b.MaxY, 90)
	if b.MaxX-b.MinX >= 360 {
		b.MinX, b.MaxX = -180, 180
		return b, nil
	}
	b.MinX, b.MaxX = wrap(b.MinX), wrap(b.MaxX)
	return b, nil
}

// wrap gives the longitude between -180 and 180 that is the same meridian.
func wrap(x float64) float64 {
	switch {
	case x > 180:
		return x - 360
	case x < -180:
		return x + 360
	}
	return x
}

// parseDecimal reads a finite decimal number, as "-1.5e3" or ".5"; not the
// hexadecimal, underscored and infinite forms that strconv knows.
func parseDecimal(text string) (float64, error) {
	if text == "" || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err
}
