package server

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"puy/internal/pgtest"
	"puy/store"
	"puy/store/gpkg"
	"puy/store/postgis"
)

func TestMain(m *testing.M) {
	pgtest.Main(m)
}

// onEachStore runs a test on a new PostGIS store and on a new GeoPackage, and
// looks for goroutines left behind.
func onEachStore(t *testing.T, run func(t *testing.T, s store.Store)) {
	t.Run("postgis", func(t *testing.T) {
		url := pgtest.Database(t)
		before := goleak.IgnoreCurrent()
		t.Cleanup(func() { goleak.VerifyNone(t, before) })
		s, err := postgis.Open(t.Context(), url, postgis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		run(t, s)
	})
	t.Run("gpkg", func(t *testing.T) {
		before := goleak.IgnoreCurrent()
		t.Cleanup(func() { goleak.VerifyNone(t, before) })
		s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "puy.gpkg"), gpkg.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		run(t, s)
	})
}

// onEachStoreB is onEachStore for benchmarks.
func onEachStoreB(b *testing.B, run func(b *testing.B, s store.Store)) {
	b.Run("postgis", func(b *testing.B) {
		s, err := postgis.Open(b.Context(), pgtest.Database(b), postgis.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		run(b, s)
	})
	b.Run("gpkg", func(b *testing.B) {
		s, err := gpkg.Open(b.Context(), filepath.Join(b.TempDir(), "puy.gpkg"), gpkg.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		run(b, s)
	})
}
