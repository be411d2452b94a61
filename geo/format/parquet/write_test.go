package parquet_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	reference "github.com/parquet-go/parquet-go"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/parquet"
)

func everyField() geo.Schema {
	return geo.Schema{Geometry: geo.GeometryAny, Fields: []geo.Field{{Name: "code", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}, {Name: "x", Type: geo.TypeNumber},
		{Name: "ok", Type: geo.TypeBoolean}, {Name: "jour", Type: geo.TypeDate}, {Name: "heure", Type: geo.TypeDateTime}, {Name: "tags", Type: geo.TypeTextArray},
		{Name: "json", Type: geo.TypeJSON}, {Name: "geometry", Type: geo.TypeText}}}
}

func write(t *testing.T, layer format.Layer, features ...geo.Feature) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := parquet.Format().NewWriter(&b, layer)
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

func TestWrite(t *testing.T) {
	values := []geo.Value{geo.Text("é"), geo.Integer(-1 << 60), geo.Number(0.1), geo.Boolean(true), geo.Date(-3), geo.DateTime(time.Unix(1e9, 123000)),
		geo.TextArray([]string{"a", "b"}), geo.JSON(`{"a":1}`), geo.Text("")}
	file := write(t, format.Layer{Name: "l", CRS: crs.Lamb93, Schema: everyField(), HasIDs: true},
		geo.Feature{FID: 7, ID: "s", Geometry: shape(t, "POLYGON ((0 0, 9 0, 9 9, 0 0))"), Values: values},
		geo.Feature{FID: 9, Values: make([]geo.Value, 9)},
		geo.Feature{Geometry: shape(t, "POINT (-1 12)"), Values: values})
	layer, lines := read(t, file, format.Options{})
	want := []string{`1 POLYGON ((0 0, 9 0, 9 9, 0 0))|s|é|-1152921504606846976|0.1|true|1969-12-29|2001-09-09T01:46:40.000123Z|["a","b"]|{"a":1}|`,
		"2 ||||||||||", `3 POINT (-1 12)||é|-1152921504606846976|0.1|true|1969-12-29|2001-09-09T01:46:40.000123Z|["a","b"]|{"a":1}|`}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	fields := append([]geo.Field{{Name: "id", Type: geo.TypeText}}, everyField().Fields...)
	if diff := cmp.Diff(fields, layer.Schema.Fields); diff != "" {
		t.Error(diff)
	}
	if layer.CRS != crs.Lamb93 || layer.Bounds != (geo.Bounds{MinX: -1, MinY: 0, MaxX: 9, MaxY: 12}) || layer.Count != 3 || layer.Schema.Geometry != geo.GeometryAny {
		t.Errorf("%+v", layer)
	}
}

func TestWriteMetadata(t *testing.T) {
	for _, c := range []struct {
		crs      crs.Code
		hasZ     bool
		geometry string
		want     string
	}{
		{crs.CRS84, false, "POINT (1 2)", `{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"],"bbox":[1,2,1,2],"covering":C}}}`},
		{crs.Unknown, true, "LINESTRING Z (1 2 -5, 4 3 6)", `{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":["LineString Z"],"crs":null,"bbox":[1,2,-5,4,3,6],"covering":C}}}`},
		{crs.WGS84, false, "POINT EMPTY", `{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"],"covering":C}}}`},
	} {
		file := write(t, format.Layer{CRS: c.crs, Schema: geo.Schema{Geometry: geo.GeometryAny, HasZ: c.hasZ}}, geo.Feature{Geometry: shape(t, c.geometry)})
		f, err := reference.OpenFile(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := f.Lookup("geo")
		const boxes = `{"bbox":{"xmax":["bbox","xmax"],"xmin":["bbox","xmin"],"ymax":["bbox","ymax"],"ymin":["bbox","ymin"]}}`
		want := string(bytes.Replace([]byte(c.want), []byte("C}"), []byte(boxes+"}"), 1))
		if got != want {
			t.Error(cmp.Diff(want, got))
		}
	}
}

func TestWriteEveryCRS(t *testing.T) {
	for _, system := range crs.All() {
		file := write(t, format.Layer{CRS: system.Code, Schema: geo.Schema{Geometry: geo.GeometryPoint}}, geo.Feature{Geometry: shape(t, "POINT (1 2)")})
		layer, _ := read(t, file, format.Options{})
		want := map[crs.Code]crs.Code{crs.WGS84: crs.CRS84, 4979: crs.CRS84, 4937: 4258}[system.Code]
		if want == 0 {
			want = system.Code
		}
		if layer.CRS != want {
			t.Errorf("%s is read as %s", system.Code, layer.CRS)
		}
		f, err := reference.OpenFile(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		var meta struct {
			Columns map[string]struct {
				CRS struct {
					Type string
					Name string
					Base *struct{ Name string } `json:"base_crs"`
				}
			}
		}
		text, _ := f.Lookup("geo")
		if err := json.Unmarshal([]byte(text), &meta); err != nil {
			t.Fatal(err)
		}
		if c := meta.Columns["geometry"].CRS; want != crs.CRS84 && (c.Name == "" || (c.Base == nil) != system.Geographic) {
			t.Errorf("%s: %s", system.Code, text)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	var b bytes.Buffer
	if _, err := parquet.Format().NewWriter(&b, format.Layer{}); geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
	w, err := parquet.Format().NewWriter(&b, format.Layer{Schema: geo.Schema{Fields: []geo.Field{{Name: "a", Type: geo.TypeDate}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []geo.Value{geo.Text("x"), geo.Date(1 << 40)} {
		if err := w.Write(&geo.Feature{Values: []geo.Value{v}}); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%v: %v", v, err)
		}
	}
}
