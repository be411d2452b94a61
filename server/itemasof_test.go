package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"puy/store"
)

// TestItemAsOf asks for single features of versions that are not current.
func TestItemAsOf(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		loaded := fillVersions(t, s)
		c := start(t, s, nil)
		second := loaded[1].UTC().Format(time.RFC3339)
		for _, tt := range []struct {
			path   string
			status int
			want   string
		}{
			{"stations/items/S001?asof=2", 200, "99.5"},
			{"stations/items/S001?asof=" + second, 200, "99.5"},
			{"stations/items/S001?asof=2", 200, "/items/S001?asof=2"}, // its own link
			{"stations/items/S001?asof=3", 200, `"S001"`},
			{"stations/items/S000?asof=1", 200, `"S000"`},
			{"stations/items/S000?asof=2", 404, "This dataset had no such feature in version 2."}, // there before and after
			{"stations/items/S000?asof=2&lang=fr", 404, "n’avait pas cet objet dans la version 2."},
			{"stations/items/SNEW?asof=2", 200, `"SNEW"`}, // gone since
			{"stations/items/SNEW?asof=1", 404, "in version 1"},
			{"stations/items/SNEW", 404, "no such feature"},
			{"stations/items/none?asof=2", 404, "in version 2"},
			{"stations/items/S001?asof=9", 404, "no version 9"},
			{"stations/items/S001?asof=2001-01-01T00:00:00Z", 404, "had no version at"},
			{"stations/items/S001?asof=soon", 400, "asof"},
			{"stations/items/S001?asof=2&properties=none", 400, "properties"},
			{"iles/items/1?asof=1", 200, `"id":"1"`},
			{"iles/items/x?asof=1", 404, "in version 1"},
		} {
			a := c.ask("GET", "/api/collections/"+tt.path)
			if a.status != tt.status || !strings.Contains(a.body, tt.want) {
				t.Errorf("GET %s: %d, want %d with %q: %.400s", tt.path, a.status, tt.status, tt.want, a.body)
			}
		}
		now, then := c.ask("GET", "/api/collections/stations/items/S001"), c.ask("GET", "/api/collections/stations/items/S001?asof=2")
		if now.header.Get("ETag") == then.header.Get("ETag") {
			t.Error("two states of a feature have one ETag")
		}
		if a := c.ask("GET", "/api/collections/stations/items/S001?asof=2", "If-None-Match: "+then.header.Get("ETag")); a.status != http.StatusNotModified {
			t.Errorf("asked again: %d", a.status)
		}
	})
}
