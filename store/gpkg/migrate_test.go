package gpkg_test

import (
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// TestOldLayout opens a file that the program made before edits were logged.
func TestOldLayout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	packed, err := os.Open("testdata/layout1.gpkg.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := open(t, path)
		s.Close()
	}
	s := open(t, path)
	defer s.Close()
	// The file: versions of d of 6, 5 and 4 rows, rolled back to the second, of which another program deleted k3;
	// e without geometry, of which it deleted the last of 3 rows; gone, whose table it dropped.
	if v := current(t, s, "d"); v.Number != 2 || v.Rows != 4 || v.Edits != 0 || !v.Edited.IsZero() {
		t.Errorf("d: %+v", v)
	}
	if diff := cmp.Diff(map[string]int64{"k1": 1, "k2": 2, "k4": 4, "k5": 5}, fids(t, s)); diff != "" {
		t.Error(diff)
	}
	if v := current(t, s, "e"); v.Rows != 2 {
		t.Errorf("e: %+v", v)
	}
	if _, _, err := s.Count(context.Background(), "gone", store.Query{}, 0); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("gone: %v", err)
	}
	run(t, raw(t, path), `UPDATE d SET "by" = 'x' WHERE fid = 1`, "DELETE FROM e")
	if got := logged(t, s, "d", 0); len(got) != 1 || got[0].FID != 1 {
		t.Errorf("d: %v", got)
	}
	if got := logged(t, s, "e", 0); len(got) != 2 || current(t, s, "e").Rows != 0 {
		t.Errorf("e: %v", got)
	}
	ids, err := s.Edit(context.Background(), "d", []store.Edit{{Kind: store.Create, Feature: *point(3, "back")}, {Kind: store.Create, Feature: *point(6, "back")}})
	if diff := cmp.Diff([]string{"k3", "k6"}, ids); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if got := fids(t, s); got["k3"] != 3 || got["k6"] != 6 {
		t.Errorf("fids %v", got)
	}
	if v, err := s.Rollback(context.Background(), "d"); err != nil || v.Number != 1 || v.Rows != 6 {
		t.Errorf("%+v, %v", v, err)
	}
	load(t, s, 3, "next")
}

// TestLayoutWithoutKeys opens a file as the program made it before it kept API
// keys, which is one of today without their table.
func TestLayoutWithoutKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := open(t, path)
	if err := s.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	load(t, s, 3, "first")
	s.Close()
	run(t, raw(t, path), "DROP TABLE puy_api_keys", "UPDATE puy_revision SET layout = 2")
	s = open(t, path)
	defer s.Close()
	if v := current(t, s, "d"); v.Rows != 3 {
		t.Errorf("d: %+v", v)
	}
	if err := s.PutAPIKey(t.Context(), store.APIKey{Name: "a", Hash: [32]byte{1}}); err != nil {
		t.Error(err)
	}
}
