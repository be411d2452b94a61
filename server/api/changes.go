package api

import (
	"iter"
	"net/http"
	"strconv"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format/geojson"
	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
	"puy/store/delta"
)

// degreeDecimals are those of coordinates: a centimetre.
const degreeDecimals = 7

// comparing is a question for what differs between two versions, understood.
type comparing struct {
	versions delta.Versions
	params   *answer.Params
	path     []string // of the answer, below the collections
	kind     store.DifferenceKind
	limit    int64
	after    int64
}

// kindOf gives the kind of difference that a client calls op.
func kindOf(op string) store.DifferenceKind {
	return map[string]store.DifferenceKind{"insert": store.Added, "update": store.Modified, "delete": store.Removed}[op]
}

func opOf(kind store.DifferenceKind) string {
	return map[store.DifferenceKind]string{store.Added: "insert", store.Modified: "update", store.Removed: "delete"}[kind]
}

// versionChanges tells what a version changed against the one before.
func (a *API) versionChanges(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	number, err := versionAsked(r)
	if err != nil {
		return err
	}
	return a.compare(w, r, d, answer.ReadParams(w, r), "", strconv.FormatInt(number, 10), "versions", strconv.FormatInt(number, 10), "changes")
}

// changes tells what differs between two kept versions.
func (a *API) changes(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	p := answer.ReadParams(w, r)
	from, _ := p.Text("from")
	to, _ := p.Text("to")
	return a.compare(w, r, d, p, from, to, "changes")
}

// compare answers with a page of the features that differ, in the order of their
// fids.
func (a *API) compare(w http.ResponseWriter, r *http.Request, d store.Dataset, p *answer.Params, from, to string, path ...string) error {
	p.Format(answer.JSON())
	q := &comparing{params: p, path: append([]string{d.ID}, path...), limit: p.Limit(limitDefault, limitMost)}
	q.kind = kindOf(p.OneOf("op", "", "insert", "update", "delete"))
	if err := a.findVersions(r, p, &d, q, from, to); err != nil {
		return err
	}
	if text, ok := p.Text("cursor"); ok {
		c, ok := decodeCursor(text, d.ID, q.order())
		if !ok || c.version != q.versions.To.Number {
			p.Reject("cursor", text, answer.Because("cursor.versions"))
		}
		q.after = c.fid
	}
	if err := p.Done(); err != nil {
		return err
	}
	before := ""
	if q.versions.From != nil {
		before = q.versions.From.Tag()
	}
	tag := answer.Tag(r, d.ID, "changes", before, q.versions.To.Tag(), r.URL.EscapedPath(), p.Query().Encode())
	if answer.NotModified(w, r, tag, answer.Revalidate) || r.Method == http.MethodHead {
		w.Header().Set("Content-Type", typeJSON)
		return nil
	}
	return a.sendChanges(w, r, q)
}

// findVersions finds the two versions: without from, the one that the later was
// compared with, or else the newest kept before it, or none.
func (a *API) findVersions(r *http.Request, p *answer.Params, d *store.Dataset, q *comparing, from, to string) error {
	kept, err := a.rows.Versions(r.Context(), d.ID)
	if err != nil {
		return err
	}
	q.versions = delta.Versions{Dataset: d.ID, Kept: kept}
	find := func(name, text string) (*catalog.Version, error) {
		number, err := strconv.ParseUint(text, 10, 63)
		if err != nil || number < 1 {
			p.Reject(name, text, answer.Because("version.number"))
			return d.Current, nil
		}
		return selection.Version(r.Context(), a.rows, d, int64(number))
	}
	q.versions.To = d.Current
	if to != "" {
		if q.versions.To, err = find("to", to); err != nil {
			return err
		}
	}
	if from != "" {
		q.versions.From, err = find("from", from)
		return err
	}
	later := q.versions.To
	if later.Comparison != nil {
		q.versions.From, err = selection.Version(r.Context(), a.rows, d, later.Comparison.Base)
		return err
	}
	for i := range kept {
		if kept[i].Number < later.Number {
			q.versions.From = &kept[i]
			return nil
		}
	}
	return nil
}

// order is what the checksum of a cursor covers.
func (q *comparing) order() string {
	from := int64(0)
	if q.versions.From != nil {
		from = q.versions.From.Number
	}
	return "changes from " + strconv.FormatInt(from, 10) + " " + string(q.kind)
}

// sendChanges makes the page whole before it is sent: it is bounded.
func (a *API) sendChanges(w http.ResponseWriter, r *http.Request, q *comparing) error {
	from, to := q.versions.From, q.versions.To
	head, err := marshal(q.head())
	if err != nil {
		return err
	}
	body := append(append(make([]byte, 0, 4096), head[:len(head)-1]...), `,"changes":[`...)
	var n, last int64
	more := false
	for c, err := range q.between(a, r) {
		if err != nil {
			return err
		}
		if q.kind != "" && c.Kind != q.kind {
			continue
		}
		if more = n == q.limit || n > 0 && len(body) >= a.opt.PageBytes; more {
			break
		}
		if n > 0 {
			body = append(body, ',')
		}
		body = appendChange(append(body, '\n'), from, to, c)
		n, last = n+1, c.FID
	}
	if err := r.Context().Err(); err != nil {
		return err
	}
	links, err := marshal(q.links(a, r, more, last))
	if err != nil {
		return err
	}
	body = append(append(body, "\n],\"numberReturned\":"...), strconv.FormatInt(n, 10)...)
	body = append(append(append(body, ",\"links\":"...), links...), "}\n"...)
	answer.Send(w, http.StatusOK, typeJSON, body)
	return nil
}

