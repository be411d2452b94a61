package server

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/server/access"
	"puy/server/answer"
	"puy/store"
)

// lanes has a dataset that may be edited, with a key field and values of every
// type, one without a key, one of heights and one without geometry.
func lanes(t *testing.T, s store.Store) {
	t.Helper()
	fill(t, s)
	schema := &geo.Schema{Geometry: geo.GeometryMultiPoint, Key: "code", Fields: []geo.Field{
		{Name: "code", Type: geo.TypeText}, {Name: "rang", Type: geo.TypeInteger}, {Name: "pm10", Type: geo.TypeNumber}, {Name: "ouvert", Type: geo.TypeBoolean},
		{Name: "service", Type: geo.TypeDate}, {Name: "mesure", Type: geo.TypeDateTime}, {Name: "polluants", Type: geo.TypeTextArray},
		{Name: "détail", Type: geo.TypeJSON}, {Name: "type de voie", Type: geo.TypeText}}}
	load(t, s, catalog.Dataset{ID: "voies", Aliases: []string{"rues"}, Title: geo.Localized{FR: "Voies"}, Key: "code", Editable: true, Tiles: catalog.Tiles{KeepAll: true}},
		schema, stations(t)[:60])
	name := geo.Field{Name: "nom", Type: geo.TypeText}
	load(t, s, catalog.Dataset{ID: "libre", Title: geo.Localized{FR: "Libre"}, Editable: true},
		&geo.Schema{Geometry: geo.GeometryAny, Fields: []geo.Field{name}}, []*geo.Feature{row(t, "", []geo.Value{geo.Text("un")}, 3, 45)})
	load(t, s, catalog.Dataset{ID: "compte", Title: geo.Localized{FR: "Compte"}, Key: "n", Editable: true},
		&geo.Schema{Key: "n", Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}, name}}, []*geo.Feature{row(t, "7", []geo.Value{geo.Integer(7), geo.Text("sept")})})
}

// keyFor puts a key into s and gives it.
func keyFor(t *testing.T, s store.Store, k store.APIKey) string {
	t.Helper()
	text := access.Generate()
	k.Hash, k.Created = access.Hash(text), time.Now().UTC().Truncate(time.Microsecond)
	if err := s.PutAPIKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	return text
}

const (
	asFeature = "Content-Type: application/geo+json"
	asPatch   = "Content-Type: application/merge-patch+json"
	voies     = "/api/collections/voies/items"
)

// whole is a feature of voies with all its values.
const whole = `{"type":"Feature","id":"ignored","geometry":{"type":"MultiPoint","coordinates":[[3.125,45.5]]},"properties":{"code":"N/1 é","rang":4,"pm10":2,
"ouvert":true,"service":"2024-02-29","mesure":"2024-02-29T12:00:00+02:00","polluants":["no2","o3"],"détail":{"b":[1,null],"a":{"c":1e3}},"type de voie":"Rue"}}`

const wholeRead = `"properties":{"code":"N/1 é","rang":4,"pm10":2.0,"ouvert":true,"service":"2024-02-29","mesure":"2024-02-29T10:00:00Z","polluants":["no2","o3"],"détail":`

