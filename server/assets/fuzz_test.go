package assets

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"puy/catalog"
	"puy/geo"
	"puy/internal/archivetest"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/mlt"
	"puy/tiles/pmtiles"
	"puy/tiles/tms"
)

// shelf is a catalogue of a dataset without features and an archive.
type shelf struct{ archive string }

func (s shelf) version() *catalog.Version {
	return &catalog.Version{Number: 1, Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{
		{Name: "nom", Type: geo.TypeText}, {Name: "rang", Type: geo.TypeInteger}, {Name: "jour", Type: geo.TypeDate}}}}
}

func (s shelf) Portal(context.Context) (catalog.Portal, error) { return catalog.Portal{}, nil }
func (s shelf) Revision(context.Context) (int64, error)        { return 1, nil }

func (s shelf) Datasets(context.Context) ([]store.Dataset, error) {
	return []store.Dataset{
		{Dataset: catalog.Dataset{ID: "a", Aliases: []string{"b"}, Time: "jour"}, Current: s.version()},
		{Dataset: catalog.Dataset{ID: "relief", Source: catalog.Source{PMTiles: s.archive}}},
	}, nil
}

func (s shelf) Version(_ context.Context, id string) (catalog.Version, catalog.Tiles, error) {
	if id != "a" {
		return catalog.Version{}, catalog.Tiles{}, geo.Errorf(geo.KindNotFound, "there is no dataset")
	}
	return *s.version(), catalog.Tiles{}, nil
}

func (s shelf) Watch(ctx context.Context, _ func()) { <-ctx.Done() }

func (s shelf) Features(context.Context, string, int64, []int64) iter.Seq2[*geo.Feature, error] {
	return func(func(*geo.Feature, error) bool) {}
}

func (s shelf) Changes(context.Context, string, int64, int64) iter.Seq2[tiles.Change, error] {
	return func(func(tiles.Change, error) bool) {}
}

func (s shelf) Filter(context.Context, string, int64, tiles.Filter, []int64) iter.Seq2[int64, error] {
	return func(func(int64, error) bool) {}
}

// Whatever address is asked for, the answer is a tile, a document or the
// client's mistake with its reason.
func FuzzTileAddress(f *testing.F) {
	s := shelf{archivetest.Write(f, archivetest.Archive{Type: pmtiles.TypeMVT, Compression: pmtiles.CompressionGzip,
		Tiles: map[[3]int][]byte{{0, 0, 0}: archivetest.Vector("courbes", "nom", 3)}})}
	log := slog.New(slog.DiscardHandler)
	catalogue, err := live.New(f.Context(), s, log)
	if err != nil {
		f.Fatal(err)
	}
	defer catalogue.Close()
	service, err := tiles.NewService(tiles.Options{Dir: f.TempDir(), Source: s, MLT: mlt.Append, Log: log})
	if err != nil {
		f.Fatal(err)
	}
	defer service.Close()
	archives, err := archive.NewService(archive.Options{Recode: service.In, Log: log})
	if err != nil {
		f.Fatal(err)
	}
	defer archives.Close()
	sets, err := tms.Known()
	if err != nil {
		f.Fatal(err)
	}
	mux := chi.NewRouter()
	New(catalogue.View, service, Options{Sets: sets, Archives: archives, Log: log}).Mount(mux)

	for _, seed := range []string{"a/0/0/0.mvt", "a,relief/0/0/0.mvt?v=1.2", "relief/0/0/0?f=mvt", "b/3/1/2.mlt?fields=nom,rang&rang=3&datetime=2024-01-01/..",
		"Lambert93Quad/a/2/1/1.pbf", "WorldCRS84Quad/a.json?lang=fr", "sets/Lambert93Quad", "sets", "relief/0/0/0.png", "a.json?fields=", "a,a/0/0/0", "%61/0/0/0.mvt?x=%zz"} {
		f.Add(seed, "gzip, br;q=0.5", "application/vnd.maplibre-tile, */*;q=0.1")
	}
	f.Fuzz(func(t *testing.T, address, encodings, accept string) {
		u, err := url.ParseRequestURI(Root + "/" + address)
		if err != nil {
			return
		}
		r := (&http.Request{Method: http.MethodGet, URL: u, Host: "portal.example", Header: http.Header{"Accept-Encoding": {encodings}, "Accept": {accept}}}).WithContext(t.Context())
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if !slices.Contains([]int{200, 204, 301, 304, 400, 404, 406}, w.Code) {
			t.Fatalf("%s: %d %s", u, w.Code, w.Body)
		}
		if w.Code >= 400 && strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
			var p struct{ Title, Detail string }
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Detail == "" {
				t.Fatalf("%s: no reason in %s", u, w.Body)
			}
		}
		if w.Code == 200 && (w.Header().Get("ETag") == "" || w.Header().Get("Content-Type") == "") {
			t.Fatalf("%s: headers %v", u, w.Header())
		}
	})
}
