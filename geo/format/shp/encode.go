package shp

import (
	"fmt"
	"math"
	"slices"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// shape is a geometry as one record holds it.
type shape struct {
	kind       kind // without Z
	stride     int
	flat       []float64
	ends       []int // of the parts of lines and polygons, in flat
	bounds     geo.Bounds
	minZ, maxZ float64
}

// shapesOf gives the shape of g; of a collection, one for each kind in it.
func shapesOf(g geo.Geometry) ([]shape, error) {
	var all []shape
	if err := gather(&all, g.T()); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].measure()
	}
	return all, nil
}

// gather adds t to the shape of its kind.
func gather(all *[]shape, t geom.T) error {
	switch t := t.(type) {
	case *geom.GeometryCollection:
		points := 0
		for _, part := range t.Geoms() {
			switch part.(type) {
			case *geom.Point, *geom.MultiPoint:
				points++
			}
		}
		for _, part := range t.Geoms() {
			// Several points of one row are one MultiPoint.
			if p, ok := part.(*geom.Point); ok && points > 1 {
				part = geom.NewMultiPointFlat(p.Layout(), p.FlatCoords())
			}
			if part.Empty() {
				continue
			}
			if err := gather(all, part); err != nil {
				return err
			}
		}
		return nil
	case *geom.Point:
		of(all, point, t).flat = t.FlatCoords()
	case *geom.MultiPoint:
		s := of(all, multiPoint, t)
		s.flat = append(s.flat, level(t.FlatCoords(), t.Stride(), s.stride)...)
	case *geom.LineString:
		of(all, polyLine, t).part(t.FlatCoords(), t.Stride())
	case *geom.MultiLineString:
		s, start := of(all, polyLine, t), 0
		for _, end := range t.Ends() {
			s.part(t.FlatCoords()[start:end], t.Stride())
			start = end
		}
	case *geom.Polygon:
		of(all, polygon, t).rings(t.FlatCoords(), 0, t.Ends(), t.Stride())
	case *geom.MultiPolygon:
		s, start := of(all, polygon, t), 0
		for _, ends := range t.Endss() {
			if start = s.rings(t.FlatCoords(), start, ends, t.Stride()); start < 0 {
				break
			}
		}
	default:
		return fmt.Errorf("a geometry of type %T cannot be written to a Shapefile", t)
	}
	return nil
}

// of gives the shape of kind k in all, which is made for t if there is none.
func of(all *[]shape, k kind, t geom.T) *shape {
	for i := range *all {
		if s := &(*all)[i]; s.kind == k {
			s.raise(t.Stride())
			return s
		}
	}
	*all = append(*all, shape{kind: k, stride: t.Stride()})
	return &(*all)[len(*all)-1]
}

// raise gives the positions of s a height of 0 where others of it have heights.
func (s *shape) raise(stride int) {
	if stride <= s.stride {
		return
	}
	s.flat = level(s.flat, s.stride, stride)
	for i := range s.ends {
		s.ends[i] = s.ends[i] / s.stride * stride
	}
	s.stride = stride
}

// level gives flat with a stride of to, which is not less than from.
func level(flat []float64, from, to int) []float64 {
	if from == to {
		return flat
	}
	out := make([]float64, 0, len(flat)/from*to)
	for i := 0; i+from <= len(flat); i += from {
		out = append(append(out, flat[i:i+from]...), 0)
	}
	return out
}

func (s *shape) part(flat []float64, stride int) {
	if len(flat) == 0 {
		return
	}
	s.flat = append(s.flat, level(flat, stride, s.stride)...)
	s.ends = append(s.ends, len(s.flat))
}

// rings adds the rings of one polygon, the first clockwise and the others
// counter-clockwise (the specification, "Polygon"), and gives where they end.
func (s *shape) rings(flat []float64, start int, ends []int, stride int) int {
	for i, end := range ends {
		from := len(s.flat)
		s.part(flat[start:end], stride)
		if r := s.flat[from:]; len(r) > 0 && signedArea(r, s.stride) > 0 == (i == 0) {
			reverse(r, s.stride)
		}
		start = end
	}
	return start
}

// signedArea gives twice the area, positive where the ring runs counter-clockwise.
func signedArea(flat []float64, stride int) float64 {
	area := 0.0
	x0, y0 := flat[0], flat[1]
	for i := 0; i+2*stride <= len(flat); i += stride {
		area += (flat[i]-x0)*(flat[i+stride+1]-y0) - (flat[i+stride]-x0)*(flat[i+1]-y0)
	}
	return area
}

func reverse(flat []float64, stride int) {
	slices.Reverse(flat)
	for i := 0; i+stride <= len(flat); i += stride {
		slices.Reverse(flat[i : i+stride])
	}
}

func (s *shape) measure() {
	s.bounds, s.minZ, s.maxZ = geo.EmptyBounds(), math.Inf(1), math.Inf(-1)
	for i := 0; i+s.stride <= len(s.flat); i += s.stride {
		s.bounds = s.bounds.Extend(s.flat[i], s.flat[i+1])
		z := 0.0
		if s.stride > 2 {
			z = s.flat[i+2]
		}
		s.minZ, s.maxZ = min(s.minZ, z), max(s.maxZ, z)
	}
}

// append appends the content of the record of s in a file of kind k, which has
// heights or not; positions without one get 0.
func (s *shape) append(b []byte, k kind) []byte {
	float := func(f float64) { b = le.AppendUint64(b, math.Float64bits(f)) }
	height := func(i int) float64 {
		if s.stride > 2 {
			return s.flat[i+2]
		}
		return 0
	}
	b = le.AppendUint32(b, uint32(k))
	if s.kind == point {
		float(s.flat[0])
		float(s.flat[1])
		if k.hasZ() {
			float(height(0))
			float(0) // the measure
		}
		return b
	}
	for _, c := range [...]float64{s.bounds.MinX, s.bounds.MinY, s.bounds.MaxX, s.bounds.MaxY} {
		float(c)
	}
	if s.kind != multiPoint {
		b = le.AppendUint32(b, uint32(len(s.ends)))
	}
	b = le.AppendUint32(b, uint32(len(s.flat)/s.stride))
	if s.kind != multiPoint {
		start := 0
		for _, end := range s.ends {
			b = le.AppendUint32(b, uint32(start/s.stride))
			start = end
		}
	}
	for i := 0; i+s.stride <= len(s.flat); i += s.stride {
		float(s.flat[i])
		float(s.flat[i+1])
	}
	if !k.hasZ() {
		return b
	}
	float(s.minZ)
	float(s.maxZ)
	for i := 0; i+s.stride <= len(s.flat); i += s.stride {
		float(height(i))
	}
	return b
}
