package styles

import (
	"slices"

	"puy/geo"
)

// Colours gives the colours of layers on a light ground, which Assign numbers:
// blue, vermilion, green, purple, ochre, slate, crimson, indigo. They differ from
// one another for colour-blind eyes too. The style sheet of the pages has the same.
func Colours() []string {
	return []string{"#0b69a8", "#c64f05", "#00795a", "#a0478a", "#8a6100", "#56646d", "#b3123f", "#5443b8"}
}

// casing surrounds points, so that they stand out from one another.
const casing = "#ffffff"

// order gives the colours in the order in which layers of one dimension take
// them: calm ones for areas, strong ones for points and for mixtures.
func order(dimension int) []int {
	switch dimension {
	case 2:
		return []int{5, 2, 4, 7, 3, 0, 6, 1}
	case 1:
		return []int{0, 3, 7, 2, 6, 4, 1, 5}
	}
	return []int{1, 2, 4, 6, 3, 7, 0, 5}
}

// Assign gives each layer a colour: one that no other has while there are
// enough, and always the same for the same layers. Those without geometry take
// none.
func Assign(layers []Layer) {
	used := make([]int, len(Colours()))
	for _, dimension := range []int{2, 1, 0, -1} {
		for i := range layers {
			if layers[i].Geometry == geo.GeometryNone || layers[i].Geometry.Dimension() != dimension {
				continue
			}
			layers[i].Colour = slices.MinFunc(order(dimension), func(a, b int) int { return used[a] - used[b] })
			used[layers[i].Colour]++
		}
	}
}