type sentFeature struct {
	ID       string `json:"id"`
	Geometry *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

func TestFeaturesAreEdited(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		key := "X-API-Key: " + keyFor(t, s, store.APIKey{Name: "ana", Edit: true})
		c := startTiles(t, s)
		read := func(a answered, status int) (f sentFeature) {
			t.Helper()
			if err := json.Unmarshal([]byte(a.body), &f); a.status != status || err != nil {
				t.Fatalf("%d %v %s", a.status, err, a.body)
			}
			return f
		}

		// Create.
		made := c.send("POST", voies, whole, asFeature, key)
		f := read(made, 201)
		at := c.base + voies + "/N%2F1%20%C3%A9"
		if f.ID != "N/1 é" || made.header.Get("Location") != at || !strings.Contains(made.body, wholeRead) || made.header.Get("Content-Crs") == "" {
			t.Errorf("created %v\n%s", made.header, made.body)
		}
		seen := c.ask("GET", at)
		if seen.body != made.body || seen.header.Get("Etag") != made.header.Get("Etag") || strings.HasPrefix(seen.header.Get("Etag"), "W/") {
			t.Errorf("GET %v\n%s\nafter %v\n%s", seen.header, seen.body, made.header, made.body)
		}
		var page featurePage
		if c.get(voies+"?code=N/1%20%C3%A9", &page); len(page.Features) != 1 {
			t.Error("the feature is not among the items at once")
		}
		soon(t, "a new feature in a tile", func() bool {
			f, ok := stationsOf(t, c, tileAt("/tiles/voies", 14, 3.125, 45.5)+".mvt")["N/1 é"]
			return ok && f.Properties["rang"] == int64(4)
		})

		// Replace.
		put := c.send("PUT", at, `{"type":"Feature","geometry":null,"properties":{"rang":5.0}}`, asFeature, key, "If-Match: "+made.header.Get("Etag"))
		if f = read(put, 200); f.Geometry != nil || f.Properties["rang"] != 5.0 || f.Properties["code"] != "N/1 é" || f.Properties["ouvert"] != nil {
			t.Errorf("replaced %s", put.body)
		}
		if late := c.send("PUT", at, whole, asFeature, key, "If-Match: "+made.header.Get("Etag")); late.status != 412 {
			t.Errorf("an old ETag: %d", late.status)
		}
		if back := read(c.send("PUT", at, whole, asFeature, key), 200); back.Geometry == nil || back.Properties["ouvert"] != true {
			t.Errorf("replaced without a condition: %+v", back)
		}

		// Change parts; an ETag of another CRS, compressed, names the same state.
		tag := c.ask("GET", at+"?crs=http://www.opengis.net/def/crs/EPSG/0/2154", "Accept-Encoding: gzip").header.Get("Etag")
		patch := c.send("PATCH", at, `{"properties":{"pm10":null,"détail":{"a":null,"d":"x"},"rang":6},"geometry":{"coordinates":[[3.5,45.25],[3,45]]}}`, asPatch, key, "If-Match: "+tag)
		f = read(patch, 200)
		want := map[string]any{"b": []any{1.0, nil}, "d": "x"}
		if f.Properties["pm10"] != nil || f.Properties["rang"] != 6.0 || f.Properties["type de voie"] != "Rue" || !cmp.Equal(f.Properties["détail"], any(want)) ||
			string(f.Geometry.Coordinates) != "[[3.5,45.25],[3,45]]" {
			t.Errorf("patched %s", patch.body)
		}
		if patch = c.send("PATCH", at, `{"properties":{"rang":7}}`, asPatch, key, `If-Match: "x", `+patch.header.Get("Etag")); patch.status != 200 {
			t.Errorf("%d %s", patch.status, patch.body)
		}
		if f = read(patch, 200); string(f.Geometry.Coordinates) != "[[3.5,45.25],[3,45]]" {
			t.Error("a patch of a property changed the geometry")
		}

		// Delete.
		for _, step := range []struct {
			condition string
			status    int
		}{{`"x"`, 412}, {"W/" + patch.header.Get("Etag"), 412}, {patch.header.Get("Etag"), 204}, {"*", 404}} {
			if a := c.send("DELETE", at, "", key, "If-Match: "+step.condition); a.status != step.status {
				t.Errorf("DELETE, If-Match %s: %d %s", step.condition, a.status, a.body)
			}
		}
		if a := c.ask("GET", at); a.status != 404 {
			t.Errorf("a deleted feature: %d", a.status)
		}
		if again := read(c.send("POST", voies, whole, asFeature, key), 201); again.ID != "N/1 é" {
			t.Errorf("created again: %+v", again)
		}
	})
}

// Coordinates come in the CRS that Content-Crs names, in its axis order.
func TestEditsInOtherSystems(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		key := "Authorization: Bearer " + keyFor(t, s, store.APIKey{Name: "ana", Edit: true})
		c := start(t, s, nil)
		for i, tt := range []struct{ crs, coordinates, want string }{
			{"", "3.125,45.5", "3.125,45.5"},
			{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", "3.125,45.5", "3.125,45.5"},
			{"<http://www.opengis.net/def/crs/EPSG/0/4326>", "45.5,3.125", "3.125,45.5"},
			{"http://www.opengis.net/def/crs/EPSG/0/4326", "45.5,3.125", "3.125,45.5"},
			{"<http://www.opengis.net/def/crs/EPSG/0/3857>", "347873.41,5700582.73", "3.1249999,45.5"},
			{"http://www.opengis.net/def/crs/EPSG/0/2154", "709762.013,6488955.962", "3.125,45.5"},
		} {
			headers := []string{asFeature, key}
			if tt.crs != "" {
				headers = append(headers, "Content-Crs: "+tt.crs)
			}
			a := c.send("POST", "/api/collections/libre/items", `{"type":"Feature","geometry":{"type":"Point","coordinates":[`+tt.coordinates+`]},"properties":{}}`, headers...)
			if a.status != 201 || tt.crs != "" && !strings.Contains(a.header.Get("Content-Crs"), strings.Trim(tt.crs, "<>")) {
				t.Fatalf("%d: %d %v %s", i, a.status, a.header, a.body)
			}
			var f sentFeature
			c.get(a.header.Get("Location"), &f)
			var got, want []float64
			json.Unmarshal(f.Geometry.Coordinates, &got)
			json.Unmarshal([]byte("["+tt.want+"]"), &want)
			if len(got) != 2 || max(got[0]-want[0], want[0]-got[0]) > 2e-7 || max(got[1]-want[1], want[1]-got[1]) > 2e-7 {
				t.Errorf("%s %s: %v", tt.crs, tt.coordinates, got)
			}
			// What the answer shows is in that CRS too, and its ETag holds.
			if put := c.send("PUT", a.header.Get("Location"), a.body, append(headers, "If-Match: "+a.header.Get("Etag"))...); put.status != 200 {
				t.Errorf("%d %s", put.status, put.body)
			}
		}
		for _, wrong := range []string{"EPSG:2154", "http://www.opengis.net/def/crs/EPSG/0/9999", "<", ""} {
			a := c.send("POST", "/api/collections/libre/items", `{"type":"Feature","geometry":null,"properties":{}}`, asFeature, key, "Content-Crs: "+wrong)
			if a.status != 400 || !strings.Contains(a.body, "Content-Crs") {
				t.Errorf("%q: %d %s", wrong, a.status, a.body)
			}
		}
	})
}

