package api

import (
	"iter"
	"net/http"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/server/answer"
	"puy/server/downloads"
	"puy/server/transfer"
	"puy/store"
)

// fileOffers are the formats of items besides GeoJSON pages: those of downloads.
func fileOffers(formats []format.Format) []answer.Format {
	var offers []answer.Format
	for _, f := range formats {
		if f.Name != answer.GeoJSON().Name {
			offers = append(offers, answer.Format{Name: f.Name, MediaType: f.MediaType})
		}
	}
	return offers
}

// pageFormats are all formats of the items of a dataset, made once: every page
// names them.
type pageFormats struct {
	offers []answer.Format
	titles []string // as links have them
}

func newPageFormats(schema *geo.Schema) pageFormats {
	p := pageFormats{[]answer.Format{answer.GeoJSON(), answer.JSON()}, []string{"", ""}}
	for _, f := range transfer.FormatsOf(schema) {
		if f.Name != answer.GeoJSON().Name {
			p.offers, p.titles = append(p.offers, answer.Format{Name: f.Name, MediaType: f.MediaType}), append(p.titles, f.Title)
		}
	}
	return p
}

// pageFormatsOf gives those of features of schema.
func (a *API) pageFormatsOf(schema *geo.Schema) *pageFormats {
	if schema.Spatial() {
		return &a.spatialFormats
	}
	return &a.plainFormats
}

// readFile finds the file format that q is to be answered in, if it is one.
func (q *request) readFile(d *store.Dataset, chosen answer.Format) {
	q.format, q.mediaType = chosen.Name, typeGeoJSON
	f, ok := transfer.Lookup(chosen.Name)
	if !ok || chosen.Name == answer.GeoJSON().Name {
		return
	}
	transfer.CheckCRS(q.params, f, q.crs)
	q.mediaType = f.MediaType
	schema := q.fields.Layer(&d.Current.Schema)
	q.file = &transfer.Job{Format: f, Layer: transfer.Layer(d, schema)}
	q.file.Layer.CRS, q.file.Convert = transfer.Coordinates(&schema, q.crs)
}

// head sets the headers that tell the format of the page.
func (q *request) head(h http.Header, d *store.Dataset) {
	if q.file == nil {
		h.Set("Content-Type", typeGeoJSON)
		return
	}
	transfer.Head(h, q.file.Format)
	h.Set("Content-Disposition", `inline; filename="`+d.ID+q.file.Format.Extensions[0]+`"`)
}

// sendFile answers with a page of features as a file. It is made whole first: what
// GeoJSON tells at its end is in headers here, the links as RFC 8288 has them.
func (a *API) sendFile(w http.ResponseWriter, r *http.Request, d store.Dataset, q *request) error {
	if err := a.find(r.Context(), d, q); err != nil {
		return failed(q, err)
	}
	var page span
	job := *q.file
	job.Features = a.pageOf(r, &d, q, &page)
	file, err := a.opt.Desk.Prepare(r.Context(), &job)
	if err != nil {
		return failed(q, err)
	}
	defer file.Close()
	h := w.Header()
	q.head(h, &d)
	for _, l := range append(q.links(r, d, &page), a.pageLinks(r, q.params, "", "", Root+"/collections", d.ID, "items")...) {
		h.Add("Link", header(l))
	}
	h.Set("OGC-NumberReturned", strconv.FormatInt(page.returned, 10))
	if n, exact := a.matched(r, d, q, page.returned, page.more); exact {
		h.Set("OGC-NumberMatched", strconv.FormatInt(n, 10))
	}
	return file.Send(w, r)
}

// pageOf gives the features of q, at most PageBytes of them as they lie in memory,
// and tells what the page came to.
func (a *API) pageOf(r *http.Request, d *store.Dataset, q *request, page *span) iter.Seq2[*geo.Feature, error] {
	query := q.query
	query.Limit = q.take + 1 // one more, to know whether there is a next page
	return func(yield func(*geo.Feature, error) bool) {
		size := 0
		for f, err := range a.rows.Features(r.Context(), d.ID, query) {
			if err != nil {
				yield(nil, err)
				return
			}
			if page.more = page.returned == q.take || size >= a.opt.PageBytes; page.more {
				return
			}
			if page.returned == 0 {
				page.first.set(f, q.sorted)
			}
			page.last.set(f, q.sorted)
			page.returned++
			size += sizeOf(f)
			row := *f
			row.Values = f.Values[:min(len(f.Values), len(q.schema.Fields))] // cursors need the rest, files do not
			if !yield(&row, nil) {
				return
			}
		}
	}
}

// sizeOf tells roughly how many bytes f takes.
func sizeOf(f *geo.Feature) int {
	n := 64
	f.Geometry.EachFlat(func(flat []float64, _ int) { n += 8 * len(flat) })
	for _, v := range f.Values {
		n += 8 + len(v.Text())
	}
	return n
}

// header writes a link as a Link header has it.
func header(l Link) string {
	text := "<" + l.Href + `>; rel="` + l.Rel + `"`
	if l.Type != "" {
		text += `; type="` + l.Type + `"`
	}
	if l.Title != "" && !strings.ContainsFunc(l.Title, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
		text += `; title="` + l.Title + `"`
	}
	return text
}

// fileLinks are those of a collection to its features in each format, page by page
// (OGC 17-069r4 requirement fc-md-items-links) and as files. Of two links to items
// of one type GDAL follows the second: GeoJSON has but one here, and items
// themselves lead to JSON-FG.
func fileLinks(r *http.Request, d *store.Dataset, words words) []Link {
	var pages, files []Link
	items := answer.URL(r, Root+"/collections", d.ID, "items")
	for _, f := range transfer.FormatsOf(&d.Current.Schema) {
		if f.MediaType != answer.GeoJSON().MediaType {
			pages = append(pages, Link{Href: items + "?f=" + f.Name, Rel: "items", Type: f.MediaType, Title: words.itemsAs + " " + f.Title})
		}
		files = append(files, Link{Href: answer.URL(r, downloads.Path(d.ID, f)), Rel: "enclosure", Type: f.MediaType, Title: words.download + " " + f.Title})
	}
	return append(pages, files...)
}
