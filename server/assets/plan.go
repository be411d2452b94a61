package assets

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
	"puy/tiles/tms"
)

// plan is a request for tiles, understood: all but the tile's place.
type plan struct {
	view    *live.View // that it was made with
	set     *tms.Set   // nil for WebMercatorQuad
	tileset *tiles.Tileset
	parts   []part // instead of tileset, where an archive is among the datasets
	version string // the parameter v
	media   string // the tile's media type
	vary    []string
}

// planKey is what a request says beside the tile's place.
type planKey struct {
	format              format
	set, dataset, query string
	parameter           string // of Ask
	accept              string // where the format is negotiated
}

// plans remembers the plans of one view of the catalogue: maps ask for hundreds
// of tiles in the same words.
type plans struct {
	mu    sync.RWMutex
	view  *live.View
	plans map[planKey]*plan
}

// maxPlans bounds them: an address has at most 8 KB.
const maxPlans = 1024

func (p *plans) find(view *live.View, key planKey) *plan {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.view != view {
		return nil
	}
	return p.plans[key]
}

func (p *plans) keep(key planKey, made *plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.view != made.view || len(p.plans) >= maxPlans {
		p.view, p.plans = made.view, map[planKey]*plan{}
	}
	p.plans[key] = made
}

// datasets finds the spatial datasets that ask names, in its order. Where
// a path has a former name it answers with a redirect, and ok is false.
func (a *Assets) datasets(w http.ResponseWriter, r *http.Request, view *live.View, ask Ask) (all []store.Dataset, ok bool, err error) {
	text := ask.Datasets
	if ask.inPath {
		if text, err = answer.PathText(r, "dataset"); err != nil {
			return nil, false, err
		}
	}
	if n := strings.Count(text, ",") + 1; n > tiles.MaxLayers {
		return nil, false, answer.Refusal(http.StatusBadRequest, "layers.many", "most", strconv.Itoa(tiles.MaxLayers))
	}
	renamed := false
	var ids []string
	for name := range strings.SplitSeq(text, ",") {
		if err := view.Removed(name); err != nil {
			return nil, false, err
		}
		d, found := view.Lookup(name)
		switch {
		case !found || d.Current == nil && !(d.Source.IsArchive() && a.opt.Archives != nil):
			return nil, false, answer.Refusal(http.StatusNotFound, "dataset", "name", geo.ClipValue(name))
		case d.Current != nil && !d.Current.Schema.Spatial():
			return nil, false, geo.Errorf(geo.KindNotFound, "dataset %q has no geometry, so it has no tiles", name)
		case slices.Contains(ids, d.ID):
			return nil, false, answer.Refusal(http.StatusBadRequest, "layers.twice", "name", d.ID)
		}
		renamed = renamed || d.ID != name
		all, ids = append(all, d), append(ids, d.ID)
	}
	if !renamed || !ask.inPath {
		return all, true, nil
	}
	to := strings.Replace(r.URL.EscapedPath(), "/"+chi.URLParam(r, "dataset"), "/"+strings.Join(ids, ","), 1)
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, answer.Base(r)+to, http.StatusMovedPermanently)
	return nil, false, nil
}
