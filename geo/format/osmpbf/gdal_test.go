package osmpbf_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/osmpbf"
	"puy/internal/osmtest"
	"puy/internal/programtest"
)

// TestAsGDAL compares ids and positions of each layer with what GDAL reads. GDAL takes
// the position 0, 0 for none, and leaves out areas that a relation has as its part.
func TestAsGDAL(t *testing.T) {
	ogr2ogr := programtest.Path(t, "ogr2ogr", "gdal-bin")
	src := source(t, town(
		osmtest.Ways(osmtest.Zlib, way(1, "", 2, 3), way(2, "", 5, 4, 3), way(3, "", 5, 25, 21), way(4, "", 2, 21), way(5, "highway=path", 7, 8, 13, 12, 7), way(8, "building=yes", 14, 15, 20, 19, 14), way(6, "", 17, 18, 23, 22, 17), way(7, "highway=path", 3, 8)),
		osmtest.Relations(osmtest.Zlib, relation(1, "multipolygon", 3, "outer", 1, "outer", 5, "inner", 4, "outer", 2, "outer"), relation(2, "multipolygon", 6, "outer", 5, "outer"), relation(3, "route", 1, "", 2, ""))))
	for layer, theirs := range map[string][]string{"points": {"points"}, "lines": {"lines", "multilinestrings"}, "areas": {"multipolygons"}} {
		want := map[string][]string{}
		for _, name := range theirs {
			b, err := exec.Command(ogr2ogr, "-f", "GeoJSON", "/vsistdout/", src.Path(), name).Output()
			if err != nil {
				t.Fatal(err)
			}
			var doc struct {
				Features []struct {
					Properties struct {
						ID  string `json:"osm_id"`
						Way string `json:"osm_way_id"`
					}
					Geometry struct{ Coordinates any }
				}
			}
			if err := json.Unmarshal(b, &doc); err != nil {
				t.Fatal(err)
			}
			for _, f := range doc.Features {
				id := map[string]string{"points": "node/", "lines": "way/", "multilinestrings": "relation/", "multipolygons": "relation/"}[name] + f.Properties.ID
				if f.Properties.Way != "" {
					id = "way/" + f.Properties.Way
				}
				want[id] = positions(nil, f.Geometry.Coordinates)
			}
		}
		r, err := osmpbf.Format().Open(t.Context(), src, format.Options{Tags: []string{"*"}, Layer: layer})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got := map[string][]string{}
		var f geo.Feature
		for r.Read(&f) == nil {
			f.Geometry.EachFlat(func(flat []float64, _ int) {
				for i := 0; i < len(flat); i += 2 {
					got[f.ID] = append(got[f.ID], fmt.Sprint(flat[i:i+2]))
				}
			})
		}
		// Rings begin and run in their own ways: what is compared is the positions.
		for _, all := range []map[string][]string{want, got} {
			for id := range all {
				slices.Sort(all[id])
				all[id] = slices.Compact(all[id])
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
			t.Errorf("%s: %s", layer, diff)
		}
	}
}

// positions appends the innermost of nested lists.
func positions(to []string, v any) []string {
	list, _ := v.([]any)
	for _, part := range list {
		if _, number := part.(float64); number {
			return append(to, fmt.Sprint(list))
		}
		to = positions(to, part)
	}
	return to
}
