package formattest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/wkt"
)

// Source gives content as a file called name, which goes with the test.
func Source[T ~string | ~[]byte](t testing.TB, name string, content T) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// Rows reads all of src: a line for each row, "fid WKT|value|…" with six decimals,
// or the fault of a row that cannot be read.
func Rows(f format.Format, src *format.Source, opt format.Options) (layer format.Layer, lines []string, err error) {
	r, err := f.Open(context.Background(), src, opt)
	if err != nil {
		return layer, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var row geo.Feature
	for {
		err := r.Read(&row)
		if errors.Is(err, io.EOF) {
			return r.Layer(), lines, nil
		}
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			lines = append(lines, bad.Error())
			continue
		}
		if err != nil {
			return r.Layer(), lines, err
		}
		line := fmt.Sprintf("%d %s", row.FID, wkt.Append(nil, row.Geometry, 6))
		for _, v := range row.Values {
			line += "|" + v.String()
		}
		lines = append(lines, line)
	}
}
