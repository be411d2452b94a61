package assets

import (
	"net/http"
	"strconv"
	"strings"

	"puy/server/answer"
	"puy/tiles"
	"puy/tiles/pmtiles"
)

const (
	typeMVT = "application/vnd.mapbox-vector-tile"
	typeMLT = "application/vnd.maplibre-tile"

	// versionedCache is for addresses that name the current version, as
	// TileJSON gives them. Other addresses are asked anew each time.
	versionedCache = "public, max-age=86400, no-transform"
	currentCache   = "no-cache, no-transform"
)

// format is what an address says of the encoding: an extension, or nothing.
type format string

const (
	formatMVT        format = "mvt"
	formatMLT        format = "mlt"
	formatNegotiated format = ""
)

// archiveFormats are those that only archives have.
func archiveFormats() []format { return []format{"png", "jpg", "webp", "avif"} }

// tile gives the handler of tiles: 204 where one is empty, 404 where there can
// be none.
func (a *Assets) tile(f format) answer.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return a.serveTile(w, r, f, askOf(r))
	}
}

func (a *Assets) serveTile(w http.ResponseWriter, r *http.Request, f format, ask Ask) error {
	plan, err := a.plan(w, r, f, ask)
	if err != nil || plan == nil {
		return err
	}
	z, x, y, err := plan.place(ask)
	if err != nil {
		return err
	}
	if plan.parts != nil {
		return a.archived(w, r, plan, z, x, y)
	}
	coding, exact, err := negotiate(r)
	if err != nil {
		return err
	}
	tile, err := plan.tileset.Tile(r.Context(), z, x, y, coding)
	if err == nil && exact && tile.Coding != coding {
		tile, err = a.cutter.In(tile, coding)
	}
	if err != nil {
		return err
	}
	return send(w, r, plan, &tile)
}

// send answers with a tile. The values of all headers share one allocation.
func send(w http.ResponseWriter, r *http.Request, plan *plan, tile *tiles.Tile) error {
	const etag, cache, kind, length, coding = 0, 1, 2, 3, 4
	values := &[5]string{tile.ETag, currentCache, plan.media, "", ""}
	if plan.version != "" && plan.version == tile.Version {
		values[cache] = versionedCache
	}
	h := w.Header()
	if before := h["Vary"]; len(before) == 0 || len(before) == 1 && before[0] == "Accept-Encoding" {
		h["Vary"] = plan.vary // which names it too
	} else {
		h["Vary"] = append(h["Vary"], plan.vary...)
	}
	h["Cache-Control"] = values[cache : cache+1 : cache+1]
	if len(tile.Body) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if known := r.Header["If-None-Match"]; known != nil {
		if tag, ok := matching(known, tile.ETag); ok {
			h.Set("ETag", tag)
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h["Etag"] = values[etag : etag+1 : etag+1]
	h["Content-Type"] = values[kind : kind+1 : kind+1]
	values[length] = strconv.Itoa(len(tile.Body))
	h["Content-Length"] = values[length : length+1 : length+1]
	if tile.Coding != tiles.Identity {
		values[coding] = tile.Coding.String()
		h["Content-Encoding"] = values[coding : coding+1 : coding+1]
	}
	if _, err := w.Write(tile.Body); err != nil {
		answer.NoteFailure(r, err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// matching gives the tag of an If-None-Match header that names the same tile,
// in whatever coding the client has it.
func matching(header []string, tag string) (string, bool) {
	for candidate := range strings.SplitSeq(strings.Join(header, ","), ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" {
			return tag, true
		}
		strong := strings.TrimPrefix(candidate, "W/")
		if opaque(strong) == opaque(tag) {
			return strong, true
		}
	}
	return "", false
}

// opaque gives a tag without its coding.
func opaque(tag string) string {
	tag = strings.Trim(tag, `"`)
	for _, coding := range [...]string{"-gzip", "-zstd", "-br"} {
		tag = strings.TrimSuffix(tag, coding)
	}
	return tag
}

// negotiate chooses a content coding. Where the client refuses identity, exact
// says that no small tile may come in it.
func negotiate(r *http.Request) (coding tiles.Coding, exact bool, err error) {
	weights, identity := weigh(r, "zstd", "gzip")
	coding, best := tiles.Identity, identity
	for i, c := range [...]tiles.Coding{tiles.Zstd, tiles.Gzip} {
		// Of equal weights identity gives way, and zstd, the quicker, goes before gzip.
		if w := weights[i]; w > 0 && (w > best || w == best && coding == tiles.Identity) {
			coding, best = c, w
		}
	}
	if best <= 0 {
		return coding, false, notAcceptable()
	}
	return coding, identity == 0, nil
}

func notAcceptable() error {
	return answer.Refusal(http.StatusNotAcceptable, "codings")
}

// place reads the tile's place: the number of the zoom in its set, and column
// and row.
func (p *plan) place(ask Ask) (z, x, y int, err error) {
	if p.set != nil {
		z = p.set.Find(ask.Matrix)
	} else if z = number(ask.Matrix); z > max(tiles.MaxZoom, pmtiles.MaxZoom) {
		z = -1
	}
	x, y = number(ask.Column), number(ask.Row)
	if z < 0 || x < 0 || y < 0 {
		return 0, 0, 0, answer.Refusal(http.StatusNotFound, "tile")
	}
	return z, x, y, nil
}

// number reads decimal digits, at most 2^31-1; other texts give -1.
func number(text string) int {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}
