package wkt

import (
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/format/geojson"
)

// Append appends g as well-known text, "POINT Z (3 45 410)", and nothing for the
// zero Geometry. Coordinates have at most the given number of decimals (0 to
// 15), or geojson.AllDigits.
func Append(dst []byte, g geo.Geometry, decimals int) []byte {
	return appendText(dst, g.T(), min(max(decimals, geojson.AllDigits), 15))
}

var names = [...]string{geo.GeometryPoint: "POINT", geo.GeometryLineString: "LINESTRING", geo.GeometryPolygon: "POLYGON",
	geo.GeometryMultiPoint: "MULTIPOINT", geo.GeometryMultiLineString: "MULTILINESTRING",
	geo.GeometryMultiPolygon: "MULTIPOLYGON", geo.GeometryGeometryCollection: "GEOMETRYCOLLECTION"}

func appendText(dst []byte, t geom.T, decimals int) []byte {
	if t == nil {
		return dst
	}
	g, err := geo.NewGeometry(t)
	if err != nil {
		return dst
	}
	dst = append(dst, names[g.Type()]...)
	if g.HasZ() {
		dst = append(dst, " Z"...)
	}
	if c, is := t.(*geom.GeometryCollection); t.Empty() && (!is || c.NumGeoms() == 0) {
		return append(dst, " EMPTY"...)
	}
	dst = append(dst, ' ')
	w := writer{dst: dst, decimals: decimals}
	switch t := t.(type) {
	case *geom.Point:
		w.line(t.FlatCoords(), t.Stride())
	case *geom.LineString:
		w.line(t.FlatCoords(), t.Stride())
	case *geom.MultiPoint:
		w.line(t.FlatCoords(), t.Stride())
	case *geom.Polygon:
		w.lines(t.FlatCoords(), 0, t.Ends(), t.Stride())
	case *geom.MultiLineString:
		w.lines(t.FlatCoords(), 0, t.Ends(), t.Stride())
	case *geom.MultiPolygon:
		w.dst = append(w.dst, '(')
		start, written := 0, 0
		for _, ends := range t.Endss() {
			if len(ends) == 0 {
				continue
			}
			w.comma(written)
			written++
			start = w.lines(t.FlatCoords(), start, ends, t.Stride())
		}
		w.dst = append(w.dst, ')')
	case *geom.GeometryCollection:
		w.dst = append(w.dst, '(')
		for i, part := range t.Geoms() {
			w.comma(i)
			w.dst = appendText(w.dst, part, decimals)
		}
		w.dst = append(w.dst, ')')
	}
	return w.dst
}

type writer struct {
	dst      []byte
	decimals int
}

func (w *writer) comma(i int) {
	if i > 0 {
		w.dst = append(w.dst, ", "...)
	}
}

func (w *writer) line(flat []float64, stride int) {
	w.dst = append(w.dst, '(')
	for i := 0; i+stride <= len(flat); i += stride {
		w.comma(i)
		for j, f := range flat[i : i+stride] {
			if j > 0 {
				w.dst = append(w.dst, ' ')
			}
			w.dst = geojson.AppendDecimal(w.dst, f, w.decimals)
		}
	}
	w.dst = append(w.dst, ')')
}

// lines gives the end of the last line.
func (w *writer) lines(flat []float64, start int, ends []int, stride int) int {
	w.dst = append(w.dst, '(')
	for i, end := range ends {
		w.comma(i)
		w.line(flat[start:end], stride)
		start = end
	}
	w.dst = append(w.dst, ')')
	return start
}
