package gpkg_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	format "puy/geo/format/gpkg"
	"puy/store/gpkg"
)

// TestForeignFileStaysAsItIs opens files that are no store.
func TestForeignFileStaysAsItIs(t *testing.T) {
	db, err := format.Open(filepath.Join(t.TempDir(), "other.sqlite"), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plain.gpkg")
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE notes (text); VACUUM INTO '"+path+"'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "text.gpkg")
	if err := os.WriteFile(text, []byte("this is not a database, whatever its name says"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, text} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := gpkg.Open(t.Context(), path, gpkg.Options{})
		if geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v, %v", filepath.Base(path), s, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s was changed: %v", filepath.Base(path), err)
		}
	}
}
