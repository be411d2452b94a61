package live

import (
	"puy/geo"
	"puy/store"
	"puy/styles"
)

// Drawn tells whether a map can show d: it has a geometry, or is an archive of
// tiles.
func Drawn(d *store.Dataset) bool {
	return d.Source.IsArchive() || d.Current != nil && d.Current.Schema.Spatial()
}

// Colours gives each dataset that a map can show the number of its colour in
// styles.Colours, the same on every map.
func (v *View) Colours() map[string]int {
	var layers []styles.Layer
	for i := range v.Datasets {
		d := &v.Datasets[i]
		if !Drawn(d) {
			continue
		}
		layer := styles.Layer{ID: d.ID, Geometry: geo.GeometryAny} // of an archive nothing is known
		if d.Current != nil {
			layer.Geometry = d.Current.Schema.Geometry
		}
		layers = append(layers, layer)
	}
	styles.Assign(layers)
	colours := make(map[string]int, len(layers))
	for _, l := range layers {
		colours[l.ID] = l.Colour
	}
	return colours
}