// between gives nothing where there is no version to compare with.
func (q *comparing) between(a *API, r *http.Request) iter.Seq2[*delta.Change, error] {
	if q.versions.From == nil {
		return func(func(*delta.Change, error) bool) {}
	}
	return delta.Between(r.Context(), a.rows, q.versions, q.after)
}

// changesHead tells of the versions as wholes.
type changesHead struct {
	From   *int64     `json:"from"` // null where there was no version before
	To     int64      `json:"to"`
	Keyed  bool       `json:"keyed"` // else features cannot be known again
	Counts pageCounts `json:"counts"`
}

type pageCounts struct {
	RowsBefore *int64 `json:"rowsBefore"`
	RowsAfter  int64  `json:"rowsAfter"`
	*changeCounts
}

func (q *comparing) head() changesHead {
	h := changesHead{To: q.versions.To.Number, Keyed: q.versions.To.Keyed, Counts: q.counts()}
	if q.versions.From != nil {
		h.From, h.Keyed = &q.versions.From.Number, q.versions.Comparable()
	}
	return h
}

// counts are those of the load, where it compared these two versions and nobody
// has edited one of them since.
func (q *comparing) counts() pageCounts {
	from, to := q.versions.From, q.versions.To
	c := pageCounts{RowsAfter: to.Rows}
	if from == nil {
		return c
	}
	c.RowsBefore = &from.Rows
	if to.Comparison != nil && to.Comparison.Base == from.Number && to.Edits == 0 && (from.Edits == 0 || from.Edited.Before(to.Loaded)) {
		counts := countsOf(to)
		c.changeCounts = &counts
	}
	return c
}

func (q *comparing) links(a *API, r *http.Request, more bool, last int64) []Link {
	here := answer.URL(r, Root+"/collections", q.path...)
	at := func(query string) string {
		if query == "" {
			return here
		}
		return here + "?" + query
	}
	links := []Link{{Href: at(q.params.Query().Encode()), Rel: "self", Type: typeJSON}}
	if more {
		query := q.params.Query("cursor")
		if q.path[1] == "changes" {
			query.Set("from", strconv.FormatInt(q.versions.From.Number, 10))
			query.Set("to", strconv.FormatInt(q.versions.To.Number, 10))
		}
		query.Set("cursor", cursor{version: q.versions.To.Number, fid: last}.encode(q.path[0], q.order()))
		links = append(links, Link{Href: at(query.Encode()), Rel: "next", Type: typeJSON})
	}
	links = append(links,
		Link{Href: answer.URL(r, Root+"/collections", q.path[0]), Rel: "collection", Type: typeJSON},
		Link{Href: answer.URL(r, Root+"/collections", q.path[0], "versions"), Rel: "version-history", Type: typeJSON})
	if a.opt.Page != nil {
		query := q.params.Query("f")
		query.Set("f", "html")
		links = append(links, Link{Href: at(query.Encode()), Rel: "alternate", Type: typeHTML})
	}
	return links
}

// appendChange writes one change: of an update only what differs, of an insert
// and a delete all.
func appendChange(b []byte, from, to *catalog.Version, c *delta.Change) []byte {
	b = append(b, `{"op":"`+opOf(c.Kind)+`","id":`...)
	b = geo.AppendJSONString(b, c.ID)
	b = append(b, `,"fid":`...)
	b = strconv.AppendInt(b, c.FID, 10)
	if c.Before != nil {
		b = appendSide(append(b, `,"before":`...), &from.Schema, c.Before, c)
	}
	if c.After != nil {
		b = appendSide(append(b, `,"after":`...), &to.Schema, c.After, c)
	}
	return append(b, '}')
}

func appendSide(b []byte, schema *geo.Schema, f *geo.Feature, c *delta.Change) []byte {
	shown, values := *schema, *f
	if c.Kind == store.Modified {
		shown.Fields, values.Values = nil, nil
		for _, name := range c.Fields {
			if i := schema.Index(name); i >= 0 {
				shown.Fields, values.Values = append(shown.Fields, schema.Fields[i]), append(values.Values, f.Values[i])
			}
		}
	}
	b = append(b, '{')
	if schema.Spatial() && (c.Kind != store.Modified || c.Geometry) {
		b = append(geojson.AppendGeometry(append(b, `"geometry":`...), f.Geometry, degreeDecimals), ',')
	}
	b = append(b, `"properties":`...)
	return append(geojson.AppendProperties(b, &shown, &values), '}')
}
