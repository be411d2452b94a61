package jsonfg_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/jsonfg"
)

func write(t *testing.T, layer format.Layer, rows ...*geo.Feature) map[string]any {
	t.Helper()
	var b bytes.Buffer
	w, err := jsonfg.Format().NewWriter(&b, layer)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rows {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatalf("%v in %s", err, &b)
	}
	return document
}

// As the examples of OGC 21-045 have it: what GeoJSON can tell is in geometry,
// the rest in place, in the axis order of its CRS.
func TestWrite(t *testing.T) {
	schema := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "jour", Type: geo.TypeDate}}}
	g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{3, 45.5}))
	if err != nil {
		t.Fatal(err)
	}
	day := &geo.Feature{ID: "a", Geometry: g, Values: []geo.Value{geo.Date(19723)}}
	none := &geo.Feature{ID: "b", Values: []geo.Value{{}}}
	point := func(x, y float64) map[string]any {
		return map[string]any{"type": "Point", "coordinates": []any{x, y}}
	}
	for _, c := range []struct {
		crs             crs.Code
		uri             string
		geometry, place any
	}{
		{crs.CRS84, "http://www.opengis.net/def/crs/OGC/1.3/CRS84", point(3, 45.5), nil},
		{crs.Unknown, "http://www.opengis.net/def/crs/OGC/1.3/CRS84", point(3, 45.5), nil},
		{crs.WGS84, "http://www.opengis.net/def/crs/EPSG/0/4326", nil, point(45.5, 3)},
		{crs.Lamb93, "http://www.opengis.net/def/crs/EPSG/0/2154", nil, point(3, 45.5)},
	} {
		want := map[string]any{
			"type": "FeatureCollection", "featureType": "jours", "coordRefSys": c.uri,
			"conformsTo": []any{"http://www.opengis.net/spec/json-fg-1/1.0/conf/core", "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas"},
			"features": []any{
				map[string]any{"type": "Feature", "id": "a", "time": map[string]any{"date": "2024-01-01"}, "geometry": c.geometry, "place": c.place,
					"properties": map[string]any{"jour": "2024-01-01"}},
				map[string]any{"type": "Feature", "id": "b", "time": nil, "geometry": nil, "place": nil, "properties": map[string]any{"jour": nil}},
			},
		}
		got := write(t, format.Layer{Name: "jours", Schema: schema, CRS: c.crs, Time: "jour"}, day, none)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.crs, diff)
		}
		// The feature is given back as it was: its geometry is not the writer's.
		if x, y := g.Bounds().MinX, g.Bounds().MinY; x != 3 || y != 45.5 {
			t.Fatalf("the geometry was changed to %g, %g", x, y)
		}
	}
}

func TestTableAndUnknownCRS(t *testing.T) {
	got := write(t, format.Layer{Schema: geo.Schema{Fields: []geo.Field{{Name: "a", Type: geo.TypeText}}}})
	if _, has := got["coordRefSys"]; has || len(got["features"].([]any)) != 0 {
		t.Errorf("a table without rows: %v", got)
	}
	_, err := jsonfg.Format().NewWriter(&bytes.Buffer{}, format.Layer{CRS: 1, Schema: geo.Schema{Geometry: geo.GeometryPoint}})
	if geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("in a CRS that nobody knows: %v", err)
	}
}
