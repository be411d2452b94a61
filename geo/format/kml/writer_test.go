package kml_test

import (
	"archive/zip"
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

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/kml"
	"puy/internal/formattest"
	"puy/internal/programtest"
)

func everyType(t testing.TB) (format.Layer, []geo.Feature) {
	layer := format.Layer{Name: "L’Été & <co>", CRS: crs.WGS84, HasIDs: true, Schema: geo.Schema{Geometry: geo.GeometryAny, HasZ: true, Fields: []geo.Field{
		{Name: "nom", Type: geo.TypeText, Title: geo.Localized{FR: "Nom \"officiel\""}}, {Name: "i", Type: geo.TypeInteger}, {Name: "x", Type: geo.TypeNumber}, {Name: "b", Type: geo.TypeBoolean},
		{Name: "d", Type: geo.TypeDate}, {Name: "dt", Type: geo.TypeDateTime}, {Name: "a", Type: geo.TypeTextArray}, {Name: "j", Type: geo.TypeJSON},
	}}}
	row := []geo.Value{geo.Text("Rue de l’Été <\"&'>\r\n\x01 fin"), geo.Integer(-1 << 62), geo.Number(1e-300), geo.Boolean(true), geo.Date(-1),
		geo.DateTime(time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)), geo.TextArray([]string{"x", "y,z"}), geo.JSON(`{"a":[1]}`)}
	second := make([]geo.Value, len(row))
	second[3] = geo.Boolean(false)
	features := []geo.Feature{{ID: "a/1", Values: row, Geometry: shape(t, "POLYGON Z ((0 0 1, 0 4 1, 4 4 1, 4 0 1, 0 0 1), (1 1 2, 2 1 2, 2 2 2, 1 1 2))")}}
	for i, text := range []string{"", "POINT (1.5 2)", "LINESTRING Z (0 0 1, 1 1 2)", "MULTIPOINT (1 2, 3 4)", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
		"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", "GEOMETRYCOLLECTION (POINT (7 8), LINESTRING (0 0, 2 2))"} {
		features = append(features, geo.Feature{ID: fmt.Sprint(i), Values: second, Geometry: shape(t, text)})
	}
	return layer, features
}

