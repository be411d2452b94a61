package api

import (
	"net/http"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
	"puy/styles"
	"puy/tiles/pmtiles"
)

// wholeStyle is the id of the style of all datasets together. No dataset can
// have it: their ids have no underscore.
const wholeStyle = "all_datasets"

// styleFormats are those of styles: json is there for clients that ask for it.
func styleFormats() []answer.Format {
	return []answer.Format{{Name: "mapbox", MediaType: styles.MediaType}, answer.JSON()}
}

// styleEntry is one style in a list (OGC 20-009 section 7.2).
type styleEntry struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Links []Link `json:"links"`
}

// shown is a style that is asked for: that of a dataset, or of all that a tile
// can hold.
type shown struct {
	id, title, description string
	dataset                *store.Dataset // nil for the whole
	datasets               []store.Dataset
}

func wholeOf(view *live.View, lang string) shown {
	s := shown{id: wholeStyle, title: view.Portal.Title.In(lang), description: view.Portal.Description.In(lang), datasets: spatial(view)}
	if s.title == "" {
		s.title = "puy"
	}
	return s
}

func styleOf(d *store.Dataset, lang string) shown {
	return shown{id: d.ID, title: titleOf(d, lang), description: d.Description.In(lang), dataset: d, datasets: []store.Dataset{*d}}
}

func (s shown) entry(r *http.Request, lang string) styleEntry {
	words, here := tileWordsIn(lang), answer.URL(r, Root+"/styles", s.id)
	return styleEntry{ID: s.id, Title: s.title, Links: []Link{
		{Href: here + "?f=mapbox", Rel: "stylesheet", Type: styles.MediaType, Title: words.style},
		{Href: here + "/metadata", Rel: "describedby", Type: typeJSON, Title: words.about},
	}}
}

// styles answers with all styles: one of everything, and one a dataset.
func (a *API) styles(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	lang, self, err := readDocument(w, r, view, Root+"/styles")
	if err != nil {
		return err
	}
	list := []styleEntry{}
	if len(spatial(view)) > 0 {
		list = append(list, wholeOf(view, lang).entry(r, lang))
	}
	for i := range view.Datasets {
		if d := &view.Datasets[i]; live.Drawn(d) {
			list = append(list, styleOf(d, lang).entry(r, lang))
		}
	}
	return answer.WriteJSON(w, r, typeJSON, styleList(list, self, lang))
}

// stylesOf answers with the styles of a collection.
func (a *API) stylesOf(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	if !d.Current.Schema.Spatial() {
		return geo.Errorf(geo.KindNotFound, "collection %q has no geometry, so it has no styles", d.ID)
	}
	lang, self, err := readDocument(w, r, a.view(), Root+"/collections/"+d.ID+"/styles")
	if err != nil {
		return err
	}
	return answer.WriteJSON(w, r, typeJSON, styleList([]styleEntry{styleOf(&d, lang).entry(r, lang)}, self, lang))
}

func styleList(list []styleEntry, self, lang string) object {
	out := object{"links": []Link{{Href: self, Rel: "self", Type: typeJSON, Title: tileWordsIn(lang).styles}}, "styles": list}
	if len(list) > 0 {
		out["default"] = list[0].ID
	}
	return out
}

// readDocument reads the parameters of a document in JSON.
func readDocument(w http.ResponseWriter, r *http.Request, view *live.View, path string) (lang, self string, err error) {
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang = p.Language(view.Languages())
	return lang, selfURL(r, path, p), p.Done()
}

// findStyle gives the style that the path names. A former name of a dataset
// leads to the present one: then ok is false.
func (a *API) findStyle(w http.ResponseWriter, r *http.Request, view *live.View, lang string) (s shown, ok bool, err error) {
	name, err := answer.PathText(r, "styleId")
	if err != nil {
		return s, false, err
	}
	if name == wholeStyle && len(spatial(view)) > 0 {
		return wholeOf(view, lang), true, nil
	}
	d, known := view.Lookup(name)
	if err := view.Removed(name); err != nil {
		return s, false, err
	}
	if !known || !live.Drawn(&d) {
		return s, false, answer.Refusal(http.StatusNotFound, "style", "name", geo.ClipValue(name))
	}
	if d.ID != name {
		to := answer.URL(r, Root+"/styles", d.ID)
		if strings.HasSuffix(strings.TrimRight(r.URL.EscapedPath(), "/"), "/metadata") {
			to += "/metadata"
		}
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return s, false, nil
	}
	return styleOf(&d, lang), true, nil
}

