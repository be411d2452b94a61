package assets

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"puy/geo"
	"puy/server/answer"
)

const typeTile = "application/vnd.mapbox-vector-tile"

const (
	// maxZoom is the deepest zoom that is answered at all.
	maxZoom = 24
	// versionedCache is for addresses that name the current version, as
	// TileJSON gives them. Other addresses are asked anew each time.
	versionedCache = "public, max-age=86400, no-transform"
	currentCache   = "no-cache, no-transform"
)

// tile gives one tile: 204 where it is empty, 404 where there can be none.
func (a *Assets) tile(w http.ResponseWriter, r *http.Request) error {
	z, x, y, err := place(r)
	if err != nil {
		return err
	}
	p := answer.ReadParams(w, r)
	version, _ := p.Text("v")
	p.OneOf("f", "mvt", "mvt")
	if err := p.Done(); err != nil {
		return err
	}
	d, ok, err := a.dataset(w, r)
	if err != nil || !ok {
		return err
	}
	tile, err := a.cutter.Tile(r.Context(), d.ID, z, x, y)
	if err != nil {
		return err
	}
	cache := currentCache
	if version == strconv.FormatInt(tile.Version, 10) {
		cache = versionedCache
	}
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(tile.Gzip) == 0 {
		h.Set("Cache-Control", cache)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	zipped := answer.TakesGzip(r)
	tag := `"` + strings.Trim(tile.ETag, `"`) + `"`
	if zipped {
		tag = strings.TrimSuffix(tag, `"`) + `-gzip"`
	}
	if answer.NotModified(w, r, tag, cache) {
		return nil
	}
	body := tile.Gzip
	if zipped {
		h.Set("Content-Encoding", "gzip")
	} else if body, err = unzip(tile.Gzip); err != nil {
		return err
	}
	h.Set("Content-Type", typeTile)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, err = w.Write(body)
	if err != nil {
		answer.NoteFailure(r, err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// place reads the tile's place from the path.
func place(r *http.Request) (z, x, y int, err error) {
	read := func(name string, most int) (int, bool) {
		text := r.PathValue(name)
		n, err := strconv.ParseUint(text, 10, 31)
		return int(n), err == nil && int(n) <= most
	}
	z, ok := read("z", maxZoom)
	if ok {
		x, ok = read("x", 1<<z-1)
	}
	if ok {
		y, ok = read("y", 1<<z-1)
	}
	if !ok {
		return 0, 0, 0, geo.Errorf(geo.KindNotFound, "there is no tile at this zoom, column and row")
	}
	return z, x, y, nil
}

// unzip gives the tile for clients that refuse gzip.
func unzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "a tile is not gzip: %w", err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "a tile is not gzip: %w", err)
	}
	return plain, nil
}
