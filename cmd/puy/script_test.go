package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"puy/internal/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"puy": main})
}

// TestScripts runs each testdata/script/*.txtar on both stores: $STORE is the
// store's URL. Adding a test is adding a file.
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
					return nil
				},
			})
		})
	}
}
