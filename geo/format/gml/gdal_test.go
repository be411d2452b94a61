package gml_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo/format"
	"puy/internal/programtest"
)

const features = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"nom":"Été & <b>","n":1,"d":"2024-02-29"},"geometry":{"type":"MultiPolygon","coordinates":[[[[3,45],[4,45],[4,46],[3,45]],[[3.5,45.1],[3.6,45.1],[3.6,45.2],[3.5,45.1]]]]}},
{"type":"Feature","properties":{"nom":null,"n":2},"geometry":{"type":"Point","coordinates":[3.5,45.25]}},
{"type":"Feature","properties":{"nom":"x"},"geometry":null},
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[3,45,100],[4,46,200.5]]}}]}`

// TestReadsGDAL reads what GDAL writes in each version of GML, with each axis order.
func TestReadsGDAL(t *testing.T) {
	ogr2ogr := programtest.Path(t, "ogr2ogr", "gdal-bin")
	in := filepath.Join(t.TempDir(), "a.geojson")
	if err := os.WriteFile(in, []byte(features), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"2": {"-dsco", "FORMAT=GML2"}, "3.1": {"-dsco", "FORMAT=GML3"}, "3.1, x first": {"-dsco", "FORMAT=GML3", "-dsco", "GML3_LONGSRS=NO"}, "3.2": {"-dsco", "FORMAT=GML3.2"},
		"a URI": {"-dsco", "FORMAT=GML3.2", "-dsco", "SRSNAME_FORMAT=OGC_URL"},
	} {
		out := filepath.Join(t.TempDir(), "a.gml")
		if b, err := exec.Command(ogr2ogr, append(args, "-f", "GML", out, in)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		src, err := format.OpenSource(out, "")
		if err != nil {
			t.Fatal(err)
		}
		got, err := rows(t, src, format.Options{})
		want := []string{"nom:text n:integer d:date Geometry z=true n=4 EPSG:4326 ids=true",
			"a.0 Été & <b>|1|2024-02-29| MULTIPOLYGON (((3 45, 4 45, 4 46, 3 45), (3.5 45.1, 3.6 45.1, 3.6 45.2, 3.5 45.1)))", "a.1 |2|| POINT (3.5 45.25)", "a.2 x||| -",
			"a.3 ||| LINESTRING Z (3 45 100, 4 46 200.5)"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("GML %s: %s %v", name, diff, err)
		}
	}
}
