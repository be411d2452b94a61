package fgb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/fgb"
)

// source puts b in a file of its own.
func source(t testing.TB, b []byte) *format.Source {
	t.Helper()
	return scratch(t)(b)
}

// scratch gives a function that puts bytes in a file, always the same one.
func scratch(t testing.TB) func(b []byte) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.fgb")
	return func(b []byte) *format.Source {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rows reads all of src: the layer, and each feature as "fid value,value WKT" or
// each bad row as "!row rule".
func rows(src *format.Source, opt format.Options) (format.Layer, []string, error) {
	r, err := fgb.Format().Open(context.Background(), src, opt)
	if err != nil {
		return format.Layer{}, nil, err
	}
	defer r.Close()
	var out []string
	var f geo.Feature
	for {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return r.Layer(), out, nil
		}
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			line := ""
			for _, p := range bad.Problems {
				line += fmt.Sprintf("!%d %s %s;", p.Row, p.Column, p.Rule)
			}
			out = append(out, line)
			continue
		}
		if err != nil {
			return r.Layer(), out, err
		}
		out = append(out, fmt.Sprintf("%d %s", f.FID, line(&f)))
	}
}

func line(f *geo.Feature) string {
	var values []string
	for _, v := range f.Values {
		values = append(values, v.Type().String()[:1]+":"+v.String())
	}
	text := "-"
	if !f.Geometry.IsNull() {
		var err error
		if text, err = wkt.Marshal(f.Geometry.T()); err != nil {
			text = err.Error()
		}
	}
	return strings.Join(values, " ") + " " + text
}

// schemaText gives "name:type …", the geometry and the CRS in one line.
func schemaText(l format.Layer) string {
	var b strings.Builder
	for _, f := range l.Schema.Fields {
		fmt.Fprintf(&b, "%s:%s ", f.Name, f.Type)
	}
	fmt.Fprintf(&b, "%s z=%v %s n=%d", l.Schema.Geometry, l.Schema.HasZ, l.CRS, l.Count)
	return b.String()
}
