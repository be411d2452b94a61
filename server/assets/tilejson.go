package assets

import (
	"html"
	"math"
	"net/http"
	"strconv"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
)

// Zooms that TileJSON announces: maps stretch tiles of the last one further.
// At 16 a tile's unit is 15 cm, below what the data can tell.
const (
	minZoom      = 0
	announcedMax = 16
)

// tileJSON is a TileJSON 3.0.0 document.
type tileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version"`
	Attribution  string        `json:"attribution,omitempty"` // HTML
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       *[4]float64   `json:"bounds,omitempty"`
	Center       *[3]float64   `json:"center,omitempty"`
	VectorLayers []vectorLayer `json:"vector_layers"`
}

type vectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// tileJSON describes a dataset's tiles. Their address names the version, so
// that a new one is fetched anew and an old one may be kept.
func (a *Assets) tileJSON(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.OneOf("f", "tilejson", "tilejson", "json")
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	d, ok, err := a.dataset(w, r)
	if err != nil || !ok {
		return err
	}
	version := strconv.FormatInt(d.Current.Number, 10)
	doc := tileJSON{
		TileJSON: "3.0.0", Name: d.Title.In(lang), Description: d.Description.In(lang), Version: version + ".0.0",
		Attribution: attribution(view, d, lang), Scheme: "xyz",
		Tiles:   []string{answer.URL(r, Root, d.ID) + "/{z}/{x}/{y}.mvt?v=" + version},
		MinZoom: minZoom, MaxZoom: announcedMax,
		VectorLayers: []vectorLayer{{ID: d.ID, Description: d.Title.In(lang), MinZoom: minZoom, MaxZoom: announcedMax, Fields: fields(d, lang)}},
	}
	if doc.Name == "" {
		doc.Name = d.ID
	}
	if b, ok := mercatorBounds(d.Current.Extent); ok {
		doc.Bounds = &[4]float64{b.MinX, b.MinY, b.MaxX, b.MaxY}
		doc.Center = &[3]float64{(b.MinX + b.MaxX) / 2, (b.MinY + b.MaxY) / 2, overview(b)}
	}
	return answer.WriteJSON(w, r, "application/json", doc)
}

// mercatorBounds cuts a box at the latitudes where web Mercator ends. One that
// crosses the antimeridian becomes the whole circle: TileJSON knows no other way.
func mercatorBounds(b geo.Bounds) (geo.Bounds, bool) {
	const edge = 85.05112877980659
	if b.IsEmpty() {
		return b, false
	}
	if b.CrossesAntimeridian() {
		b.MinX, b.MaxX = -180, 180
	}
	b.MinX, b.MaxX = max(b.MinX, -180), min(b.MaxX, 180)
	b.MinY, b.MaxY = min(max(b.MinY, -edge), edge), max(min(b.MaxY, edge), -edge)
	return b, true
}

// overview gives the zoom at which the box about fills one tile of 512 pixels.
func overview(b geo.Bounds) float64 {
	wide := max(b.MaxX-b.MinX, b.MaxY-b.MinY)
	if wide <= 0 {
		return 14
	}
	return min(max(math.Floor(math.Log2(360/wide)), minZoom), 14)
}

// fields tells each attribute's title and type.
func fields(d store.Dataset, lang string) map[string]string {
	texts := map[string]string{}
	for _, f := range d.Current.Schema.Fields {
		kind := f.Type.String()
		if f.Unit != "" {
			kind += ", " + f.Unit
		}
		parts := []string{}
		for _, text := range []string{f.Title.In(lang), f.Description.In(lang), kind} {
			if text != "" {
				parts = append(parts, text)
			}
		}
		texts[f.Name] = strings.Join(parts, " – ")
	}
	return texts
}

// attribution is HTML, as maps expect it: the publisher and the licence.
func attribution(view *live.View, d store.Dataset, lang string) string {
	var parts []string
	publisher := view.Publisher(d)
	if publisher.Name != "" {
		parts = append(parts, anchor("© "+publisher.Name, publisher.URL))
	}
	if licence, ok := view.Portal.Licence(d.Licence); ok {
		parts = append(parts, anchor(licence.Title.In(lang), licence.URL))
	}
	return strings.Join(parts, " – ")
}

func anchor(text, url string) string {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return html.EscapeString(text)
	}
	return `<a href="` + html.EscapeString(url) + `">` + html.EscapeString(text) + `</a>`
}
