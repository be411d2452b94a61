package server

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
)

// A query that the store has ended is an answer that says when to come again.
func TestSlowQueryIs503(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, &breaking{Store: s, err: store.TooSlow("stations", time.Second)}, nil)
		for _, path := range []string{"/api/collections/stations/items", "/api/collections/stations/items?f=csv", "/api/collections/stations/items?sortby=-rang&f=html",
			"/downloads/stations.csv", "/downloads/stations.gpkg?rang=3"} {
			a := c.ask("GET", path)
			if a.status != 503 || a.header.Get("Retry-After") == "" || a.header.Get("Etag") != "" || strings.Contains(a.body, "query-timeout") {
				t.Errorf("%s: %d %v %s", path, a.status, a.header, a.body)
			}
		}
	})
}

// choosy is a store that is too slow for whoever chooses.
type choosy struct{ store.Store }

func (s choosy) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	if q.Filter == nil && q.Where == nil {
		return s.Store.Features(ctx, id, q)
	}
	return func(yield func(*geo.Feature, error) bool) { yield(nil, store.TooSlow(id, time.Second)) }
}

func TestTilesOfASlowFilterAre503(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, choosy{s})
		if a := c.ask("GET", "/tiles/stations/0/0/0.mvt"); a.status != 200 {
			t.Errorf("without a filter: %d %s", a.status, a.body)
		}
		for _, path := range []string{"/tiles/stations/0/0/0.mvt?rang=3", "/api/collections/stations/tiles/WebMercatorQuad/0/0/0?filter=rang%3D3"} {
			a := c.ask("GET", path, "Accept-Language: fr")
			if a.status != 503 || a.header.Get("Retry-After") == "" || a.header.Get("Content-Language") != "fr" || !strings.Contains(a.body, "trop de temps") {
				t.Errorf("%s: %d %v %s", path, a.status, a.header, a.body)
			}
		}
	})
}

// dripping is a store that takes its time for each feature.
type dripping struct {
	store.Store
	each time.Duration
}

func (d dripping) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		for f, err := range d.Store.Features(ctx, id, q) {
			if time.Sleep(d.each); !yield(f, err) {
				return
			}
		}
	}
}

// The time in which a request must arrive is none in which its answer must end.
func TestAnswersMayTakeLongerThanRequests(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		srv, err := New(t.Context(), Config{Store: dripping{s, 4 * time.Millisecond}, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		h := httptest.NewUnstartedServer(srv)
		h.Config.ReadTimeout = 200 * time.Millisecond
		h.Start()
		defer h.Close()
		for _, path := range []string{"/api/collections/stations/items?limit=250", "/api/collections/stations/items?limit=250&f=csv", "/downloads/stations.csv"} {
			res, err := h.Client().Get(h.URL + path)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			body, err := io.ReadAll(res.Body)
			if err = errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("%s: %d after %d bytes, %v", path, res.StatusCode, len(body), err)
			}
		}
	})
}
