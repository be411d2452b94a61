package gpkg_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/store/gpkg"
)

// fids gives the fid of each feature of d by its id.
func fids(t *testing.T, s *gpkg.Store) map[string]int64 {
	t.Helper()
	all := make(map[string]int64)
	for f, err := range s.Features(context.Background(), "d", store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		all[f.ID] = f.FID
	}
	return all
}

// queries gives the errors of each kind of query of d.
func queries(s *gpkg.Store) map[string]error {
	ctx := context.Background()
	errs := make(map[string]error)
	for name, q := range map[string]store.Query{"all": {}, "bounds": {Bounds: &geo.Bounds{MinX: -90, MinY: -90, MaxX: 90, MaxY: 90}}, "bare": {NoGeometry: true, Fields: []string{}}} {
		for _, err := range s.Features(ctx, "d", q) {
			errs["Features "+name] = err
			if err != nil {
				break
			}
		}
		_, _, errs["Count "+name] = s.Count(ctx, "d", q, 0)
	}
	_, errs["Feature"] = s.Feature(ctx, "d", "k1")
	return errs
}

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// loadBackwards makes a version of the keys kn to k1, so that no row's number is its fid.
func loadBackwards(t *testing.T, s *gpkg.Store, n int) catalog.Version {
	t.Helper()
	ctx := context.Background()
	l, err := s.Begin(ctx, "d", spec())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i := range n {
		f := point(int64(n-i), "healed")
		f.FID = int64(i + 1)
		if err := l.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	v, err := l.Commit(ctx, store.Outcome{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// unregister is what GDAL does before it drops a layer.
func unregister(table string) (list []string) {
	for _, meta := range []string{"gpkg_data_columns", "gpkg_extensions", "gpkg_geometry_columns", "gpkg_ogr_contents", "gpkg_contents"} {
		list = append(list, "DELETE FROM "+meta+" WHERE table_name = '"+table+"'")
	}
	return list
}

var alterations = []struct {
	name       string
	statements []string
}{
	{"field renamed", []string{`ALTER TABLE d RENAME COLUMN "by" TO cle`}},
	{"field dropped", []string{`ALTER TABLE d DROP COLUMN "by"`}},
	{"feature_id renamed", []string{`ALTER TABLE d RENAME COLUMN feature_id TO other`}},
	{"fid renamed", []string{`ALTER TABLE d RENAME COLUMN fid TO ogc_fid`}},
	{"geometry renamed", []string{`ALTER TABLE d RENAME COLUMN geom TO the_geom`}},
	{"no index", []string{`DROP TABLE rtree_d_geom`}},
	{"other CRS", []string{`UPDATE gpkg_geometry_columns SET srs_id = -1 WHERE table_name = 'd'`, `CREATE TABLE unrelated (a)`}},
	{"dropped", []string{`DROP TABLE d`}},
	{"dropped by GDAL", append(unregister("d"), `DROP TABLE rtree_d_geom`, `DROP TABLE d`)},
	{"trigger dropped", []string{`DROP TRIGGER puy_update_d`}},
	{"overwritten by the same", append(unregister("d"), `CREATE TABLE copy AS SELECT * FROM d`, `DROP TABLE d`,
		`CREATE TABLE d (fid INTEGER PRIMARY KEY, geom POINT, feature_id TEXT, "by" TEXT)`, `INSERT INTO d SELECT * FROM copy`)},
	{"layer renamed", []string{`ALTER TABLE d RENAME TO mine`}},
	{"view", []string{`DROP TABLE d`, `CREATE VIEW d AS SELECT 1 AS fid`}},
	{"replaced", append(unregister("d"), `DROP TABLE rtree_d_geom`, `DROP TABLE d`,
		`CREATE TABLE d (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom POINT, name TEXT)`, `INSERT INTO d (name) VALUES ('x'), ('y')`,
		`INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('d', 'features', 'theirs', 4326)`,
		`INSERT INTO gpkg_geometry_columns VALUES ('d', 'geom', 'POINT', 4326, 0, 0)`)},
	// The fids of these keys are not the ones that they have had.
	{"replaced, with keys", append(unregister("d"), `DROP TABLE rtree_d_geom`, `DROP TABLE d`,
		`CREATE TABLE d (fid INTEGER PRIMARY KEY, feature_id TEXT)`, `INSERT INTO d VALUES (1, 'k7'), (2, 'k7'), (3, 'k1'), (4, NULL), (9, 5), (7000, 'theirs')`)},
}

// TestAlteredLayer has another program alter the table of the current version:
// queries say so, and both a load and a rollback mend it.
func TestAlteredLayer(t *testing.T) {
	for _, tt := range alterations {
		for _, remedy := range []string{"load", "rollback"} {
			t.Run(tt.name+"/"+remedy, func(t *testing.T) {
				ctx := context.Background()
				path := filepath.Join(t.TempDir(), "puy.gpkg")
				s := open(t, path)
				defer s.Close()
				if err := s.PutDataset(ctx, catalog.Dataset{ID: "d"}); err != nil {
					t.Fatal(err)
				}
				load(t, s, 20, "first") // k11 to k20 vanish, and must have their fids again
				load(t, s, 10, "second")
				load(t, s, 12, "third")
				was := fids(t, s)
				fids(t, s) // once more, so that what is remembered of the file is used
				db := raw(t, path)
				run(t, db, tt.statements...)
				for name, err := range queries(s) {
					if geo.KindOf(err) != geo.KindConflict || err == nil || !strings.Contains(err.Error(), `"d"`) {
						t.Errorf("%s: %v; want a conflict that names the dataset", name, err)
					}
				}
				want := map[string]int64{}
				switch remedy {
				case "rollback":
					v, err := s.Rollback(ctx, "d")
					if err != nil || v.Number != 2 {
						t.Fatalf("rolled back to %d, %v; want 2", v.Number, err)
					}
					if n := len(fids(t, s)); n != 10 {
						t.Errorf("%d features, want 10", n)
					}
				default:
					if v := loadBackwards(t, s, 20); v.Compared || v.Added+v.Removed+v.Modified != 0 || v.Number != 4 {
						t.Errorf("version %d: compared %v, +%d −%d ~%d", v.Number, v.Compared, v.Added, v.Removed, v.Modified)
					}
				}
				for i := range 20 {
					want[fmt.Sprint("k", i+1)] = int64(i + 1)
				}
				if v := loadBackwards(t, s, 20); !v.Compared || remedy == "load" && v.Added+v.Removed+v.Modified != 0 {
					t.Errorf("the next load: compared %v, +%d −%d ~%d", v.Compared, v.Added, v.Removed, v.Modified)
				}
				if diff := cmp.Diff(want, fids(t, s)); diff != "" {
					t.Errorf("fids (-want +got), before %v:\n%s", was, diff)
				}
				for name, err := range queries(s) {
					if err != nil {
						t.Errorf("%s, healed: %v", name, err)
					}
				}
				if got := strs(t, db, "SELECT rtreecheck('rtree_d_geom')"); got[0] != "ok" {
					t.Error(got)
				}
				if got := strs(t, db, "SELECT count(*) || '' FROM gpkg_contents WHERE table_name = 'd'"); got[0] != "1" {
					t.Errorf("%v entries in gpkg_contents", got)
				}
				for range 4 { // until all versions of before are dropped
					load(t, s, 5, "later")
				}
				if _, err := s.Rollback(ctx, "d"); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestLostKeys drops tables until a new key's fid is nowhere: no other key gets it.
func TestLostKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := fill(t, path) // versions of 3000 to 3004 rows
	db := raw(t, path)
	run(t, db, "DROP TABLE d", "DROP TABLE puy_v_1_4", "DROP TABLE puy_v_1_3")
	if _, err := s.Rollback(context.Background(), "d"); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("rollback to nothing: %v", err)
	}
	for _, err := range s.Features(context.Background(), "d", store.Query{Version: 4}) {
		if geo.KindOf(err) != geo.KindConflict {
			t.Errorf("an old version: %v", err)
		}
	}
	load(t, s, 2, "healed")
	if diff := cmp.Diff(map[string]int64{"k1": 3005, "k2": 3006}, fids(t, s)); diff != "" {
		t.Error(diff)
	}
	for range 4 {
		load(t, s, 2, "later")
	}
	if diff := cmp.Diff(map[string]int64{"k1": 3005, "k2": 3006}, fids(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestCopiedRows copies rows of the layer with their feature ids, as QGIS does.
func TestCopiedRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := fill(t, path)
	run(t, raw(t, path), `INSERT INTO d (feature_id, "by") SELECT feature_id, 'copy' FROM d WHERE fid < 3`, `INSERT INTO d (feature_id) VALUES ('k1')`)
	load(t, s, 2, "next")
	if diff := cmp.Diff(map[string]int64{"k1": 1, "k2": 2}, fids(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestTakenName has a layer of another program bear the name of a new dataset.
func TestTakenName(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"mien", "Mien"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "puy.gpkg")
			s := open(t, path)
			defer s.Close()
			if err := s.PutDataset(ctx, catalog.Dataset{ID: "mien"}); err != nil {
				t.Fatal(err)
			}
			db := raw(t, path)
			begun, err := s.Begin(ctx, "mien", spec())
			if err != nil {
				t.Fatal(err)
			}
			run(t, db, `CREATE TABLE rtree_mien_geom (id)`, `CREATE TABLE `+name+` (fid INTEGER PRIMARY KEY, name TEXT)`, `INSERT INTO mien VALUES (1, 'theirs')`,
				`INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('`+name+`', 'attributes', 'theirs')`)
			_, ended := begun.Commit(ctx, store.Outcome{})
			if err := begun.Abort(); err != nil {
				t.Error(err)
			}
			_, err = s.Begin(ctx, "mien", spec())
			for what, err := range map[string]error{"Commit": ended, "Begin": err} {
				var e *geo.Error
				if !errors.As(err, &e) || e.Kind != geo.KindConflict || !strings.Contains(e.Message, "layer \""+name) || !strings.Contains(e.Hint, "rename") {
					t.Errorf("%s: %v", what, err)
				}
			}
			if got := strs(t, db, "SELECT name FROM mien"); len(got) != 1 || got[0] != "theirs" {
				t.Errorf("their layer holds %v", got)
			}
			run(t, db, `DROP TABLE mien`, `DROP TABLE rtree_mien_geom`, `UPDATE gpkg_contents SET table_name = 'mien'`)
			l, err := s.Begin(ctx, "mien", spec())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Commit(ctx, store.Outcome{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestKeysOfOthers has another program add a key: no other one gets its fid.
func TestKeysOfOthers(t *testing.T) {
	path, s := six(t)
	run(t, raw(t, path), `INSERT INTO d (feature_id) VALUES ('k9')`) // whose fid is 7
	load(t, s, 6, "without it")
	load(t, s, 8, "with k7 and k8")
	load(t, s, 9, "with all")
	want := map[string]int64{"k1": 1, "k2": 2, "k3": 3, "k4": 4, "k5": 5, "k6": 6, "k7": 8, "k8": 9, "k9": 7}
	if diff := cmp.Diff(want, fids(t, s)); diff != "" {
		t.Error(diff)
	}
	run(t, raw(t, path), `INSERT INTO d (fid, feature_id) VALUES (50, 'theirs')`, `DELETE FROM d WHERE fid = 50`, `INSERT INTO d (fid) VALUES (12)`)
	ids, err := s.Edit(context.Background(), "d", []store.Edit{
		{Kind: store.Create, Feature: *point(51, "")}, {Kind: store.Create, Feature: geo.Feature{ID: "theirs", Values: make([]geo.Value, 1)}}})
	if err != nil || len(ids) != 2 {
		t.Fatal(ids, err)
	}
	if got := fids(t, s); got["k51"] != 51 || got["theirs"] != 50 || got["12"] != 12 {
		t.Errorf("%v", got)
	}
	for id, kind := range map[string]geo.ErrorKind{"12": geo.KindConflict, "theirs": geo.KindConflict} {
		if _, err := s.Edit(context.Background(), "d", []store.Edit{{Kind: store.Create, Feature: geo.Feature{ID: id, Values: make([]geo.Value, 1)}}}); geo.KindOf(err) != kind {
			t.Errorf("%s: %v", id, err)
		}
	}
	run(t, raw(t, path), `DELETE FROM d WHERE fid = 50`, `INSERT INTO d (fid) VALUES (50)`) // the fid is taken when its key comes back
	if _, err := s.Edit(context.Background(), "d", []store.Edit{{Kind: store.Create, Feature: geo.Feature{ID: "theirs", Values: make([]geo.Value, 1)}}}); err != nil {
		t.Error(err)
	}
	if got := fids(t, s); got["theirs"] != 52 || got["50"] != 50 {
		t.Errorf("%v", got)
	}
}
