package csv_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/csv"
)

// FuzzRead reads whatever it is given, and checks what the reader promises: rows as
// counted, no value that does not fit a type which was found, geometries of the
// schema's type, and that what it gave can be written and read again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,x\n2,\"y\"\"\n\"\n", "a;b\r\n1,5;x\r\n", "lon,lat\n3,45\n,\n", "geo_point_2d\n\"45.78, 3.08\"\n", "WKT;n\nSRID=2154;POINT(1 2)\n",
		"g,n\nPOINT Z (1 2 3),1\nPOINT EMPTY,2\n", "geom\n0101000020E610000000000000000008400000000000804640\n", "geo_shape,a\n\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[1,2]}\",\"[\"\"x\"\"]\"\n",
		"d,t,b\n31/12/2013,2019-06-21 00:00:00+00:00,oui\n", "\xff\xfea\x00;\x00b\x00\n\x001\x00;\x002\x00", "nom;prix\nFor\xeat;1 234,5\n", "# x\nsep=;\na;a;\n1;2;\n3\n",
		"0,000,\"",
	} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "in.csv")
	again := filepath.Join(f.TempDir(), "out.csv")
	f.Fuzz(func(t *testing.T, b []byte) {
		layer, features, rows, ok := readAll(t, path, b, format.Options{})
		if !ok {
			return
		}
		if int64(rows) != layer.Count {
			t.Fatalf("%d rows, counted %d", rows, layer.Count)
		}
		var out bytes.Buffer
		w, err := csv.Format().NewWriter(&out, layer)
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
		if len(layer.Schema.Fields) == 0 && !layer.Schema.Spatial() {
			return
		}
		if !utf8.Valid(out.Bytes()) {
			t.Fatalf("wrote invalid UTF-8: %q", out.Bytes())
		}
		if _, _, back, ok := readAll(t, again, out.Bytes(), format.Options{Header: format.HeaderFirst}); !ok || back != len(features) {
			t.Fatalf("read back %d of %d rows of %q", back, len(features), out.Bytes())
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

func readAll(t *testing.T, path string, b []byte, opt format.Options) (layer format.Layer, features []geo.Feature, rows int, ok bool) {
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
	r, err := csv.Format().Open(context.Background(), src, opt)
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
			for _, p := range bad.Problems {
				if p.Rule == geo.RuleType {
					t.Fatalf("%+v: a type that was found does not fit", p)
				}
			}
			continue
		}
		if err != nil {
			return layer, nil, 0, false
		}
		features = append(features, *f.Clone())
	}
}
