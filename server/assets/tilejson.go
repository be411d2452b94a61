package assets

import (
	"fmt"
	"html"
	"math"
	"net/http"
	"slices"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
)

// Zooms that TileJSON announces: maps stretch tiles of the last one further.
// At 16 a tile's unit is 15 cm, below what the data can tell.
const (
	minZoom      = 0
	announcedMax = 16
	maxSetZoom   = 64 // more than any set has
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
	VectorLayers []vectorLayer `json:"vector_layers,omitempty"`
	Encoding     string        `json:"encoding,omitempty"` // as MapLibre reads it; empty for MVT and images

	// Of other sets than WebMercatorQuad, which TileJSON does not know.
	TileMatrixSet string `json:"tileMatrixSet,omitempty"`
	CRS           string `json:"crs,omitempty"`
	Links         []link `json:"links,omitempty"`
}

type vectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
	*drawn
}

// tileJSON describes the tiles of one or several datasets. Their address names
// the versions, so that a new one is fetched anew and an old one may be kept, and
// what the document was asked to choose.
func (a *Assets) tileJSON(w http.ResponseWriter, r *http.Request) error {
	return a.ServeTileJSON(w, r, askOf(r))
}

// ServeTileJSON describes the tiles that ask means, whatever its place.
func (a *Assets) ServeTileJSON(w http.ResponseWriter, r *http.Request, ask Ask) error {
	view := a.view()
	set, err := a.set(view, ask.Set)
	if err != nil {
		return err
	}
	datasets, ok, err := a.datasets(w, r, view, ask)
	if err != nil || !ok {
		return err
	}
	var parts []part
	if slices.ContainsFunc(datasets, isArchive) {
		if err := onlyMercator(&plan{set: set}, datasets); err != nil {
			return err
		}
		if parts, err = a.parts(r.Context(), datasets); err != nil {
			return err
		}
	}
	p := ask.read(w, r)
	p.OneOf("f", "tilejson", "tilejson", "json")
	d := description{view: view, lang: p.Language(view.Languages()), ext: "mvt", bounds: geo.EmptyBounds(),
		doc: tileJSON{TileJSON: "3.0.0", Scheme: "xyz", MinZoom: maxSetZoom, MaxZoom: maxSetZoom}}
	var layers []tiles.Layer
	if parts == nil {
		layers = chosen(p, datasets)
	} else {
		rejectSelection(p)
	}
	if err := p.Done(); err != nil {
		return err
	}
	for i := range datasets {
		switch {
		case parts == nil:
			d.add(&datasets[i], layers[i])
		case parts[i].about == nil:
			d.add(&datasets[i], tiles.Layer{})
		default:
			d.addArchive(&datasets[i], parts[i].about)
		}
	}
	place := "{z}/{x}/{y}"
	if set != nil {
		place = d.in(r, set)
	}
	if parts == nil && set == nil { // counts are by zoom of WebMercatorQuad
		a.count(r.Context(), layers, d.doc.VectorLayers)
	}
	query := p.Query("f", "lang", ask.Parameter)
	query.Set("v", strings.Join(d.versions, "."))
	d.doc.Tiles = []string{answer.Base(r) + d.path(set) + "/" + place + d.extension() + "?" + query.Encode()}
	d.finish(set == nil)
	return answer.WriteJSON(w, r, "application/json", d.doc)
}

// plainUnion does not look for the shorter way around the world: TileJSON has
// no box that crosses the antimeridian.
func plainUnion(a, b geo.Bounds) geo.Bounds {
	if a.IsEmpty() {
		return b
	}
	return geo.Bounds{MinX: min(a.MinX, b.MinX), MinY: min(a.MinY, b.MinY), MaxX: max(a.MaxX, b.MaxX), MaxY: max(a.MaxY, b.MaxY)}
}

func appendNew(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
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

// fields tells the title, description and type of each attribute among chosen,
// of which nil is all.
func fields(d store.Dataset, chosen []string, lang string) map[string]string {
	texts := map[string]string{}
	for _, f := range d.Current.Schema.Fields {
		if chosen != nil && !slices.Contains(chosen, f.Name) {
			continue
		}
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
		if zoom := d.Tiles.Fields[f.Name]; zoom > 0 {
			parts = append(parts, fmt.Sprintf(geo.Localized{FR: "à partir du zoom %d", EN: "from zoom %d"}.In(lang), zoom))
		}
		texts[f.Name] = strings.Join(parts, " – ")
	}
	return texts
}

// attribution is HTML, as maps expect it: the publisher and the licence.
func attribution(view *live.View, d store.Dataset, lang string) []string {
	var parts []string
	publisher := view.Publisher(d)
	if publisher.Name != "" {
		parts = append(parts, anchor("© "+publisher.Name, publisher.URL))
	}
	if licence, ok := view.Portal.Licence(d.Licence); ok {
		parts = append(parts, anchor(licence.Title.In(lang), licence.URL))
	}
	return parts
}

func anchor(text, url string) string {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return html.EscapeString(text)
	}
	return `<a href="` + html.EscapeString(url) + `">` + html.EscapeString(text) + `</a>`
}
