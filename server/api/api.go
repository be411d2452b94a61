package api

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/catalog"
	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/server/transfer"
	"puy/store"
)

// Root is where the landing page stands.
const Root = "/api"

// Rows is what the API needs of a store besides its catalogue.
type Rows interface {
	Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error]
	Feature(ctx context.Context, id, featureID string) (*geo.Feature, error)
	Count(ctx context.Context, id string, q store.Query, atMost int64) (n int64, exact bool, err error)
	Versions(ctx context.Context, id string) ([]catalog.Version, error)
	AsOf(ctx context.Context, id string, at time.Time) (int64, error)
	Differences(ctx context.Context, id string, version, after int64) iter.Seq2[store.Difference, error]
	Changes(ctx context.Context, id string, version, after int64) iter.Seq2[store.Change, error]
}

// Options say what surrounds the API.
type Options struct {
	// Pages tells that the portal's pages are served, so that they can be linked.
	Pages bool
	// Page writes the pages of the API's documents; nil: there are none.
	Page answer.ResourcePage
	// PageBytes is the size at which a page ends before its limit, with a link
	// to the next; 0 for 32 MB.
	PageBytes int
	// CountPatience is how long it may take to count what a filter selects; 0 for
	// 300 ms.
	CountPatience time.Duration
	// Tiles gives tilesets and their tiles; nil: there are none.
	Tiles Tiles
	// Heavy surrounds the operations that read many rows; nil for nothing.
	Heavy func(http.Handler) http.Handler
	// Editing makes features of editable datasets changeable; nil: none are.
	Editing *Editing
	// Desk makes pages that are files; nil for one with its own folder.
	Desk *transfer.Desk
}

// API answers under Root. It is safe for use by many goroutines.
type API struct {
	view   func() *live.View
	rows   Rows
	opt    Options
	counts *counts

	itemFormats                  []answer.Format // that features come in
	spatialFormats, plainFormats pageFormats     // those of pages of datasets with a geometry, and without
	buffers                      *sync.Pool      // of *[]byte, in which pages are gathered
}

// New makes an API over the catalogue that view gives and the rows of a store.
func New(view func() *live.View, rows Rows, opt Options) *API {
	if opt.PageBytes <= 0 {
		opt.PageBytes = 32 << 20
	}
	if opt.Desk == nil {
		opt.Desk = transfer.NewDesk(transfer.Options{})
	}
	a := &API{view: view, rows: rows, opt: opt, counts: newCounts(opt.CountPatience),
		spatialFormats: newPageFormats(&geo.Schema{Geometry: geo.GeometryAny}), plainFormats: newPageFormats(&geo.Schema{}),
		buffers: &sync.Pool{New: func() any { b := make([]byte, 0, chunk+chunk/4); return &b }}}
	for _, o := range a.operations() {
		if o.id == "getItems" {
			a.itemFormats = o.offers
		}
	}
	return a
}

// operation is one thing that the API does, at one path.
type operation struct {
	method     string // "" is GET, and HEAD with it
	path       string // under Root, as chi writes it
	id         string // operationId; of a collection's path, the id follows after a dot
	summary    string
	collection bool // the path is one of each collection
	parameters []string
	offers     []answer.Format
	schema     string // in components.schemas
	heavy      bool
	handler    answer.Handler

	spatial bool                                         // of collections, only those with a geometry have the path
	empty   bool                                         // the answer may be 204
	around  func(http.Handler) http.Handler              // instead of heavy
	more    func(d *store.Dataset, lang string) []object // further parameters, of a collection's path those of d
}

