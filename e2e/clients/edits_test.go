package clients

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// firstItem gives the id of a feature of a dataset.
func firstItem(t *testing.T, p *portal, dataset string) string {
	t.Helper()
	var doc struct {
		Features []struct{ ID any }
	}
	answer, err := http.Get(p.url + "/api/collections/" + dataset + "/items?limit=1&properties=")
	if err == nil && answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		answer, err = http.Get(p.url + "/api/collections/" + dataset + "/items?limit=1")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &doc); err != nil || len(doc.Features) != 1 {
		t.Fatalf("%s: %v %s", dataset, err, body)
	}
	id, ok := doc.Features[0].ID.(string)
	if !ok {
		t.Fatalf("the id of a feature of %s is %v", dataset, doc.Features[0].ID)
	}
	return id
}

// testEditsKeepToDefinition creates, replaces, changes and deletes a feature, and
// tries what is refused.
func testEditsKeepToDefinition(t *testing.T, p *portal) {
	d := loadDefinition(t, p)
	const items, item = "/collections/grille/items", "/collections/grille/items/{item}"
	places := map[string]string{"item": "nouveau"}
	header := func(mediaType string, more ...string) http.Header {
		h := http.Header{"Authorization": {"Bearer " + p.key}}
		if mediaType != "" {
			h.Set("Content-Type", mediaType)
		}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	feature := func(name string) string {
		return `{"type":"Feature","geometry":{"type":"Point","coordinates":[3.05,45.75]},"properties":{"code":"nouveau","rang":1,"mesure":1.5,"ouvert":true,"jour":"2024-01-01","nom":` + name + `}}`
	}
	const geoJSON, patch = "application/geo+json", "application/merge-patch+json"
	for _, e := range []exchange{
		{path: items, method: "POST", header: header(geoJSON), body: feature(`"un"`)},
		{path: items, method: "POST", header: header(geoJSON), body: feature(`"deux"`), refused: true}, // the key is there
		{path: items, method: "POST", header: header(geoJSON), body: feature(`7`), refused: true},
		{path: items, method: "POST", header: header("text/plain"), body: "x", refused: true},
		{path: items, method: "POST", header: http.Header{"Content-Type": {geoJSON}}, body: feature(`"x"`), refused: true},
		{path: items, method: "POST", header: header(geoJSON), body: `{"type":"FeatureCollection","features":[` +
			strings.ReplaceAll(feature(`null`), "nouveau", "nouveau-2") + "," + strings.ReplaceAll(feature(`null`), "nouveau", "nouveau-3") + `]}`},
		{path: item, method: "PUT", places: places, header: header(geoJSON, "Content-Crs", "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"), body: feature(`"trois"`), refused: false},
		{path: item, method: "PUT", places: places, header: header(geoJSON, "If-Match", `"x"`), body: feature(`"x"`), refused: true},
		{path: item, method: "PATCH", places: places, header: header(patch), body: `{"properties":{"nom":null,"mesure":2}}`},
		{path: item, method: "PATCH", places: places, header: header(patch), body: `{"properties":{"absent":1}}`, refused: true},
		{path: item, method: "GET", places: places},
		{path: item, method: "DELETE", places: places, header: header("")},
		{path: item, method: "DELETE", places: places, header: header(""), refused: true},
		{path: item, method: "DELETE", places: map[string]string{"item": "nouveau-2"}, header: header("")},
		{path: item, method: "DELETE", places: map[string]string{"item": "nouveau-3"}, header: header("")},
	} {
		d.do(t, e)
	}
}
