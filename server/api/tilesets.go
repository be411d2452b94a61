package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/server/answer"
	"puy/server/assets"
	"puy/store"
	"puy/tiles/pmtiles"
	"puy/tiles/tms"
)

const relations = "http://www.opengis.net/def/rel/ogc/1.0/"

// tilesetList is the answer of …/tiles (OGC 20-057 section 9).
type tilesetList struct {
	Links    []Link    `json:"links"`
	Tilesets []tileset `json:"tilesets"`
}

// tileset describes tiles in one tile matrix set (OGC 17-083r4 section 9.2). An
// entry of a list lacks the layers and the links to tiles.
type tileset struct {
	Title               string        `json:"title"`
	Description         string        `json:"description,omitempty"`
	DataType            string        `json:"dataType"`
	CRS                 string        `json:"crs"`
	TileMatrixSetID     string        `json:"tileMatrixSetId"`
	TileMatrixSetURI    string        `json:"tileMatrixSetURI,omitempty"`
	TileMatrixSetLimits []matrixLimit `json:"tileMatrixSetLimits"`
	BoundingBox         *corners      `json:"boundingBox,omitempty"`
	Attribution         string        `json:"attribution,omitempty"`
	Version             string        `json:"version,omitempty"`
	MediaTypes          []string      `json:"mediaTypes,omitempty"`
	Layers              []tileLayer   `json:"layers,omitempty"`
	Links               []Link        `json:"links"`
}

type matrixLimit struct {
	TileMatrix string `json:"tileMatrix"`
	MinTileRow int    `json:"minTileRow"`
	MaxTileRow int    `json:"maxTileRow"`
	MinTileCol int    `json:"minTileCol"`
	MaxTileCol int    `json:"maxTileCol"`
}

// corners are a box in longitude, latitude.
type corners struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

type tileLayer struct {
	ID                string `json:"id"`
	Title             string `json:"title,omitempty"`
	Description       string `json:"description,omitempty"`
	DataType          string `json:"dataType"`
	GeometryDimension *int   `json:"geometryDimension,omitempty"` // 0 points, 1 lines, 2 areas
	PropertiesSchema  object `json:"propertiesSchema,omitempty"`
	MinTileMatrix     string `json:"minTileMatrix,omitempty"`
	MaxTileMatrix     string `json:"maxTileMatrix,omitempty"`
}

// tilesets answers with the tilesets of a picture, one a tile matrix set; those
// of the whole portal are followed by its archives, each by itself.
func (a *API) tilesets(w http.ResponseWriter, r *http.Request, t *picture) error {
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang := p.Language(t.view.Languages())
	if t.dataset == "" {
		p.Text("collections")
	}
	if err := p.Done(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), archivePatience)
	defer cancel()
	var pictures []*picture
	if len(t.datasets) > 0 {
		pictures = append(pictures, t)
	}
	if t.dataset == "" && !t.chosen {
		pictures = append(pictures, a.archivePictures(t)...)
	}
	here, query := t.path(r), p.Query().Encode()
	if query != "" {
		here += "?" + query
	}
	list := tilesetList{Links: []Link{{Href: here, Rel: "self", Type: typeJSON, Title: tileWordsIn(lang).tilesets}}, Tilesets: []tileset{}}
	for _, one := range pictures {
		if err := a.open(ctx, one); err != nil {
			if one == t {
				return err
			}
			answer.NoteFailure(r, err) // the archive is left out
			continue
		}
		for _, set := range a.opt.Tiles.Sets() {
			if one.archived() && !set.IsMercator() {
				continue
			}
			if limits := one.limits(set); len(limits) > 0 {
				entry := a.tileset(r, one, set, limits, lang, url.Values{})
				// Who follows each link of an entry finds a document at its end; the templates are in the tileset.
				entry.Links = slices.DeleteFunc(entry.Links, func(l Link) bool { return l.Templated })
				list.Tilesets = append(list.Tilesets, entry)
			}
		}
	}
	return answer.WriteJSON(w, r, typeJSON, list)
}

// archivePictures gives each archive of the portal a picture of its own.
func (a *API) archivePictures(t *picture) []*picture {
	var all []*picture
	for _, d := range t.view.Datasets {
		if d.Source.IsArchive() {
			one := *t
			one.chosen, one.datasets, one.archives = true, []store.Dataset{d}, nil
			one.archives = append(one.archives, nil)
			all = append(all, &one)
		}
	}
	return all
}

// describeTileset answers with one tileset, or its TileJSON.
func (a *API) describeTileset(w http.ResponseWriter, r *http.Request, t *picture) error {
	if err := a.open(r.Context(), t); err != nil {
		return err
	}
	set, limits, err := a.set(r, t)
	if err != nil {
		return err
	}
	p := answer.ReadParams(w, r)
	format := p.Format(tilesetFormats()...)
	lang := p.Language(t.view.Languages())
	own := ""
	if t.dataset == "" {
		own = "collections"
		p.Text(own)
	}
	assets.Select(p, t.datasets)
	if err := p.Done(); err != nil {
		return err
	}
	if format.Name == "tilejson" {
		w.Header().Del("Vary")
		w.Header().Del("Content-Language")
		return a.opt.Tiles.ServeTileJSON(w, r, assets.Ask{Set: set.ID, Datasets: t.ids(), Parameter: own})
	}
	described := a.tileset(r, t, set, limits, lang, p.Query("f", "lang", "collections"))
	for i := range t.datasets {
		described.Layers = append(described.Layers, t.layers(i, limits, lang)...)
	}
	return answer.WriteJSON(w, r, typeJSON, described)
}