// table says what there is to ask; pages come on top of it (see operations).
func (a *API) table() []operation {
	document := []answer.Format{answer.JSON()}
	page := []answer.Format{answer.GeoJSON(), answer.JSON()}
	pages := append(page[:2:2], fileOffers(transfer.Formats())...)
	return append([]operation{
		{path: "", id: "getLandingPage", summary: "The entrance to this API", parameters: []string{"f", "lang"},
			offers: document, schema: "landingPage", handler: a.landing},
		{path: "/conformance", id: "getConformance", summary: "The standards that this API keeps", parameters: []string{"f"},
			offers: document, schema: "conformance", handler: a.conformance},
		{path: "/openapi.json", id: "getDefinition", summary: "This API definition", parameters: []string{"f", "lang"},
			offers: []answer.Format{openAPIFormat()}, schema: "openapi", handler: a.openAPI},
		{path: documentationPath, id: documentationID, summary: "This API for people", parameters: []string{"f", "lang"},
			offers: []answer.Format{answer.HTML()}, schema: "text"},
		{path: "/collections", id: "getCollections", summary: "All datasets", parameters: []string{"f", "lang"},
			offers: document, schema: "collections", handler: a.collections, more: func(*store.Dataset, string) []object { return searchParameters() }},
		{path: "/collections/{collection}", id: "getCollection", summary: "One dataset", collection: true,
			parameters: []string{"f", "lang"}, offers: document, schema: "collection", handler: a.ofCollection(a.collection)},
		{path: "/collections/{collection}/schema", id: "getSchema", summary: "The schema of the features", collection: true,
			parameters: []string{"f", "lang"}, offers: []answer.Format{schemaFormat()}, schema: "jsonSchema", handler: a.ofCollection(a.schemaOf("schema"))},
		{path: "/collections/{collection}/queryables", id: "getQueryables", summary: "What filters can use", collection: true,
			parameters: []string{"f", "lang"}, offers: []answer.Format{schemaFormat()}, schema: "jsonSchema", handler: a.ofCollection(a.schemaOf("queryables"))},
		{path: "/collections/{collection}/sortables", id: "getSortables", summary: "What sortby can use", collection: true,
			parameters: []string{"f", "lang"}, offers: []answer.Format{schemaFormat()}, schema: "jsonSchema", handler: a.ofCollection(a.schemaOf("sortables"))},
		{path: "/collections/{collection}/items", id: itemsID, summary: "The features of a dataset, page by page", collection: true,
			parameters: []string{"f", "limit", "offset", "cursor", "asof", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "q", "sortby",
				"properties", "exclude-properties", "skipGeometry"}, offers: pages, schema: "featureCollection",
			heavy: true, handler: a.ofCollection(a.items)},
		{path: "/collections/{collection}/items/{item}", id: "getItem", summary: "One feature", collection: true,
			parameters: []string{"f", "asof", "crs", "properties", "exclude-properties", "skipGeometry", "item"}, offers: page, schema: "feature", handler: a.ofCollection(a.item)},
	}, append(a.versionOperations(), a.tileOperations()...)...)
}

// Mount adds the API to the root of r.
func (a *API) Mount(r chi.Router) {
	for _, o := range a.operations() {
		var h http.Handler = o.handler
		if o.heavy && a.opt.Heavy != nil {
			h = a.opt.Heavy(h)
		}
		if o.around != nil {
			h = o.around(h)
		}
		r.Method(http.MethodGet, Root+o.path, h)
		r.Method(http.MethodHead, Root+o.path, h)
	}
	for _, o := range a.edits() {
		var h http.Handler = o.handler
		if a.opt.Heavy != nil {
			h = a.opt.Heavy(h)
		}
		r.Method(o.method, Root+o.path, h)
	}
}

// ofCollection finds the dataset that the path names. A former name leads to
// the present one.
func (a *API) ofCollection(h func(w http.ResponseWriter, r *http.Request, d store.Dataset) error) answer.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		name, err := answer.PathText(r, "collection")
		if err != nil {
			return err
		}
		d, ok := a.view().Lookup(name)
		if err := a.view().Removed(name); err != nil {
			return err
		}
		if !ok || d.Current == nil {
			return answer.Refusal(http.StatusNotFound, "collection", "name", geo.ClipValue(name))
		}
		if d.ID == name {
			return h(w, r, d)
		}
		to := answer.URL(r, Root+"/collections", d.ID)
		if _, rest, below := strings.Cut(strings.TrimPrefix(strings.TrimRight(r.URL.EscapedPath(), "/"), Root+"/collections/"), "/"); below {
			to += "/" + rest
		}
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		status := http.StatusMovedPermanently
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			status = http.StatusPermanentRedirect // which keeps the method and the body
		}
		http.Redirect(w, r, to, status)
		return nil
	}
}
