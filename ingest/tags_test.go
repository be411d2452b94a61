package ingest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest"
	"puy/internal/formattest"
	"puy/internal/osmtest"
)

// extract writes a file of OpenStreetMap with two benches and a tree.
func extract(t *testing.T) *format.Source {
	t.Helper()
	content := osmtest.File(osmtest.Dense(osmtest.Zlib, osmtest.Node{ID: 1, Lon: 3, Lat: 45, Tags: []string{"amenity", "bench"}},
		osmtest.Node{ID: 2, Lon: 3.1, Lat: 45, Tags: []string{"amenity", "bench", "name", "Au loup"}}, osmtest.Node{ID: 3, Lon: 3, Lat: 45.1, Tags: []string{"natural", "tree"}}))
	return formattest.Source(t, "village.osm.pbf", content)
}

// TestTags refuses an extract without tags, proposes some, and loads what the
// proposal says.
func TestTags(t *testing.T) {
	st := openStore(t)
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "any"}); err != nil {
		t.Fatal(err)
	}
	src := extract(t)
	d := catalog.Dataset{ID: "any"}
	r, err := ingest.Load(t.Context(), st, d, src, ingest.Options{DryRun: true})
	if _, ok := errors.AsType[*format.Unselected](err); !ok || geo.KindOf(err) != geo.KindInvalid {
		t.Fatal(err)
	}
	told := ""
	for _, f := range ingest.Described(r) {
		told += f.Label.EN + ": " + f.Value.EN + "\n"
	}
	if !strings.Contains(told, "frequent tag: amenity=bench (2)\nfrequent tag: natural=tree (1)\n") {
		t.Error(told)
	}
	entry := ingest.Proposal(d, r, "en")
	for _, line := range []string{"licence: odc-odbl ", "  format: osmpbf\n", `  tags: ["amenity=bench"]  # to be chosen`} {
		if !strings.Contains(entry, line) {
			t.Errorf("%s is missing in\n%s", line, entry)
		}
	}
	proposed, err := catalog.ParseDataset("a.yaml", []byte(entry), &catalog.Portal{})
	if err != nil {
		t.Fatal(err)
	}
	d.Source = proposed.Source
	r, err = ingest.Load(t.Context(), st, d, src, ingest.Options{DryRun: true})
	if err != nil || r.Rows != 2 || r.Geometry != geo.GeometryPoint {
		t.Errorf("%+v %v", r, err)
	}
	d.Source.Tags = append(d.Source.Tags, "natural=* & !name")
	entry = ingest.Proposal(d, r, "en")
	if !strings.Contains(entry, `tags: ["amenity=bench", "natural=* & !name"]`+"\n") {
		t.Error(entry)
	}
}

// TestTagsOfOtherFormats refuses tags where they mean nothing.
func TestTagsOfOtherFormats(t *testing.T) {
	st := openStore(t)
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = ingest.Load(t.Context(), st, catalog.Dataset{ID: "any", Source: catalog.Source{Tags: []string{"a=b"}}}, src, ingest.Options{DryRun: true})
	if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "source.tags: goes with OpenStreetMap PBF, and a.csv is CSV") {
		t.Error(err)
	}
}
