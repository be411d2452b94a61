package api

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"puy/server/answer"
)

// pageOfBytes is the size of the JSON at which a page of features for people
// ends; what is larger is read by programs.
const pageOfBytes = 2 << 20

// operations gives the table with a page beside each JSON document (OGC
// 17-069r4 section 8.2): the page shows what the document says, and is made
// of it, so that the two cannot differ.
func (a *API) operations() []operation {
	list := a.table()
	if a.opt.Page == nil {
		return slices.DeleteFunc(list, func(o operation) bool { return o.id == documentationID })
	}
	short := *a
	short.opt.PageBytes = min(a.opt.PageBytes, pageOfBytes)
	for i, document := range short.table() {
		o := &list[i]
		if document.id == documentationID {
			// The page that explains the API is that of its definition.
			document.handler, document.schema, document.offers = a.openAPI, "object", []answer.Format{openAPIFormat()}
			o.handler = a.page(document)
			continue
		}
		if !isJSON(o.offers[0]) {
			continue
		}
		handler, page, others := o.handler, a.page(document), o.offers
		o.offers = append(others[:len(others):len(others)], answer.HTML())
		if !slices.Contains(o.parameters, "lang") {
			o.parameters = append(o.parameters[:len(o.parameters):len(o.parameters)], "lang")
			handler = a.withoutLanguage(handler)
		}
		o.handler = func(w http.ResponseWriter, r *http.Request) error {
			answer.OfferPage(r)
			if answer.WantsPage(r, others) {
				return page(w, r)
			}
			return handler(w, r)
		}
	}
	return list
}

func isJSON(f answer.Format) bool {
	mediaType, _, _ := strings.Cut(f.MediaType, ";")
	return strings.HasSuffix(mediaType, "json")
}

// page answers with the page of what o answers in its first format.
func (a *API) page(o operation) answer.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		query, lang, err := a.readPage(w, r, o)
		if err != nil {
			return err
		}
		document := &memory{header: http.Header{}}
		inner := r.Clone(r.Context())
		inner.Method = http.MethodGet
		inner.URL.RawQuery = query.inner
		inner.Header.Set("Accept", o.offers[0].MediaType)
		inner.Header.Set("Accept-Language", lang)
		inner.Header.Del("If-None-Match")
		if err := o.handler(document, inner); err != nil {
			return err
		}
		for _, name := range []string{"Content-Crs", "OGC-NumberMatched", "Retry-After"} {
			if value := document.header.Get(name); value != "" {
				w.Header().Set(name, value)
			}
		}
		w.Header().Add("Vary", "Accept") // on language it depends already
		if document.status >= 300 {
			location, _, _ := strings.Cut(document.header.Get("Location"), "?")
			http.Redirect(w, r, location+query.asked(r), document.status)
			return nil
		}
		x := &answer.Resource{Operation: o.id, Schema: o.schema, Lang: lang, Address: answer.Base(r) + r.URL.EscapedPath(),
			Query: query.shown, Body: document.body.Bytes()}
		if o.collection {
			if x.Dataset, err = answer.PathText(r, "collection"); err != nil {
				return err
			}
		}
		if strings.HasSuffix(chi.RouteContext(r.Context()).RoutePattern(), "/{item}") {
			if x.Item, err = answer.PathText(r, "item"); err != nil {
				return err
			}
		}
		for _, offer := range o.offers {
			format := answer.Representation{Name: offer.Name, MediaType: offer.MediaType, URL: query.in(x.Address, offer.Name)}
			if o.id == documentationID {
				format.URL = answer.URL(r, Root+"/openapi.json")
			}
			x.Formats = append(x.Formats, format)
		}
		if x.Operations, err = a.explained(o, x); err != nil {
			return err
		}
		var body bytes.Buffer
		if err := a.opt.Page(&body, r, x); err != nil {
			return err
		}
		w.Header().Set("Content-Language", lang)
		return answer.Page(w, r, body.Bytes())
	}
}

// explained gives the operations that the page of o tells of: all for the
// documentation, with those of one collection, and its own for features.
func (a *API) explained(o operation, x *answer.Resource) ([]answer.Operation, error) {
	view := a.view()
	if o.id == documentationID {
		collection := x.Query.Get("collection")
		if d, ok := view.Lookup(collection); ok && d.Current != nil {
			collection = d.ID
		} else if collection = ""; len(view.Collections) > 0 {
			collection = view.Collections[0].ID
		}
		x.Dataset = collection
		return explain(x.Body, collection, view.Collections)
	}
	d, ok := view.Lookup(x.Dataset)
	if o.id != itemsID || !ok || d.Current == nil {
		return nil, nil
	}
	operation, err := describeOperation(http.MethodGet, strings.Replace(o.path, "{collection}", d.ID, 1), o.definition(view, &d, x.Lang))
	return []answer.Operation{operation}, err
}

// pageLinks lead from a document to its page, in the language of lang where the
// document is in one. Without pages there are none.
func (a *API) pageLinks(r *http.Request, p *answer.Params, title, lang, path string, segments ...string) []Link {
	if a.opt.Page == nil {
		return nil
	}
	query := p.Query("f")
	query.Set("f", answer.HTML().Name)
	return []Link{{Href: answer.URL(r, path, segments...) + "?" + query.Encode(), Rel: "alternate", Type: typeHTML, Title: title, Hreflang: lang}}
}

// memory is a ResponseWriter that keeps the answer.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header { return m.header }

func (m *memory) WriteHeader(status int) { m.status = cmp.Or(m.status, status) }

func (m *memory) Write(b []byte) (int, error) {
	m.WriteHeader(http.StatusOK)
	return m.body.Write(b)
}
