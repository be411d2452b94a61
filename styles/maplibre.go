package styles

import (
	"math"
	"slices"
	"strconv"

	"puy/geo"
)

// MediaType is that of a style (OGC 20-009 section 12).
const MediaType = "application/vnd.mapbox.style+json"

// Source says where the tiles of a style are.
type Source struct {
	TileJSON string // absolute address
	Raster   bool   // the tiles are images of 256 pixels
	Encoding string // "mlt", or empty for MVT
}

// Layer is one layer of the tiles.
type Layer struct {
	ID       string
	Geometry geo.GeometryType
	Colour   int   // of Colours; see Assign
	Rows     int64 // how many features there are; few points are drawn larger
	Clusters bool  // points come in clusters, with the attribute point_count
}

// Style is a MapLibre style.
type Style struct {
	Version int            `json:"version"`
	Name    string         `json:"name"`
	Center  *[2]float64    `json:"center,omitempty"` // longitude, latitude
	Zoom    *float64       `json:"zoom,omitempty"`
	Sources map[string]any `json:"sources"`
	Layers  []any          `json:"layers"`
}

type source struct {
	Type     string `json:"type"`
	URL      string `json:"url"`
	TileSize int    `json:"tileSize,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

type styleLayer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Source      string         `json:"source"`
	SourceLayer string         `json:"source-layer,omitempty"`
	Filter      []any          `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint"`
}

// New makes a style that draws layers of one source, which bears the name
// "puy": areas below lines below points, else in their order.
func New(name string, from Source, layers []Layer) *Style {
	const id = "puy"
	s := &Style{Version: 8, Name: name, Layers: []any{}}
	v := source{Type: "vector", URL: from.TileJSON, Encoding: from.Encoding}
	if from.Raster {
		v.Type, v.TileSize = "raster", 256
		s.Layers = append(s.Layers, styleLayer{ID: id, Type: "raster", Source: id, Paint: map[string]any{"raster-opacity": 1}})
	}
	s.Sources = map[string]any{id: v}
	for _, dimension := range []int{2, 1, 0} {
		for _, l := range layers {
			if own := l.Geometry.Dimension(); own == dimension || own < 0 && l.Geometry != geo.GeometryNone {
				for _, made := range l.draw(dimension) {
					made.Source, made.SourceLayer = id, l.ID
					s.Layers = append(s.Layers, made)
				}
			}
		}
	}
	return s
}

// Show lets a map begin at a box in degrees, which may be empty.
func (s *Style) Show(b geo.Bounds) {
	if b.IsEmpty() || b.CrossesAntimeridian() {
		return
	}
	centre := [2]float64{(b.MinX + b.MaxX) / 2, (b.MinY + b.MaxY) / 2}
	// A map of 512 pixels, the width of the world at zoom 0, shows the box.
	zoom := math.Floor(10*math.Log2(360/max(b.MaxX-b.MinX, b.MaxY-b.MinY, 0.01))) / 10
	zoom = max(0, zoom)
	s.Center, s.Zoom = &centre, &zoom
}

// draw makes the layers that show geometries of a dimension.
func (l Layer) draw(dimension int) []styleLayer {
	colours := Colours()
	colour := colours[(l.Colour%len(colours)+len(colours))%len(colours)]
	switch dimension {
	case 2:
		return []styleLayer{
			{ID: l.ID + "/polygon", Type: "fill", Filter: l.filter("Polygon"), Paint: map[string]any{"fill-color": colour, "fill-opacity": 0.1}},
			{ID: l.ID + "/outline", Type: "line", Filter: l.filter("Polygon"), Layout: map[string]any{"line-join": "round"},
				Paint: map[string]any{"line-color": colour, "line-width": 1.25}},
		}
	case 1:
		return []styleLayer{{ID: l.ID + "/line", Type: "line", Filter: l.filter("LineString"), Layout: map[string]any{"line-join": "round", "line-cap": "round"},
			Paint: map[string]any{"line-color": colour, "line-width": byZoom(1.2, 2.6, 6)}}}
	}
	size := min(2, max(1, 2.5-0.5*math.Log10(float64(max(1, l.Rows)))))
	point := styleLayer{ID: l.ID + "/point", Type: "circle", Filter: l.filter("Point"), Paint: map[string]any{"circle-color": colour,
		"circle-radius": byZoom(round(1.5*size), round(4*size), 9), "circle-stroke-color": casing, "circle-stroke-width": byZoom(0.5, 1, 1.5)}}
	if !l.Clusters {
		return []styleLayer{point}
	}
	point.Filter = l.filter("Point", []any{"!has", "point_count"})
	all := []styleLayer{point}
	for i, c := range classes() {
		conditions := [][]any{{"has", "point_count"}}
		if c.least > 0 {
			conditions = append(conditions, []any{">=", "point_count", c.least})
		}
		if c.below > 0 {
			conditions = append(conditions, []any{"<", "point_count", c.below})
		}
		all = append(all, styleLayer{ID: l.ID + "/cluster-" + strconv.Itoa(i+1), Type: "circle", Filter: l.filter("Point", conditions...),
			Paint: map[string]any{"circle-color": casing, "circle-radius": c.radius, "circle-stroke-color": colour, "circle-stroke-width": 3}})
	}
	return all
}

// filter asks for a kind of geometry, where the layer holds several, and for
// what conditions say.
func (l Layer) filter(kind string, conditions ...[]any) []any {
	if l.Geometry.Dimension() < 0 {
		conditions = slices.Insert(conditions, 0, []any{"==", "$type", kind})
	}
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return conditions[0]
	}
	all := []any{"all"}
	for _, c := range conditions {
		all = append(all, c)
	}
	return all
}

// class is one of clusters by how many features they stand for.
type class struct{ least, below, radius int }

func classes() []class {
	return []class{{0, 10, 7}, {10, 100, 11}, {100, 1000, 15}, {1000, 0, 20}}
}

func byZoom(at8, at13, at18 float64) any {
	return []any{"interpolate", []any{"linear"}, []any{"zoom"}, 8, at8, 13, at13, 18, at18}
}

func round(x float64) float64 { return math.Round(100*x) / 100 }
