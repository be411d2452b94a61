package cql2

import (
	"strings"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// appendShape writes g as Well-Known Text.
func appendShape(dst []byte, g geo.Geometry) []byte {
	dst = append(dst, strings.ToUpper(g.Type().String())...)
	c, collection := g.T().(*geom.GeometryCollection)
	if collection && c.NumGeoms() > 0 {
		dst = append(dst, '(')
		for i, part := range c.Geoms() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			sealed, err := geo.NewGeometry(part)
			if err != nil {
				continue // it is a part of a sealed geometry
			}
			dst = appendShape(dst, sealed)
		}
		return append(dst, ')')
	}
	if collection || len(g.T().FlatCoords()) == 0 {
		return append(dst, " EMPTY"...)
	}
	if g.HasZ() {
		dst = append(dst, " Z "...)
	}
	open, shut, between := "(", ")", ", "
	return appendPositions(dst, g.T(), notation{open, shut, between, func(dst []byte, c []float64) []byte {
		for i, x := range c {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = geo.AppendNumber(dst, x)
		}
		return dst
	}, g.Type() == geo.GeometryPoint || g.Type() == geo.GeometryMultiPoint})
}

// notation is how lists of positions are written.
type notation struct {
	open, shut, between string
	position            func(dst []byte, c []float64) []byte
	wrapped             bool // positions of points stand in brackets of their own
}

// appendPositions writes the coordinates of t, which is no collection.
func appendPositions(dst []byte, t geom.T, n notation) []byte {
	stride, flat := t.Stride(), t.FlatCoords()
	list := func(count int, item func(i int)) {
		dst = append(dst, n.open...)
		for i := range count {
			if i > 0 {
				dst = append(dst, n.between...)
			}
			item(i)
		}
		dst = append(dst, n.shut...)
	}
	point := func(i int) {
		c := flat[i*stride : (i+1)*stride]
		if n.wrapped {
			dst = append(n.position(append(dst, n.open...), c), n.shut...)
			return
		}
		dst = n.position(dst, c)
	}
	line := func(start, end int) {
		list((end-start)/stride, func(i int) { point(start/stride + i) })
	}
	rings := func(start int, ends []int) {
		list(len(ends), func(i int) {
			if i > 0 {
				start = ends[i-1]
			}
			line(start, ends[i])
		})
	}
	switch t := t.(type) {
	case *geom.Point:
		point(0)
	case *geom.LineString, *geom.MultiPoint:
		line(0, len(flat))
	case *geom.Polygon:
		rings(0, t.Ends())
	case *geom.MultiLineString:
		rings(0, t.Ends())
	case *geom.MultiPolygon:
		start := 0
		list(t.NumPolygons(), func(i int) {
			ends := t.Endss()[i]
			rings(start, ends)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		})
	}
	return dst
}
