package transfer

import (
	"net/http"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/jsonfg"
	"puy/server/selection"
	"puy/store"
)

// Layer describes what is written of the current version of d with the fields of
// schema, in longitude, latitude.
func Layer(d *store.Dataset, schema geo.Schema) format.Layer {
	layer := format.Layer{Name: d.ID, Schema: schema, CRS: crs.CRS84, Count: -1, Time: d.Time}
	if !schema.Spatial() {
		layer.CRS = crs.Unknown
	}
	return layer
}

// Coordinates gives the CRS of a file's layer, and what takes geometries there
// from longitude, latitude, in the order x, y that every Writer takes.
func Coordinates(schema *geo.Schema, p *selection.Projection) (crs.Code, func(geo.Geometry)) {
	switch {
	case !schema.Spatial():
		return crs.Unknown, nil
	case p == nil:
		return crs.CRS84, nil
	case !p.System.YX:
		return p.System.Code, p.Apply
	}
	return p.System.Code, func(g geo.Geometry) {
		p.Apply(g)
		g.EachFlat(crs.SwapXY)
	}
}

// Head sets the headers that tell the format of a file.
func Head(h http.Header, f format.Format) {
	mediaType := f.MediaType
	if strings.HasPrefix(mediaType, "text/") {
		mediaType += "; charset=utf-8"
	}
	h.Set("Content-Type", mediaType)
	if f.Name == jsonfg.Format().Name {
		h.Add("Link", "<"+jsonfg.Profile+`>; rel="profile"`)
	}
}
