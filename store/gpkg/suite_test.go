package gpkg_test

import (
	"context"
	"path/filepath"
	"testing"

	"puy/store"
	"puy/store/gpkg"
	"puy/store/storetest"
)

func open(t testing.TB, path string) *gpkg.Store {
	t.Helper()
	s, err := gpkg.Open(context.Background(), path, gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		path := filepath.Join(t.TempDir(), "puy.gpkg")
		return func(t testing.TB) store.Store { return open(t, path) }
	})
}
