package gpkg_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	_ "modernc.org/sqlite" // without the functions that the R-tree's triggers call

	"puy/catalog"
	"puy/geo"
	format "puy/geo/format/gpkg"
	"puy/store"
	"puy/store/gpkg"
)

// bare opens the file of a store as a program without ST_ functions does.
func bare(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func at(x, y float64) []byte {
	f := point(1, "")
	f.Geometry.T().FlatCoords()[0], f.Geometry.T().FlatCoords()[1] = x, y
	return format.AppendBlob(nil, f.Geometry, 4326)
}

func box(x, y float64) geo.Bounds { return geo.Bounds{MinX: x, MinY: y, MaxX: x, MaxY: y} }

// logged gives the changes of the current version after an edit, with empty
// boxes as zero ones.
func logged(t testing.TB, s *gpkg.Store, id string, after int64) (list []store.Change) {
	t.Helper()
	v := current(t, s, id)
	for c, err := range s.Changes(context.Background(), id, v.Number, after) {
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range []*geo.Bounds{&c.Before, &c.After} {
			if b.IsEmpty() {
				*b = geo.Bounds{}
			}
		}
		list = append(list, c)
	}
	return list
}

func current(t testing.TB, s *gpkg.Store, id string) *catalog.Version {
	t.Helper()
	d, err := s.Dataset(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d.Current
}

// six makes a store of the points k1 to k6.
func six(t testing.TB) (path string, s *gpkg.Store) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "puy.gpkg")
	s = open(t, path)
	t.Cleanup(func() { s.Close() })
	if err := s.PutDataset(context.Background(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	load(t, s, 6, "first")
	return path, s
}

// TestLogOfOtherPrograms edits the layer by SQL; the points are at -179 -84,
// -178 -83 and so on.
func TestLogOfOtherPrograms(t *testing.T) {
	path, s := six(t)
	db := raw(t, path)
	before := time.Now().Add(-time.Second)
	for _, step := range []struct {
		statement string
		args      []any
		rows      int64
		want      []store.Change
	}{
		{`UPDATE d SET "by" = 'x' WHERE fid < 3`, nil, 6,
			[]store.Change{{FID: 1, Before: box(-179, -84), After: box(-179, -84)}, {FID: 2, Before: box(-178, -83), After: box(-178, -83)}}},
		{`UPDATE d SET geom = ?, "by" = 'y' WHERE fid = 1`, []any{at(100, 80)}, 6, []store.Change{{FID: 1, Before: box(-179, -84), After: box(100, 80)}}},
		{`UPDATE d SET geom = NULL WHERE fid = 1`, nil, 6, []store.Change{{FID: 1, Before: box(100, 80)}}},
		{`UPDATE d SET geom = ? WHERE fid = 1`, []any{at(1, 2)}, 6, []store.Change{{FID: 1, After: box(1, 2)}}},
		{`INSERT INTO d (geom) VALUES (?)`, []any{at(3, 4)}, 7, []store.Change{{FID: 7, After: box(3, 4)}}},
		{`INSERT INTO d (feature_id) VALUES ('mine')`, nil, 8, []store.Change{{FID: 8}}},
		{`UPDATE d SET fid = 90 WHERE fid = 7`, nil, 8, []store.Change{{FID: 7, Before: box(3, 4)}, {FID: 90, After: box(3, 4)}}},
		{`UPDATE d SET fid = 91, geom = ? WHERE fid = 90`, []any{at(5, 6)}, 8, []store.Change{{FID: 90, Before: box(3, 4)}, {FID: 91, After: box(5, 6)}}},
		{`DELETE FROM d WHERE fid IN (2, 8)`, nil, 6, []store.Change{{FID: 2, Before: box(-178, -83)}, {FID: 8}}},
		{`INSERT INTO d (fid, geom) VALUES (1, NULL) ON CONFLICT (fid) DO UPDATE SET geom = excluded.geom`, nil, 6, []store.Change{{FID: 1, Before: box(1, 2)}}},
	} {
		was, revision := current(t, s, "d"), revisionOf(t, s)
		if _, err := db.Exec(step.statement, step.args...); err != nil {
			t.Fatalf("%s: %v", step.statement, err)
		}
		for i := range step.want {
			step.want[i].Edit = was.Edits + int64(i) + 1
		}
		if diff := cmp.Diff(step.want, logged(t, s, "d", was.Edits)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.statement, diff)
		}
		now := current(t, s, "d")
		if now.Rows != step.rows || now.Edits != was.Edits+int64(len(step.want)) || now.Edited.Before(before) || now.Edited.After(time.Now().Add(time.Second)) || revisionOf(t, s) <= revision {
			t.Errorf("%s: %+v", step.statement, now)
		}
	}
	if want := (geo.Bounds{MinX: -179, MinY: -84, MaxX: 100, MaxY: 80}); current(t, s, "d").Extent != want {
		t.Errorf("extent %v, want %v", current(t, s, "d").Extent, want)
	}
	if got := strs(t, db, "SELECT rtreecheck('rtree_d_geom')"); got[0] != "ok" {
		t.Error(got)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	was := current(t, s, "d")
	if _, err := tx.Exec("DELETE FROM d"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(was, current(t, s, "d")); diff != "" {
		t.Errorf("after a rollback:\n%s", diff)
	}
}

func revisionOf(t testing.TB, s *gpkg.Store) int64 {
	t.Helper()
	n, err := s.Revision(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEditsWithoutFunctions edits by a program that lacks the ST_ functions. An
// update of a layer is refused by the R-tree's own triggers, as in every
// GeoPackage; rows can be deleted, and tables without geometry edited.
func TestEditsWithoutFunctions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := fill(t, path)
	db := bare(t, path)
	was := current(t, s, "d")
	run(t, db, "DELETE FROM d WHERE fid = 2", "UPDATE e SET n = 5", "INSERT INTO e (n) VALUES (6)", "UPDATE e SET fid = 9 WHERE fid = 2", "DELETE FROM e WHERE fid = 1")
	if diff := cmp.Diff([]store.Change{{Edit: was.Edits + 1, FID: 2, Before: box(-178, -83)}}, logged(t, s, "d", was.Edits)); diff != "" {
		t.Error(diff)
	}
	want := []store.Change{{Edit: 1, FID: 1}, {Edit: 2, FID: 2}, {Edit: 3, FID: 2}, {Edit: 4, FID: 9}, {Edit: 5, FID: 1}}
	if diff := cmp.Diff(want, logged(t, s, "e", 0)); diff != "" {
		t.Error(diff)
	}
	if v := current(t, s, "e"); v.Rows != 1 || v.Edits != 5 {
		t.Errorf("%+v", v)
	}
	if _, err := db.Exec(`UPDATE d SET "by" = 'x'`); err == nil || !strings.Contains(err.Error(), "no such function: ST_") {
		t.Errorf("an update of the layer: %v", err)
	}
	if n := len(logged(t, s, "d", was.Edits)); n != 1 {
		t.Errorf("%d changes, want 1", n)
	}
}

// TestForeignGeometries has blobs in the forms that other programs write.
func TestForeignGeometries(t *testing.T) {
	path, s := six(t)
	db := raw(t, path)
	wide, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}))
	if err != nil {
		t.Fatal(err)
	}
	enveloped := format.AppendBlob(nil, wide, 4326)
	plain := append(append([]byte{}, enveloped[:8]...), enveloped[40:]...)
	plain[3] &^= 0x0e
	bounds := wide.Bounds()
	for what, tt := range map[string]struct {
		blob []byte
		want func(c store.Change, v *catalog.Version) bool
	}{
		"with an envelope":    {enveloped, func(c store.Change, _ *catalog.Version) bool { return c.After == bounds }},
		"without an envelope": {plain, func(c store.Change, v *catalog.Version) bool { return c.After == v.Extent }},
		"no geometry":         {[]byte("GPxx no geometry at all"), func(c store.Change, _ *catalog.Version) bool { return c.After == geo.Bounds{} }},
	} {
		was := current(t, s, "d")
		if _, err := db.Exec("UPDATE d SET geom = ? WHERE fid = 6", tt.blob); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got := logged(t, s, "d", was.Edits)
		if v := current(t, s, "d"); len(got) != 1 || !tt.want(got[0], v) || !v.Extent.Intersects(got[0].After) && got[0].After != (geo.Bounds{}) {
			t.Errorf("%s: %v in %v", what, got, v.Extent)
		}
	}
	if n := strs(t, db, "SELECT max(length(after_head)) || '' FROM puy_changes"); n[0] != "72" {
		t.Errorf("the longest head has %s bytes, want 72", n[0])
	}
}

// TestBoundedLog edits more than the log holds.
func TestBoundedLog(t *testing.T) {
	path, s := six(t)
	load(t, s, 30000, "many")
	db := raw(t, path)
	for range 4 {
		run(t, db, `UPDATE d SET "by" = 'x'`)
	}
	v := current(t, s, "d")
	if n := strs(t, db, "SELECT count(*) || '' FROM puy_changes"); v.Edits != 120000 || n[0] != "100000" {
		t.Errorf("%d edits, %s in the log", v.Edits, n[0])
	}
	for after, wanted := range map[int64]bool{0: false, 19999: false, 20000: true, 119999: true, 120000: true, 130000: true} {
		n, failed := int64(0), error(nil)
		for _, err := range s.Changes(context.Background(), "d", v.Number, after) {
			if failed = err; err != nil {
				break
			}
			n++
		}
		if wanted && (failed != nil || n != max(0, 120000-after)) || !wanted && (geo.KindOf(failed) != geo.KindConflict || n != 0) {
			t.Errorf("after %d: %d changes, %v", after, n, failed)
		}
	}
	for range 3 {
		load(t, s, 1, "later")
	}
	if n := strs(t, db, "SELECT (SELECT count(*) FROM puy_changes) || ' ' || (SELECT count(*) FROM puy_edits)"); n[0] != "0 3" {
		t.Errorf("%s rows stay of versions that are gone", n[0])
	}
}
