package gpx

import (
	"context"

	"puy/geo/format"
	"puy/geo/format/markup"
)

// Format is GPX, which is read only.
func Format() format.Format {
	return format.Format{
		Name:       "gpx",
		Title:      "GPX",
		MediaType:  "application/gpx+xml",
		Extensions: []string{".gpx"},
		Detect: func(_ string, head []byte) bool {
			root, _ := markup.Root(head)
			return root == "gpx"
		},
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
			counts, err := count(ctx, src, text)
			if err != nil {
				return nil, err
			}
			return names(counts), nil
		},
	}
}

// kind is one of the layers.
type kind int

const (
	waypoints kind = iota
	routes
	tracks
	routePoints
	trackPoints
	kinds
)

func (k kind) String() string {
	return [kinds]string{"waypoints", "routes", "tracks", "route_points", "track_points"}[k]
}

// element gives the name of the element that is a row of the layer.
func (k kind) element() string { return [kinds]string{"wpt", "rte", "trk", "rtept", "trkpt"}[k] }

// enters tells whether rows of the layer are inside the element called name.
func (k kind) enters(name string) bool {
	switch name {
	case "gpx":
		return true
	case "rte":
		return k == routePoints
	case "trk", "trkseg":
		return k == trackPoints
	}
	return false
}

// names gives the layers that have a row; all if none has.
func names(counts [kinds]int64) []string {
	var list, all []string
	for k := range kinds {
		all = append(all, k.String())
		if counts[k] > 0 {
			list = append(list, k.String())
		}
	}
	if list == nil {
		return all[:1]
	}
	return list
}
