package server

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"puy/catalog"
	"puy/geo"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
)

// The words that stand in an internal dataset and nowhere else.
const (
	secretTitle = "Zinnober"
	secretValue = "quarzsand"
)

// hiding starts a server with an internal dataset beside the public ones, and
// gives three keys: for all, for that dataset, and for another one.
func hiding(t *testing.T, s store.Store) (c *client, keys map[string]string) {
	t.Helper()
	fill(t, s)
	load(t, s, catalog.Dataset{ID: "depot", Aliases: []string{"vieux-depot"}, Title: geo.Localized{FR: secretTitle, EN: secretTitle}, Internal: true, Key: "nom", Keywords: []string{"x" + secretTitle},
		Description: geo.Localized{FR: "Le " + secretTitle}, Tiles: catalog.Tiles{KeepAll: true}},
		&geo.Schema{Geometry: geo.GeometryPoint, Key: "nom", Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}}},
		[]*geo.Feature{row(t, secretValue, []geo.Value{geo.Text(secretValue)}, 3, 45.7)})
	keys = map[string]string{
		"all":   keyFor(t, s, store.APIKey{Name: "all"}),
		"one":   keyFor(t, s, store.APIKey{Name: "one", Datasets: []string{"depot"}}),
		"other": keyFor(t, s, store.APIKey{Name: "other", Datasets: []string{"stations"}}),
		"wrong": "puy_" + strings.Repeat("x", 43),
	}
	c = start(t, s, func(config *Config) {
		catalogue, err := live.New(t.Context(), s, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(catalogue.Close)
		service, err := tiles.NewService(tiles.Options{Dir: t.TempDir(), Source: TileSource(s, catalogue.View), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { service.Close() })
		config.Catalogue, config.Tiles = catalogue, service
	})
	return c, keys
}

// doors gives an address of every route of the server, those of the internal
// dataset where a route names one.
func doors(t *testing.T, c *client) []string {
	t.Helper()
	routes, ok := c.server.Handler.(*internal).public.(chi.Routes)
	if !ok {
		t.Fatal("the doors cannot be walked")
	}
	part := regexp.MustCompile(`\{(\w+)(?::[^}]*)?\}`)
	parts := map[string]string{"collection": "depot", "dataset": "depot", "id": "depot", "ids": "depot", "style": "depot", "styleId": "depot", "item": secretValue,
		"feature": secretValue, "fid": "1", "lang": "fr", "z": "0", "x": "0", "y": "0", "set": "WebMercatorQuad", "tms": "WebMercatorQuad",
		"matrix": "0", "row": "0", "col": "0", "language": "fr", "name": "depot.json", "version": "1",
		"tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "0", "tileRow": "0", "tileCol": "0", "file": "depot.csv"}
	fill := func(route string) string {
		return part.ReplaceAllStringFunc(route, func(p string) string {
			if value, ok := parts[part.FindStringSubmatch(p)[1]]; ok {
				return value
			}
			return p
		})
	}
	found := []string{"/api/collections?q=" + secretTitle, "/api/collections?limit=1000", "/fr/datasets?q=" + secretTitle, "/api/collections/vieux-depot/items",
		"/downloads/depot.csv", "/downloads/depot.geojson", "/tiles/depot.json", "/tiles/depot/0/0/0.mvt", "/tiles/stations,depot/0/0/0.mvt", "/styles/depot.json",
		"/api/collections/depot/items?asof=1", "/api/collections/depot/items?f=html", "/api/collections/depot/changes?from=1&to=1", "/downloads/depot.csv?asof=1", "/tiles/depot/0/0/0.mvt?filter=nom%20%3C%3E%20%27x%27",
		"/api/tiles/WebMercatorQuad/0/0/0?collections=depot", "/api/openapi.html?collection=depot", "/api/collections?ids=depot", "/api/collections?type=Dataset&q=depot", "/api/collections?bbox=3,45,4,46", "/fr?q=" + secretTitle,
		"/api/collections/depot/items?limit=1", "/api/collections/depot/tiles/WebMercatorQuad/0/0/0", "/fr/datasets/depot", "/datasets/depot"}
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodGet {
			return nil
		}
		door := fill(route)
		if strings.Contains(door, "{") {
			t.Errorf("the route %s has a part that this test has nothing for: say here what it is of the internal dataset", route)
		}
		found = append(found, door)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 40 {
		t.Fatalf("only %d doors: %v", len(found), found)
	}
	return found
}

// TestInternalIsInvisible walks through all doors without a key, with one that is
// for another dataset, and with one that does not hold.
func TestInternalIsInvisible(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		c, keys := hiding(t, s)
		shown := map[string]bool{}
		for _, door := range doors(t, c) {
			for _, name := range []string{"", "other", "wrong"} {
				for _, accept := range []string{"application/json", "text/html", "*/*"} {
					headers := []string{"Accept: " + accept, "Accept-Encoding: identity"}
					if name != "" {
						headers = append(headers, "Authorization: Bearer "+keys[name])
					}
					a := c.ask("GET", door, headers...)
					if strings.Contains(a.body, secretTitle) && !strings.Contains(door, secretTitle) || strings.Contains(a.body, secretValue) && !strings.Contains(door, secretValue) {
						t.Errorf("GET %s (key %q, %s): %d shows what is internal", door, name, accept, a.status)
					}
					if strings.Contains(door, "/depot") && a.status < 400 && !strings.Contains(door, "/fr/api") {
						t.Errorf("GET %s (key %q): %d where nothing is to be", door, name, a.status)
					}
				}
			}
			a := c.ask("GET", door, "Authorization: Bearer "+keys["one"], "Accept-Encoding: identity", "Accept: application/json")
			if strings.Contains(a.body, secretTitle) || strings.Contains(a.body, secretValue) {
				shown[door] = true
				if got := a.header.Get("Cache-Control"); got != "private, no-store" {
					t.Errorf("GET %s with a key: Cache-Control: %s", door, got)
				}
			}
		}
		for _, door := range []string{"/api/collections?limit=1000", "/api/collections/depot/items?limit=1", "/downloads/depot.csv", "/tiles/depot/0/0/0.mvt", "/fr/datasets/depot", "/api/collections/vieux-depot/items"} {
			if a := c.ask("GET", door, "X-Api-Key: "+keys["all"], "Accept-Encoding: identity"); !shown[door] && door != "/api/collections/vieux-depot/items" || a.status >= 400 {
				t.Errorf("GET %s with the keys for it: %d %.300s", door, a.status, a.body)
			}
		}
	})
}

