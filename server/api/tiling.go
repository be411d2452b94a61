package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/server/assets"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/tms"
)

// Tiles is what the API needs of the server's tiles (see assets.Assets).
type Tiles interface {
	ServeTile(w http.ResponseWriter, r *http.Request, ask assets.Ask) error
	ServeTileJSON(w http.ResponseWriter, r *http.Request, ask assets.Ask) error
	Heavy(h http.Handler) http.Handler
	Formats() []answer.Format
	Sets() []*tms.Set
	Archive(ctx context.Context, d store.Dataset) (*archive.Description, error)
}

// archivePatience is how long a document waits for archives to tell of
// themselves; those that have not are left out of lists.
const archivePatience = 2 * time.Second

// picture is what a tileset shows: some datasets, whatever its tile matrix set.
type picture struct {
	view     *live.View
	dataset  string // the collection that the path names; empty for tilesets of the whole portal
	chosen   bool   // by the parameter collections
	datasets []store.Dataset
	archives []*archive.Description // as datasets; nil for those that have features
}

// path gives the picture's address under the public URL, of the list of its tilesets.
func (t *picture) path(r *http.Request) string {
	if t.dataset == "" {
		return answer.URL(r, Root+"/tiles")
	}
	return answer.URL(r, Root+"/collections", t.dataset, "tiles")
}

// ids names the datasets as the parameter collections does.
func (t *picture) ids() string {
	names := make([]string, len(t.datasets))
	for i := range t.datasets {
		names[i] = t.datasets[i].ID
	}
	return strings.Join(names, ",")
}

// query gives the parameter that chooses the picture among those of its path.
func (t *picture) query() url.Values {
	if !t.chosen {
		return url.Values{}
	}
	return url.Values{"collections": {t.ids()}}
}

// spatial gives the collections that have tiles, as many as a tile holds.
func spatial(view *live.View) []store.Dataset {
	var all []store.Dataset
	for _, d := range view.Collections {
		if d.Current.Schema.Spatial() && len(all) < tiles.MaxLayers {
			all = append(all, d)
		}
	}
	return all
}

// ofSpatial finds the picture of the collection that the path names.
func (a *API) ofSpatial(h func(w http.ResponseWriter, r *http.Request, t *picture) error) answer.Handler {
	return a.ofCollection(func(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
		if !d.Current.Schema.Spatial() {
			return geo.Errorf(geo.KindNotFound, "collection %q has no geometry, so it has no tiles", d.ID)
		}
		return h(w, r, &picture{view: a.view(), dataset: d.ID, datasets: []store.Dataset{d}, archives: make([]*archive.Description, 1)})
	})
}

// ofPortal finds the picture that the parameter collections names, in its order
// (OGC 20-057 section 10.3): without it, of all collections that have tiles.
func (a *API) ofPortal(h func(w http.ResponseWriter, r *http.Request, t *picture) error) answer.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		t := &picture{view: a.view()}
		text, chosen := answer.ReadParams(w, r).Text("collections")
		if t.chosen = chosen; chosen {
			if err := t.choose(text); err != nil {
				return answer.BadParameter("collections", text, err)
			}
		} else {
			t.datasets = spatial(t.view)
		}
		t.archives = make([]*archive.Description, len(t.datasets))
		return h(w, r, t)
	}
}

// choose takes the datasets that a text names; reason tells why it cannot.
func (t *picture) choose(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		d, known := t.view.Lookup(name)
		switch {
		case !known || d.Current == nil && !d.Source.IsArchive():
			return answer.Because("collections.unknown", "name", geo.ClipValue(name))
		case d.Current != nil && !d.Current.Schema.Spatial():
			return answer.Because("collections.flat", "name", d.ID)
		case slices.ContainsFunc(t.datasets, func(other store.Dataset) bool { return other.ID == d.ID }):
			return answer.Because("collections.twice", "name", d.ID)
		case len(t.datasets) == tiles.MaxLayers:
			return answer.Because("collections.many", "most", strconv.Itoa(tiles.MaxLayers))
		}
		t.datasets = append(t.datasets, d)
	}
	return nil
}