// style answers with a MapLibre style whose source is the TileJSON of tiles.
func (a *API) style(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	format := p.Format(styleFormats()...)
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	s, ok, err := a.findStyle(w, r, view, lang)
	if err != nil || !ok {
		return err
	}
	made, err := a.draw(r, view, s, lang)
	if err != nil {
		return err
	}
	return answer.WriteJSON(w, r, format.MediaType, made)
}

func (a *API) draw(r *http.Request, view *live.View, s shown, lang string) (*styles.Style, error) {
	from := styles.Source{TileJSON: tileJSON(r, s.datasets) + "?lang=" + lang}
	colours := view.Colours()
	var layers []styles.Layer
	bounds := geo.EmptyBounds()
	for i := range s.datasets {
		d := &s.datasets[i]
		if !d.Source.IsArchive() {
			layers = append(layers, styles.Layer{ID: d.ID, Geometry: d.Current.Schema.Geometry, Colour: colours[d.ID], Rows: d.Current.Rows, Clusters: d.Tiles.Cluster != nil})
			bounds = bounds.Union(d.Current.Extent)
			continue
		}
		about, err := a.opt.Tiles.Archive(r.Context(), *d)
		if err != nil {
			return nil, err
		}
		if b := about.Header.Bounds; b.MinX >= -180 && b.MaxX <= 180 && b.MinY >= -90 && b.MaxY <= 90 {
			bounds = bounds.Union(b)
		}
		kind := about.Header.Type
		from.Raster = kind != pmtiles.TypeMVT && kind != pmtiles.TypeMLT
		if kind == pmtiles.TypeMLT {
			from.Encoding = kind.Extension()
		}
		for _, l := range about.Metadata.VectorLayers {
			layers = append(layers, styles.Layer{ID: l.ID, Geometry: geo.GeometryAny, Colour: colours[d.ID], Rows: manyRows})
		}
	}
	made := styles.New(s.title, from, layers)
	made.Show(bounds)
	return made, nil
}

// manyRows stands for a number that is not known.
const manyRows = 1 << 20

// tileJSON is the address of what describes the tiles of datasets.
func tileJSON(r *http.Request, datasets []store.Dataset) string {
	ids := make([]string, len(datasets))
	for i := range datasets {
		ids[i] = datasets[i].ID
	}
	return answer.URL(r, "/tiles/"+strings.Join(ids, ",")+".json")
}

// styleMetadata answers with what is known about a style (OGC 20-009 section 7.4).
func (a *API) styleMetadata(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	s, ok, err := a.findStyle(w, r, view, lang)
	if err != nil || !ok {
		return err
	}
	words, here := tileWordsIn(lang), answer.URL(r, Root+"/styles", s.id)
	sheet := Link{Href: here + "?f=mapbox", Rel: "stylesheet", Type: styles.MediaType, Title: words.style}
	layers := []object{}
	for i := range s.datasets {
		d := &s.datasets[i]
		layer := object{"id": d.ID, "description": titleOf(d, lang)}
		if d.Current != nil {
			layer["type"] = geometryKind(d.Current.Schema.Geometry)
			layer["sampleData"] = Link{Href: answer.URL(r, Root+"/collections", d.ID, "items"), Rel: "start", Type: typeGeoJSON, Title: titleOf(d, lang)}
		}
		layers = append(layers, layer)
	}
	about := object{"id": s.id, "title": s.title, "scope": "style", "layers": layers,
		"stylesheets": []object{{"title": "MapLibre", "version": "8", "native": true, "link": sheet}},
		"links": []Link{{Href: selfURL(r, Root+"/styles/"+s.id+"/metadata", p), Rel: "self", Type: typeJSON, Title: words.about}, sheet,
			{Href: tileJSON(r, s.datasets), Rel: "describedby", Type: typeJSON, Title: "TileJSON"}}}
	if s.description != "" {
		about["description"] = s.description
	}
	if s.dataset != nil && s.dataset.Keywords != nil {
		about["keywords"] = s.dataset.Keywords
	}
	return answer.WriteJSON(w, r, typeJSON, about)
}

func geometryKind(t geo.GeometryType) string {
	if dimension := t.Dimension(); dimension >= 0 {
		return [...]string{"point", "line", "polygon"}[dimension]
	}
	return "geometry"
}
