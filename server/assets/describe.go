package assets

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"puy/geo"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/pmtiles"
	"puy/tiles/tms"
)

// description is a TileJSON document while datasets are added to it.
type description struct {
	view *live.View
	lang string
	doc  tileJSON
	ext  string

	ids, names, texts, versions, credits []string
	sum, edits                           int64 // of the versions' numbers, and of their edits
	bounds                               geo.Bounds
	center                               *[3]float64
}

// heading adds what every dataset tells, and gives its title.
func (d *description) heading(s *store.Dataset, version string) string {
	title := s.Title.In(d.lang)
	if title == "" {
		title = s.ID
	}
	d.ids, d.names, d.versions = append(d.ids, s.ID), append(d.names, title), append(d.versions, version)
	d.texts = appendNew(d.texts, s.Description.In(d.lang))
	for _, credit := range attribution(d.view, *s, d.lang) {
		d.credits = appendNew(d.credits, credit)
	}
	return title
}

// extend adds zooms and bounds. The last zoom is the least of all, because maps
// stretch tiles beyond it, and no layer vanishes.
func (d *description) extend(minZoom, maxZoom int, b geo.Bounds) {
	d.doc.MinZoom, d.doc.MaxZoom = min(d.doc.MinZoom, minZoom), min(d.doc.MaxZoom, maxZoom)
	if b, ok := mercatorBounds(b); ok {
		d.bounds = plainUnion(d.bounds, b)
	}
}

// add adds a dataset whose tiles are cut.
func (d *description) add(s *store.Dataset, layer tiles.Layer) {
	title := d.heading(s, s.Current.Tag())
	d.sum, d.edits = d.sum+s.Current.Number, d.edits+s.Current.Edits
	d.extend(minZoom, announcedMax, s.Current.Extent)
	texts := fields(*s, layer.Fields, d.lang)
	if layer.Filter.IsZero() { // a filter's tiles have no clusters
		clusterFields(texts, *s, layer.Fields, d.lang)
	}
	d.doc.VectorLayers = append(d.doc.VectorLayers, vectorLayer{ID: s.ID, Description: title, MinZoom: minZoom, MaxZoom: announcedMax, Fields: texts})
}

// addArchive adds what an archive tells of itself.
func (d *description) addArchive(s *store.Dataset, about *archive.Description) {
	d.heading(s, about.Version)
	d.sum++
	d.credits = appendNew(d.credits, plainCredit(about.Metadata.Attribution))
	h := &about.Header
	b := h.Bounds
	if b.MinX < -180 || b.MaxX > 180 || b.MinY < -90 || b.MaxY > 90 || b.MinX >= b.MaxX || b.MinY >= b.MaxY {
		b = geo.EmptyBounds() // it was not filled in
	}
	d.extend(h.MinZoom, h.MaxZoom, b)
	if zoom := h.CenterZoom; !b.IsEmpty() && b.MinX <= h.CenterLon && h.CenterLon <= b.MaxX && b.MinY <= h.CenterLat && h.CenterLat <= b.MaxY {
		d.center = &[3]float64{h.CenterLon, h.CenterLat, float64(min(max(zoom, h.MinZoom), h.MaxZoom))}
	}
	if d.ext = h.Type.Extension(); h.Type == pmtiles.TypeMLT {
		d.doc.Encoding = "mlt"
	}
	for _, l := range about.Metadata.VectorLayers {
		if l.Fields == nil {
			l.Fields = map[string]string{}
		}
		if l.MaxZoom == 0 {
			l.MinZoom, l.MaxZoom = h.MinZoom, h.MaxZoom
		}
		d.doc.VectorLayers = append(d.doc.VectorLayers, vectorLayer{ID: l.ID, Description: l.Description, MinZoom: l.MinZoom, MaxZoom: l.MaxZoom, Fields: l.Fields})
	}
}

var markup = regexp.MustCompile(`<[^>]*>`)

// plainCredit gives a credit that stands in an archive without its markup: maps
// show attributions as HTML, and an archive may come from anybody.
func plainCredit(text string) string {
	return html.EscapeString(strings.TrimSpace(html.UnescapeString(markup.ReplaceAllString(text, ""))))
}

// in says what TileJSON can say of another set than WebMercatorQuad, and gives
// the template of its tiles.
func (d *description) in(r *http.Request, set *tms.Set) string {
	d.doc.TileMatrixSet, d.doc.CRS, d.doc.Links = set.ID, set.CRS.URI(), []link{definitionOf(r, set)}
	d.doc.MinZoom, d.doc.MaxZoom = 0, len(set.Matrices)-1
	for i := range d.doc.VectorLayers {
		d.doc.VectorLayers[i].MinZoom, d.doc.VectorLayers[i].MaxZoom = 0, d.doc.MaxZoom
	}
	for i := range set.Matrices {
		if set.Matrices[i].ID != strconv.Itoa(i) {
			return "{tileMatrix}/{x}/{y}" // an identifier, where maps would put the number of a zoom
		}
	}
	return "{z}/{x}/{y}"
}

func (d *description) path(set *tms.Set) string {
	path := Root
	if set != nil {
		path += "/" + set.ID
	}
	return path + "/" + strings.Join(d.ids, ",")
}

// extension gives that of the tiles with its dot. Several datasets are always MVT.
func (d *description) extension() string {
	if d.ext == "" {
		return ""
	}
	return "." + d.ext
}

// finish fills in what all datasets tell together.
func (d *description) finish(mercator bool) {
	d.doc.Name, d.doc.Description = strings.Join(d.names, ", "), strings.Join(d.texts, "\n\n")
	d.doc.Version = fmt.Sprintf("%d.%d.0", d.sum, d.edits)
	d.doc.Attribution = strings.Join(d.credits, " – ")
	b := d.bounds
	if b.IsEmpty() {
		return
	}
	d.doc.Bounds = &[4]float64{b.MinX, b.MinY, b.MaxX, b.MaxY}
	switch {
	case !mercator: // its zooms are others
	case d.center != nil && len(d.ids) == 1:
		d.doc.Center = d.center
	default:
		d.doc.Center = &[3]float64{(b.MinX + b.MaxX) / 2, (b.MinY + b.MaxY) / 2, overview(b)}
	}
}
