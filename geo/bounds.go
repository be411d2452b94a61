package geo

import "math"

// Bounds is an axis-parallel box: longitudes and latitudes in degrees, or
// planar coordinates in the order x, y. MinX greater than MaxX means, for
// longitudes, that the box crosses the antimeridian (RFC 7946 section 5.2).
type Bounds struct {
	MinX, MinY, MaxX, MaxY float64
}

// EmptyBounds gives the box that contains nothing and that Extend grows from.
func EmptyBounds() Bounds {
	return Bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
}

// IsEmpty tells whether b contains no point.
func (b Bounds) IsEmpty() bool { return !(b.MinY <= b.MaxY) }

// CrossesAntimeridian tells whether b runs eastwards over longitude 180.
func (b Bounds) CrossesAntimeridian() bool { return !b.IsEmpty() && b.MinX > b.MaxX }

// Extend gives the smallest planar box around b and the point x, y. It does
// not know the antimeridian: a union of boxes that cross it belongs to Union.
func (b Bounds) Extend(x, y float64) Bounds {
	return Bounds{min(b.MinX, x), min(b.MinY, y), max(b.MaxX, x), max(b.MaxY, y)}
}

// Union gives a box that contains b and o. Where one of them crosses the
// antimeridian the narrower of the two possible boxes is chosen.
func (b Bounds) Union(o Bounds) Bounds {
	switch {
	case b.IsEmpty():
		return o
	case o.IsEmpty():
		return b
	}
	u := Bounds{MinY: min(b.MinY, o.MinY), MaxY: max(b.MaxY, o.MaxY)}
	if !b.CrossesAntimeridian() && !o.CrossesAntimeridian() {
		u.MinX, u.MaxX = min(b.MinX, o.MinX), max(b.MaxX, o.MaxX)
		return u
	}
	east := func(v Bounds) (float64, float64) { // shifts eastern ends past 180
		if v.CrossesAntimeridian() {
			return v.MinX, v.MaxX + 360
		}
		return v.MinX, v.MaxX
	}
	bw, be := east(b)
	ow, oe := east(o)
	best := math.Inf(1)
	for _, shift := range [...]float64{-360, 0, 360} {
		w, e := min(bw, ow+shift), max(be, oe+shift)
		if e-w < best {
			best, u.MinX, u.MaxX = e-w, w, e
		}
	}
	if best >= 360 {
		u.MinX, u.MaxX = -180, 180
		return u
	}
	u.MinX, u.MaxX = wrapLongitude(u.MinX), wrapLongitude(u.MaxX)
	return u
}

func wrapLongitude(x float64) float64 {
	for x > 180 {
		x -= 360
	}
	for x < -180 {
		x += 360
	}
	return x
}

// Intersects tells whether b and o share a point.
func (b Bounds) Intersects(o Bounds) bool {
	if b.IsEmpty() || o.IsEmpty() || b.MinY > o.MaxY || o.MinY > b.MaxY {
		return false
	}
	for _, p := range b.Split() {
		for _, q := range o.Split() {
			if p.MinX <= q.MaxX && q.MinX <= p.MaxX {
				return true
			}
		}
	}
	return false
}

// Split gives b as boxes that do not cross the antimeridian: none, one or two.
func (b Bounds) Split() []Bounds {
	switch {
	case b.IsEmpty():
		return nil
	case b.MinX > b.MaxX:
		return []Bounds{{b.MinX, b.MinY, 180, b.MaxY}, {-180, b.MinY, b.MaxX, b.MaxY}}
	}
	return []Bounds{b}
}
