package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"iter"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
	"puy/web"
)

// Rows is what pages need of a store besides its catalogue.
type Rows interface {
	Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error]
	Feature(ctx context.Context, id, featureID string) (*geo.Feature, error)
	// Report gives what ingest found when a version was loaded, as JSON.
	Report(ctx context.Context, id string, version int64) (json.RawMessage, error)
}

// Portal renders the pages. It is safe for use by many goroutines.
type Portal struct {
	view      func() *live.View
	rows      Rows
	refreshes Refreshes
	examined  *examinations
	assets    *web.Assets
	languages map[string]*web.Language
	pages     map[string]*template.Template
}

// New parses the templates and reads the words and assets that package web
// embeds. view gives the catalogue to show. refreshes may be nil: then pages tell
// nothing of them.
func New(view func() *live.View, rows Rows, refreshes Refreshes) (*Portal, error) {
	p := &Portal{view: view, rows: rows, refreshes: refreshes, examined: &examinations{rows: rows, known: map[string]examined{}}, languages: map[string]*web.Language{}, pages: map[string]*template.Template{}}
	languages, err := web.Languages()
	if err != nil {
		return nil, err
	}
	for _, l := range languages {
		p.languages[l.Code] = l
	}
	if p.assets, err = web.LoadAssets(); err != nil {
		return nil, err
	}
	for _, name := range []string{"home", "dataset", "item", "access", "error", "resource"} {
		page, err := template.ParseFS(web.Templates(), "layout.html", "parts.html", "document.html", name+".html")
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		p.pages[name] = page
	}
	if _, built := p.assets.Served("portal.js"); !built {
		slog.Warn("this program was built without the map's code; pages come without maps", "hint", "build it with make")
	}
	return p, nil
}

// Mount adds the pages and static files to the root of r.
func (p *Portal) Mount(r chi.Router) {
	for pattern, handler := range map[string]answer.Handler{
		"/":                           p.front,
		"/datasets/{id}":              p.identifier,
		"/static/{name}":              p.static,
		"/{lang:fr|en}":               p.homeWithoutSlash,
		"/{lang:fr|en}/":              p.home,
		"/{lang:fr|en}/api":           p.access,
		"/{lang:fr|en}/datasets/{id}": p.dataset,
		"/{lang:fr|en}/datasets/{id}/items/{item}":   p.item,
		"/{lang:fr|en}/datasets/{id}/features/{fid}": p.feature,
	} {
		r.Method(http.MethodGet, pattern, handler)
		r.Method(http.MethodHead, pattern, handler)
	}
}
