package portal

import (
	"puy/geo"
	"puy/store"
	"puy/styles"
)

// shapes of a dataset's symbol.
const (
	shapePoint   = "point"
	shapeLine    = "line"
	shapePolygon = "polygon"
	shapeMixed   = "mixed"
	shapeTable   = "table"
)

func shapeOf(d store.Dataset) string {
	if d.Source.IsArchive() {
		return shapeMixed // what it holds stands in its tiles alone
	}
	if d.Current == nil || !d.Current.Schema.Spatial() {
		return shapeTable
	}
	switch d.Current.Schema.Geometry.Dimension() {
	case 0:
		return shapePoint
	case 1:
		return shapeLine
	case 2:
		return shapePolygon
	}
	return shapeMixed
}

// huesOf gives each spatial dataset the number of its colour in styles, which
// the style sheet has as .hue-0 and on.
func huesOf(datasets []store.Dataset) map[string]int {
	var layers []styles.Layer
	for _, d := range datasets {
		if shapeOf(d) == shapeTable {
			continue
		}
		layer := styles.Layer{ID: d.ID, Geometry: geo.GeometryAny}
		if d.Current != nil {
			layer.Geometry = d.Current.Schema.Geometry
		}
		layers = append(layers, layer)
	}
	styles.Assign(layers)
	given := map[string]int{}
	for _, l := range layers {
		given[l.ID] = l.Colour
	}
	return given
}
