package repair

import (
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/valid"
)

// Tidy gives a valid g without the blemishes that valid.Blemish finds: repeated
// points stand once, and the point of a spike is left out where the boundary stays
// valid without it. It is false where nothing could be done.
func Tidy(g geo.Geometry) (geo.Geometry, bool) {
	t := tidy(g.T())
	if t == nil {
		return g, false
	}
	tidied, err := geo.NewGeometry(t)
	if err != nil || valid.Check(tidied) != nil {
		return g, false
	}
	return tidied, true
}

// tidy gives nil where a part cannot be made again.
func tidy(t geom.T) geom.T {
	switch g := t.(type) {
	case *geom.LineString:
		flat, _ := tidyPaths(g.FlatCoords(), 0, []int{len(g.FlatCoords())}, g.Stride(), false)
		return geom.NewLineStringFlat(g.Layout(), flat)
	case *geom.MultiLineString:
		flat, ends := tidyPaths(g.FlatCoords(), 0, g.Ends(), g.Stride(), false)
		return geom.NewMultiLineStringFlat(g.Layout(), flat, ends)
	case *geom.Polygon:
		flat, ends := tidyPaths(g.FlatCoords(), 0, g.Ends(), g.Stride(), true)
		return geom.NewPolygonFlat(g.Layout(), flat, ends)
	case *geom.MultiPolygon:
		var flat []float64
		var endss [][]int
		start := 0
		for _, ends := range g.Endss() {
			part, partEnds := tidyPaths(g.FlatCoords(), start, ends, g.Stride(), true)
			for i := range partEnds {
				partEnds[i] += len(flat)
			}
			flat, endss = append(flat, part...), append(endss, partEnds)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return geom.NewMultiPolygonFlat(g.Layout(), flat, endss)
	case *geom.GeometryCollection:
		all := geom.NewGeometryCollection()
		for _, part := range g.Geoms() {
			if part = tidy(part); part == nil || all.Push(part) != nil {
				return nil
			}
		}
		return all
	}
	return t
}

func tidyPaths(flat []float64, start int, ends []int, stride int, rings bool) (out []float64, outEnds []int) {
	outEnds = make([]int, 0, len(ends))
	for _, end := range ends {
		path := once(flat[start:end], stride)
		start = end
		if rings {
			path = withoutSpikes(path, stride)
		}
		out = append(out, path...)
		outEnds = append(outEnds, len(out))
	}
	return out, outEnds
}

// once gives path without points that stand twice in a row.
func once(path []float64, stride int) []float64 {
	var out []float64
	for i := 0; i+stride <= len(path); i += stride {
		if n := len(out); n > 0 && out[n-stride] == path[i] && out[n-stride+1] == path[i+1] {
			if stride < 3 || out[n-stride+2] == path[i+2] {
				continue
			}
		}
		out = append(out, path[i:i+stride]...)
	}
	return out
}

// withoutSpikes leaves out, one by one, the vertices of a ring at which it turns
// back, as long as a triangle is left.
func withoutSpikes(ring []float64, stride int) []float64 {
	for len(ring) > 4*stride {
		d := valid.Blemish(ringOf(ring, stride))
		if d == nil || d.Reason != valid.NarrowSpike {
			return ring
		}
		var out []float64
		open := ring[:len(ring)-stride]
		for i := 0; i < len(open); i += stride {
			if open[i] != d.X || open[i+1] != d.Y {
				out = append(out, open[i:i+stride]...)
			}
		}
		if len(out) < 3*stride {
			return ring
		}
		ring = once(append(out, out[:stride]...), stride)
	}
	return ring
}

func ringOf(ring []float64, stride int) geo.Geometry {
	layout := geom.XY
	if stride > 2 {
		layout = geom.XYZ
	}
	g, _ := geo.NewGeometry(geom.NewPolygonFlat(layout, ring, []int{len(ring)})) // a polygon is never refused
	return g
}
