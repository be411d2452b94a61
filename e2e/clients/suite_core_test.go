package clients

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"
	crs84       = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
)

// testLandingPage follows OGC 17-069r4 annex A.2.1 to A.2.3. That the definition
// is valid is told when it is loaded.
func (s *suite) testLandingPage(t *testing.T) {
	var doc struct{ Links []link }
	s.read(t, s.api+"/", typeJSON, &doc)
	s.landing = doc.Links
	s.checkLinks(t, "the landing page", doc.Links, typeJSON, "service-desc", "service-doc", "conformance", "data")
	desc, ok := linkTo(doc.Links, "service-desc", typeOpenAPI)
	if !ok {
		t.Fatal("no link to the definition has exactly the type of OpenAPI 3.0 in JSON")
	}
	if first, _ := linkTo(doc.Links, "service-desc", ""); first != desc {
		t.Errorf("the first service-desc is %+v", first)
	}
	if r := s.get(t, desc.Href, typeOpenAPI); r.status != http.StatusOK || r.header.Get("Content-Type") != typeOpenAPI {
		t.Errorf("%s: %d, %s", r.url, r.status, r.header.Get("Content-Type"))
	}
}

// testConformance follows annex A.2.4 of 17-069r4, and A.1 of 20-057.
func (s *suite) testConformance(t *testing.T) {
	at, _ := linkTo(s.landing, "conformance", "")
	if at.Href != s.api+"/conformance" {
		t.Errorf("conformance is at %s", at.Href)
	}
	var doc struct{ ConformsTo []string }
	s.read(t, at.Href, typeJSON, &doc)
	s.claims = doc.ConformsTo
	for _, class := range []string{core + "core", core + "geojson", core + "html", core + "oas30", "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
		tiles + "core", tiles + "tilesets-list", tiles + "dataset-tilesets", tiles + "geodata-tilesets", tiles + "oas30"} {
		if !slices.Contains(doc.ConformsTo, class) {
			t.Errorf("%s is not claimed", class)
		}
	}
}

// testCollections follows annexes A.2.5 and A.2.6.
func (s *suite) testCollections(t *testing.T) {
	data, _ := linkTo(s.landing, "data", typeJSON)
	s.read(t, data.Href, typeJSON, &s.list)
	s.checkLinks(t, "the list of collections", s.list.Links, typeJSON)
	if len(s.list.CRS) > 0 && s.list.CRS[0] != crs84 {
		t.Errorf("the first system for all collections is %s", s.list.CRS[0])
	}
	for _, raw := range s.list.Collections {
		c := collection{raw: raw}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		s.collections = append(s.collections, c)
		if c.ID == "" || c.ItemType != "feature" {
			t.Errorf("a collection has the id %q and the item type %q", c.ID, c.ItemType)
		}
		s.checkLinks(t, c.ID, c.Links, typeJSON, "items")
		s.checkExtent(t, c)
		for _, l := range c.Links {
			if l.Rel != "items" || l.Type != typeGeoJSON {
				continue
			}
			var page struct{ Type string }
			if s.read(t, l.Href, l.Type, &page); page.Type != "FeatureCollection" {
				t.Errorf("%s is a %q", l.Href, page.Type)
			}
		}
		var alone, listed map[string]any
		s.read(t, data.Href+"/"+c.ID, typeJSON, &alone)
		if err := json.Unmarshal(raw, &listed); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"id", "title", "description", "extent"} {
			if diff := cmp.Diff(listed[name], alone[name]); diff != "" {
				t.Errorf("%s of %s, in the list and alone: %s", name, c.ID, diff)
			}
		}
	}
}

func (s *suite) checkExtent(t *testing.T, c collection) {
	t.Helper()
	if spatial := c.Extent.Spatial; spatial != nil && (spatial.CRS != crs84 || len(spatial.BBox) != 1 || len(spatial.BBox[0]) != 4) {
		t.Errorf("the extent of %s is %+v", c.ID, *spatial)
	}
	if c.Extent.Temporal == nil {
		return
	}
	if len(c.Extent.Temporal.Interval) != 1 || len(c.Extent.Temporal.Interval[0]) != 2 {
		t.Fatalf("the time of %s is %+v", c.ID, c.Extent.Temporal.Interval)
	}
	for _, end := range c.Extent.Temporal.Interval[0] {
		if end == nil {
			continue
		}
		if _, err := time.Parse(time.RFC3339, *end); err != nil {
			t.Errorf("an end of the time of %s: %v", c.ID, err)
		}
	}
}

// testParameters looks how the definition describes limit, bbox and datetime.
func (s *suite) testParameters(t *testing.T) {
	for _, c := range s.collections {
		path := s.Paths.Value("/collections/" + c.ID + "/items")
		if path == nil {
			t.Errorf("the items of %s are not in the definition", c.ID)
			continue
		}
		for name, kind := range map[string]string{"limit": "integer", "bbox": "array", "datetime": "string"} {
			p := path.Get.Parameters.GetByInAndName("query", name)
			if p == nil || p.Required || p.Style != "form" || p.Explode == nil || *p.Explode || !p.Schema.Value.Type.Is(kind) {
				t.Errorf("%s of %s is %+v", name, c.ID, p)
			}
		}
		checkBounds(t, path.Get.Parameters.GetByInAndName("query", "bbox").Schema.Value)
		limit := path.Get.Parameters.GetByInAndName("query", "limit").Schema.Value
		if first, ok := limit.Default.(float64); limit.Min == nil || *limit.Min < 0 || limit.Max == nil || !ok || first < 0 {
			t.Errorf("limit of %s is %+v", c.ID, limit)
		}
	}
}

func checkBounds(t *testing.T, bbox *openapi3.Schema) {
	t.Helper()
	if len(bbox.OneOf) > 0 || bbox.MinItems != 4 || bbox.MaxItems == nil || *bbox.MaxItems != 6 || !bbox.Items.Value.Type.Is("number") {
		t.Errorf("bbox has the schema %+v", bbox)
	}
}

// testWrongParameters follows the error conditions of annex A.2.7.
func (s *suite) testWrongParameters(t *testing.T) {
	for _, c := range s.collections {
		items, _ := linkTo(c.Links, "items", typeGeoJSON)
		for name, value := range map[string]string{"limit": "unlimited", "unknownQueryParameter14711": "1"} {
			if r := s.get(t, items.Href, typeGeoJSON, name, value); r.status != http.StatusBadRequest {
				t.Errorf("%s: %d", r.url, r.status)
			}
		}
	}
}
