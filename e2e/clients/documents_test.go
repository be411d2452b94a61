package clients

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemas = "https://puy.example/documents.json"

// documents compares answers with testdata/documents.json, which says what the
// standards' tables want of each kind of document.
type documents struct {
	*suite
	compiled map[string]*jsonschema.Schema
	compiler *jsonschema.Compiler
}

func newDocuments(t *testing.T, s *suite) *documents {
	t.Helper()
	text, err := os.ReadFile("testdata/documents.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemas, doc); err != nil {
		t.Fatal(err)
	}
	return &documents{s, map[string]*jsonschema.Schema{}, c}
}

// schema gives the definition with a name.
func (d *documents) schema(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	if d.compiled[kind] == nil {
		var err error
		if d.compiled[kind], err = d.compiler.Compile(schemas + "#/$defs/" + kind); err != nil {
			t.Fatal(err)
		}
	}
	return d.compiled[kind]
}

// is asks for a document and looks that it is of a kind.
func (d *documents) is(t *testing.T, kind, address string, status int, query ...string) {
	t.Helper()
	r := d.get(t, address, "application/json, application/geo+json;q=0.9, application/schema+json;q=0.9", query...)
	if r.status != status {
		t.Errorf("%s: %d %.300s", r.url, r.status, r.body)
		return
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.body))
	if err != nil {
		t.Errorf("%s: %v", r.url, err)
		return
	}
	if err := d.schema(t, kind).Validate(doc); err != nil {
		t.Errorf("%s is no %s: %.1500v", r.url, kind, err)
	}
}

// testDocuments compares every kind of document of every dataset, and refusals.
func testDocuments(t *testing.T, p *portal) {
	s := &suite{definition: loadDefinition(t, p), api: p.url + "/api"}
	d := newDocuments(t, s)
	s.testLandingPage(t)
	s.testCollections(t)
	for at, kind := range map[string]string{"": "landing", "/conformance": "conformance", "/collections": "collections", "/tiles": "tilesets", "/tiles/WebMercatorQuad": "tileset",
		"/tileMatrixSets": "tilematrixsets", "/tileMatrixSets/WebMercatorQuad": "tilematrixset", "/tileMatrixSets/WorldCRS84Quad": "tilematrixset",
		"/tileMatrixSets/Lambert93Quad": "tilematrixset", "/tiles/WebMercatorQuad?f=tilejson": "tilejson", "/styles": "styles"} {
		d.is(t, kind, s.api+at, http.StatusOK)
	}
	for _, c := range s.collections {
		at := s.api + "/collections/" + c.ID
		one, _ := s.first(t, c)
		d.is(t, "collection", at, http.StatusOK)
		d.is(t, "schema", at+"/schema", http.StatusOK)
		d.is(t, "queryables", at+"/queryables", http.StatusOK)
		d.is(t, "schema", at+"/sortables", http.StatusOK)
		d.is(t, "items", at+"/items", http.StatusOK)
		d.is(t, "jsonfg", at+"/items", http.StatusOK, "f", "jsonfg")
		d.is(t, "jsonfg", p.url+"/downloads/"+c.ID+".jsonfg", http.StatusOK)
		d.is(t, "item", one, http.StatusOK)
		d.is(t, "problem", at+"/items", http.StatusBadRequest, "limit", "all", "bbox", "1,2", "nothing", "1")
		d.is(t, "problem", one+"x-none", http.StatusNotFound)
		if c.Extent.Spatial == nil {
			d.is(t, "problem", at+"/tiles", http.StatusNotFound)
			continue
		}
		d.is(t, "items", at+"/items", http.StatusOK, "crs", "http://www.opengis.net/def/crs/EPSG/0/2154")
		d.is(t, "jsonfg", at+"/items", http.StatusOK, "f", "jsonfg", "crs", "http://www.opengis.net/def/crs/EPSG/0/2154")
		d.is(t, "styles", at+"/styles", http.StatusOK)
		d.is(t, "tilesets", at+"/tiles", http.StatusOK)
		for _, set := range []string{"WebMercatorQuad", "WorldCRS84Quad", "Lambert93Quad"} {
			d.is(t, "tileset", at+"/tiles/"+set, http.StatusOK)
			d.is(t, "tilejson", at+"/tiles/"+set, http.StatusOK, "f", "tilejson")
		}
		d.is(t, "tilejson", p.url+"/tiles/"+c.ID+".json", http.StatusOK)
	}
}

// A schema that takes everything proves nothing: each refuses what lacks a member.
func TestDocumentSchemasRefuse(t *testing.T) {
	d := newDocuments(t, nil)
	for kind, text := range map[string]string{
		"landing": `{"links":[]}`, "conformance": `{"conformsTo":["core"]}`, "collections": `{"links":[{"rel":"self","href":"http://a/"}],"id":"c","type":"Collection"}`,
		"collection": `{"id":"a","type":"dataset","title":"A","links":[{"rel":"self","href":"http://a/"}],"extent":{"spatial":{"bbox":[[1,2,3]]}}}`,
		"schema":     `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://a/b?c","type":"object","properties":{}}`,
		"queryables": `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://a/b","type":"object","properties":{"g":{"type":"object","format":"geometry-any"}},"additionalProperties":false}`,
		"items":      `{"type":"FeatureCollection","features":[{"type":"Feature","id":"1","properties":{}}],"links":[{"rel":"self","href":"http://a/"}]}`,
		"item":       `{"type":"Feature","id":"1","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]},"properties":{},"links":[{"rel":"self","href":"http://a/"}]}`,
		"jsonfg":     `{"type":"FeatureCollection","conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core"],"features":[{"type":"Feature","id":"1","geometry":null,"properties":{},"place":null}]}`,
		"tilesets":   `{"links":[{"rel":"self","href":"http://a/"}],"tilesets":[{"dataType":"vector","crs":"http://a","links":[{"rel":"self","href":"http://a/"}]}]}`,
		"tileset": `{"dataType":"vector","crs":"http://a","layers":[{"id":"a","dataType":"vector"}],"tileMatrixSetLimits":[{"tileMatrix":"0","minTileRow":0,"maxTileRow":0,"minTileCol":0,"maxTileCol":0}],
			"links":[{"rel":"self","href":"http://a/"},{"rel":"http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme","href":"http://a/"},{"rel":"item","type":"a/b","href":"http://a/{z}"}]}`,
		"tilematrixsets": `{"links":[{"rel":"self","href":"http://a/"}],"tileMatrixSets":[]}`, "tilematrixset": `{"crs":"http://a","tileMatrices":[{"id":"0"}]}`,
		"tilejson": `{"tilejson":"3.0.0","tiles":["/a/{z}/{x}/{y}"],"vector_layers":[{"id":"a","fields":{}}]}`, "styles": `{"styles":[{"id":"a","links":[{"rel":"stylesheet","type":"a/b","href":"http://a/"}]}]}`,
		"problem": `{"type":"about:blank","title":"No","status":200,"detail":"No."}`,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(kind, err)
		}
		if d.schema(t, kind).Validate(doc) == nil {
			t.Errorf("%s takes %s", kind, text)
		}
	}
}