// TestInternalIsCountedForKeysAlone compares the number of collections that
// clients are told, and answers that are conditional on the public's.
func TestInternalIsCountedForKeysAlone(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		c, keys := hiding(t, s)
		count := func(key string) int {
			a := c.ask("GET", "/api/collections?limit=1000", "X-Api-Key: "+key, "Accept: application/json")
			return strings.Count(a.body, `"itemType"`)
		}
		public := count("")
		if one, other, all := count(keys["one"]), count(keys["other"]), count(keys["all"]); public == 0 || one != public+1 || other != public || all <= one {
			t.Errorf("%d collections, with keys %d, %d and %d", public, one, other, all)
		}
		a := c.ask("GET", "/api/collections", "Accept: application/json")
		if b := c.ask("GET", "/api/collections", "Accept: application/json", "X-Api-Key: "+keys["one"], "If-None-Match: "+a.header.Get("ETag")); b.status != 200 || !strings.Contains(b.body, secretTitle) {
			t.Errorf("after the public's ETag: %d", b.status)
		}
		if err := s.RemoveAPIKey(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		if got := count(keys["one"]); got != public {
			t.Errorf("a key that was removed sees %d collections", got)
		}
	})
}

// TestInternalWithAKey walks through all doors with a key for the internal dataset:
// each that names it answers, for programs and for people, and no cache that others
// read keeps any answer.
func TestInternalWithAKey(t *testing.T) {
	// Doors that have nothing of the dataset: tiles in encodings of archives, and files of the portal's own.
	nothing := regexp.MustCompile(`^/tiles/.*\.(avif|jpg|png|webp|mlt)$|^/static/|^/styles/depot\.json$`)
	onEachStore(t, func(t *testing.T, s store.Store) {
		c, keys := hiding(t, s)
		for _, door := range doors(t, c) {
			for _, accept := range []string{"application/json", "text/html"} {
				for _, method := range []string{"GET", "HEAD"} {
					a := c.ask(method, door, "Authorization: Bearer "+keys["one"], "Accept-Encoding: identity", "Accept: "+accept)
					if got := a.header.Get("Cache-Control"); got != "private, no-store" {
						t.Errorf("%s %s (%s): Cache-Control: %s", method, door, accept, got)
					}
					if vary := strings.Join(a.header.Values("Vary"), ", "); !strings.Contains(vary, "Authorization") || !strings.Contains(vary, "X-Api-Key") {
						t.Errorf("%s %s (%s): Vary: %s", method, door, accept, vary)
					}
					if named := strings.Contains(door, "depot"); named && !nothing.MatchString(door) && a.status >= 400 && a.status != http.StatusNotAcceptable {
						t.Errorf("%s %s (%s): %d %.200s", method, door, accept, a.status, a.body)
					}
				}
			}
		}
	})
}
