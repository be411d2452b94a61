package gml

import (
	"bytes"
	"context"
	"strings"

	"puy/geo/format"
	"puy/geo/format/markup"
)

// Format is GML, which is read only.
func Format() format.Format {
	return format.Format{
		Name:       "gml",
		Title:      "GML",
		MediaType:  "application/gml+xml",
		Extensions: []string{".gml"},
		Detect:     func(_ string, head []byte) bool { return isCollection(head) },
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Layers: func(ctx context.Context, src *format.Source) ([]string, error) {
			text, err := markup.FindText(ctx, src, "")
			if err != nil {
				return nil, err
			}
			return types(ctx, src, text)
		},
	}
}

// isCollection tells whether a document that starts with head is a collection of
// features: of WFS or GML, of GDAL or of INSPIRE.
func isCollection(head []byte) bool {
	root, rest := markup.Root(head)
	lower := strings.ToLower(root)
	if !strings.HasSuffix(lower, "collection") && !strings.HasSuffix(lower, "dataset") {
		return false
	}
	return bytes.Contains(rest, []byte("opengis.net/gml")) || bytes.Contains(rest, []byte("opengis.net/wfs")) ||
		bytes.Contains(rest, []byte("featureMember"))
}
