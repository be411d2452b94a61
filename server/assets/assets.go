package assets

import (
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"puy/server/answer"
	"puy/server/live"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/tms"
)

// Root is where tiles stand.
const Root = "/tiles"

// Cutter gives tiles (see tiles.Service).
type Cutter interface {
	Tileset(q tiles.Query) (*tiles.Tileset, error)
	Encodes(e tiles.Encoding) bool
	In(t tiles.Tile, coding tiles.Coding) (tiles.Tile, error)
}

// Options say what surrounds the assets.
type Options struct {
	// Heavy surrounds the cutting of tiles; nil for nothing.
	Heavy func(http.Handler) http.Handler
	// Sets are the tile matrix sets that there are tiles of, beside those of the portal.
	Sets []*tms.Set
	// Archives gives the tiles of datasets that are archives; nil: they have none here.
	Archives *archive.Service
	Log      *slog.Logger // nil means slog.Default
}

// Assets answers under Root. It is safe for use by many goroutines.
type Assets struct {
	view   func() *live.View
	cutter Cutter
	opt    Options
	sets   sets
	plans  plans
}

// New makes the assets of the catalogue that view gives.
func New(view func() *live.View, cutter Cutter, opt Options) *Assets {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Assets{view: view, cutter: cutter, opt: opt, sets: sets{fixed: opt.Sets, log: opt.Log}}
}

// Mount adds the assets to the root of r.
func (a *Assets) Mount(r chi.Router) {
	heavy := a.opt.Heavy
	if heavy == nil {
		heavy = func(h http.Handler) http.Handler { return h }
	}
	get := func(pattern string, h answer.Handler, around func(http.Handler) http.Handler) {
		var handler http.Handler = h
		if around != nil {
			handler = around(h)
		}
		r.Method(http.MethodGet, pattern, handler)
		r.Method(http.MethodHead, pattern, handler)
	}
	get(Root+"/{dataset}.json", a.tileJSON, nil)
	get(Root+"/{set}/{dataset}.json", a.tileJSON, nil)
	get(Root+"/sets", a.listSets, nil)
	get(Root+"/sets/{set}", a.definition, nil)
	for _, place := range []string{"/{dataset}/{z}/{x}/{y}", "/{set}/{dataset}/{z}/{x}/{y}"} {
		get(Root+place+".mvt", a.tile(formatMVT), heavy)
		get(Root+place+".pbf", a.tile(formatMVT), heavy)
		if a.cutter.Encodes(tiles.MLT) || a.opt.Archives != nil {
			get(Root+place+".mlt", a.tile(formatMLT), heavy)
		}
		if a.opt.Archives != nil {
			for _, f := range archiveFormats() {
				get(Root+place+"."+string(f), a.tile(f), heavy)
			}
		}
		get(Root+place, a.tile(formatNegotiated), heavy)
	}
}
