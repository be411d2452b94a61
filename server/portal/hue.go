package portal

import (
	"slices"

	"puy/store"
)

// hues is how many colours the style sheet has, as .hue-0 and on. They are
// 0 blue, 1 vermilion, 2 green, 3 purple, 4 ochre, 5 slate, 6 crimson, 7 indigo.
const hues = 8

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

// order gives the hues in the order in which datasets of one shape take them:
// calm ones for areas, strong ones for points.
func order(shape string) []int {
	switch shape {
	case shapePolygon:
		return []int{5, 2, 4, 7, 3, 0, 6, 1}
	case shapeLine:
		return []int{0, 3, 7, 2, 6, 4, 1, 5}
	}
	return []int{1, 2, 4, 6, 3, 7, 0, 5}
}

// huesOf gives each spatial dataset a hue: one that no other has while there
// are enough, and always the same for the same catalogue.
func huesOf(datasets []store.Dataset) map[string]int {
	given := map[string]int{}
	used := make([]int, hues)
	for _, shape := range []string{shapePolygon, shapeLine, shapePoint, shapeMixed} {
		for _, d := range datasets {
			if shapeOf(d) != shape {
				continue
			}
			preferred := order(shape)
			hue := slices.MinFunc(preferred, func(a, b int) int { return used[a] - used[b] })
			given[d.ID] = hue
			used[hue]++
		}
	}
	return given
}
