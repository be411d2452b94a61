package gpkg_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	format "puy/geo/format/gpkg"
	"puy/internal/programtest"
	"puy/store"
	"puy/store/gpkg"
)

// raw opens the file of a store as any other program would.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := format.Open(path, url.Values{"_pragma": {"busy_timeout(10000)"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func strs(t testing.TB, db *sql.DB, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func tables(t testing.TB, path string) []string {
	db := raw(t, path)
	defer db.Close()
	return strs(t, db, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
}

// fill makes three datasets with several versions.
func fill(t testing.TB, path string) *gpkg.Store {
	t.Helper()
	s := open(t, path)
	t.Cleanup(func() { s.Close() })
	ctx := context.Background()
	for _, d := range []catalog.Dataset{
		{ID: "d", Title: geo.Localized{FR: "Même titre"}, Description: geo.Localized{FR: "L'été"}},
		{ID: "e", Title: geo.Localized{FR: "Même titre"}},
		{ID: "not-loaded"},
	} {
		if err := s.PutDataset(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 5 {
		load(t, s, 3000+n, "five versions")
	}
	plain := store.LoadSpec{Schema: geo.Schema{Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}, {Name: "j", Type: geo.TypeJSON, Title: geo.Localized{FR: "Objet"}},
		{Name: "at", Type: geo.TypeDateTime}}}}
	for range 2 {
		l, err := s.Begin(ctx, "e", plain)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Write(ctx, &geo.Feature{FID: 1, Values: []geo.Value{geo.Integer(1), geo.JSON(`{"a":1}`), geo.DateTime(geo.Date(1).Time())}}); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Commit(ctx, store.Outcome{}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestGDALSeesTheDatasets asks ogrinfo, which must list the current versions
// and nothing else, without a warning.
func TestGDALSeesTheDatasets(t *testing.T) {
	ogrinfo := programtest.Path(t, "ogrinfo", "gdal-bin")
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := fill(t, path)
	check := func(when string, points string) {
		t.Helper()
		out, err := exec.Command(ogrinfo, "-ro", path).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		layers := regexp.MustCompile(`(?m)^\d+: (.*)$`).FindAllStringSubmatch(string(out), -1)
		var got []string
		for _, l := range layers {
			got = append(got, l[1])
		}
		if diff := cmp.Diff([]string{"d (Point)", "e (None)"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		out, err = exec.Command(ogrinfo, "-ro", "-al", "-q", "-spat", "-10", "-10", "10", "10", path, "d", "e").CombinedOutput()
		if err != nil || strings.Contains(string(out), "Warning") || strings.Contains(string(out), "ERROR") {
			t.Errorf("%s: %v: %.2000s", when, err, out)
		}
		out, err = exec.Command(ogrinfo, "-ro", "-so", path, "d").CombinedOutput()
		for _, want := range []string{"Feature Count: " + points, "IDENTIFIER=Même titre", "DESCRIPTION=L'été", "FID Column = fid", `ID["EPSG",4326]`, "by: String"} {
			if err != nil || !strings.Contains(string(out), want) {
				t.Errorf("%s: no %q in %s", when, want, out)
			}
		}
	}
	check("open", "3004")
	if _, err := s.Rollback(context.Background(), "d"); err != nil {
		t.Fatal(err)
	}
	check("rolled back", "3003")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	check("closed", "3003")
}

func TestFileIsSound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := fill(t, path)
	if _, err := s.Rollback(context.Background(), "d"); err != nil {
		t.Fatal(err)
	}
	db := raw(t, path)
	if got := strs(t, db, "PRAGMA integrity_check"); len(got) != 1 || got[0] != "ok" {
		t.Error(got)
	}
	trees := strs(t, db, "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'")
	if len(trees) != 3 {
		t.Errorf("R-trees: %v", trees)
	}
	for _, name := range trees {
		if got := strs(t, db, "SELECT rtreecheck('"+name+"')"); got[0] != "ok" {
			t.Errorf("%s: %s", name, got[0])
		}
	}
	want := []string{"d|features|Même titre", "e|attributes|Même titre (e)"}
	if diff := cmp.Diff(want, strs(t, db, "SELECT table_name || '|' || data_type || '|' || identifier FROM gpkg_contents ORDER BY 1")); diff != "" {
		t.Error(diff)
	}
	want = []string{"e|j|Objet|application/json"}
	if diff := cmp.Diff(want, strs(t, db, "SELECT table_name || '|' || column_name || '|' || title || '|' || mime_type FROM gpkg_data_columns")); diff != "" {
		t.Error(diff)
	}
	// Of a number of milliseconds, in the form of the standard.
	if got := strs(t, db, `SELECT "at" || '' FROM e`); got[0] != "1970-01-02T00:00:00.000Z" {
		t.Error(got)
	}
}

// TestEditsOfOtherPrograms changes the public table as QGIS does.
func TestEditsOfOtherPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := fill(t, path)
	db := raw(t, path)
	g, err := geo.NewGeometry(point(1, "").Geometry.T())
	if err != nil {
		t.Fatal(err)
	}
	g.T().FlatCoords()[0], g.T().FlatCoords()[1] = 3.5, 45.5
	blob := format.AppendBlob(nil, g, 4326)
	for _, statement := range []string{
		"INSERT INTO d (geom, by) VALUES (?1, 'hand')", "UPDATE d SET geom = ?1 WHERE fid = 2", "UPDATE d SET geom = NULL WHERE fid = 4", "DELETE FROM d WHERE fid IN (1, 3)",
	} {
		args := []any{blob}
		if !strings.Contains(statement, "?1") {
			args = nil
		}
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	ctx := context.Background()
	var got []string
	for f, err := range s.Features(ctx, "d", store.Query{Bounds: &geo.Bounds{MinX: 3.4, MinY: 45.4, MaxX: 3.6, MaxY: 45.6}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f.ID)
	}
	if diff := cmp.Diff([]string{"k2", "k4", "3005"}, got); diff != "" {
		t.Error(diff)
	}
	if n, _, err := s.Count(ctx, "d", store.Query{}, 0); err != nil || n != 3003 {
		t.Errorf("%d features, %v", n, err)
	}
	if f, err := s.Feature(ctx, "d", "3005"); err != nil || f.Values[0].Text() != "hand" {
		t.Errorf("%v, %v", f, err)
	}
	if got := strs(t, db, "SELECT rtreecheck('rtree_d_geom')"); got[0] != "ok" {
		t.Error(got)
	}
	was := map[string]int64{"k1": 1, "k2": 2, "k3": 3} // their row numbers in the first version
	if v := load(t, s, 10, "next"); v.Removed != 2994 || v.Added != 2 || v.Modified != 8 {
		t.Errorf("+%d −%d ~%d; want +2 −2994 ~8", v.Added, v.Removed, v.Modified)
	}
	for id, fid := range was {
		if f, err := s.Feature(ctx, "d", id); err != nil || f.FID != fid {
			t.Errorf("%s has fid %v, %v; want %d", id, f, err, fid)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign.gpkg")
	db := raw(t, foreign)
	if _, err := db.Exec("CREATE TABLE t (a)"); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "text.gpkg")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{foreign, text} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gpkg.Open(context.Background(), path, gpkg.Options{}); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v", path, err)
		}
		if path == text {
			if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
				t.Errorf("%s was changed", path)
			}
		}
	}
	if got := strs(t, db, "SELECT name FROM sqlite_schema"); len(got) != 1 {
		t.Errorf("puy made %v in a foreign file", got)
	}
}
