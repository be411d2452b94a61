package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/csv"
	"puy/geo/format/wkt"
)

func geometry(t testing.TB, text string) geo.Geometry {
	t.Helper()
	g, _, err := wkt.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func write(t testing.TB, layer format.Layer, features ...geo.Feature) string {
	t.Helper()
	var b bytes.Buffer
	w, err := csv.Format().NewWriter(&b, layer)
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
	return b.String()
}

func TestWrite(t *testing.T) {
	fields := []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "n", Type: geo.TypeNumber}}
	values := []geo.Value{geo.Text("a, \"b\"\nc"), geo.Number(1.5)}
	point := geo.Feature{ID: "7", Geometry: geometry(t, "POINT (3.08 45.78)"), Values: values}
	none := geo.Feature{ID: "8", Values: make([]geo.Value, 2)}
	layer := func(g geo.GeometryType, fields ...geo.Field) format.Layer {
		return format.Layer{Schema: geo.Schema{Fields: fields, Geometry: g}, CRS: crs.CRS84}
	}
	withIDs := layer(geo.GeometryNone, fields...)
	withIDs.HasIDs = true
	metres := layer(geo.GeometryPoint)
	metres.CRS = crs.Lamb93
	high := layer(geo.GeometryPoint)
	high.Schema.HasZ = true
	for name, c := range map[string]struct {
		layer    format.Layer
		features []geo.Feature
		want     string
	}{
		"points":        {layer(geo.GeometryPoint, fields...), []geo.Feature{point, none}, "nom,n,longitude,latitude\r\n\"a, \"\"b\"\"\nc\",1.5,3.08,45.78\r\n,,,\r\n"},
		"no geometry":   {withIDs, []geo.Feature{point}, "id,nom,n\r\n7,\"a, \"\"b\"\"\nc\",1.5\r\n"},
		"mixed":         {layer(geo.GeometryAny), []geo.Feature{{Geometry: geometry(t, "LINESTRING (0 0, 1 1)")}, {}}, "geometry\r\n\"LINESTRING (0 0, 1 1)\"\r\n\"\"\r\n"},
		"taken columns": {layer(geo.GeometryPoint, geo.Field{Name: "latitude"}), []geo.Feature{{Geometry: point.Geometry, Values: values[1:]}}, "latitude,geometry\r\n1.5,POINT (3.08 45.78)\r\n"},
		"metres":        {metres, []geo.Feature{{Geometry: geometry(t, "POINT (708000.1239 6520000)")}}, "x,y\r\n708000.124,6520000\r\n"},
		"heights":       {high, []geo.Feature{{Geometry: geometry(t, "POINT Z (3 45 410)")}}, "geometry\r\nPOINT Z (3 45 410)\r\n"},
	} {
		got := write(t, c.layer, c.features...)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if _, err := stdcsv.NewReader(strings.NewReader(got)).ReadAll(); err != nil {
			t.Errorf("%s: encoding/csv: %v", name, err)
		}
	}
}

func TestWriteAndReadAgain(t *testing.T) {
	schema := geo.Schema{Geometry: geo.GeometryPolygon, Fields: []geo.Field{{Name: "insee", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger},
		{Name: "x", Type: geo.TypeNumber}, {Name: "ok", Type: geo.TypeBoolean}, {Name: "d", Type: geo.TypeDate}, {Name: "t", Type: geo.TypeDateTime},
		{Name: "tags", Type: geo.TypeTextArray}, {Name: "o", Type: geo.TypeJSON}}}
	when, _ := format.ParseDateTime([]byte("2024-02-29T10:00:00.5Z"))
	f := geo.Feature{Geometry: geometry(t, "POLYGON ((0 0, 1 0, 1 1, 0 0))"), Values: []geo.Value{geo.Text("01000"), geo.Integer(9007199254740993),
		geo.Number(-1.5), geo.Boolean(true), geo.Date(19782), when, geo.TextArray([]string{"a,b", "\"c\""}), geo.JSON(`{"a":[1,"x"]}`)}}
	text := write(t, format.Layer{Schema: schema, CRS: crs.CRS84}, f, geo.Feature{Values: make([]geo.Value, 8)})
	got, layer := readText(t, text, format.Options{})
	if d := cmp.Diff(schema, layer.Schema); d != "" {
		t.Errorf("schema (-want +got):\n%s", d)
	}
	want := []string{"01000|9007199254740993|-1.5|true|2024-02-29|2024-02-29T10:00:00.5Z|" + `["a,b","\"c\""]|{"a":[1,"x"]}|POLYGON ((0 0, 1 0, 1 1, 0 0))`, "||||||||"}
	if d := cmp.Diff(want, got.Rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}
