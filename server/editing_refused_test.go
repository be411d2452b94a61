package server

import (
	"bytes"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"puy/server/access"
	"puy/store"
)

func TestEditsAreRefused(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		var logged bytes.Buffer
		c := start(t, s, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&logged, nil)) })
		secret := keyFor(t, s, store.APIKey{Name: "ana", Edit: true})
		key, reader, other := "X-API-Key: "+secret, "X-API-Key: "+keyFor(t, s, store.APIKey{Name: "lecteur"}), "X-API-Key: "+keyFor(t, s, store.APIKey{Name: "autre", Edit: true, Datasets: []string{"libre"}})
		const first, small = voies + "/S000", `{"type":"Feature","geometry":null,"properties":{"code":"S000"}}`
		big := `{"type":"Feature","geometry":null,"properties":{"code":"` + strings.Repeat("x", 16<<20) + `"}}`
		for _, tt := range []struct {
			what, method, path, body string
			headers                  []string
			status                   int
			says                     string // in the header or the body
		}{
			{"no key", "POST", voies, small, []string{asFeature}, 401, "Bearer realm"},
			{"a wrong key", "DELETE", first, "", []string{"X-API-Key: " + access.Generate()}, 401, "invalid_token"},
			{"a key for reading", "DELETE", first, "", []string{reader}, 403, "reading only"},
			{"a key for others", "DELETE", first, "", []string{other}, 403, "not for the dataset"},
			{"a key in the address", "DELETE", first + "?token=" + secret, "", nil, 401, ""},
			{"a key in the address too", "DELETE", first + "?apikey=" + secret, "", []string{key}, 400, "apikey"},
			{"not editable", "POST", "/api/collections/stations/items", small, []string{asFeature, key}, 405, "GET, HEAD, OPTIONS"},
			{"not editable", "DELETE", "/api/collections/stations/items/S012", "", []string{key}, 405, "GET, HEAD, OPTIONS"},
			{"a method of the other", "PUT", voies, small, []string{asFeature, key}, 405, "GET, HEAD, POST, OPTIONS"},
			{"a method of the other", "POST", first, small, []string{asFeature, key}, 405, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"},
			{"an internal dataset", "DELETE", "/api/collections/interne/items/1", "", nil, 404, ""},
			{"an internal dataset with a key for it", "DELETE", "/api/collections/interne/items/1", "", []string{key}, 405, "GET, HEAD, OPTIONS"},
			{"an unknown dataset", "POST", "/api/collections/rien/items", small, []string{asFeature, key}, 404, ""},
			{"another name", "POST", "/api/collections/rues/items", small, []string{asFeature, key}, 308, voies},
			{"an unknown feature", "PUT", voies + "/rien", small, []string{asFeature, key}, 404, ""},
			{"an unknown feature, conditionally", "PUT", voies + "/rien", small, []string{asFeature, key, `If-Match: "x"`}, 404, ""},
			{"an unknown feature", "PATCH", voies + "/rien", "{}", []string{asPatch, key}, 404, ""},
			{"an unknown feature", "DELETE", voies + "/rien", "", []string{key}, 404, ""},
			{"a key again", "POST", voies, small, []string{asFeature, key}, 409, "S000"},
			{"no type", "POST", voies, small, []string{key}, 400, "Content-Type"},
			{"another type", "POST", voies, small, []string{"Content-Type: text/plain", key}, 415, "application/geo+json"},
			{"a patch as a feature", "PATCH", first, "{}", []string{asFeature, key}, 415, "application/merge-patch+json"},
			{"compressed", "POST", voies, small, []string{asFeature, key, "Content-Encoding: gzip"}, 415, ""},
			{"too large", "POST", voies, big, []string{asFeature, key}, 413, "16 MB"},
			{"not JSON", "POST", voies, `{"type":"Feature",`, []string{asFeature, key}, 400, "byte 18"},
			{"an array", "POST", voies, `[]`, []string{asFeature, key}, 400, "object"},
			{"null", "PATCH", first, `null`, []string{asPatch, key}, 400, "object"},
			{"not UTF-8", "POST", voies, "{\"type\":\"Feature\xff\"}", []string{asFeature, key}, 400, "UTF-8"},
			{"no feature", "POST", voies, `{"type":"Point"}`, []string{asFeature, key}, 400, "Feature"},
			{"no features", "POST", voies, `{"type":"FeatureCollection","features":[]}`, []string{asFeature, key}, 400, "features"},
			{"what is there", "PUT", first, small, []string{asFeature, key, "If-None-Match: *"}, 412, ""},
		} {
			a := c.send(tt.method, tt.path, tt.body, tt.headers...)
			text := a.body
			for _, values := range a.header {
				text += "\n" + strings.Join(values, ", ")
			}
			if a.status != tt.status || !strings.Contains(text, tt.says) || a.header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: %s %s: %d %v %s", tt.what, tt.method, tt.path, a.status, a.header, a.body)
			}
		}
		if c.send("PATCH", first, `{"properties":{"rang":1}}`, asPatch, key).status != 200 || !strings.Contains(logged.String(), "key=ana") {
			t.Error("the log does not tell whose key it was")
		}
		if strings.Contains(logged.String(), secret[:20]) {
			t.Error("the log has the key")
		}
	})
}

