package postgis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// fids gives the fid of each feature of d by its id.
func fids(t *testing.T, st store.Store) map[string]int64 {
	t.Helper()
	all := make(map[string]int64)
	for f, err := range st.Features(t.Context(), "d", store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		all[f.ID] = f.FID
	}
	return all
}

var pointSchema = geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}}}

// points gives rows of the keys k<from> to k<to>, in that direction.
func points(t *testing.T, from, to int) (rows []geo.Feature) {
	step := 1
	if to < from {
		step = -1
	}
	for i := from; i != to+step; i += step {
		rows = append(rows, geo.Feature{ID: fmt.Sprint("k", i), Geometry: shape(t, geom.NewPointFlat(geom.XY, []float64{float64(i), 45})),
			Values: []geo.Value{geo.Text("x"), geo.Integer(int64(i))}})
	}
	return rows
}

// TestAlteredTable has another program alter the table of the current version:
// queries say so, and both a load and a rollback mend it.
func TestAlteredTable(t *testing.T) {
	tests := []struct {
		name, sql string
		view      bool // only the view is gone, so queries go on
	}{
		{"field renamed", "ALTER TABLE puy.v_1_3 RENAME COLUMN nom TO cle", false},
		{"field dropped", "ALTER TABLE puy.v_1_3 DROP COLUMN nom CASCADE", false},
		{"type changed", "DROP VIEW data.d; ALTER TABLE puy.v_1_3 ALTER COLUMN n TYPE text", false},
		{"id renamed", "ALTER TABLE puy.v_1_3 RENAME COLUMN id TO other", false},
		{"fid renamed", "ALTER TABLE puy.v_1_3 RENAME COLUMN fid TO ogc_fid", false},
		{"geometry renamed", "ALTER TABLE puy.v_1_3 RENAME COLUMN geom TO the_geom", false},
		{"dropped", "DROP TABLE puy.v_1_3 CASCADE", false},
		{"table renamed", "ALTER TABLE puy.v_1_3 RENAME TO mine", false},
		{"view dropped", "DROP VIEW data.d", true},
		{"view altered", "ALTER VIEW data.d RENAME COLUMN nom TO name", true},
	}
	for _, tt := range tests {
		for _, remedy := range []string{"load", "rollback"} {
			t.Run(tt.name+"/"+remedy, func(t *testing.T) {
				url := pgtest.Database(t)
				st := open(t, url)
				defer st.Close()
				conn := connect(t, url)
				loadRows(t, st, "d", pointSchema, points(t, 1, 20)...) // k11 to k20 vanish, and must have their fids again
				loadRows(t, st, "d", pointSchema, points(t, 1, 10)...)
				loadRows(t, st, "d", pointSchema, points(t, 1, 12)...)
				fids(t, st) // so that statements are prepared
				if _, err := conn.Exec(t.Context(), tt.sql); err != nil {
					t.Fatal(err)
				}
				for _, err := range st.Features(t.Context(), "d", store.Query{}) {
					if tt.view && err != nil || !tt.view && (geo.KindOf(err) != geo.KindConflict || !strings.Contains(err.Error(), `"d"`)) {
						t.Errorf("%v; want a conflict that names the dataset: %v", err, !tt.view)
					}
				}
				if _, err := st.Feature(t.Context(), "d", "k1"); (err == nil) != tt.view || err != nil && geo.KindOf(err) != geo.KindConflict {
					t.Errorf("Feature: %v", err)
				}
				if remedy == "rollback" {
					if v, err := st.Rollback(t.Context(), "d"); err != nil || v.Number != 2 {
						t.Fatalf("rolled back to %d, %v; want 2", v.Number, err)
					}
					if n := len(fids(t, st)); n != 10 {
						t.Errorf("%d features, want 10", n)
					}
				} else if v := loadRows(t, st, "d", pointSchema, points(t, 20, 1)...); v.Compared != tt.view || v.Number != 4 {
					t.Errorf("version %d, compared %v", v.Number, v.Compared)
				}
				if v := loadRows(t, st, "d", pointSchema, points(t, 20, 1)...); !v.Compared || remedy == "load" && v.Added+v.Removed+v.Modified != 0 {
					t.Errorf("the next load: compared %v, +%d −%d ~%d", v.Compared, v.Added, v.Removed, v.Modified)
				}
				want := map[string]int64{}
				for i := range 20 {
					want[fmt.Sprint("k", i+1)] = int64(i + 1)
				}
				if diff := cmp.Diff(want, fids(t, st)); diff != "" {
					t.Errorf("fids (-want +got):\n%s", diff)
				}
				if got := strings1(t, conn, `SELECT count(nom)::text FROM data.d`); got[0] != "20" {
					t.Errorf("the view shows %s rows", got[0])
				}
				for range 3 { // until all versions of before are dropped
					loadRows(t, st, "d", pointSchema, points(t, 3, 1)...)
				}
				if left := strings1(t, conn, `SELECT name FROM puy.garbage`); len(left) > 0 {
					t.Errorf("not dropped: %q", left)
				}
			})
		}
	}
}

// TestLostKeys drops all tables: no new key gets the fid of another one.
func TestLostKeys(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	loadRows(t, st, "d", pointSchema, points(t, 1, 6)...)
	if _, err := connect(t, url).Exec(t.Context(), "DROP TABLE puy.v_1_1 CASCADE; DROP TABLE puy.v_1_2 CASCADE"); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Rollback(t.Context(), "d"); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("rollback to nothing: %v", err)
	}
	want := map[string]int64{"k8": 7, "k7": 8}
	for range 3 {
		loadRows(t, st, "d", pointSchema, points(t, 8, 7)...)
		if diff := cmp.Diff(want, fids(t, st)); diff != "" {
			t.Error(diff)
		}
	}
}
