package topojson

import (
	"bytes"
	"context"
	"strings"

	"puy/geo/format"
)

// Format is TopoJSON, which is read only.
func Format() format.Format {
	return format.Format{
		Name:       "topojson",
		Title:      "TopoJSON",
		MediaType:  "application/topo+json",
		Extensions: []string{".topojson"},
		Detect: func(name string, head []byte) bool {
			head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
			return len(head) > 0 && head[0] == '{' && (strings.HasSuffix(name, ".topojson") || isTopology(head))
		},
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Layers: func(ctx context.Context, src *format.Source) ([]string, error) {
			t, err := scan(ctx, src)
			if err != nil {
				return nil, err
			}
			return t.objects, t.close()
		},
	}
}

// isTopology tells whether the object that head starts with has the type Topology
// among its own members, as far as head goes.
func isTopology(head []byte) bool {
	depth, key := 0, ""
	for i := 0; i < len(head); i++ {
		switch head[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := i + 1
			for end < len(head) && head[end] != '"' {
				if head[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(head) {
				return false
			}
			text := string(head[i+1 : end])
			i = end
			if depth != 1 {
				continue
			}
			if key == "type" && text == "Topology" {
				return true
			}
			key = text
		}
	}
	return false
}
