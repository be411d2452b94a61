package shp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/shp"
	"puy/internal/programtest"
)

func shape(t testing.TB, text string) geo.Geometry {
	t.Helper()
	if text == "" {
		return geo.Geometry{}
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func written(t testing.TB, layer format.Layer, features ...geo.Feature) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := shp.Format().NewWriter(&b, layer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range features {
		if err := w.Write(&features[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func everyType(t testing.TB) (format.Layer, []geo.Feature) {
	layer := format.Layer{Name: "Été", CRS: crs.Lamb93, Schema: geo.Schema{Geometry: geo.GeometryPolygon, HasZ: true, Fields: []geo.Field{
		{Name: "nom_de_la_voie", Type: geo.TypeText}, {Name: "nom_de_la_place", Type: geo.TypeText}, {Name: "élévation_é", Type: geo.TypeNumber},
		{Name: "i", Type: geo.TypeInteger}, {Name: "I", Type: geo.TypeInteger}, {Name: "x", Type: geo.TypeNumber}, {Name: "b", Type: geo.TypeBoolean},
		{Name: "d", Type: geo.TypeDate}, {Name: "dt", Type: geo.TypeDateTime}, {Name: "a", Type: geo.TypeTextArray}, {Name: "j", Type: geo.TypeJSON}, {Name: "n", Type: geo.TypeNull},
	}}}
	row := []geo.Value{geo.Text("Rue de l’Été"), geo.Text(strings.Repeat("é", 200)), geo.Number(12.5), geo.Integer(-999999999999999), geo.Integer(-1 << 63),
		geo.Number(1e-300), geo.Boolean(true), geo.Date(-1), geo.DateTime(time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)),
		geo.TextArray([]string{"x", "y,z"}), geo.JSON(`{"a":[1]}`), {}}
	second := make([]geo.Value, len(row))
	second[2], second[5], second[6] = geo.Number(-3), geo.Number(0.1), geo.Boolean(false)
	return layer, []geo.Feature{
		{Geometry: shape(t, "POLYGON Z ((0 0 1, 4 0 1, 4 4 1, 0 4 1, 0 0 1), (1 1 2, 1 2 2, 2 2 2, 1 1 2))"), Values: row},
		{Values: make([]geo.Value, len(row))},
		{Geometry: shape(t, "POLYGON ((0 0, 0 4, 4 4, 0 0))"), Values: second},
	}
}

func TestWriterReadsBack(t *testing.T) {
	layer, features := everyType(t)
	b := written(t, layer, features...)
	got, texts, err := rows(source(t, "a.shp.zip", b), format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "nom_de_la_:text nom_de_l_2:text élévatio:number i:integer I_2:integer x:number b:boolean d:date dt:text a:text j:text n:text Polygon z=true EPSG:2154 utf-8 n=3"; schemaText(got) != want {
		t.Errorf("schema\n got %s\nwant %s", schemaText(got), want)
	}
	want := []string{
		"1 t:Rue de l’Été t:" + strings.Repeat("é", 127) + " n:12.5 i:-999999999999999 i:-9223372036854775808 n:1e-300 b:true d:1969-12-31 t:2024-02-29T01:02:03.456789Z" +
			` t:["x","y,z"] t:{"a":[1]} n: POLYGON Z ((0 0 1, 0 4 1, 4 4 1, 4 0 1, 0 0 1), (1 1 2, 2 2 2, 1 2 2, 1 1 2))`,
		"2 n: n: n: n: n: n: n: n: n: n: n: n: -",
		"3 n: n: n:-3 n: n: n:0.1 b:false n: n: n: n: n: POLYGON Z ((0 0 0, 0 4 0, 4 4 0, 0 0 0))"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	if w := warnings(got); w != "" || got.Name != "Été" {
		t.Error(got.Name, w)
	}
	if !bytes.Contains(unzipped(t, b)["Été.cpg"], []byte("UTF-8")) {
		t.Error("no .cpg")
	}
	notes := "Noms de colonnes abrégés (10 octets au plus) / Column names shortened (at most 10 bytes)\r\nnom_de_la_ = nom_de_la_voie\r\nnom_de_l_2 = nom_de_la_place\r\n" +
		"élévatio = élévation_é\r\nI_2 = I\r\nTextes coupés (254 octets au plus) / Texts cut (at most 254 bytes)\r\nnom_de_l_2: 1\r\n"
	if diff := cmp.Diff(notes, string(unzipped(t, b)["Été.txt"])); diff != "" {
		t.Error(diff)
	}
}

// TestKinds writes a layer of all kinds: one file for each.
func TestKinds(t *testing.T) {
	layer := format.Layer{Name: "a/b", CRS: crs.CRS84, Schema: geo.Schema{Geometry: geo.GeometryAny}}
	var features []geo.Feature
	for _, text := range []string{"", "POINT (1 2)", "MULTIPOINT (1 2, 3 4)", "LINESTRING (0 0, 1 1)", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", "POLYGON ((0 0, 1 0, 1 1, 0 0))",
		"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.1, 5.6 5.1, 5.6 5.2, 5.5 5.1)))",
		"GEOMETRYCOLLECTION (POINT (7 8), GEOMETRYCOLLECTION (LINESTRING (0 0, 2 2)), POINT (9 9), LINESTRING (3 3, 4 4), LINESTRING EMPTY)", "GEOMETRYCOLLECTION EMPTY"} {
		features = append(features, geo.Feature{Geometry: shape(t, text)})
	}
	src := source(t, "a.zip", written(t, layer, features...))
	for name, want := range map[string][]string{
		"a_b_points":      {"1 i:1 -", "2 i:2 POINT (1 2)"},
		"a_b_multipoints": {"1 i:1 MULTIPOINT (1 2, 3 4)", "2 i:2 MULTIPOINT (7 8, 9 9)"},
		"a_b_lines":       {"1 i:1 LINESTRING (0 0, 1 1)", "2 i:2 MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", "3 i:3 MULTILINESTRING ((0 0, 2 2), (3 3, 4 4))", "4 i:4 -"},
		"a_b_polygons": {"1 i:1 POLYGON ((0 0, 1 1, 1 0, 0 0))",
			"2 i:2 MULTIPOLYGON (((0 0, 1 1, 1 0, 0 0)), ((5 5, 6 6, 6 5, 5 5), (5.5 5.1, 5.6 5.1, 5.6 5.2, 5.5 5.1)))"},
	} {
		layer, got, err := rows(src, format.Options{Layer: name})
		if diff := cmp.Diff(want, got); diff != "" || err != nil || layer.CRS != crs.WGS84 {
			t.Errorf("%s: %s %v %v", name, diff, err, layer.CRS)
		}
	}
	if names, err := shp.Format().Layers(t.Context(), src); err != nil || len(names) != 4 {
		t.Error(names, err)
	}
}

func TestTableAlone(t *testing.T) {
	layer := format.Layer{Name: "t", HasIDs: true, Schema: geo.Schema{Fields: []geo.Field{{Name: "ID", Type: geo.TypeInteger}}}}
	b := written(t, layer, geo.Feature{ID: "k1", Values: []geo.Value{geo.Integer(5)}}, geo.Feature{ID: "k2", Values: []geo.Value{{}}})
	got, texts, err := rows(source(t, "t.zip", b), format.Options{})
	if diff := cmp.Diff([]string{"1 t:k1 i:5 -", "2 t:k2 n: -"}, texts); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if want := "id:text ID_2:integer None z=false  utf-8 n=2"; schemaText(got) != want || len(unzipped(t, b)) != 3 {
		t.Error(schemaText(got), len(unzipped(t, b)))
	}
	// A layer without a row is a Shapefile all the same.
	layer.Schema.Geometry = geo.GeometryMultiLineString
	got, texts, err = rows(source(t, "t.zip", written(t, layer)), format.Options{})
	if err != nil || len(texts) != 0 || got.Schema.Geometry != geo.GeometryLineString {
		t.Error(texts, err, got.Schema.Geometry)
	}
}

func TestWriterRefuses(t *testing.T) {
	wide := geo.Schema{Fields: make([]geo.Field, 256)}
	if _, err := shp.Format().NewWriter(&bytes.Buffer{}, format.Layer{Schema: wide}); geo.KindOf(err) != geo.KindLimit {
		t.Error(err)
	}
	point := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "a", Type: geo.TypeDate}}}
	for name, f := range map[string]geo.Feature{
		"another kind": {Geometry: shape(t, "LINESTRING (0 0, 1 1)"), Values: make([]geo.Value, 1)},
		"heights":      {Geometry: shape(t, "POINT Z (0 0 1)"), Values: make([]geo.Value, 1)},
		"values":       {Values: make([]geo.Value, 2)},
		"a type":       {Values: []geo.Value{geo.Integer(1)}},
		"a year":       {Values: []geo.Value{geo.Date(-1e6)}},
	} {
		var b bytes.Buffer
		w, err := shp.Format().NewWriter(&b, format.Layer{Schema: point})
		if err != nil {
			t.Fatal(err)
		}
		first := w.Write(&f)
		if first == nil {
			t.Errorf("%s was written", name)
		}
		if err := w.Close(); err != first || b.Len() > 0 {
			t.Errorf("%s: after %v Close gives %v and %d bytes", name, first, err, b.Len())
		}
	}
}

func TestDiscard(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	layer, features := everyType(t)
	var b bytes.Buffer
	w, err := shp.Format().NewWriter(&b, layer)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&features[0]); err != nil {
		t.Fatal(err)
	}
	w.(interface{ Discard() }).Discard()
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 || b.Len() > 0 || w.Write(&features[0]) == nil || w.Close() == nil || b.Len() > 0 {
		t.Error(left, err, b.Len())
	}
}

// TestGDALReadsWriter compares what GDAL reads with what was written.
func TestGDALReadsWriter(t *testing.T) {
	ogr2ogr := programtest.Path(t, "ogr2ogr", "gdal-bin")
	layer, features := everyType(t)
	path := filepath.Join(t.TempDir(), "out.shp.zip")
	if err := os.WriteFile(path, written(t, layer, features...), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := exec.Command("ogrinfo", "-ro", "-so", "-al", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, info)
	}
	for _, want := range []string{"Layer name: Été", "Geometry: 3D Polygon", "Feature Count: 3", "RGF93 v1 / Lambert-93", `ID["EPSG",2154]`, "Extent: (0.000000, 0.000000) - (4.000000, 4.000000)",
		"nom_de_la_: String (16.0)", "nom_de_l_2: String (254.0)", "i: Integer64 (18.0)", "d: Date (10.0)"} {
		if !strings.Contains(string(info), want) {
			t.Errorf("no %q in\n%s", want, info)
		}
	}
	out, err := exec.Command(ogr2ogr, "-f", "GeoJSON", "-lco", "RFC7946=NO", "/vsistdout/", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
		t.Errorf("%s", out)
	}
	var document struct {
		Features []struct {
			Properties map[string]any
			Geometry   *struct {
				Type        string
				Coordinates [][][]float64
			}
		}
	}
	if err := json.Unmarshal(out, &document); err != nil || len(document.Features) != 3 {
		t.Fatalf("%v %s", err, out)
	}
	first := document.Features[0]
	want := map[string]any{"nom_de_la_": "Rue de l’Été", "nom_de_l_2": strings.Repeat("é", 127), "élévatio": 12.5, "i": -999999999999999.0, "I_2": float64(-1 << 63), "x": 1e-300,
		"b": "T", "d": "1969-12-31", "dt": "2024-02-29T01:02:03.456789Z", "a": []any{"x", "y,z"}, "j": map[string]any{"a": []any{1.0}}, "n": nil}
	for name, v := range want {
		if got := first.Properties[name]; fmt.Sprint(got) != fmt.Sprint(v) && !(name == "b" && fmt.Sprint(got) == "true") {
			t.Errorf("%s is %v, not %v", name, got, v)
		}
	}
	if diff := cmp.Diff([][][]float64{{{0, 0, 1}, {0, 4, 1}, {4, 4, 1}, {4, 0, 1}, {0, 0, 1}}, {{1, 1, 2}, {2, 2, 2}, {1, 2, 2}, {1, 1, 2}}}, first.Geometry.Coordinates); diff != "" {
		t.Error(diff)
	}
	for name, v := range document.Features[1].Properties {
		if v != nil {
			t.Errorf("%s is %v, not null", name, v)
		}
	}
	if document.Features[1].Geometry != nil {
		t.Error("a geometry came out of nowhere")
	}
}
