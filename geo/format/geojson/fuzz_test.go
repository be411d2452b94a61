package geojson_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/geojson"
)

// FuzzRead reads whatever it is given, and checks what the reader promises: rows as
// counted, values of their fields' types, geometries of the schema's type, JSON
// that is valid, and that what it gave can be written and read again.
func FuzzRead(f *testing.F) {
	point := feature(`{"type":"Point","coordinates":[1,2]}`, `{"a":1,"b":"x","c":[],"d":{"e":null}}`)
	for _, s := range []string{
		collection(point, point), point, point + "\n" + point, "\x1e" + point + "\n\x1e" + point,
		collection(feature(`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1,5],[0,0]]]]}`, `{"a":"2024-01-01","b":"\ud83d\ude00\u0000"}`)),
		`{"features":[],"crs":{"type":"name","properties":{"name":"EPSG:2154"}},"type":"FeatureCollection"}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2,3]},{"type":"LineString","coordinates":[[0,0],[1,1]]}]}`,
		collection(`null`, `{"type":"Feature","id":7,"properties":[],"geometry":{"type":"Polygon","coordinates":[[[]]]}}`),
		"\xff\xfe{\x00}\x00", collection(feature("null", `{"a":NaN,"a":-Infinity,"b":1e999,"c":[NaN, -Infinity ,"\\u0000"]}`)),
	} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "in.geojson")
	again := filepath.Join(f.TempDir(), "out.geojson")
	f.Fuzz(func(t *testing.T, b []byte) {
		layer, features, rows, ok := readAll(t, path, b)
		if !ok {
			return
		}
		if int64(rows) != layer.Count {
			t.Fatalf("%d rows, counted %d", rows, layer.Count)
		}
		var out bytes.Buffer
		w, err := geojson.Format().NewWriter(&out, layer)
		if err != nil {
			t.Fatal(err)
		}
		for i := range features {
			check(t, &layer.Schema, &features[i])
			if err := w.Write(&features[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(out.Bytes()) {
			t.Fatalf("wrote invalid JSON: %s", out.Bytes())
		}
		_, back, _, ok := readAll(t, again, out.Bytes())
		if !ok || len(back) != len(features) {
			t.Fatalf("read back %d of %d rows of %s", len(back), len(features), out.Bytes())
		}
	})
}

func check(t *testing.T, schema *geo.Schema, f *geo.Feature) {
	if len(f.Values) != len(schema.Fields) {
		t.Fatalf("%d values", len(f.Values))
	}
	for i, v := range f.Values {
		if !v.IsNull() && v.Type() != schema.Fields[i].Type {
			t.Fatalf("%s is %s, not %s", schema.Fields[i].Name, v.Type(), schema.Fields[i].Type)
		}
		if v.Type() == geo.TypeJSON && !json.Valid([]byte(v.Text())) {
			t.Fatalf("%s is not JSON", v.Text())
		}
	}
	if !schema.Geometry.Accepts(f.Geometry.Type()) || f.Geometry.HasZ() && !schema.HasZ || !f.Geometry.Finite() {
		t.Fatalf("a %s (Z %t) in %s (Z %t)", f.Geometry.Type(), f.Geometry.HasZ(), schema.Geometry, schema.HasZ)
	}
}

func readAll(t *testing.T, path string, b []byte) (layer format.Layer, features []geo.Feature, rows int, ok bool) {
	if len(b) == 0 {
		return layer, nil, 0, false
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := geojson.Format().Open(context.Background(), src, format.Options{})
	if err != nil {
		if geo.KindOf(err) == geo.KindInternal {
			t.Fatalf("internal error: %v", err)
		}
		return layer, nil, 0, false
	}
	defer r.Close()
	var f geo.Feature
	for {
		err := r.Read(&f)
		if err == io.EOF {
			return r.Layer(), features, rows, true
		}
		rows++
		if bad, is := errors.AsType[*format.BadRow](err); is {
			if len(bad.Problems) == 0 || bad.Error() == "" {
				t.Fatal("a bad row without a problem")
			}
			continue
		}
		if err != nil {
			return layer, nil, 0, false
		}
		features = append(features, *f.Clone())
	}
}
