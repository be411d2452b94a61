package shp_test

import (
	"archive/zip"
	"bytes"
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
	"puy/geo/format/shp"
)

// source puts b in a file called name.
func source(t testing.TB, name string, b []byte) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unzipped gives the files of an archive by name.
func unzipped(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return files
}

func zipped(t testing.TB, files map[string][]byte) *format.Source {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return source(t, "a.zip", b.Bytes())
}

// rows reads all of src: the layer, and each feature as "fid value,value WKT" or
// each bad row as "!row column rule".
func rows(src *format.Source, opt format.Options) (format.Layer, []string, error) {
	r, err := shp.Format().Open(context.Background(), src, opt)
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

// schemaText gives "name:type …", the geometry, the CRS and the count in one line.
func schemaText(l format.Layer) string {
	var b strings.Builder
	for _, f := range l.Schema.Fields {
		fmt.Fprintf(&b, "%s:%s ", f.Name, f.Type)
	}
	fmt.Fprintf(&b, "%s z=%v %s %s n=%d", l.Schema.Geometry, l.Schema.HasZ, l.CRS, l.Encoding, l.Count)
	return b.String()
}

func warnings(l format.Layer) string {
	var all []string
	for _, p := range l.Warnings {
		all = append(all, string(p.Rule)+" "+p.Column+p.Value+" "+p.Detail)
	}
	return strings.Join(all, "\n")
}
