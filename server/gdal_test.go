package server

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/internal/programtest"
	"puy/store"
)

// gdal runs one of GDAL's programs and gives what it says.
func gdal(t *testing.T, program string, args ...string) string {
	t.Helper()
	path := programtest.Path(t, program, "gdal-bin")
	run := exec.CommandContext(t.Context(), path, args...)
	run.Env = append(os.Environ(), "GDAL_HTTP_TIMEOUT=20", "CPL_VSIL_CURL_NON_CACHED=/vsicurl/http://127.0.0.1")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// GDAL finds the collections and reads a tile, whose features are those of items.
func TestGDALReadsTiles(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		for _, id := range []string{"stations", "iles", "marches", "neuf"} {
			if list := gdal(t, "gdalinfo", "OGCAPI:"+c.base+"/api"); !strings.Contains(list, "OGCAPI:"+c.base+"/api/collections/"+id+"\n") {
				t.Errorf("%s is not among what GDAL finds: %s", id, list)
			}
		}
		if about := gdal(t, "ogrinfo", "-so", "-al", "-oo", "API=ITEMS", "OGCAPI:"+c.base+"/api/collections/stations"); !strings.Contains(about, "Feature Count: 250") {
			t.Error(about)
		}

		// In /api the row stands before the column, which GDAL has to be told.
		var set tilesetDoc
		c.get("/api/collections/stations/tiles/WebMercatorQuad", &set)
		tile := "MVT:" + strings.NewReplacer("{tileMatrix}", "9", "{tileRow}", "182", "{tileCol}", "260").Replace(linkOf(t, set.Links, "item").Href)
		var read struct {
			Features []struct {
				Properties struct{ Code string }
				Geometry   struct{ Coordinates []float64 }
			}
		}
		text := gdal(t, "ogr2ogr", "-f", "GeoJSON", "-t_srs", "EPSG:4326", "-oo", "X=260", "-oo", "Y=182", "-oo", "Z=9", "/vsistdout/", tile, "stations")
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Fatal(err, text)
		}
		places := map[string][]float64{}
		for _, f := range read.Features {
			places[f.Properties.Code] = f.Geometry.Coordinates
		}
		var items struct {
			Features []struct {
				ID       string
				Geometry *struct{ Coordinates []float64 }
			}
		}
		c.get("/api/collections/stations/items?limit=1000", &items)
		var want, got []string
		for _, f := range items.Features {
			if f.Geometry == nil {
				continue
			}
			want = append(want, f.ID)
			at := places[f.ID]
			if len(at) != 2 || max(at[0]-f.Geometry.Coordinates[0], f.Geometry.Coordinates[0]-at[0], at[1]-f.Geometry.Coordinates[1], f.Geometry.Coordinates[1]-at[1]) > 2e-4 {
				t.Errorf("%s is at %v in the tile and at %v in items", f.ID, at, f.Geometry.Coordinates)
			}
		}
		for code := range places {
			got = append(got, code)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
