package server

import (
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// Every GET has an ETag that a later request may give back, whatever the
// compression.
func TestConditionalRequests(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		for _, path := range []string{"/api", "/api/conformance", "/api/openapi.json", "/api/openapi.html", "/api/collections", "/api/collections/stations",
			"/api/collections/stations/items", "/api/collections/stations/items?limit=3", "/api/collections/stations/items/S001", "/tiles/stations.json",
			"/tiles/stations/0/0/0.mvt"} {
			for _, encoding := range []string{"identity", "gzip"} {
				a := c.ask("GET", path, "Accept-Encoding: "+encoding)
				tag := a.header.Get("Etag")
				if a.status != 200 || tag == "" {
					t.Errorf("%s (%s): %d, ETag %q", path, encoding, a.status, tag)
					continue
				}
				if zipped := a.header.Get("Content-Encoding") == "gzip"; zipped != strings.HasSuffix(tag, `-gzip"`) {
					t.Errorf("%s (%s): compressed %v, ETag %s", path, encoding, zipped, tag)
				}
				for _, method := range []string{"GET", "HEAD"} {
					again := c.ask(method, path, "Accept-Encoding: "+encoding, "If-None-Match: "+tag)
					if again.status != 304 || again.body != "" || again.header.Get("Etag") != tag || again.header.Get("Cache-Control") == "" ||
						again.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(strings.Join(again.header.Values("Vary"), ","), "Accept-Encoding") {
						t.Errorf("%s %s (%s) again: %d %v", method, path, encoding, again.status, again.header)
					}
				}
			}
		}
		tags := map[string]string{}
		for _, query := range []string{"", "?limit=3", "?limit=4", "?limit=3&offset=1", "?rang=1", "?f=json", "?bbox=3,45,4,46"} {
			tag := c.ask("GET", "/api/collections/stations/items"+query).header.Get("Etag")
			if other, ok := tags[tag]; ok {
				t.Errorf("%q and %q have the same ETag", query, other)
			}
			tags[tag] = query
		}
		one := c.ask("GET", "/api/collections/stations/items?limit=3&rang=1").header.Get("Etag")
		if other := c.ask("GET", "/api/collections/stations/items?rang=1&limit=3").header.Get("Etag"); one != other {
			t.Error("the order of parameters changes the ETag")
		}
	})
}

// Links are under the configured address, else the portal's, else the one asked.
func TestPublicURL(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		if got := probe(c.ask("GET", "/api").body, "links/rel=data/href"); got != c.base+"/api/collections" {
			t.Error("asked:", got)
		}
		title := geo.Localized{FR: "Données"}
		if err := s.PutPortal(t.Context(), catalog.Portal{Title: title, PublicURL: "https://data.example/geo/"}); err != nil {
			t.Fatal(err)
		}
		c = start(t, s, nil)
		if got := probe(c.ask("GET", "/api").body, "links/rel=data/href"); got != "https://data.example/geo/api/collections" {
			t.Error("the portal's:", got)
		}
		c = start(t, s, func(c *Config) { c.PublicURL = "https://other.example" })
		var page featurePage
		c.get("/api/collections/stations/items?limit=1", &page)
		if !strings.HasPrefix(page.link("next"), "https://other.example/api/collections/stations/items?") {
			t.Error("configured:", page.link("next"))
		}
	})
}
