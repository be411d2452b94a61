package osmpbf

import (
	"context"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/osmpbf/block"
)

// Format describes OpenStreetMap PBF.
func Format() format.Format {
	return format.Format{
		Name:       "osmpbf",
		Title:      "OpenStreetMap PBF",
		MediaType:  "application/x-protobuf",
		Extensions: []string{".osm.pbf", ".pbf"},
		Detect:     func(_ string, head []byte) bool { return block.IsPBF(head) },
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Layers:   func(context.Context, *format.Source) ([]string, error) { return layers(), nil },
		Filtered: true,
	}
}

// shape is what an element is on a map, as a bit.
type shape uint8

const (
	point shape = 1 << iota
	line
	area

	nothing   shape = 0
	everyKind       = point | line | area
)

func layers() []string { return []string{"points", "lines", "areas"} }

// chosen gives the shapes of the layer called name.
func chosen(src *format.Source, name string) (shape, error) {
	if name == "" {
		return everyKind, nil
	}
	i := slices.Index(layers(), strings.ToLower(name))
	if i < 0 {
		return 0, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", src.Name(), name, strings.Join(layers(), ", "))
	}
	return point << i, nil
}
