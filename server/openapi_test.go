package server

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"puy/store"
)

// definition is what the tests need of an OpenAPI document.
type definition struct {
	OpenAPI string
	Servers []struct{ URL string }
	Paths   map[string]map[string]struct {
		OperationID string
		Servers     []struct{ URL string }
		Parameters  []parameter
		Responses   map[string]json.RawMessage
	}
	Components struct {
		Parameters map[string]parameter
	}
}

type parameter struct {
	Ref     string `json:"$ref"`
	Name    string
	In      string
	Style   string
	Explode *bool
	Schema  struct {
		Type             string
		Minimum, Maximum *int64
		Default          any
		MinItems         int
		MaxItems         int
		Enum             []string
		Items            struct{ Enum []string }
	}
}

func fetchDefinition(t *testing.T, c *client) (*definition, string) {
	t.Helper()
	a := c.ask("GET", "/api/openapi.json", "Accept: application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json")
	if a.status != 200 || a.header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.0" {
		t.Fatalf("%d %s", a.status, a.header.Get("Content-Type"))
	}
	var d definition
	if err := json.Unmarshal([]byte(a.body), &d); err != nil {
		t.Fatal(err)
	}
	return &d, a.body
}

// What QGIS, GDAL and ArcGIS look for, and what OGC's test suite checks.
func TestDefinitionHasWhatClientsLookFor(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		d, text := fetchDefinition(t, c)
		if !strings.HasPrefix(d.OpenAPI, "3.0.") || len(d.Servers) != 1 || d.Servers[0].URL != c.base+"/api" {
			t.Error(d.OpenAPI, d.Servers)
		}
		limit := d.Components.Parameters["limit"]
		if limit.Name != "limit" || limit.In != "query" || limit.Style != "form" || limit.Explode == nil || *limit.Explode || limit.Schema.Type != "integer" ||
			limit.Schema.Maximum == nil || *limit.Schema.Maximum != 10000 || limit.Schema.Default != 100.0 || *limit.Schema.Minimum != 1 {
			t.Errorf("limit: %+v", limit)
		}
		if bbox := d.Components.Parameters["bbox"]; bbox.Schema.Type != "array" || bbox.Schema.MinItems != 4 || bbox.Schema.MaxItems != 6 {
			t.Errorf("bbox: %+v", bbox)
		}
		items := d.Paths["/collections/stations/items"]["get"]
		if !slices.ContainsFunc(items.Parameters, func(p parameter) bool { return p.Ref == "#/components/parameters/limit" }) {
			t.Error("items of stations has no limit")
		}
		types := map[string]string{}
		for _, p := range items.Parameters {
			types[p.Name] = p.Schema.Type
		}
		for name, want := range map[string]string{"code": "string", "rang": "integer", "pm10": "number", "ouvert": "boolean", "détail": ""} {
			if types[name] != want {
				t.Errorf("parameter %s is of type %q; want %q", name, types[name], want)
			}
		}
		if _, ok := d.Paths["/collections/interne/items"]; ok || strings.Contains(text, "interne") {
			t.Error("an internal dataset shows")
		}
		ids := map[string]bool{}
		for path, methods := range d.Paths {
			o := methods["get"]
			if ids[o.OperationID] || o.OperationID == "" {
				t.Errorf("%s: operationId %q is not its own", path, o.OperationID)
			}
			ids[o.OperationID] = true
			for _, code := range []string{"200", "400", "default"} {
				if o.Responses[code] == nil {
					t.Errorf("%s: no response %s", path, code)
				}
			}
		}
		for _, ref := range regexp.MustCompile(`"\$ref":"#/([^"]+)"`).FindAllStringSubmatch(text, -1) {
			if probe(text, ref[1]) == "absent" {
				t.Errorf("the reference %s leads nowhere", ref[1])
			}
		}
	})
}

// The definition promises what the server keeps: each path answers, takes
// every parameter that it declares, and refuses any other.
func TestDefinitionAndServerAgree(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		d, _ := fetchDefinition(t, c)
		values := map[string]string{"limit": "1", "offset": "0", "bbox": "3,45,4,46", "datetime": "2024-01-01/..", "filter": "1 = 1", "collections": "iles,stations", "asof": "1"}
		byType := map[string]string{"string": "x", "integer": "1", "number": "1.5", "boolean": "true"}
		for path, methods := range d.Paths {
			path = strings.NewReplacer("{tileMatrixSetId}", "WebMercatorQuad", "{tileMatrix}/{tileRow}/{tileCol}", "0/0/0", "{styleId}", "stations", "{version}", "1").Replace(path)
			if strings.Contains(path, "{item}") {
				id := map[string]string{"stations": "S001", "marches": "M-01", "iles": "1"}[strings.Split(path, "/")[2]]
				if id == "" {
					continue // a dataset without a feature
				}
				path = strings.Replace(path, "{item}", id, 1)
			}
			base := "/api"
			if servers := methods["get"].Servers; len(servers) > 0 {
				base = strings.TrimPrefix(servers[0].URL, c.base)
			}
			query := url.Values{}
			for _, p := range methods["get"].Parameters {
				if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
					p = d.Components.Parameters[name]
				}
				value := byType[p.Schema.Type]
				if p.In == "path" && p.Name == "format" {
					path = strings.Replace(path, "{format}", p.Schema.Enum[0], 1)
				}
				switch {
				case p.Name == "properties":
					value = p.Schema.Items.Enum[0]
				case p.In != "query" || p.Name == "cursor":
					continue
				case values[p.Name] != "":
					value = values[p.Name]
				case p.Name == "sortby":
					value = p.Schema.Items.Enum[1] + "," + p.Schema.Items.Enum[len(p.Schema.Items.Enum)-1]
					if len(p.Schema.Items.Enum) == 3 { // one field, which is not named twice
						value = p.Schema.Items.Enum[2]
					}
				case len(p.Schema.Items.Enum) > 0:
					value = strings.Join(p.Schema.Items.Enum, ",")
				case len(p.Schema.Enum) > 0:
					value = p.Schema.Enum[0]
				case p.Name == "service" || p.Name == "notification":
					value = "2024-01-01"
				case p.Name == "mesure":
					value = "2024-01-01T00:00:00Z"
				}
				query.Set(p.Name, value)
			}
			if a := c.ask("GET", base+path+"?"+query.Encode()); a.status != 200 && (a.status != 204 || methods["get"].Responses["204"] == nil) {
				t.Errorf("%s?%s: %d %s", path, query.Encode(), a.status, a.body)
			}
			query.Set("unknownQueryParameter", "1")
			if a := c.ask("GET", base+path+"?"+query.Encode()); a.status != 400 {
				t.Errorf("%s takes an unknown parameter: %d", path, a.status)
			}
			if a := c.ask("HEAD", base+path); a.status != 200 && a.status != 204 || a.body != "" {
				t.Errorf("HEAD %s: %d", path, a.status)
			}
		}
	})
}

// A collection is the same in the list and by itself.
func TestCollectionsAgree(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		var list struct{ Collections []json.RawMessage }
		c.get("/api/collections", &list)
		for _, raw := range list.Collections {
			a := c.ask("GET", "/api/collections/"+probe(string(raw), "id"))
			if strings.TrimSpace(a.body) != string(raw) {
				t.Errorf("in the list: %s\nby itself: %s", raw, a.body)
			}
		}
	})
}
