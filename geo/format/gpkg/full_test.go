package gpkg_test

import (
	"path/filepath"
	"testing"

	"puy/geo/format/gpkg"
)

func TestIsFull(t *testing.T) {
	db, err := gpkg.Open(filepath.Join(t.TempDir(), "a.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range []string{"CREATE TABLE t (b)", "PRAGMA max_page_count = 10"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("INSERT INTO t VALUES (zeroblob(1000000))"); !gpkg.IsFull(err) {
		t.Errorf("got %v", err)
	}
	if _, err := db.Exec("INSERT INTO nowhere VALUES (1)"); err == nil || gpkg.IsFull(err) {
		t.Errorf("got %v", err)
	}
}
