package api

import (
	"math"
	"net/http"
	"strconv"

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
	query  store.Query // without Limit
	limit  int64
	offset int64 // how many features come before the page; -1 where only the cursor knows
	cursor bool  // the page begins at a cursor
	crs    *selection.Projection
	params *answer.Params

	format    string // the name of the page's format
	mediaType string
	file      *transfer.Job // without Features; nil where the page is GeoJSON
}

// items gives a page of features as a GeoJSON FeatureCollection (OGC 17-069r4
// section 7.15). A page names the next one by offset and cursor both; the
// cursor wins, costs the same on any page, and keeps to the version that the
// first page was read from for as long as the store keeps it.
func (a *API) items(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	q, err := readRequest(w, r, d)
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

// readRequest reads the parameters of items.
func readRequest(w http.ResponseWriter, r *http.Request, d store.Dataset) (*request, error) {
	p := answer.ReadParams(w, r)
	chosen := p.Format(pageOffers(&d.Current.Schema)...)
	q := &request{params: p, limit: p.Limit(limitDefault, limitMost)}
	q.chosen = selection.Read(p, &d)
	q.query, q.crs = q.chosen.Query, q.chosen.CRS
	q.readFile(&d, chosen)
	q.readPlace(d)
	return q, p.Done()
}

// readPlace reads where the page begins.
func (q *request) readPlace(d store.Dataset) {
	p := q.params
	text, ok := p.Text("cursor")
	if !ok {
		q.offset = p.Integer("offset", 0, 0, offsetMost)
		q.query.Offset = q.offset
		return
	}
	q.cursor = true
	q.offset = p.Integer("offset", -1, 0, math.MaxInt64/2)
	c, ok := decodeCursor(text, d.ID)
	if !ok || c.version > d.Current.Number {
		p.Reject("cursor", text, "is not one that this collection has given")
		return
	}
	q.query.Version, q.query.After = c.version, c.fid
}

// links gives those of a page that returned features, up to last, where there
// are more.
func (q *request) links(r *http.Request, d store.Dataset, returned int64, last int64, more bool) []Link {
	here := answer.URL(r, Root+"/collections", d.ID, "items")
	at := func(limit, offset, after int64) string {
		query := q.params.Query("limit", "offset", "cursor")
		if q.file != nil {
			query.Set("f", q.format) // the client may have said so by Accept
		}
		query.Set("limit", strconv.FormatInt(limit, 10))
		if offset >= 0 {
			query.Set("offset", strconv.FormatInt(offset, 10))
		}
		if after > 0 {
			query.Set("cursor", cursor{q.query.Version, after}.encode(d.ID))
		}
		return here + "?" + query.Encode()
	}
	links := []Link{
		{Href: selfURL(r, Root+"/collections", q.params, d.ID, "items"), Rel: "self", Type: q.mediaType},
		{Href: answer.URL(r, Root+"/collections", d.ID), Rel: "collection", Type: typeJSON},
	}
	if more {
		offset := int64(-1)
		if q.offset >= 0 {
			offset = q.offset + returned
		}
		links = append(links, Link{Href: at(q.limit, offset, last), Rel: "next", Type: q.mediaType})
	}
	if q.offset > 0 && q.offset <= offsetMost {
		first := max(0, q.offset-q.limit)
		links = append(links, Link{Href: at(q.offset-first, first, 0), Rel: "prev", Type: q.mediaType})
	}
	for _, offer := range pageOffers(&d.Current.Schema) {
		if offer.Name == q.format || offer.MediaType == typeJSON || q.file == nil && offer.Name == answer.GeoJSON().Name {
			continue
		}
		query := q.params.Query("f")
		query.Set("f", offer.Name)
		links = append(links, Link{Href: here + "?" + query.Encode(), Rel: "alternate", Type: offer.MediaType, Title: titleOfFormat(offer)})
	}
	return links
}

// matched tells how many features match q in all, where that is known or
// cheap. A page that reaches the end knows it by itself.
func (a *API) matched(r *http.Request, d store.Dataset, q *request, returned int64, more bool) (n int64, exact bool) {
	switch {
	case q.chosen.Key == "" && q.query.Version == d.Current.Number:
		return d.Current.Rows, true
	case !more && !q.cursor && (returned > 0 || q.offset == 0):
		return q.offset + returned, true
	}
	query := q.query
	query.After, query.Offset = 0, 0
	key := d.ID + "\n" + strconv.FormatInt(query.Version, 10) + "\n" + d.Current.Tag() + "\n" + q.chosen.Key
	return a.counts.of(r.Context(), a.rows, d.ID, query, key)
}
