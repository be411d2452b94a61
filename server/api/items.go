package api

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"puy/geo"
	"puy/server/answer"
	"puy/server/selection"
	"puy/server/transfer"
	"puy/store"
)

const (
	limitDefault = 100
	limitMost    = 10_000
	// offsetMost bounds what offset alone makes the store skip. Cursors have
	// no such bound.
	offsetMost = 1_000_000
)

// request is a question for a page of features, understood.
type request struct {
	chosen selection.Selection
	fields selection.Fields
	query  store.Query // without Limit
	schema *geo.Schema // of the features as they are sent
	sorted []int       // where a feature that is read has the values that it is sorted by
	order  string      // sortby, in one form
	limit  int64
	take   int64 // how many features this page may have: limit, but before the second page perhaps fewer
	offset int64 // how many features come before the page; -1 where only the cursor knows
	cursor *cursor
	first  bool // nothing comes before the page
	crs    *selection.Projection
	params *answer.Params

	formats   *pageFormats // that the dataset's features come in
	format    string       // the name of the page's format
	mediaType string
	file      *transfer.Job // without Features; nil where the page is GeoJSON
}

// items gives a page of features as a GeoJSON FeatureCollection (OGC 17-069r4
// section 7.15). A page names its neighbours by offset and cursor both; the
// cursor wins, costs the same on any page, and keeps to the version that the
// first page was read from for as long as the store keeps it.
func (a *API) items(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	q, err := a.readRequest(w, r, &d)
	if err != nil {
		return err
	}
	contentCRS(w, q.crs)
	tag := answer.Tag(r, d.ID, strconv.FormatInt(q.query.Version, 10), d.Current.Tag(), q.format, q.params.Query().Encode())
	if answer.NotModified(w, r, tag, answer.Revalidate) {
		return nil
	}
	if r.Method == http.MethodHead {
		q.head(w.Header(), &d)
		return nil
	}
	if q.file != nil {
		return a.sendFile(w, r, d, q)
	}
	return a.sendPage(w, r, d, q)
}

// readRequest reads the parameters of items. Where a cursor is of another
// version, d becomes that of then.
func (a *API) readRequest(w http.ResponseWriter, r *http.Request, d *store.Dataset) (*request, error) {
	p := answer.ReadParams(w, r)
	formats := a.pageFormatsOf(&d.Current.Schema)
	chosen := p.Format(formats.offers...)
	q := &request{params: p, formats: formats, limit: p.Limit(limitDefault, limitMost)}
	q.take = q.limit
	order, _ := selection.ParseSort(p.Query().Get("sortby")) // what is wrong with it is told below
	q.order = selection.SortText(order)
	if err := selection.ReadAsOf(r.Context(), p, a.rows, d); err != nil {
		return nil, err
	}
	if err := a.readCursor(r, d, q); err != nil {
		return nil, err
	}
	q.chosen = selection.Read(p, d)
	q.query, q.crs, q.fields = q.chosen.Query, q.chosen.CRS, selection.ReadFields(p, d)
	q.query.Sort = selection.ReadSort(p, d)
	if q.cursor == nil {
		q.offset = p.Integer("offset", 0, 0, offsetMost)
		q.query.Offset, q.first = q.offset, q.offset == 0
	} else {
		q.offset = p.Integer("offset", -1, 0, math.MaxInt64/2)
	}
	q.schema = q.fields.Schema(&d.Current.Schema)
	q.project(&d.Current.Schema)
	q.readFile(d, chosen)
	return q, p.Done()
}

// project tells the store what to read: what is sent, and after that what
// cursors need.
func (q *request) project(whole *geo.Schema) {
	q.query.NoGeometry = q.fields.NoGeometry
	if q.fields.Names != nil {
		q.query.Fields = q.fields.Names[:len(q.fields.Names):len(q.fields.Names)]
	}
	for _, o := range q.query.Sort {
		if q.fields.Names == nil {
			q.sorted = append(q.sorted, whole.Index(o.Field))
			continue
		}
		at := slices.Index(q.query.Fields, o.Field)
		if at < 0 {
			at = len(q.query.Fields)
			q.query.Fields = append(q.query.Fields, o.Field)
		}
		q.sorted = append(q.sorted, at)
	}
}

// links gives those of a page.
func (q *request) links(r *http.Request, d store.Dataset, page *span) []Link {
	here := answer.URL(r, Root+"/collections", d.ID, "items")
	at := func(offset int64, c *cursor) string {
		query := q.params.Query("limit", "offset", "cursor")
		if q.file != nil {
			query.Set("f", q.format) // the client may have said so by Accept
		}
		query.Set("limit", strconv.FormatInt(q.limit, 10))
		if offset >= 0 {
			query.Set("offset", strconv.FormatInt(offset, 10))
		}
		if c != nil {
			c.version = q.query.Version
			query.Set("cursor", c.encode(d.ID, q.order))
		}
		return here + "?" + query.Encode()
	}
	links := []Link{
		{Href: selfURL(r, Root+"/collections", q.params, d.ID, "items"), Rel: "self", Type: q.mediaType},
		{Href: answer.URL(r, Root+"/collections", d.ID), Rel: "collection", Type: typeJSON},
	}
	if page.more {
		next := Link{Rel: "next", Type: q.mediaType}
		if offset := q.offset; page.returned == 0 {
			next.Href = at(max(0, offset), nil)
		} else {
			if offset >= 0 {
				offset += page.returned
			}
			next.Href = at(offset, &cursor{fid: page.last.fid, values: page.last.values})
		}
		links = append(links, next)
	}
	offset := q.offset
	if offset > 0 {
		offset = max(0, offset-q.limit)
	}
	switch {
	case q.first:
	case page.returned > 0:
		links = append(links, Link{Href: at(offset, &cursor{fid: page.first.fid, values: page.first.values, backward: true}), Rel: "prev", Type: q.mediaType})
	case q.offset > 0 && q.offset <= offsetMost:
		links = append(links, Link{Href: at(offset, nil), Rel: "prev", Type: q.mediaType})
	}
	for i, offer := range q.formats.offers {
		if offer.Name == q.format || offer.MediaType == typeJSON || q.file == nil && offer.Name == answer.GeoJSON().Name {
			continue
		}
		query := q.params.Query("f")
		query.Set("f", offer.Name)
		links = append(links, Link{Href: here + "?" + query.Encode(), Rel: "alternate", Type: offer.MediaType, Title: q.formats.titles[i]})
	}
	return links
}

// matched tells how many features match q in all, where that is known or
// cheap. A page that reaches the end knows it by itself.
func (a *API) matched(r *http.Request, d store.Dataset, q *request, returned int64, more bool) (n int64, exact bool) {
	switch {
	case q.chosen.Key == "" && q.query.Version == d.Current.Number:
		return d.Current.Rows, true
	case !more && q.cursor == nil && (returned > 0 || q.offset == 0):
		return q.offset + returned, true
	}
	key := d.ID + "\n" + strconv.FormatInt(q.query.Version, 10) + "\n" + d.Current.Tag() + "\n" + q.chosen.Key
	return a.counts.of(r.Context(), a.rows, d.ID, q.chosen.Query, key)
}
