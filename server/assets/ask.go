package assets

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/tms"
)

// Ask says which tiles are meant, whatever the form of the address.
type Ask struct {
	Set      string // the id of a tile matrix set; empty is WebMercatorQuad
	Datasets string // ids, separated by commas
	// Matrix, Column and Row are those of a tile, as texts. Rows count as the
	// matrix does.
	Matrix, Column, Row string
	// Parameter is one that the address has of its own; empty for none.
	Parameter string

	inPath bool // Datasets stand in the path, encoded, and may be former names
}

// askOf reads an address under Root.
func askOf(r *http.Request) Ask {
	return Ask{Set: chi.URLParam(r, "set"), Datasets: chi.URLParam(r, "dataset"), inPath: true,
		Matrix: chi.URLParam(r, "z"), Column: chi.URLParam(r, "x"), Row: chi.URLParam(r, "y")}
}

// read begins to read the query.
func (a *Ask) read(w http.ResponseWriter, r *http.Request) *answer.Params {
	p := answer.ReadParams(w, r)
	if a.Parameter != "" {
		p.Text(a.Parameter) // whoever asks has understood it
	}
	return p
}

// ServeTile answers with a tile, in the format that f= or Accept wants: 204
// where it is empty, 404 where there can be none.
func (a *Assets) ServeTile(w http.ResponseWriter, r *http.Request, ask Ask) error {
	return a.serveTile(w, r, formatNegotiated, ask)
}

// Heavy surrounds the cutting of tiles.
func (a *Assets) Heavy(h http.Handler) http.Handler {
	if a.opt.Heavy == nil {
		return h
	}
	return a.opt.Heavy(h)
}

// Formats are those that tiles of features are cut in, the usual one first.
func (a *Assets) Formats() []answer.Format {
	offers := []answer.Format{{Name: "mvt", MediaType: typeMVT, Also: []string{"application/x-protobuf", "application/protobuf"}}}
	if a.cutter.Encodes(tiles.MLT) {
		offers = append(offers, answer.Format{Name: "mlt", MediaType: typeMLT})
	}
	return offers
}

// Sets gives the tile matrix sets that there are tiles of, by id.
func (a *Assets) Sets() []*tms.Set {
	known := a.sets.of(a.view())
	all := make([]*tms.Set, 0, len(known))
	for _, id := range slices.Sorted(maps.Keys(known)) {
		all = append(all, known[id])
	}
	return all
}

// Archive tells what the archive of a dataset is like. A dataset that is none,
// or for which there are no archives here, gives KindNotFound.
func (a *Assets) Archive(ctx context.Context, d store.Dataset) (*archive.Description, error) {
	if !isArchive(d) || a.opt.Archives == nil {
		return nil, geo.Errorf(geo.KindNotFound, "dataset %q is no archive of tiles", d.ID)
	}
	source, err := a.opt.Archives.Source(d.ID, d.Source)
	if err != nil {
		return nil, archiveProblem(d.ID, err)
	}
	about, err := source.Describe(ctx)
	return about, archiveProblem(d.ID, err)
}

// Select reads the parameters that choose fields and features of tiles.
func Select(p *answer.Params, datasets []store.Dataset) {
	if slices.ContainsFunc(datasets, isArchive) {
		rejectSelection(p)
		return
	}
	chosen(p, datasets)
}
