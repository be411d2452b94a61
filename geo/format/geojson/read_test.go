package geojson_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
)

func openText(t testing.TB, name, content string, opt format.Options) (format.Reader, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return geojson.Format().Open(context.Background(), src, opt)
}

// row is what is compared of a feature.
type row struct {
	ID       string
	Geometry string // WKT
	Values   []string
	Problems []geo.Problem
}

// readText gives the fields as "name:type" and all rows of a text.
func readText(t testing.TB, name, content string, opt format.Options) (format.Layer, []string, []row) {
	t.Helper()
	r, err := openText(t, name, content, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var fields []string
	for _, f := range r.Layer().Schema.Fields {
		fields = append(fields, f.Name+":"+f.Type.String())
	}
	var rows []row
	var f geo.Feature
	for n := int64(1); ; n++ {
		err := r.Read(&f)
		if err == io.EOF {
			if want := r.Layer().Count; want != n-1 {
				t.Errorf("%d rows, counted %d", n-1, want)
			}
			return r.Layer(), fields, rows
		}
		if bad, is := errors.AsType[*format.BadRow](err); is {
			rows = append(rows, row{Problems: bad.Problems})
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.FID != n {
			t.Errorf("row %d has FID %d", n, f.FID)
		}
		one := row{ID: f.ID}
		if !f.Geometry.IsNull() {
			if one.Geometry, err = wkt.Marshal(f.Geometry.T()); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range f.Values {
			one.Values = append(one.Values, v.String())
		}
		rows = append(rows, one)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(geometry, properties string) string {
	return `{"type":"Feature","geometry":` + geometry + `,"properties":` + properties + `}`
}

func TestGeometries(t *testing.T) {
	for in, want := range map[string]string{
		`null`: "",
		`{"type":"Point","coordinates":[3.08,45.78]}`:                                                                                         "POINT (3.08 45.78)",
		`{"coordinates":[3.08,45.78,410.5],"type":"Point"}`:                                                                                   "POINT Z (3.08 45.78 410.5)",
		`{"type":"Point","coordinates":[1,2,3,4,5]}`:                                                                                          "POINT Z (1 2 3)",
		`{"type":"Point","coordinates":[]}`:                                                                                                   "POINT EMPTY",
		"{ \"type\" : \"Point\" ,\n\"coordinates\" : [ 1e0 ,\n -2.5E+1 ] }":                                                                   "POINT (1 -25)",
		`{"type":"LineString","coordinates":[[0,0],[1,1]]}`:                                                                                   "LINESTRING (0 0, 1 1)",
		`{"type":"LineString","coordinates":[[0,0],[1,1,5],[2,2]]}`:                                                                           "LINESTRING Z (0 0 0, 1 1 5, 2 2 0)",
		`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[1,1]]]}`:                                                    "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 1 1))",
		`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1,9],[1,1]]]}`:                                                  "POLYGON Z ((0 0 0, 4 0 0, 4 4 0, 0 0 0), (1 1 0, 2 1 9, 1 1 0))",
		`{"type":"Polygon","coordinates":[]}`:                                                                                                 "POLYGON EMPTY",
		`{"type":"MultiPoint","coordinates":[[0,0],[1,1]]}`:                                                                                   "MULTIPOINT (0 0, 1 1)",
		`{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[],[[2,2],[3,3]]]}`:                                                           "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]],[[5.5,5.1],[5.6,5.1],[5.5,5.1]]]]}`:     "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.1, 5.6 5.1, 5.5 5.1)))",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[0,0],[1,1]]}]}`: "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))",
		`{"type":"GeometryCollection","geometries":[]}`:                                                                                       "GEOMETRYCOLLECTION EMPTY",
		`{"bbox":[0,0,1,1],"type":"Point","coordinates":[1,2],"crs":{"x":[{}]}}`:                                                              "POINT (1 2)",
	} {
		_, _, rows := readText(t, "a.geojson", collection(feature(in, "{}")), format.Options{})
		same(t, in, rows, []row{{Geometry: want}})
		if in == "null" {
			continue
		}
		g, err := geojson.ParseGeometry([]byte(in))
		if err != nil {
			t.Errorf("ParseGeometry(%s): %v", in, err)
			continue
		}
		got, err := wkt.Marshal(g.T())
		if err != nil || got != want {
			t.Errorf("ParseGeometry(%s): %s, %v", in, got, err)
		}
	}
}

