package edit

import (
	"encoding/json"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format/geojson"
	"puy/geo/valid"
)

// geometry reads and checks a geometry as a load does (package ingest), and
// brings it to longitude, latitude. Flat tells that it may lack the heights that
// the others have. Reason tells what is wrong with it.
func (b *Body) geometry(raw json.RawMessage, flat bool) (g geo.Geometry, reason geo.Sentence) {
	schema := &b.dataset.Current.Schema
	g, err := geojson.ParseGeometry(raw)
	switch {
	case err != nil:
		return g, geo.Say("cannot be read: %s", unreadable(err))
	case g.IsNull():
		return geo.Geometry{}, reason
	case !schema.Spatial():
		return g, geo.Say("must be null: the dataset has no geometries")
	case !schema.Geometry.Accepts(g.Type()):
		return g, geo.Say("must be a %s, not a %s", schema.Geometry, g.Type())
	case g.IsEmpty():
		return geo.Geometry{}, reason
	case g.HasZ() && !schema.HasZ:
		return g, geo.Say("must not have heights: those of the dataset have none")
	case !g.HasZ() && schema.HasZ && !flat:
		return g, geo.Say("must have heights, as those of the dataset have")
	case !g.Finite():
		return g, geo.Say("has a coordinate that is not a finite number")
	}
	if b.yx {
		g.EachFlat(crs.SwapXY)
	}
	if x, y, outside := b.outside(g); outside {
		return g, geo.Say("lies outside the area of %s, at x %.9g, y %.9g", b.CRS.URI(), x, y)
	}
	// Validity is decided in the plane in which it was drawn.
	if d := valid.Check(g); d != nil {
		return g, geo.Say("is not valid: %s at x %.9g, y %.9g", geo.Say(strings.ReplaceAll(string(d.Reason), "-", " ")), d.X, d.Y)
	}
	g.EachFlat(b.plane.ToLonLat)
	return g, reason
}

// unreadable gives what ParseGeometry finds wrong with JSON that is well formed.
func unreadable(err error) geo.Sentence {
	text := strings.TrimPrefix(err.Error(), "GeoJSON: ")
	for _, format := range []string{"unknown geometry type %s", "coordinates that are not nested as those of a %s"} {
		if value, ok := strings.CutPrefix(text, strings.TrimSuffix(format, "%s")); ok {
			return geo.Say(format, value)
		}
	}
	return geo.Say(strings.ReplaceAll(text, "%", "%%"))
}

// outside finds a position that the CRS cannot mean.
func (b *Body) outside(g geo.Geometry) (x, y float64, found bool) {
	g.EachFlat(func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat) && !found; i += stride {
			if !b.plane.Contains(flat[i], flat[i+1]) {
				x, y, found = flat[i], flat[i+1], true
			}
		}
	})
	return x, y, found
}
