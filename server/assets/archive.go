package assets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/mvt"
	"puy/tiles/pmtiles"
)

// part is one dataset's share of a tile that has an archive in it: an archive,
// or what is cut from a version.
type part struct {
	dataset string
	archive *archive.Source
	about   *archive.Description
	tileset *tiles.Tileset
}

// parts gives the shares of datasets of which at least one is an archive.
func (a *Assets) parts(ctx context.Context, datasets []store.Dataset) ([]part, error) {
	all := make([]part, len(datasets))
	for i, d := range datasets {
		p := part{dataset: d.ID}
		var err error
		if d.Source.IsArchive() {
			if p.archive, err = a.opt.Archives.Source(d.ID, d.Source); err == nil {
				p.about, err = p.archive.Describe(ctx)
			}
			err = archiveProblem(d.ID, err)
		} else {
			p.tileset, err = a.cutter.Tileset(tiles.Query{Layers: []tiles.Layer{{Dataset: d.ID}}})
		}
		if err != nil {
			return nil, err
		}
		if len(datasets) > 1 && p.archive != nil && p.about.Header.Type != pmtiles.TypeMVT {
			return nil, answer.NewProblem(http.StatusBadRequest, "A tile of several datasets is a Mapbox Vector Tile, and the archive "+d.ID+" holds "+kindOf(p.about.Header.Type)+".")
		}
		all[i] = p
	}
	return all, nil
}

func kindOf(t pmtiles.TileType) string {
	if ext := t.Extension(); ext != "" {
		return ext + " tiles"
	}
	return "tiles of an unknown kind"
}

// archiveProblem tells clients that an archive fails, and not why.
func archiveProblem(dataset string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	status, detail := http.StatusBadGateway, "The tile archive of dataset "+dataset+" cannot be read."
	kind := geo.KindOf(err)
	if kind == geo.KindInternal && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	p := answer.NewProblem(status, detail)
	if kind == geo.KindUnavailable || errors.Is(err, context.DeadlineExceeded) {
		p = answer.NewProblem(http.StatusServiceUnavailable, "The tile archive of dataset "+dataset+" cannot be reached at the moment. Try again in a few seconds.")
		p.RetryAfter = 5
	}
	p.Cause = err
	return p
}

// archived answers with a tile that an archive has, or has a share of.
func (a *Assets) archived(w http.ResponseWriter, r *http.Request, plan *plan, z, x, y int) error {
	if z > pmtiles.MaxZoom || x>>z != 0 || y>>z != 0 {
		return geo.Errorf(geo.KindNotFound, "there is no tile %d/%d/%d", z, x, y)
	}
	if len(plan.parts) > 1 {
		return a.joined(w, r, plan, z, x, y)
	}
	p := &plan.parts[0]
	if h := &p.about.Header; z < h.MinZoom || z > h.MaxZoom {
		return geo.Errorf(geo.KindNotFound, "the tiles of %s are of the zooms %d to %d", p.dataset, h.MinZoom, h.MaxZoom)
	}
	t, err := p.archive.Tile(r.Context(), z, x, y)
	if err == nil && t.Type != p.about.Header.Type {
		err = geo.Errorf(geo.KindUnavailable, "the archive has just been replaced by one of another kind")
	}
	if err != nil {
		return archiveProblem(p.dataset, err)
	}
	coding, err := negotiateStored(r, &t)
	if err != nil {
		return err
	}
	if t, err = p.archive.In(t, z, x, y, coding); err != nil {
		return archiveProblem(p.dataset, err)
	}
	return send(w, r, plan, &t.Tile)
}

// negotiateStored chooses the coding of a tile of an archive: the one it is
// stored in, unless the client wants another more.
func negotiateStored(r *http.Request, t *archive.Tile) (tiles.Coding, error) {
	weights, identity := weigh(r, "br", "zstd", "gzip")
	weight := map[tiles.Coding]int{tiles.Identity: identity, tiles.Zstd: weights[1], tiles.Gzip: weights[2]}
	vector := t.Type == pmtiles.TypeMVT || t.Type == pmtiles.TypeMLT
	worth := vector && len(t.Body) >= tiles.MinCompressed
	coding, best := t.Coding, weight[t.Coding]
	switch {
	case t.Coding == tiles.Brotli:
		best = weights[0]
	case t.Coding == tiles.Identity && !worth && identity > 0:
		return coding, nil
	}
	for _, c := range [...]tiles.Coding{tiles.Zstd, tiles.Gzip, tiles.Identity} {
		if weight[c] > best {
			coding, best = c, weight[c]
		}
	}
	if best <= 0 && len(t.Body) > 0 {
		return coding, notAcceptable()
	}
	return coding, nil
}

// joined answers with the layers of all parts in one tile.
func (a *Assets) joined(w http.ResponseWriter, r *http.Request, plan *plan, z, x, y int) error {
	coding, exact, err := negotiate(r)
	if err != nil {
		return err
	}
	var whole tiles.Tile
	var versions []string
	of := map[string]string{} // which dataset has a layer
	tags := sha256.New()
	for i := range plan.parts {
		p := &plan.parts[i]
		t, err := p.raw(r.Context(), z, x, y)
		if err != nil {
			return err
		}
		names, err := mvt.LayerNames(t.Body)
		if err != nil {
			return archiveProblem(p.dataset, err)
		}
		for _, name := range names {
			if other, taken := of[name]; taken {
				return answer.NewProblem(http.StatusBadRequest, "Both "+other+" and "+p.dataset+" have a layer "+geo.ClipValue(name)+", so they cannot stand in one tile.")
			}
			of[name] = p.dataset
		}
		// Layers of a tile are its repeated field: their bytes one after another are a tile (MVT 2.1 section 4).
		whole.Body = append(whole.Body, t.Body...)
		versions = append(versions, t.Version)
		tags.Write([]byte(t.ETag))
	}
	whole.Version = strings.Join(versions, ".")
	if exact || len(whole.Body) >= tiles.MinCompressed {
		if whole, err = a.cutter.In(whole, coding); err != nil {
			return err
		}
	}
	tag := hex.EncodeToString(tags.Sum(nil)[:16])
	if whole.Coding != tiles.Identity {
		tag += "-" + whole.Coding.String()
	}
	whole.ETag = `"` + tag + `"`
	return send(w, r, plan, &whole)
}

// raw gives the part's tile without a coding.
func (p *part) raw(ctx context.Context, z, x, y int) (tiles.Tile, error) {
	if p.tileset != nil {
		return p.tileset.Tile(ctx, z, x, y, tiles.Identity)
	}
	t, err := p.archive.Tile(ctx, z, x, y)
	if err == nil && t.Type != pmtiles.TypeMVT {
		err = geo.Errorf(geo.KindUnavailable, "the archive has just been replaced by one of another kind")
	}
	if err == nil {
		t, err = p.archive.In(t, z, x, y, tiles.Identity)
	}
	return t.Tile, archiveProblem(p.dataset, err)
}
