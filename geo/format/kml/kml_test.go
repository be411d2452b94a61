package kml_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/kml"
)

// rows reads all of src: the layer, and each feature as "fid type:value … WKT" or
// each bad row as "!row column rule detail".
func rows(src *format.Source, opt format.Options) (format.Layer, []string, error) {
	r, err := kml.Format().Open(context.Background(), src, opt)
	if err != nil {
		return format.Layer{}, nil, err
	}
	defer r.Close()
	out := []string{}
	var f geo.Feature
	for {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return r.Layer(), out, nil
		}
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			line := ""
			for _, p := range bad.Problems {
				line += fmt.Sprintf("!%d %s %s %s%s", p.Row, p.Column, p.Rule, p.Value, p.Detail)
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
	var b strings.Builder
	for _, v := range f.Values {
		fmt.Fprintf(&b, "%s:%s ", v.Type().String()[:1], v)
	}
	if f.Geometry.IsNull() {
		return b.String() + "-"
	}
	text, err := wkt.Marshal(f.Geometry.T())
	if err != nil {
		return b.String() + err.Error()
	}
	return b.String() + text
}

// schemaText gives "name:type …", the geometry, the CRS and the count in one line.
func schemaText(l format.Layer) string {
	var b strings.Builder
	for _, f := range l.Schema.Fields {
		fmt.Fprintf(&b, "%s:%s ", f.Name, f.Type)
	}
	fmt.Fprintf(&b, "%s z=%v %s n=%d", l.Schema.Geometry, l.Schema.HasZ, l.CRS, l.Count)
	return b.String()
}

func warnings(l format.Layer) string {
	var all []string
	for _, p := range l.Warnings {
		all = append(all, string(p.Rule)+" "+p.Detail)
	}
	return strings.Join(all, "\n")
}

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

func written(t testing.TB, f format.Format, layer format.Layer, features ...geo.Feature) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := f.NewWriter(&b, layer)
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

// many gives text n times with its number.
func many(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}