func TestCollectionsAreCreatedWhole(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		key := "X-API-Key: " + keyFor(t, s, store.APIKey{Name: "ana", Edit: true})
		c := start(t, s, nil)
		feature := func(n, nom string) string {
			return `{"type":"Feature","geometry":null,"properties":{"n":` + n + `,"nom":` + nom + `}}`
		}
		post := func(features ...string) answered {
			return c.send("POST", "/api/collections/compte/items", `{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`, asFeature, key)
		}
		a := post(feature("1", `"un"`), feature("2", `"deux"`))
		var made struct {
			Created []struct{ ID, Href string } `json:"created"`
		}
		if err := json.Unmarshal([]byte(a.body), &made); a.status != 201 || err != nil || len(made.Created) != 2 || made.Created[1].ID != "2" {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := c.ask("GET", made.Created[1].Href); !strings.Contains(a.body, "deux") {
			t.Error(a.body)
		}
		if a := post(feature("3", `"trois"`), feature("1", `"encore"`)); a.status != 409 || !strings.Contains(a.body, "/features/1") || !strings.Contains(a.body, "Feature 2") {
			t.Errorf("a key again: %d %s", a.status, a.body)
		}
		told := c.send("POST", "/api/collections/compte/items", `{"type":"FeatureCollection","features":[`+feature("3", `"trois"`)+","+feature("1", `"encore"`)+`]}`,
			asFeature, key, "Accept-Language: fr")
		if told.header.Get("Content-Language") != "fr" || !strings.Contains(told.body, "L’objet 2 ") || !strings.Contains(told.body, "e jeu de données \\\"compte\\\" a déjà un objet") {
			t.Errorf("in French: %v %s", told.header, told.body)
		}
		a = post(feature("4", `"quatre"`), feature(`"5"`, "5"), `{"type":"Point"}`)
		if a.status != 400 || !strings.Contains(a.body, "/features/1/properties/n") || !strings.Contains(a.body, "/features/1/properties/nom") || !strings.Contains(a.body, "/features/2/type") {
			t.Errorf("faults: %d %s", a.status, a.body)
		}
		var page featurePage
		if c.get("/api/collections/compte/items", &page); len(page.Features) != 3 {
			t.Errorf("%d features", len(page.Features))
		}
	})
}

