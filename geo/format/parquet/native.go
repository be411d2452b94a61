package parquet

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/format/parquet/columns"
)

// nativeDepth gives how many lists are around a position in a native encoding
// (GeoParquet 1.1, Native encodings; GeoArrow with separated coordinates).
func nativeDepth(encoding string) (depth int, known bool) {
	switch encoding {
	case "point":
		return 0, true
	case "linestring", "multipoint":
		return 1, true
	case "polygon", "multilinestring":
		return 2, true
	case "multipolygon":
		return 3, true
	}
	return 0, false
}

// native reads geometries that are lists of positions.
type native struct {
	encoding string
	column   *columns.Node
	axes     []*columns.Node // x, y and perhaps z
	depth    int
	maxDef   int // of the lists around the positions
}

// newNative finds the axes of n; nil where they are not there.
func newNative(n *columns.Node, encoding string) *native {
	named := map[string]*columns.Node{}
	for _, leaf := range n.Leaves(nil) {
		if leaf.Kind == columns.KindNumber {
			named[leaf.Name] = leaf
		}
	}
	if named["x"] == nil || named["y"] == nil {
		return nil
	}
	g := &native{encoding: encoding, column: n, axes: []*columns.Node{named["x"], named["y"]}}
	if named["z"] != nil {
		g.axes = append(g.axes, named["z"])
	}
	g.depth, g.maxDef = named["x"].Levels()
	for _, axis := range g.axes {
		if rep, _ := axis.Levels(); rep != g.depth {
			return nil
		}
	}
	return g
}

func (g *native) kind() geo.GeometryType {
	return map[string]geo.GeometryType{"point": geo.GeometryPoint, "linestring": geo.GeometryLineString, "polygon": geo.GeometryPolygon,
		"multipoint": geo.GeometryMultiPoint, "multilinestring": geo.GeometryMultiLineString, "multipolygon": geo.GeometryMultiPolygon}[g.encoding]
}

// read makes the geometry of the record that c read.
func (g *native) read(c *columns.Column) (geo.Geometry, error) {
	if c.Null() {
		return geo.Geometry{}, nil
	}
	runs := make([][]columns.Entry, len(g.axes))
	defs := make([]int, len(g.axes))
	for i, axis := range g.axes {
		runs[i] = c.Run(axis)
		_, defs[i] = axis.Levels()
		if len(runs[i]) != len(runs[0]) {
			return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "axes of different lengths")
		}
	}
	var flat []float64
	var ends []int
	var endss [][]int
	for k, first := range runs[0] {
		// A level below the innermost list ends the parts inside it.
		if k > 0 && g.depth >= 2 && first.Rep < g.depth {
			ends = closed(ends, len(flat))
			if g.depth == 3 && first.Rep < 2 {
				endss, ends = append(endss, ends), nil
			}
		}
		if first.Def < defs[0] {
			continue // an empty list
		}
		for i, run := range runs {
			if run[k].Def < defs[i] || run[k].Rep != first.Rep {
				return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "a position without %s", g.axes[i].Name)
			}
			flat = append(flat, g.axes[i].Float(run[k].Value))
		}
	}
	if len(flat) > 0 {
		ends = closed(ends, len(flat))
		endss = append(endss, ends)
	}
	return geo.NewGeometry(g.build(flat, ends, endss))
}

// closed ends a part at n, unless it is empty.
func closed(ends []int, n int) []int {
	if len(ends) == 0 && n == 0 || len(ends) > 0 && ends[len(ends)-1] == n {
		return ends
	}
	return append(ends, n)
}

func (g *native) build(flat []float64, ends []int, endss [][]int) geom.T {
	layout := geom.XY
	if len(g.axes) == 3 {
		layout = geom.XYZ
	}
	switch g.encoding {
	case "point":
		if len(flat) == 0 || math.IsNaN(flat[0]) && math.IsNaN(flat[1]) {
			return geom.NewPointEmpty(layout)
		}
		return geom.NewPointFlat(layout, flat)
	case "linestring":
		return geom.NewLineStringFlat(layout, flat)
	case "multipoint":
		return geom.NewMultiPointFlat(layout, flat)
	case "polygon":
		return geom.NewPolygonFlat(layout, flat, ends)
	case "multilinestring":
		return geom.NewMultiLineStringFlat(layout, flat, ends)
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss)
}
