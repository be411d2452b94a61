package assets

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
)

// Root is where tiles stand.
const Root = "/tiles"

// Cutter gives tiles of web Mercator, gzipped (see tiles.Service).
type Cutter interface {
	Tile(ctx context.Context, id string, z, x, y int) (tiles.Tile, error)
}

// Options say what surrounds the assets.
type Options struct {
	// Heavy surrounds the cutting of tiles; nil for nothing.
	Heavy func(http.Handler) http.Handler
}

// Assets answers under Root. It is safe for use by many goroutines.
type Assets struct {
	view   func() *live.View
	cutter Cutter
	opt    Options
}

// New makes the assets of the catalogue that view gives.
func New(view func() *live.View, cutter Cutter, opt Options) *Assets {
	return &Assets{view: view, cutter: cutter, opt: opt}
}

// Mount adds the assets to the root of r.
func (a *Assets) Mount(r chi.Router) {
	var tile http.Handler = answer.Handler(a.tile)
	if a.opt.Heavy != nil {
		tile = a.opt.Heavy(tile)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Method(method, Root+"/{dataset}.json", answer.Handler(a.tileJSON))
		r.Method(method, Root+"/{dataset}/{z}/{x}/{y}.mvt", tile)
		r.Method(method, Root+"/{dataset}/{z}/{x}/{y}.pbf", tile)
	}
}

// dataset finds the spatial dataset that the path names. For a former name it
// answers with a redirect, and ok is false.
func (a *Assets) dataset(w http.ResponseWriter, r *http.Request) (d store.Dataset, ok bool, err error) {
	name, err := answer.PathText(r, "dataset")
	if err != nil {
		return d, false, err
	}
	d, found := a.view().Lookup(name)
	switch {
	case !found || d.Current == nil:
		return d, false, geo.Errorf(geo.KindNotFound, "there is no dataset %q", name)
	case !d.Current.Schema.Spatial():
		return d, false, geo.Errorf(geo.KindNotFound, "dataset %q has no geometry, so it has no tiles", name)
	case d.ID == name:
		return d, true, nil
	}
	rest := strings.TrimPrefix(r.URL.EscapedPath(), Root+"/"+name)
	to := answer.Base(r) + Root + "/" + d.ID + rest
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusMovedPermanently)
	return d, false, nil
}