func TestWrongGeometries(t *testing.T) {
	for _, in := range []string{
		`{"type":"Point"}`, `{"coordinates":[1,2]}`, `{"type":"Circle","coordinates":[1,2]}`, `{"type":5,"coordinates":[1,2]}`,
		`{"type":"Point","coordinates":[1]}`, `{"type":"Point","coordinates":null}`, `{"type":"Point","coordinates":["1","2"]}`,
		`{"type":"Point","coordinates":[1,null]}`, `{"type":"Point","coordinates":{"x":1}}`, `{"type":"Point","coordinates":[1e999,0]}`,
		`{"type":"Point","coordinates":[NaN,0]}`, `{"type":"Point","coordinates":[[1,2]]}`, `{"type":"LineString","coordinates":[1,2]}`,
		`{"type":"LineString","coordinates":[[0,0],[]]}`, `{"type":"LineString","coordinates":[[0,0],1]}`,
		`{"type":"Polygon","coordinates":[[0,0],[1,1],[0,0]]}`, `{"type":"Polygon","coordinates":[[[0,0]],[1,1]]}`,
		`{"type":"MultiPolygon","coordinates":[[[[[0,0]]]]]}`, `{"type":"GeometryCollection"}`, `{"type":"GeometryCollection","geometries":{}}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point"}]}`, `[1,2]`, `"POINT (1 2)"`, `5`,
		strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 12) + strings.Repeat(`]}`, 12),
	} {
		good := feature(`{"type":"Point","coordinates":[1,2]}`, `{"a":1}`)
		_, _, rows := readText(t, "a.geojson", collection(feature(in, `{"a":1}`), good), format.Options{})
		if len(rows) != 2 || len(rows[0].Problems) != 1 || rows[0].Problems[0].Rule != geo.RuleGeometry || rows[0].Problems[0].Row != 1 {
			t.Errorf("%s: %+v", in, rows)
			continue
		}
		same(t, in, rows[1], row{Geometry: "POINT (1 2)", Values: []string{"1"}})
		if _, err := geojson.ParseGeometry([]byte(in)); geo.KindOf(err) != geo.KindInvalid || err == nil {
			t.Errorf("ParseGeometry(%s): %v", in, err)
		}
	}
}

func TestTypes(t *testing.T) {
	_, fields, rows := readText(t, "a.geojson", collection(
		feature("null", `{"insee":"01000","n":9007199254740993,"x":1,"mixed":1.50,"day":"2024-02-29","when":"2024-02-29T12:00:00+01:00","yes":true,"tags":["a","é\"\n"],"o":{"a": [1, NaN]},"none":null}`),
		feature("null", `{"late":"é\u00e9\ud83d\ude00","n":-1,"x":2.5e-3,"mixed":"n/a","insee":"63113","tags":[],"o":"s","yes":false,"x":NaN,"x":7}`),
		feature("null", `null`),
		`{"type":"Feature","geometry":null}`,
	), format.Options{})
	same(t, "fields", fields, []string{"insee:text", "n:integer", "x:number", "mixed:text", "day:date", "when:date-time", "yes:boolean",
		"tags:text-array", "o:json", "none:text", "late:text"})
	same(t, "rows", rows, []row{
		{Values: []string{"01000", "9007199254740993", "1", "1.50", "2024-02-29", "2024-02-29T11:00:00Z", "true", `["a","é\"\n"]`, `{"a":[1,null]}`, "", ""}},
		{Values: []string{"63113", "-1", "7", "n/a", "", "", "false", `[]`, `"s"`, "", "éé😀"}},
		{Values: make([]string, 11)},
		{Values: make([]string, 11)},
	})
}