// open reads what the picture's archives tell of themselves.
func (a *API) open(ctx context.Context, t *picture) error {
	for i := range t.datasets {
		if !t.datasets[i].Source.IsArchive() || t.archives[i] != nil {
			continue
		}
		about, err := a.opt.Tiles.Archive(ctx, t.datasets[i])
		if err != nil {
			return err
		}
		t.archives[i] = about
	}
	return nil
}

// bounds gives the box around the picture, and whether one can tell. An archive
// tells its own, which nobody has checked.
func (t *picture) bounds() (b geo.Bounds, known bool) {
	b, known = geo.EmptyBounds(), true
	for i := range t.datasets {
		if t.archives[i] != nil {
			of := t.archives[i].Header.Bounds
			known = known && of.MinX >= -180 && of.MaxX <= 180 && of.MinY >= -90 && of.MaxY <= 90 && of.MinX < of.MaxX && of.MinY < of.MaxY
			b = b.Union(of)
		} else {
			b = b.Union(t.datasets[i].Current.Extent)
		}
	}
	return b, known && !b.IsEmpty()
}

// limits tells which tiles of a set can have something in them. Where nothing is
// known of the extent every tile can. They are none where the set is of another
// part of the world.
func (t *picture) limits(set *tms.Set) []tms.Limits {
	b, known := t.bounds()
	var all []tms.Limits
	if known {
		all = set.Limits(b)
	} else {
		for _, m := range set.Matrices {
			all = append(all, tms.Limits{Matrix: m.ID, MaxRow: m.Height - 1, MaxCol: m.Width - 1})
		}
	}
	if t.archives[0] == nil || len(t.datasets) > 1 {
		return all
	}
	h := &t.archives[0].Header
	return slices.DeleteFunc(all, func(l tms.Limits) bool { at := set.Find(l.Matrix); return at < h.MinZoom || at > h.MaxZoom })
}

// set finds the tile matrix set that the path names, of those that the picture
// has tiles of.
func (a *API) set(r *http.Request, t *picture) (*tms.Set, []tms.Limits, error) {
	name, err := answer.PathText(r, "tileMatrixSetId")
	if err != nil {
		return nil, nil, err
	}
	if len(t.datasets) == 0 {
		return nil, nil, geo.Errorf(geo.KindNotFound, "no collection here has a geometry, so there are no tiles")
	}
	for _, set := range a.opt.Tiles.Sets() {
		if set.ID != name || t.archived() && !set.IsMercator() {
			continue
		}
		if limits := t.limits(set); len(limits) > 0 {
			return set, limits, nil
		}
	}
	return nil, nil, geo.Errorf(geo.KindNotFound, "there are no tiles of this in a tile matrix set %q", geo.ClipValue(name))
}

// archived tells whether an archive is among the datasets.
func (t *picture) archived() bool {
	return slices.ContainsFunc(t.datasets, func(d store.Dataset) bool { return d.Source.IsArchive() })
}

// tile answers with a tile of the picture (OGC 20-057 section 7): row before
// column, 204 where nothing is in it, 404 outside of the limits.
func (a *API) tile(w http.ResponseWriter, r *http.Request, t *picture) error {
	if err := a.open(r.Context(), t); err != nil {
		return err
	}
	set, limits, err := a.set(r, t)
	if err != nil {
		return err
	}
	ask := assets.Ask{Set: set.ID, Datasets: t.ids(), Matrix: chi.URLParam(r, "tileMatrix"), Row: chi.URLParam(r, "tileRow"), Column: chi.URLParam(r, "tileCol")}
	if t.dataset == "" {
		ask.Parameter = "collections"
	}
	i := slices.IndexFunc(limits, func(l tms.Limits) bool { return l.Matrix == ask.Matrix })
	if i < 0 || !within(ask.Row, limits[i].MinRow, limits[i].MaxRow) || !within(ask.Column, limits[i].MinCol, limits[i].MaxCol) {
		return answer.Refusal(http.StatusNotFound, "tile.limits")
	}
	return a.opt.Tiles.ServeTile(w, r, ask)
}
