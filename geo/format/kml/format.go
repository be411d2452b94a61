package kml

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"

	"puy/geo/format"
	"puy/geo/format/markup"
)

// Format is KML. It reads KMZ as well.
func Format() format.Format {
	return format.Format{
		Name:       "kml",
		Title:      "KML",
		MediaType:  "application/vnd.google-earth.kml+xml",
		Extensions: []string{".kml"},
		Detect:     func(_ string, head []byte) bool { return isKML(head) },
		Open:       openReader,
		LonLatOnly: true,
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			out, err := newWriter(w, layer)
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// FormatKMZ is KMZ. It reads KML as well.
func FormatKMZ() format.Format {
	return format.Format{
		Name:       "kmz",
		Title:      "KMZ",
		MediaType:  "application/vnd.google-earth.kmz",
		Extensions: []string{".kmz"},
		Detect:     func(string, []byte) bool { return false },
		Holds:      func(names []string) bool { return document(names) >= 0 },
		Open:       openReader,
		LonLatOnly: true,
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			out, err := newArchiveWriter(w, layer)
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

func openReader(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	r, err := open(ctx, src, opt)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// isKML tells whether a document that starts with head has kml for its root, or an
// element of KML where the root was forgotten.
func isKML(head []byte) bool {
	name, rest := markup.Root(head)
	switch name {
	case "kml", "Placemark":
		return true
	case "Document", "Folder":
		return bytes.Contains(rest, []byte("<Placemark"))
	}
	return false
}

// document gives the place of the main file among the entries of a KMZ archive:
// doc.kml, or the only .kml there is (OGC 07-147r2 annex C); -1 where there is none.
func document(names []string) int {
	found, count := -1, 0
	for i, name := range names {
		switch {
		case strings.EqualFold(name, "doc.kml"):
			return i
		case strings.EqualFold(path.Ext(name), ".kml"):
			if count++; found < 0 {
				found = i
			}
		}
	}
	if count != 1 {
		return -1
	}
	return found
}