func tilesetFormats() []answer.Format {
	return []answer.Format{answer.JSON(), {Name: "tilejson", MediaType: typeJSON}}
}

// tileset describes a picture in one set. Selection is carried into the tiles'
// addresses.
func (a *API) tileset(r *http.Request, t *picture, set *tms.Set, limits []tms.Limits, lang string, selection url.Values) tileset {
	words := tileWordsIn(lang)
	out := tileset{Title: t.title(lang) + " – " + set.ID, DataType: t.dataType(), CRS: set.CRS.URI(), TileMatrixSetID: set.ID, TileMatrixSetURI: set.URI}
	for _, l := range limits {
		out.TileMatrixSetLimits = append(out.TileMatrixSetLimits, matrixLimit{l.Matrix, l.MinRow, l.MaxRow, l.MinCol, l.MaxCol})
	}
	if b, known := t.bounds(); known {
		box := outward(b)
		out.BoundingBox = &corners{LowerLeft: [2]float64{box[0], box[1]}, UpperRight: [2]float64{box[2], box[3]}, CRS: crs.CRS84.URI()}
	}
	var credits, versions []string
	for i := range t.datasets {
		if name := t.view.Publisher(t.datasets[i]).Name; name != "" && !slices.Contains(credits, name) {
			credits = append(credits, name)
		}
		if about := t.archives[i]; about != nil {
			versions = append(versions, about.Version)
		} else {
			versions = append(versions, t.datasets[i].Current.Tag())
		}
	}
	out.Attribution, out.Version = strings.Join(credits, ", "), strings.Join(versions, ".")
	address := func(place string, more ...url.Values) string {
		query := t.query()
		for _, values := range append(more, selection) {
			for name, texts := range values {
				query[name] = texts
			}
		}
		href := t.path(r) + "/" + url.PathEscape(set.ID) + place
		if text := query.Encode(); text != "" {
			href += "?" + text
		}
		return href
	}
	out.Links = []Link{
		{Href: address("", url.Values{"f": {"json"}}), Rel: "self", Type: typeJSON, Title: out.Title},
		{Href: answer.URL(r, Root+"/tileMatrixSets", set.ID), Rel: relations + "tiling-scheme", Type: typeJSON, Title: set.Title},
	}
	for _, offer := range a.formats(t) {
		out.MediaTypes = append(out.MediaTypes, offer.MediaType)
		out.Links = append(out.Links, Link{Rel: "item", Type: offer.MediaType, Title: words.tile, Templated: true,
			Href: address("/{tileMatrix}/{tileRow}/{tileCol}", url.Values{"f": {offer.Name}, "v": {out.Version}})})
	}
	out.Links = append(out.Links, Link{Href: address("", url.Values{"f": {"tilejson"}}), Rel: "describedby", Type: typeJSON, Title: "TileJSON"})
	return out
}

// formats are those of the picture's tiles.
func (a *API) formats(t *picture) []answer.Format {
	if !t.archived() {
		return a.opt.Tiles.Formats()
	}
	kind := pmtiles.TypeMVT // of several datasets
	if len(t.datasets) == 1 {
		kind = t.archives[0].Header.Type
	}
	return []answer.Format{{Name: kind.Extension(), MediaType: kind.MediaType()}}
}

func (t *picture) dataType() string {
	if about := t.archives[0]; about != nil && about.Header.Type != pmtiles.TypeMVT && about.Header.Type != pmtiles.TypeMLT {
		return "map" // images
	}
	return "vector"
}

func (t *picture) title(lang string) string {
	if t.dataset == "" && !t.chosen {
		if title := t.view.Portal.Title.In(lang); title != "" {
			return title
		}
		return "puy"
	}
	titles := make([]string, len(t.datasets))
	for i := range t.datasets {
		titles[i] = titleOf(&t.datasets[i], lang)
	}
	return strings.Join(titles, ", ")
}

// layers describes the layers that a dataset has in tiles.
func (t *picture) layers(i int, limits []tms.Limits, lang string) []tileLayer {
	d := &t.datasets[i]
	if about := t.archives[i]; about != nil {
		var all []tileLayer
		for _, l := range about.Metadata.VectorLayers {
			properties := object{}
			for name, text := range l.Fields {
				properties[name] = object{"description": text}
			}
			layer := tileLayer{ID: l.ID, Description: l.Description, DataType: "vector", PropertiesSchema: object{"type": "object", "properties": properties}}
			if l.MaxZoom > 0 {
				layer.MinTileMatrix, layer.MaxTileMatrix = strconv.Itoa(l.MinZoom), strconv.Itoa(l.MaxZoom)
			}
			all = append(all, layer)
		}
		return all
	}
	properties := object{}
	for _, field := range d.Current.Schema.Fields {
		if field.Type != geo.TypeNull {
			properties[field.Name] = fieldSchema(field, lang)
		}
	}
	layer := tileLayer{ID: d.ID, Title: titleOf(d, lang), Description: d.Description.In(lang), DataType: "vector",
		PropertiesSchema: object{"type": "object", "properties": properties},
		MinTileMatrix:    limits[0].Matrix, MaxTileMatrix: limits[len(limits)-1].Matrix}
	if dimension := d.Current.Schema.Geometry.Dimension(); dimension >= 0 {
		layer.GeometryDimension = &dimension
	}
	return []tileLayer{layer}
}

// within tells whether a text is a decimal number between least and most.
func within(text string, least, most int) bool {
	n, err := strconv.ParseUint(text, 10, 31)
	return err == nil && int(n) >= least && int(n) <= most
}
