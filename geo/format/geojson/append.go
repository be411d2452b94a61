package geojson

import (
	"math"
	"strconv"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// AppendFeature appends f as a GeoJSON Feature: its id as a string where it has
// one, its geometry or null, and every field of schema, nulls included. Decimals
// is as for AppendGeometry.
func AppendFeature(dst []byte, schema *geo.Schema, f *geo.Feature, decimals int) []byte {
	dst = append(dst, `{"type":"Feature",`...)
	if f.ID != "" {
		dst = append(dst, `"id":`...)
		dst = append(geo.AppendJSONString(dst, f.ID), ',')
	}
	dst = append(dst, `"geometry":`...)
	dst = AppendGeometry(dst, f.Geometry, decimals)
	dst = append(dst, `,"properties":`...)
	return append(AppendProperties(dst, schema, f), '}')
}

// AppendProperties appends every field of schema with the value that f has of it,
// as a JSON object.
func AppendProperties(dst []byte, schema *geo.Schema, f *geo.Feature) []byte {
	dst = append(dst, '{')
	for i := range schema.Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(geo.AppendJSONString(dst, schema.Fields[i].Name), ':')
		if i < len(f.Values) {
			dst = f.Values[i].AppendJSON(dst)
		} else {
			dst = append(dst, "null"...)
		}
	}
	return append(dst, '}')
}

// AppendGeometry appends g as a GeoJSON geometry, and null for the zero Geometry.
// Coordinates have at most the given number of decimals (0 to 15), without zeros
// at the end or an exponent: 7 decimals of a degree are a centimetre. Exterior
// rings run counter-clockwise, interior rings clockwise (RFC 7946 section 3.1.6); with
// AllDigits as they are.
// A coordinate that is not finite is written as null.
func AppendGeometry(dst []byte, g geo.Geometry, decimals int) []byte {
	return appendGeometry(dst, g.T(), min(max(decimals, AllDigits), 15))
}

func appendGeometry(dst []byte, t geom.T, decimals int) []byte {
	e := encoder{dst: dst, decimals: decimals}
	switch t := t.(type) {
	case *geom.Point:
		e.begin("Point")
		if t.Empty() {
			e.dst = append(e.dst, "[]"...)
		} else {
			e.position(t.FlatCoords())
		}
	case *geom.LineString:
		e.begin("LineString")
		e.line(t.FlatCoords(), t.Stride())
	case *geom.MultiPoint:
		e.begin("MultiPoint")
		e.line(t.FlatCoords(), t.Stride())
	case *geom.Polygon:
		e.begin("Polygon")
		e.rings(t.FlatCoords(), 0, t.Ends(), t.Stride())
	case *geom.MultiLineString:
		e.begin("MultiLineString")
		e.dst = append(e.dst, '[')
		start := 0
		for i, end := range t.Ends() {
			e.comma(i)
			e.line(t.FlatCoords()[start:end], t.Stride())
			start = end
		}
		e.dst = append(e.dst, ']')
	case *geom.MultiPolygon:
		e.begin("MultiPolygon")
		e.dst = append(e.dst, '[')
		start := 0
		for i, ends := range t.Endss() {
			e.comma(i)
			start = e.rings(t.FlatCoords(), start, ends, t.Stride())
		}
		e.dst = append(e.dst, ']')
	case *geom.GeometryCollection:
		e.dst = append(e.dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, part := range t.Geoms() {
			e.comma(i)
			e.dst = appendGeometry(e.dst, part, decimals)
		}
		e.dst = append(e.dst, ']')
	default:
		return append(dst, "null"...)
	}
	return append(e.dst, '}')
}

type encoder struct {
	dst      []byte
	decimals int
}

func (e *encoder) begin(name string) {
	e.dst = append(e.dst, `{"type":"`...)
	e.dst = append(e.dst, name...)
	e.dst = append(e.dst, `","coordinates":`...)
}

func (e *encoder) comma(i int) {
	if i > 0 {
		e.dst = append(e.dst, ',')
	}
}

func (e *encoder) position(p []float64) {
	e.dst = append(e.dst, '[')
	for i, f := range p {
		e.comma(i)
		e.dst = AppendDecimal(e.dst, f, e.decimals)
	}
	e.dst = append(e.dst, ']')
}

func (e *encoder) line(flat []float64, stride int) {
	e.dst = append(e.dst, '[')
	for i := 0; i+stride <= len(flat); i += stride {
		e.comma(i)
		e.position(flat[i : i+stride])
	}
	e.dst = append(e.dst, ']')
}

// rings gives the end of the last ring.
func (e *encoder) rings(flat []float64, start int, ends []int, stride int) int {
	e.dst = append(e.dst, '[')
	for i, end := range ends {
		e.comma(i)
		ring := flat[start:end]
		if e.decimals == AllDigits || counterClockwise(ring, stride) == (i == 0) {
			e.line(ring, stride)
		} else {
			e.dst = append(e.dst, '[')
			for j := len(ring) - stride; j >= 0; j -= stride {
				e.comma(len(ring) - stride - j)
				e.position(ring[j : j+stride])
			}
			e.dst = append(e.dst, ']')
		}
		start = end
	}
	e.dst = append(e.dst, ']')
	return start
}

// counterClockwise looks at the sign of the area, relative to the first position
// for precision.
func counterClockwise(ring []float64, stride int) bool {
	if len(ring) < 3*stride {
		return true
	}
	area, x0, y0 := 0.0, ring[0], ring[1]
	for i := stride; i+stride < len(ring); i += stride {
		area += (ring[i]-x0)*(ring[i+stride+1]-y0) - (ring[i+stride]-x0)*(ring[i+1]-y0)
	}
	return area >= 0
}

var scales = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// AppendDecimal appends f rounded to at most the given decimals (0 to 15), or with
// AllDigits, without zeros at the end, an exponent or a negative zero, and null where it is not finite.
func AppendDecimal(dst []byte, f float64, decimals int) []byte {
	if decimals == AllDigits {
		return appendLarge(dst, f, decimals)
	}
	scaled := math.Abs(f) * float64(scales[decimals])
	if !(scaled < 1<<52) {
		return appendLarge(dst, f, decimals)
	}
	n := uint64(scaled + 0.5)
	if n == 0 {
		return append(dst, '0')
	}
	if f < 0 {
		dst = append(dst, '-')
	}
	scale := uint64(scales[decimals])
	whole, fraction := n/scale, n%scale
	if whole < 10 {
		dst = append(dst, byte('0'+whole))
	} else {
		dst = strconv.AppendUint(dst, whole, 10)
	}
	if fraction == 0 {
		return dst
	}
	for fraction%10 == 0 {
		fraction /= 10
		decimals--
	}
	var digits [16]byte
	for i := decimals; i > 0; i-- {
		digits[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	digits[0] = '.'
	return append(dst, digits[:decimals+1]...)
}

func appendLarge(dst []byte, f float64, decimals int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', decimals, 64)
	if decimals <= 0 {
		return dst
	}
	end := len(dst)
	for end > start && dst[end-1] == '0' {
		end--
	}
	if dst[end-1] == '.' {
		end--
	}
	return dst[:end]
}