func TestDeclaredTypes(t *testing.T) {
	opt := format.Options{Types: map[string]geo.FieldType{"n": geo.TypeInteger, "d": geo.TypeDate, "t": geo.TypeText, "absent": geo.TypeText}}
	_, fields, rows := readText(t, "a.geojson", collection(
		feature("null", `{"n":"12","d":"31/01/2024","t":1.50}`),
		feature("null", `{"n":3.0,"d":"2024-01-31T00:00:00Z","t":{"a": 1}}`),
		feature(`{"type":"Point"}`, `{"n":"x","d":[],"t":true}`),
	), opt)
	same(t, "fields", fields, []string{"n:integer", "d:date", "t:text"})
	same(t, "rows", rows, []row{
		{Values: []string{"12", "2024-01-31", "1.50"}},
		{Values: []string{"3", "2024-01-31", `{"a":1}`}},
		{Problems: []geo.Problem{
			{Row: 3, Column: "geometry", Value: `{"type":"Point"}`, Rule: geo.RuleGeometry, Detail: "a geometry without coordinates"},
			{Row: 3, Column: "n", Value: "x", Rule: geo.RuleType, Detail: "not of type integer"},
			{Row: 3, Column: "d", Value: "[]", Rule: geo.RuleType, Detail: "not of type date"},
		}},
	})
}

func TestIDs(t *testing.T) {
	withID := func(id string) string { return `{"type":"Feature","id":` + id + `,"geometry":null,"properties":{}}` }
	layer, _, rows := readText(t, "a.json", collection(withID(`"a\u00e9"`), withID(`12345678901234567890`)), format.Options{})
	same(t, "rows", rows, []row{{ID: "aé"}, {ID: "12345678901234567890"}})
	if !layer.HasIDs {
		t.Error("HasIDs is false")
	}
	layer, _, _ = readText(t, "a.json", collection(withID(`"a"`), withID("null")), format.Options{})
	if layer.HasIDs {
		t.Error("HasIDs is true")
	}
}

func TestCRS(t *testing.T) {
	const after = `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{}}],"crs":%}`
	for in, want := range map[string]crs.Code{
		`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}`:            crs.Lamb93,
		`{"properties":{"name":"EPSG:3857"},"type":"name"}`:                             crs.WebMerc,
		`{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}`:         crs.CRS84,
		`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4326"}}`:            crs.CRS84,
		`{"type":"EPSG","properties":{"code":2154}}`:                                    crs.Lamb93,
		`{"type":"link","properties":{"href":"http://example.org/crs","type":"proj4"}}`: crs.Unknown,
		`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::27572"}}`:           crs.Unknown,
		`null`: crs.CRS84,
	} {
		layer, _, _ := readText(t, "a.geojson", strings.Replace(after, "%", in, 1), format.Options{})
		if layer.CRS != want || (want == crs.Unknown) != (len(layer.Warnings) == 1) {
			t.Errorf("%s: %v, %v", in, layer.CRS, layer.Warnings)
		}
	}
	layer, _, _ := readText(t, "a.geojson", strings.Replace(after, "%", `{"type":"name","properties":{"name":"x"}}`, 1), format.Options{CRS: crs.Lamb93})
	if layer.CRS != crs.Lamb93 || len(layer.Warnings) != 0 {
		t.Errorf("declared: %v, %v", layer.CRS, layer.Warnings)
	}
}