// Every fault of a body is told with its place; nothing is changed.
func TestFaultsAreNamed(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		key := "X-API-Key: " + keyFor(t, s, store.APIKey{Name: "ana", Edit: true})
		c := start(t, s, nil)
		const first = voies + "/S000"
		before := c.ask("GET", first).body
		body := func(geometry, properties string) string {
			return `{"type":"Feature","geometry":` + geometry + `,"properties":` + properties + `}`
		}
		for _, tt := range []struct {
			method, path, body string
			want               map[string]string // a part of the reason of each place
		}{
			{"POST", voies, body("null", "{}"), map[string]string{"/properties/code": "missing"}},
			{"POST", voies, body("null", `{"code":" "}`), map[string]string{"/properties/code": "empty"}},
			{"POST", voies, body("null", `{"code":null}`), map[string]string{"/properties/code": "empty"}},
			{"POST", voies, body("null", `{"code":7}`), map[string]string{"/properties/code": "text"}},
			{"POST", voies, body("null", `{"code":"a\u0000b"}`), map[string]string{"/properties/code": "NUL"}},
			{"POST", voies, `{"type":"Feature","properties":{"code":"n"}}`, map[string]string{"/geometry": "missing"}},
			{"POST", voies, `{"type":"Feature","geometry":null}`, map[string]string{"/properties": "object"}},
			{"PUT", first, body("null", `{"code":"S001","inconnu":1,"a~/b":2,"rang":1.5,"pm10":"2","ouvert":"oui","service":"2024-02-30","mesure":"2024-01-01","polluants":["a",1],"type de voie":true}`),
				map[string]string{"/properties/code": "cannot change", "/properties/inconnu": "not one", "/properties/a~0~1b": "not one", "/properties/rang": "whole", "/properties/pm10": "number",
					"/properties/ouvert": "true or false", "/properties/service": "date", "/properties/mesure": "RFC 3339", "/properties/polluants": "array", "/properties/type de voie": "text"}},
			{"PUT", first, body("null", `{"rang":9223372036854775808,"pm10":1e999,"polluants":[null],"détail":{"a":[1e999]}}`),
				map[string]string{"/properties/rang": "64 bits", "/properties/pm10": "number", "/properties/polluants": "null", "/properties/détail": "too large"}},
			{"PUT", first, body(`{"type":"Polygon","coordinates":[[[3,45],[4,45],[4,46],[3,45]]]}`, "{}"), map[string]string{"/geometry": "MultiPoint, not a Polygon"}},
			{"PUT", first, body(`{"type":"Point","coordinates":[3,45,100]}`, "{}"), map[string]string{"/geometry": "heights"}},
			{"PUT", first, body(`{"type":"Point","coordinates":[700000,6500000]}`, "{}"), map[string]string{"/geometry": "outside"}},
			{"PUT", first, body(`{"type":"Point","coordinates":[1e999,3]}`, "{}"), map[string]string{"/geometry": ""}},
			{"PUT", first, body(`{"type":"Point","coordinates":["a"]}`, "{}"), map[string]string{"/geometry": "read"}},
			{"PUT", first, body(`"POINT(1 2)"`, "{}"), map[string]string{"/geometry": "read"}},
			{"PUT", "/api/collections/libre/items/1", body(`{"type":"Polygon","coordinates":[[[3,45],[4,46],[4,45],[3,46],[3,45]]]}`, "{}"), map[string]string{"/geometry": "self intersection"}},
			{"PUT", "/api/collections/compte/items/7", body(`{"type":"Point","coordinates":[3,45]}`, `{"nom":"x"}`), map[string]string{"/geometry": "no geometries"}},
			{"PATCH", first, `{"id":"S001","type":"Point","properties":{"code":"S001","rang":"1"},"geometry":{"type":"Polygon"}}`,
				map[string]string{"/id": "change", "/type": "Feature", "/properties/code": "change", "/properties/rang": "whole", "/geometry": "coordinates"}},
			{"PATCH", first, `{"properties":{"code":null}}`, map[string]string{"/properties/code": "change"}},
			{"PATCH", first, `{"properties":null}`, map[string]string{"/properties": "object"}},
		} {
			kind := asFeature
			if tt.method == "PATCH" {
				kind = asPatch
			}
			a := c.send(tt.method, tt.path, tt.body, kind, key)
			var p answer.Problem
			if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.status != 400 {
				t.Errorf("%s %s: %d %s", tt.method, tt.body, a.status, a.body)
				continue
			}
			var places []string
			for _, e := range p.Errors {
				places = append(places, e.Pointer)
				if !strings.Contains(e.Reason, tt.want[e.Pointer]) {
					t.Errorf("%s %s: %s %s", tt.method, tt.body, e.Pointer, e.Reason)
				}
			}
			slices.Sort(places)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(tt.want)), places); diff != "" {
				t.Errorf("%s %s:\n%s", tt.method, tt.body, diff)
			}
		}
		if after := c.ask("GET", first).body; after != before {
			t.Errorf("%s\nbecame %s", before, after)
		}
	})
}

// Patches of different properties at the same time are all kept, though none
// names the state it is for.
func TestPatchesAtOnce(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		lanes(t, s)
		key := "X-API-Key: " + keyFor(t, s, store.APIKey{Name: "ana", Edit: true})
		c := start(t, s, nil)
		for round := range 5 {
			values := map[string]any{"rang": float64(100 + round), "pm10": 0.25 + float64(round), "type de voie": "Rue " + string(rune('A'+round)), "polluants": []any{"x", string(rune('a' + round))}}
			var all sync.WaitGroup
			for name, value := range values {
				patch, err := json.Marshal(map[string]any{"properties": map[string]any{name: value}})
				if err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					if a := c.send("PATCH", voies+"/S001", string(patch), asPatch, key); a.status != 200 {
						t.Errorf("%s: %d %s", patch, a.status, a.body)
					}
				})
			}
			all.Wait()
			var f sentFeature
			c.get(voies+"/S001", &f)
			for name, want := range values {
				if !cmp.Equal(f.Properties[name], want) {
					t.Errorf("round %d: %s is %v, want %v", round, name, f.Properties[name], want)
				}
			}
		}
	})
}
