package edit

import (
	"encoding/json"
	"fmt"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format/geojson"
	"puy/geo/valid"
)

// geometry reads and checks a geometry as a load does (package ingest), and
// brings it to longitude, latitude. Flat tells that it may lack the heights that
// the others have. Reason tells what is wrong with it.
func (b *Body) geometry(raw json.RawMessage, flat bool) (g geo.Geometry, reason string) {
	schema := &b.dataset.Current.Schema
	g, err := geojson.ParseGeometry(raw)
	switch {
	case err != nil:
		return g, "cannot be read: " + strings.TrimPrefix(err.Error(), "GeoJSON: ")
	case g.IsNull():
		return geo.Geometry{}, ""
	case !schema.Spatial():
		return g, "must be null: the dataset has no geometries"
	case !schema.Geometry.Accepts(g.Type()):
		return g, "must be a " + schema.Geometry.String() + ", not a " + g.Type().String()
	case g.IsEmpty():
		return geo.Geometry{}, ""
	case g.HasZ() && !schema.HasZ:
		return g, "must not have heights: those of the dataset have none"
	case !g.HasZ() && schema.HasZ && !flat:
		return g, "must have heights, as those of the dataset have"
	case !g.Finite():
		return g, "has a coordinate that is not a finite number"
	}
	if b.yx {
		g.EachFlat(crs.SwapXY)
	}
	if x, y, outside := b.outside(g); outside {
		return g, fmt.Sprintf("lies outside the area of %s, at x %.9g, y %.9g", b.CRS.URI(), x, y)
	}
	// Validity is decided in the plane in which it was drawn.
	if d := valid.Check(g); d != nil {
		return g, fmt.Sprintf("is not valid: %s at x %.9g, y %.9g", strings.ReplaceAll(string(d.Reason), "-", " "), d.X, d.Y)
	}
	g.EachFlat(b.plane.ToLonLat)
	return g, ""
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