func TestArrangements(t *testing.T) {
	a := `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1}}`
	b := `{"type":"Feature","geometry":null,"properties":{"a":2}}`
	rowA, rowB := row{Geometry: "POINT (1 2)", Values: []string{"1"}}, row{Values: []string{"2"}}
	spread := strings.ReplaceAll(a, ",", ",\n")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(collection(a, b))); err != nil {
		t.Fatal(err)
	}
	z.Close()
	for name, c := range map[string]struct {
		content string
		want    []row
	}{
		"collection":             {collection(a, b), []row{rowA, rowB}},
		"spread":                 {" \n" + collection(spread, "\n"+b+"\n") + "\n ", []row{rowA, rowB}},
		"features before type":   {`{"features":[` + a + `],"type":"FeatureCollection"}`, []row{rowA}},
		"other members":          {`{"properties":{"type":"x"},"bbox":[1,2,3,4],"type":"FeatureCollection","m":[[{}]],"features":[` + a + `],"z":null}`, []row{rowA}},
		"empty":                  {collection(), nil},
		"mark":                   {"\ufeff" + collection(a), []row{rowA}},
		"gzip":                   {zipped.String(), []row{rowA, rowB}},
		"feature":                {a, []row{rowA}},
		"feature, spread":        {spread + "\n", []row{rowA}},
		"geometry":               {`{"type":"Point","coordinates":[1,2]}`, []row{{Geometry: "POINT (1 2)"}}},
		"lines":                  {a + "\n" + b, []row{rowA, rowB}},
		"lines, blank ones":      {a + "\r\n\r\n" + b + "\r\n\n", []row{rowA, rowB}},
		"lines of geometries":    {`{"type":"Point","coordinates":[1,2]}` + "\n" + `{"type":"Point","coordinates":[3,4]}` + "\n", []row{{Geometry: "POINT (1 2)"}, {Geometry: "POINT (3 4)"}}},
		"records":                {"\x1e" + a + "\n\x1e" + spread + "\n", []row{rowA, rowA}},
		"concatenated":           {spread + b + "\n\n" + b, []row{rowA, rowB, rowB}},
		"concatenated, one line": {a + b, []row{rowA, rowB}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, rows := readText(t, "a.geojson", c.content, format.Options{})
			same(t, "rows", rows, c.want)
		})
	}
}

func TestBadLines(t *testing.T) {
	good := feature(`{"type":"Point","coordinates":[1,2]}`, `{"a":1}`)
	for name, content := range map[string]string{
		"lines":   good + "\n" + good[:40] + "\n" + good + "\n{\"a\n" + good + " 5\n[1]\n" + good + "\n" + good[:len(good)-1],
		"records": "\x1e" + good + "\n\x1e" + good[:40] + "\n\x1e" + good + "\x1e{\"a\x1e" + good + " 5\x1e[1]\x1e" + good + "\n\x1e" + good[:len(good)-1],
	} {
		_, _, rows := readText(t, "a.geojsonl", content, format.Options{})
		var bad []int64
		for i, r := range rows {
			switch {
			case r.Problems == nil:
				same(t, name, r, row{Geometry: "POINT (1 2)", Values: []string{"1"}})
			case r.Problems[0].Rule != geo.RuleSyntax || r.Problems[0].Row != int64(i+1):
				t.Errorf("%s: row %d: %+v", name, i+1, r.Problems)
			default:
				bad = append(bad, r.Problems[0].Row)
			}
		}
		same(t, name, bad, []int64{2, 4, 5, 6, 8})
	}
}

func TestRowsThatAreNoFeatures(t *testing.T) {
	for _, in := range []string{`null`, `5`, `"x"`, `[]`, `{}`, `{"type":"x"}`, collection(), `{"type":"Feature","geometry":null,"properties":[1]}`} {
		_, _, rows := readText(t, "a.geojson", collection(in, feature("null", "{}")), format.Options{})
		if len(rows) != 2 || len(rows[0].Problems) != 1 || rows[0].Problems[0].Rule != geo.RuleSyntax || rows[1].Problems != nil {
			t.Errorf("%s: %+v", in, rows)
		}
	}
}

