package portal

import "puy/store"

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