func TestEditingIsTold(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		c := start(t, s, nil)
		for path, allow := range map[string]string{
			voies: "GET, HEAD, POST, OPTIONS", voies + "/S000": "GET, HEAD, PUT, PATCH, DELETE, OPTIONS", "/api/collections/rues/items": "GET, HEAD, POST, OPTIONS",
			"/api/collections/stations/items": "GET, HEAD, OPTIONS", "/api/collections/stations/items/S000": "GET, HEAD, OPTIONS", "/api/collections/voies": "GET, HEAD, OPTIONS",
		} {
			a := c.ask("OPTIONS", path, "Origin: https://a.example", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: authorization,content-crs,if-match")
			headers := a.header.Get("Access-Control-Allow-Headers")
			if a.status != 200 || a.header.Get("Allow") != allow || a.header.Get("Access-Control-Allow-Methods") != allow ||
				!strings.Contains(headers, "Authorization") || !strings.Contains(headers, "If-Match") || !strings.Contains(headers, "Content-Crs") || !strings.Contains(headers, "X-Api-Key") {
				t.Errorf("OPTIONS %s: %d %v", path, a.status, a.header)
			}
			if strings.Contains(allow, "POST") != (a.header.Get("Accept-Post") != "") || strings.Contains(allow, "PATCH") != (a.header.Get("Accept-Patch") == "application/merge-patch+json") {
				t.Errorf("OPTIONS %s: %v", path, a.header)
			}
		}
		var definition struct {
			Paths      map[string]map[string]struct{ Security []any } `json:"paths"`
			Components struct {
				SecuritySchemes map[string]any `json:"securitySchemes"`
			} `json:"components"`
		}
		c.get("/api/openapi.json", &definition)
		methods := func(path string) string { return strings.Join(slices.Sorted(maps.Keys(definition.Paths[path])), " ") }
		if methods("/collections/voies/items") != "get post" || methods("/collections/voies/items/{item}") != "delete get patch put" ||
			methods("/collections/stations/items") != "get" || len(definition.Components.SecuritySchemes) != 2 || len(definition.Paths["/collections/voies/items"]["post"].Security) != 2 {
			t.Errorf("%s, %s; %v", methods("/collections/voies/items"), methods("/collections/voies/items/{item}"), definition.Components)
		}
		const class = "ogcapi-features-4/1.0/conf/optimistic-locking-etags"
		if a := c.ask("GET", "/api/conformance"); !strings.Contains(a.body, class) {
			t.Error(a.body)
		}
	})
}