func TestWriterReadsBack(t *testing.T) {
	layer, features := everyType(t)
	b := written(t, kml.Format(), layer, features...)
	got, texts, err := rows(formattest.Source(t, "a.kml", b), format.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	if want := "name:text id:text nom:text i:number x:number b:boolean d:date dt:date-time a:text-array j:json Geometry z=true OGC:CRS84 n=8"; schemaText(got) != want {
		t.Errorf("schema\n got %s\nwant %s", schemaText(got), want)
	}
	want := []string{
		"1 t:Rue de l’Été <\"&'>\r\n\ufffd fin t:a/1 t:Rue de l’Été <\"&'>\r\n\ufffd fin n:-4611686018427388000 n:1e-300 b:true d:1969-12-31 d:2024-02-29T01:02:03.456789Z" +
			` t:["x","y,z"] j:{"a":[1]} POLYGON Z ((0 0 1, 4 0 1, 4 4 1, 0 4 1, 0 0 1), (1 1 2, 2 1 2, 2 2 2, 1 1 2))`,
		"2 n: t:0 n: n: n: b:false n: n: n: n: -",
		"3 n: t:1 n: n: n: b:false n: n: n: n: POINT Z (1.5 2 0)",
		"4 n: t:2 n: n: n: b:false n: n: n: n: LINESTRING Z (0 0 1, 1 1 2)",
		"5 n: t:3 n: n: n: b:false n: n: n: n: MULTIPOINT Z (1 2 0, 3 4 0)",
		"6 n: t:4 n: n: n: b:false n: n: n: n: MULTILINESTRING Z ((0 0 0, 1 1 0), (2 2 0, 3 3 0))",
		"7 n: t:5 n: n: n: b:false n: n: n: n: MULTIPOLYGON Z (((0 0 0, 1 0 0, 1 1 0, 0 0 0)), ((5 5 0, 6 5 0, 6 6 0, 5 5 0)))",
		"8 n: t:6 n: n: n: b:false n: n: n: n: GEOMETRYCOLLECTION Z (POINT Z (7 8 0), LINESTRING Z (0 0 0, 2 2 0))",
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	if got.Name != layer.Name || got.Schema.Fields[2].Title.FR != `Nom "officiel"` || got.Bounds != (geo.Bounds{MaxX: 7, MaxY: 8}) {
		t.Error(got.Name, got.Schema.Fields[2].Title, got.Bounds)
	}
	archived := written(t, kml.FormatKMZ(), layer, features...)
	z, err := zip.NewReader(bytes.NewReader(archived), int64(len(archived)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "doc.kml" {
		t.Fatal(err)
	}
	_, again, err := rows(formattest.Source(t, "a.kmz", archived), format.Options{})
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestWriterRefuses(t *testing.T) {
	for _, f := range []format.Format{kml.Format(), kml.FormatKMZ()} {
		if _, err := f.NewWriter(&bytes.Buffer{}, format.Layer{CRS: crs.Lamb93}); geo.KindOf(err) != geo.KindInvalid {
			t.Error(err)
		}
		for name, feature := range map[string]geo.Feature{
			"another kind": {Geometry: shape(t, "LINESTRING (0 0, 1 1)"), Values: make([]geo.Value, 1)},
			"values":       {Values: make([]geo.Value, 2)},
		} {
			w, err := f.NewWriter(&bytes.Buffer{}, format.Layer{Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "a", Type: geo.TypeText}}}})
			if err != nil {
				t.Fatal(err)
			}
			first := w.Write(&feature)
			if err := w.Close(); first == nil || err != first {
				t.Errorf("%s: Write gives %v, Close %v", name, first, err)
			}
		}
	}
}

func TestDiscard(t *testing.T) {
	layer, features := everyType(t)
	for _, f := range []format.Format{kml.Format(), kml.FormatKMZ()} {
		var b bytes.Buffer
		w, err := f.NewWriter(&b, layer)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&features[0]); err != nil {
			t.Fatal(err)
		}
		before := b.Len()
		w.(interface{ Discard() }).Discard()
		if w.Write(&features[0]) == nil || w.Close() == nil || b.Len() != before {
			t.Error("it goes on")
		}
	}
}

// TestGDALReadsWriter compares what GDAL reads with what was written.
func TestGDALReadsWriter(t *testing.T) {
	ogr2ogr := programtest.Path(t, "ogr2ogr", "gdal-bin")
	layer, features := everyType(t)
	for name, f := range map[string]format.Format{"out.kml": kml.Format(), "out.kmz": kml.FormatKMZ()} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, written(t, f, layer, features...), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(ogr2ogr, "-f", "GeoJSON", "-lco", "RFC7946=NO", "/vsistdout/", path).CombinedOutput()
		if err != nil || strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
			t.Fatalf("%v: %s", err, out)
		}
		var got struct {
			Name     string
			Features []struct {
				Properties map[string]any
				Geometry   *struct {
					Type        string
					Coordinates json.RawMessage
				}
			}
		}
		if err := json.Unmarshal(out, &got); err != nil || len(got.Features) != len(features) {
			t.Fatalf("%v %s", err, out)
		}
		first := got.Features[0]
		for field, want := range map[string]any{"i": float64(-1 << 62), "x": 1e-300, "b": 1.0, "d": "1969-12-31", "dt": "2024-02-29T01:02:03.456789Z",
			"a": []any{"x", "y,z"}, "j": map[string]any{"a": []any{1.0}}} {
			if v := first.Properties[field]; fmt.Sprint(v) != fmt.Sprint(want) && !(field == "b" && v == true) {
				t.Errorf("%s: %s is %v, not %v", name, field, v, want)
			}
		}
		if v, _ := first.Properties["nom"].(string); !strings.HasPrefix(v, "Rue de l’Été <\"&'>") {
			t.Errorf("%s: nom is %q", name, v)
		}
		if want := "[ [ [ 0.0, 0.0, 1.0 ], [ 4.0, 0.0, 1.0 ], [ 4.0, 4.0, 1.0 ], [ 0.0, 4.0, 1.0 ], [ 0.0, 0.0, 1.0 ] ]"; !strings.Contains(string(first.Geometry.Coordinates), want) {
			t.Errorf("%s: %s", name, first.Geometry.Coordinates)
		}
		for i, f := range features[2:] {
			if g := got.Features[i+2].Geometry; g == nil || g.Type != f.Geometry.Type().String() {
				t.Errorf("%s: feature %d is %+v, not %s", name, i+2, g, f.Geometry.Type())
			}
		}
	}
}
