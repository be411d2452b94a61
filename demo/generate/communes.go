package main

import (
	"bytes"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/fgb"
)

// communesFile gives the communes as FlatGeobuf.
func communesFile(t *territory) ([]byte, error) {
	var out bytes.Buffer
	w, err := fgb.Format().NewWriter(&out, format.Layer{
		Name: "communes",
		CRS:  crs.WGS84,
		Schema: geo.Schema{Geometry: geo.GeometryPolygon, Fields: []geo.Field{
			{Name: "code", Type: geo.TypeText}, {Name: "nom", Type: geo.TypeText}, {Name: "population", Type: geo.TypeInteger},
			{Name: "surface_km2", Type: geo.TypeNumber}, {Name: "code_epci", Type: geo.TypeText},
		}},
	})
	if err != nil {
		return nil, err
	}
	for i, c := range t.communes {
		var flat []float64
		for _, p := range t.rings[i] {
			lon, lat := p.degrees()
			flat = append(flat, lon, lat)
		}
		g, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}))
		if err != nil {
			return nil, err
		}
		values := []geo.Value{geo.Text(c.code), geo.Text(c.name), geo.Integer(int64(c.population)), geo.Number(c.surface), geo.Text(epci)}
		if err := w.Write(&geo.Feature{Geometry: g, Values: values}); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
