package crs

import (
	"math"

	"puy/geo"
)

// Transform converts coordinates between one system and longitude, latitude in
// degrees on WGS 84. It is immutable: many goroutines may share it.
//
// All methods take positions in the order x, y (longitude, latitude; easting,
// northing), never in the authority's axis order: see SwapXY.
type Transform struct {
	system System
	proj   projection // nil where coordinates are longitude, latitude already
	area   geo.Bounds
	wide   geo.Bounds // what Contains accepts
}

// projection converts flat coordinates in place; those it cannot show come out
// as some far but finite position.
type projection interface {
	fromLonLat(flat []float64, stride int)
	toLonLat(flat []float64, stride int)
}

// New gives the Transform of a supported system, and an error of KindInvalid
// for any other code.
func New(from Code) (*Transform, error) {
	d := find(from)
	if d == nil {
		if from == Unknown {
			return nil, geo.Errorf(geo.KindInvalid, "the coordinate reference system is not known")
		}
		return nil, geo.Errorf(geo.KindInvalid, "the coordinate reference system %s is not supported", from)
	}
	t := &Transform{system: d.System}
	switch d.method {
	case webMercator:
		t.proj = mercator{}
	case lambertConic:
		t.proj = newConic(d.parameters)
	case transverse:
		t.proj = newTransverse(d.parameters)
	case azimuthal:
		t.proj = newLAEA(d.parameters)
	}
	if d.shift != (shift{}) {
		t.proj = newHelmert(d.parameters, t.proj)
	}
	t.area = t.project(d.Area)
	t.wide = t.project(geo.Bounds{
		MinX: max(d.Area.MinX-margin, -180-margin), MinY: max(d.Area.MinY-margin, -90),
		MaxX: min(d.Area.MaxX+margin, 180+margin), MaxY: min(d.Area.MaxY+margin, 90),
	})
	return t, nil
}

// margin widens an area of use for Contains, in degrees.
const margin = 2

// System describes the system that t converts.
func (t *Transform) System() System { return t.system }

// ToLonLat converts flat, positions of stride coordinates of which the first
// two are x and y in t's system, to longitude, latitude in place. Further
// coordinates stay. Stride is at least 2.
func (t *Transform) ToLonLat(flat []float64, stride int) {
	if t.proj != nil {
		t.proj.toLonLat(flat, stride)
	}
}

// FromLonLat is the inverse of ToLonLat. A pole, which some projections put at
// infinity, gets a far but finite position.
func (t *Transform) FromLonLat(flat []float64, stride int) {
	if t.proj != nil {
		t.proj.fromLonLat(flat, stride)
	}
}

// Area gives the box, in x, y of t's system, around its area of use.
func (t *Transform) Area() geo.Bounds { return t.area }

// degreesLike bounds what a metric position must leave to count as metres.
const degreesLike = 360

// Contains tells whether x, y can be a position in t's system. It is generous:
// it accepts 2 degrees around the area of use, as a box in x, y. It is there to
// catch swapped axes, degrees given for metres (a metric position within 360 m
// of the origin is not accepted) and metres given for degrees. NaN is nowhere.
//
// Systems of the whole world cannot tell swapped axes: latitude, longitude in
// Europe is a valid position off Somalia.
func (t *Transform) Contains(x, y float64) bool {
	if !t.system.Geographic && math.Abs(x) <= degreesLike && math.Abs(y) <= degreesLike {
		return false
	}
	return x >= t.wide.MinX && x <= t.wide.MaxX && y >= t.wide.MinY && y <= t.wide.MaxY
}

// project gives the box around b, longitude latitude, in t's system.
func (t *Transform) project(b geo.Bounds) geo.Bounds {
	if t.proj == nil {
		return b
	}
	// Meridians and parallels are curves: their images are sampled.
	const steps = 64
	out := geo.EmptyBounds()
	for i := range steps + 1 {
		f := float64(i) / steps
		x, y := b.MinX+(b.MaxX-b.MinX)*f, b.MinY+(b.MaxY-b.MinY)*f
		edge := [...]float64{x, b.MinY, x, b.MaxY, b.MinX, y, b.MaxX, y}
		t.proj.fromLonLat(edge[:], 2)
		for j := 0; j < len(edge); j += 2 {
			out = out.Extend(edge[j], edge[j+1])
		}
	}
	return out
}

// SwapXY exchanges the first two coordinates of each position of flat in place:
// from or to the authority's axis order where System.YX is set.
func SwapXY(flat []float64, stride int) {
	for i := 0; i+1 < len(flat); i += stride {
		flat[i], flat[i+1] = flat[i+1], flat[i]
	}
}
