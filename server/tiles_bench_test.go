package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/go-chi/chi/v5"

	"puy/server/assets"
	"puy/server/live"
	"puy/store/gpkg"
	"puy/tiles"
)

// sink is a ResponseWriter that keeps only its headers.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// A tile in the cache, through the door of tiles alone (with its router) and
// through the whole server.
func BenchmarkCachedTile(b *testing.B) {
	s, err := gpkg.Open(b.Context(), filepath.Join(b.TempDir(), "puy.gpkg"), gpkg.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fill(b, s)
	log := slog.New(slog.DiscardHandler)
	catalogue, err := live.New(context.WithoutCancel(b.Context()), s, log)
	if err != nil {
		b.Fatal(err)
	}
	defer catalogue.Close()
	service, err := tiles.NewService(tiles.Options{Dir: b.TempDir(), Source: TileSource(s, catalogue.View), Log: log})
	if err != nil {
		b.Fatal(err)
	}
	defer service.Close()
	server, err := New(context.WithoutCancel(b.Context()), Config{Store: s, Catalogue: catalogue, Tiles: service, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	door := chi.NewRouter()
	assets.New(server.Catalogue().View, service, assets.Options{}).Mount(door)
	for name, path := range map[string]string{"one": "/tiles/stations/0/0/0.mvt?v=1", "three": "/tiles/stations,iles,neuf/0/0/0.mvt?v=1.1.1",
		"filtered": "/tiles/stations/0/0/0.mvt?rang=3&ouvert=false"} {
		for where, h := range map[string]http.Handler{"door": door, "server": server} {
			b.Run(name+"/"+where, func(b *testing.B) {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
				w := &sink{http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					clear(w.header)
					h.ServeHTTP(w, r)
				}
				if w.header.Get("Etag") == "" {
					b.Error("no tile")
				}
			})
		}
	}
}
