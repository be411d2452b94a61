package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"puy/internal/osmtest"
	"puy/internal/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"puy": main})
}

// village is an OpenStreetMap file of two paths, one of them for cycles, and a house.
func village() []byte {
	var nodes []osmtest.Node
	for i := range 8 {
		nodes = append(nodes, osmtest.Node{ID: int64(i + 1), Lon: 3 + float64(i%3)/1000, Lat: 45 + float64(i/3)/1000})
	}
	return osmtest.File(osmtest.Dense(osmtest.Zlib, nodes...), osmtest.Ways(osmtest.Zlib,
		osmtest.Way{ID: 1, Refs: []int64{1, 2, 3}, Tags: []string{"highway", "path", "bicycle", "designated"}},
		osmtest.Way{ID: 2, Refs: []int64{4, 5}, Tags: []string{"highway", "path"}},
		osmtest.Way{ID: 3, Refs: []int64{4, 5, 8, 7, 4}, Tags: []string{"building", "yes"}}))
}

// TestScripts runs each testdata/script/*.txtar on both stores: $STORE is the
// store's URL, village.osm.pbf is there. Adding a test is adding a file.
func TestScripts(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"gpkg":    func(t *testing.T) string { return "gpkg:" + t.TempDir() + "/puy.gpkg" },
		"postgis": func(t *testing.T) string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir: "testdata/script",
				Setup: func(e *testscript.Env) error {
					e.Setenv("STORE", url(t))
					e.Setenv("LANG", "en_US.UTF-8")
					return os.WriteFile(filepath.Join(e.WorkDir, "village.osm.pbf"), village(), 0o600)
				},
			})
		})
	}
}
