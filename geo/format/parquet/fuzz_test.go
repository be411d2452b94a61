package parquet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/parquet"
)

// FuzzRead checks what the reader promises of whatever it is given: rows as counted,
// values of the fields' types, geometries of the schema's type, and that all of it
// can be written and read again.
func FuzzRead(f *testing.F) {
	var t testing.T
	f.Add(written(&t, fmt.Sprintf(usualMetadata, "null"), places(&t)...))
	f.Add(written(&t, "", places(&t)...))
	f.Add(write(&t, format.Layer{Schema: everyField()}, geo.Feature{Values: make([]geo.Value, 9)}))
	type position struct {
		X float64 `parquet:"x"`
		Y float64 `parquet:"y"`
	}
	type line struct {
		G []position `parquet:"g,optional,list"`
	}
	f.Add(written(&t, `{"primary_column":"g","columns":{"g":{"encoding":"linestring"}}}`, line{[]position{{1, 2}, {3, 4}}}, line{}))
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		layer, features, ok := readAll(t, filepath.Join(folder, "in"), b)
		if !ok || len(layer.Schema.Fields) == 0 && !layer.Schema.Spatial() {
			return
		}
		var out bytes.Buffer
		w, err := parquet.Format().NewWriter(&out, layer)
		if err != nil {
			t.Fatal(err)
		}
		for i := range features {
			if err := w.Write(&features[i]); err != nil {
				if geo.KindOf(err) == geo.KindInvalid { // a day that is too far away
					return
				}
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, again, ok := readAll(t, filepath.Join(folder, "out"), out.Bytes()); !ok || len(again) != len(features) {
			t.Fatalf("read back %d of %d rows", len(again), len(features))
		}
	})
}

func readAll(t *testing.T, path string, b []byte) (layer format.Layer, features []geo.Feature, ok bool) {
	if len(b) == 0 {
		return layer, nil, false
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := parquet.Format().Open(ctx, src, format.Options{})
	if err != nil {
		if geo.KindOf(err) == geo.KindInternal && ctx.Err() == nil {
			t.Fatal(err)
		}
		return layer, nil, false
	}
	defer r.Close()
	layer = r.Layer()
	rows := int64(0)
	for {
		var f geo.Feature
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			if rows != layer.Count {
				t.Fatalf("%d rows, counted %d", rows, layer.Count)
			}
			return layer, features, true
		}
		rows++
		if _, bad := errors.AsType[*format.BadRow](err); bad {
			continue
		}
		if err != nil {
			return layer, nil, false
		}
		for i, v := range f.Values {
			if !v.IsNull() && v.Type() != layer.Schema.Fields[i].Type {
				t.Fatalf("a %s in a field of %s", v.Type(), layer.Schema.Fields[i].Type)
			}
		}
		if s := layer.Schema; !s.Geometry.Accepts(f.Geometry.Type()) || f.Geometry.HasZ() && !s.HasZ || !f.Geometry.Finite() {
			t.Fatalf("a %s (Z %t) in %s (Z %t)", f.Geometry.Type(), f.Geometry.HasZ(), s.Geometry, s.HasZ)
		}
		if rows > 200 {
			return layer, nil, false
		}
		features = append(features, f)
	}
}
