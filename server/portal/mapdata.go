package portal

import (
	"math"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/tiles"
)

// mapView is a map on a page: what the template shows around it, and the Data
// that its script reads (see MapData in web/src/data.ts).
type mapView struct {
	Heading string
	Layers  []datasetView
	Data    mapData
}

type mapData struct {
	Lang     string            `json:"lang"`
	Strings  map[string]string `json:"strings"`
	Title    string            `json:"title"`
	Bounds   [4]float64        `json:"bounds"`
	View     *catalog.View     `json:"view,omitempty"`
	Base     *tileLayer        `json:"base,omitempty"`
	Layers   []dataLayer       `json:"layers"`
	TileJSON string            `json:"tilejson,omitempty"` // of all layers
	Archives []archiveLayer    `json:"archives,omitempty"`
	Selected *selectedFeature  `json:"selected,omitempty"`
}

type tileLayer struct {
	ID          string      `json:"id"`
	Tiles       string      `json:"tiles"`
	MaxZoom     int         `json:"maxzoom"`
	Bounds      *[4]float64 `json:"bounds,omitempty"`
	Attribution string      `json:"attribution"`
}

type dataLayer struct {
	tileLayer
	Title    string       `json:"title"`
	Rows     int64        `json:"rows"`
	Shape    string       `json:"shape"`
	Badge    bool         `json:"badge"`
	GeoJSON  string       `json:"geojson,omitempty"` // the path of features to draw in place of the tiles
	Items    string       `json:"items,omitempty"`   // what the id of one of them is appended to, to reach its page
	Cluster  int          `json:"cluster,omitempty"` // how near clusters may be, in pixels
	Page     string       `json:"page"`
	Features string       `json:"features"`
	Label    string       `json:"label"`
	Fields   []layerField `json:"fields"`
}

// archiveLayer is a dataset whose layers and bounds its TileJSON tells.
type archiveLayer struct {
	ID       string `json:"id"`
	TileJSON string `json:"tilejson"`
}

type layerField struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Type  string `json:"type"`
	Unit  string `json:"unit,omitempty"`
	Key   bool   `json:"key,omitempty"`
}

type selectedFeature struct {
	Layer string `json:"layer"`
	FID   int64  `json:"fid"`
}

// baseDataset is the id of the dataset that, where a portal has it, is drawn
// as plain outlines beneath maps of other datasets.
const baseDataset = "communes"

// tileMaxZoom is the deepest zoom at which tiles are asked for; a map magnifies
// them beyond.
const tileMaxZoom = 16

// newMap gives the map of those of datasets that have a place on Earth; nil
// where none has.
func (g *page) newMap(headingKey string, datasets []store.Dataset) (*mapView, error) {
	heading, err := g.Text(headingKey)
	if err != nil {
		return nil, err
	}
	m := &mapView{Heading: heading, Data: mapData{
		Lang: g.Code, Title: heading, Strings: g.Section("island.", "value.", "demo.badge"),
	}}
	extent := geo.EmptyBounds()
	withBase := true
	for _, d := range datasets {
		if d.Source.IsArchive() {
			m.Layers = append(m.Layers, g.viewDataset(d))
			m.Data.Archives = append(m.Data.Archives, archiveLayer{d.ID, g.door("/tiles", d.ID+".json") + "?lang=" + g.Code})
			continue
		}
		if shapeOf(d) == shapeTable || d.Current.Extent.IsEmpty() {
			continue
		}
		extent = extent.Union(d.Current.Extent)
		withBase = withBase && d.ID != baseDataset
		v := g.viewDataset(d)
		m.Layers = append(m.Layers, v)
		m.Data.Layers = append(m.Data.Layers, g.dataLayer(d, &v))
	}
	if len(m.Layers) == 0 {
		return nil, nil
	}
	if len(m.Data.Layers) == 0 {
		m.Data.Layers = []dataLayer{}
		return m, nil
	}
	m.Data.Bounds = corners(extent)
	if ids := idsOf(m.Data.Layers); len(ids) <= tiles.MaxLayers {
		m.Data.TileJSON = g.door("/tiles", strings.Join(ids, ",")+".json")
	}
	if base, ok := g.view.Lookup(baseDataset); ok && withBase && shapeOf(base) == shapePolygon && !base.Current.Extent.IsEmpty() {
		layer := g.tileLayer(base)
		m.Data.Base = &layer
	}
	return m, nil
}

func idsOf(layers []dataLayer) []string {
	ids := make([]string, len(layers))
	for i := range layers {
		ids[i] = layers[i].ID
	}
	return ids
}

func (g *page) tileLayer(d store.Dataset) tileLayer {
	layer := tileLayer{
		ID: d.ID, MaxZoom: tileMaxZoom, Attribution: g.view.Publisher(d).Name,
		// The version lets caches keep a tile until the next load.
		Tiles: g.door("/tiles", d.ID) + "/{z}/{x}/{y}.mvt?v=" + d.Current.Tag(),
	}
	// MapLibre takes no source bounds that cross the antimeridian.
	if !d.Current.Extent.CrossesAntimeridian() {
		bounds := corners(d.Current.Extent)
		layer.Bounds = &bounds
	}
	return layer
}

func (g *page) dataLayer(d store.Dataset, v *datasetView) dataLayer {
	schema := &d.Current.Schema
	layer := dataLayer{
		tileLayer: g.tileLayer(d), Title: v.Title, Rows: d.Current.Rows, Shape: v.Shape, Badge: v.Badge,
		Page: v.URL, Features: g.link("datasets", d.ID, "features") + "/",
	}
	if c := d.Tiles.Cluster; c != nil {
		layer.Cluster = c.Pixels()
	}
	if i := titleField(schema); i >= 0 {
		layer.Label = schema.Fields[i].Name
	}
	for i, f := range viewFields(g.Language, schema) {
		layer.Fields = append(layer.Fields, layerField{f.Name, f.Title, schema.Fields[i].Type.String(), f.Unit, f.Key})
	}
	return layer
}

// corners gives west, south, east, north; east is beyond 180 for a box that
// crosses the antimeridian. Latitudes stay within the Mercator map.
func corners(b geo.Bounds) [4]float64 {
	const edge = 85.0511
	if b.CrossesAntimeridian() {
		b.MaxX += 360
	}
	return [4]float64{b.MinX, math.Max(b.MinY, -edge), b.MaxX, math.Min(b.MaxY, edge)}
}
