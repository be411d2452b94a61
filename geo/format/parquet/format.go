package parquet

import (
	"bytes"
	"context"
	"io"
	"strings"

	"puy/geo/format"
)

// Format describes GeoParquet.
func Format() format.Format {
	return format.Format{
		Name:       "parquet",
		Title:      "GeoParquet",
		MediaType:  "application/vnd.apache.parquet",
		Extensions: []string{".parquet", ".geoparquet"},
		Detect:     detect,
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			return newWriter(w, layer)
		},
	}
}

// detect wants the signature, which a table in text may begin with too, and behind
// it a structure that begins with a 32-bit integer, as a page and a footer do.
func detect(name string, head []byte) bool {
	if !bytes.HasPrefix(head, []byte("PAR1")) {
		return false
	}
	return len(head) > 4 && head[4] == 0x15 || strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".geoparquet")
}