func TestTextThatCannotBeStored(t *testing.T) {
	_, _, rows := readText(t, "a.geojson", collection(
		feature("null", `{"a":"caf`+"\xe9"+`"}`), feature("null", `{"a":"\u0000"}`), feature("null", `{"a":"\ud800x"}`)), format.Options{})
	if len(rows) != 3 || rows[0].Problems[0].Rule != geo.RuleEncoding || rows[1].Problems[0].Rule != geo.RuleEncoding {
		t.Fatalf("%+v", rows)
	}
	same(t, "half of a pair", rows[2], row{Values: []string{"\ufffdx"}})
}

func TestErrors(t *testing.T) {
	good := feature("null", `{"a":1}`)
	for _, c := range []struct{ content, want string }{
		{collection(good, good[:30]), `line 1, byte 125, in row 2: a value expected`},
		{collection(good, good)[:150], "breaks off at line 1, byte 150, in row 2"},
		{collection(good, good)[:110], "in row 2: the file is not complete"},
		{collection(good, "\n\n{\"type\":tru}"), "line 3"},
		{collection(good) + "{}", "something follows the end"},
		{collection(good) + collection(good), "something follows the end"},
		{`{"type":"Topology","objects":{}}`, "TopoJSON"},
		{`[{"type":"Feature"}]`, "a JSON array"},
		{`{"a":1}`, "it has no type"},
		{`{"type":"Catalog","links":[]}`, `JSON of type "Catalog"`},
		{`{"type":"FeatureCollection","feature":[]}`, "without features"},
		{`{"displayFieldName":"","features":[{"attributes":{"a":1},"geometry":{"x":1,"y":2}}]}`, "Esri JSON"},
		{`  `, "no content"},
		{`hello`, "not JSON"},
		{`{`, "breaks off"},
		{collection(feature("null", strings.Repeat(`{"a":`, 5000)+"1"+strings.Repeat("}", 5000))), "nested more than 256 deep"},
		{collection(feature("null", `{"a":"x`+"\t"+`y"}`)), "no unescaped control character"},
		{collection(feature("null", `{"a":01}`)), "row 1"},
		{collection(feature("null", `{"a":1,}`)), "a string expected"},
	} {
		_, err := openText(t, "a.geojson", c.content, format.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: got %v, want %s", c.content, err, c.want)
		}
		if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
			t.Errorf("%.60s: kind %s", c.content, k)
		}
	}
}

// TestLongFeature has features larger than the window, so that they are parsed anew.
func TestLongFeature(t *testing.T) {
	long := `[` + strings.TrimSuffix(strings.Repeat("[1.25,2.5],", 200_000), ",") + `]`
	line := feature(`{"type":"LineString","coordinates":`+long+`}`, `{"a":"`+strings.Repeat("é", 400_000)+`","b":1}`)
	for _, content := range []string{collection(line, feature("null", "{}"), line), line + "\n" + feature("null", "{}") + "\n" + line, line} {
		r, err := openText(t, "a.geojson", content, format.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var f geo.Feature
		if err := r.Read(&f); err != nil {
			t.Fatal(err)
		}
		if n := len(f.Geometry.T().FlatCoords()); n != 400_000 || len(f.Values[0].Text()) != 800_000 || f.Values[1].Integer() != 1 {
			t.Errorf("%d coordinates, %d bytes of text", n, len(f.Values[0].Text()))
		}
		r.Close()
	}
}

func TestNoGeometryColumn(t *testing.T) {
	layer, _, rows := readText(t, "a.geojson", collection(feature(`{"type":"Point","coordinates":[1,2,3]}`, `{"a":1}`)),
		format.Options{Geometry: format.NoGeometryColumn})
	same(t, "rows", rows, []row{{Values: []string{"1"}}})
	if layer.Schema.Spatial() || layer.Schema.HasZ {
		t.Error("the schema has a geometry")
	}
}

func TestCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.geojson")
	writeLines(t, path, 10_000, false)
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := geojson.Format().Open(ctx, src, format.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
