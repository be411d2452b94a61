package gpkg

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"

	"puy/geo/format"
)

// Format gives the GeoPackage format.
func Format() format.Format {
	return format.Format{
		Name:       "gpkg",
		Title:      "GeoPackage",
		MediaType:  "application/geopackage+sqlite3",
		Extensions: []string{".gpkg"},
		Detect:     detect,
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			return openReader(ctx, src, opt)
		},
		Layers: layers,
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			return newWriter(w, layer)
		},
	}
}

// detect wants an SQLite file that says it is a GeoPackage, in its header
// (application id "GPKG", or "GP10" and "GP11" of the first versions) or by name.
func detect(name string, head []byte) bool {
	if !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return false
	}
	if len(head) >= 72 {
		switch binary.BigEndian.Uint32(head[68:]) {
		case ApplicationID, 0x47503130, 0x47503131:
			return true
		}
	}
	return strings.HasSuffix(name, ".gpkg")
}

func layers(ctx context.Context, src *format.Source) ([]string, error) {
	f, err := openFile(ctx, src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.sources(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.name
	}
	return names, nil
}
