package postgis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// changesOf gives the changes after an edit as texts, and the number of the last edit.
func changesOf(t *testing.T, st store.Store, version, after int64) (list []string, last int64) {
	t.Helper()
	box := func(b geo.Bounds) string {
		if b.IsEmpty() {
			return "-"
		}
		return fmt.Sprint(b.MinX, " ", b.MinY, " ", b.MaxX, " ", b.MaxY)
	}
	last = after
	for c, err := range st.Changes(t.Context(), "d", version, after) {
		if err != nil {
			t.Fatal(err)
		}
		list, last = append(list, fmt.Sprintf("%d: %s > %s", c.FID, box(c.Before), box(c.After))), c.Edit
	}
	return list, last
}

func currentVersion(t *testing.T, st store.Store) catalog.Version {
	t.Helper()
	d, err := st.Dataset(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	return *d.Current
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func unknown(t *testing.T, st store.Store, version, after int64) {
	t.Helper()
	for _, err := range st.Changes(t.Context(), "d", version, after) {
		if geo.KindOf(err) == geo.KindConflict {
			return
		}
	}
	t.Errorf("the changes after edit %d are known", after)
}

// TestEditsByOthers writes a table and its view as other programs do, by a
// role that has no right on schema puy and is up to no good.
func TestEditsByOthers(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	run(t, conn, `DROP ROLE IF EXISTS puy_test_writer; CREATE ROLE puy_test_writer; GRANT USAGE ON SCHEMA data TO puy_test_writer;
		GRANT SELECT, INSERT, UPDATE, DELETE ON data.d TO puy_test_writer;
		CREATE SCHEMA trap; GRANT ALL ON SCHEMA trap TO puy_test_writer; SET ROLE puy_test_writer; SET search_path = trap, pg_catalog;
		CREATE FUNCTION trap.count(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1/0::bigint';
		CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (false); CREATE DOMAIN pg_temp.box AS pg_catalog.box CHECK (false);
		CREATE DOMAIN pg_temp.bool AS pg_catalog.bool CHECK (false); CREATE TEMP TABLE edits (a int); CREATE TEMP TABLE versions (a int)`)
	defer run(t, conn, "RESET ROLE; DROP OWNED BY puy_test_writer CASCADE; DROP ROLE puy_test_writer")
	const p = "public.ST_SetSRID(public.ST_MakePoint(%s), 4326)"
	at := func(xy string) string { return fmt.Sprintf(p, xy) }
	tests := []struct {
		name, sql string
		want      []string
		rows      int64
		extent    geo.Bounds
	}{
		{"update", "UPDATE data.d SET nom = 'y' WHERE id IN ('k1', 'k2')", []string{"1: 1 45 1 45 > 1 45 1 45", "2: 2 45 2 45 > 2 45 2 45"}, 5, geo.Bounds{MinX: 1, MinY: 45, MaxX: 5, MaxY: 45}},
		{"move", "UPDATE data.d SET geom = " + at("9, 9") + " WHERE fid = 1", []string{"1: 1 45 1 45 > 9 9 9 9"}, 5, geo.Bounds{MinX: 1, MinY: 9, MaxX: 9, MaxY: 45}},
		{"insert", "INSERT INTO data.d (fid, id, geom) VALUES (70, 'a', " + at("-3, 2") + "), (71, 'b', NULL)", []string{"70: - > -3 2 -3 2", "71: - > -"}, 7, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"delete", "DELETE FROM data.d WHERE fid IN (70, 2)", []string{"2: 2 45 2 45 > -", "70: -3 2 -3 2 > -"}, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"nothing", "UPDATE data.d SET nom = '' WHERE false; DELETE FROM data.d WHERE fid = 999", nil, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"another fid", "UPDATE data.d SET fid = 80 WHERE fid = 3", []string{"3: 3 45 3 45 > -", "80: - > 3 45 3 45"}, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"fids pushed on", "UPDATE data.d SET fid = fid + 1000 WHERE fid IN (4, 5)", []string{"4: 4 45 4 45 > -", "5: 5 45 5 45 > -", "1004: - > 4 45 4 45", "1005: - > 5 45 5 45"}, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"transaction", "BEGIN; UPDATE data.d SET geom = NULL WHERE fid = 1; SAVEPOINT a; DELETE FROM data.d; ROLLBACK TO a; UPDATE data.d SET geom = " + at("8, 8") + " WHERE fid = 1; COMMIT",
			[]string{"1: 9 9 9 9 > -", "1: - > 8 8 8 8"}, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"rollback", "BEGIN; DELETE FROM data.d; ROLLBACK", nil, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"nowhere", "UPDATE data.d SET geom = " + at("'Infinity', 99") + " WHERE fid = 1", []string{"1: 8 8 8 8 > 1e+30 99 1e+30 99"}, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"empty", "UPDATE data.d SET geom = 'SRID=4326;POINT EMPTY'::public.geometry WHERE fid = 1", []string{"1: 1e+30 99 1e+30 99 > -"}, 5, geo.Bounds{MinX: -3, MinY: 2, MaxX: 9, MaxY: 45}},
		{"at once", "BEGIN; SET CONSTRAINTS ALL IMMEDIATE; UPDATE data.d SET geom = " + at("1, 1") + " WHERE fid = 1; UPDATE data.d SET nom = '' WHERE fid = 1; COMMIT",
			[]string{"1: - > 1 1 1 1", "1: 1 1 1 1 > 1 1 1 1"}, 5, geo.Bounds{MinX: -3, MinY: 1, MaxX: 9, MaxY: 45}},
		{"upsert", "INSERT INTO data.d (fid, id, geom) VALUES (1, 'k1', " + at("2, 2") + "), (90, 'n', NULL) ON CONFLICT (fid) DO UPDATE SET geom = excluded.geom",
			[]string{"1: 1 1 1 1 > 2 2 2 2", "90: - > -"}, 6, geo.Bounds{MinX: -3, MinY: 1, MaxX: 9, MaxY: 45}},
	}
	for _, tt := range tests {
		was := currentVersion(t, st)
		revision, _ := st.Revision(t.Context())
		run(t, conn, tt.sql)
		got, last := changesOf(t, st, 1, was.Edits)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		now := currentVersion(t, st)
		if now.Rows != tt.rows || now.Extent != tt.extent || now.Edits != last || (now.Edits > was.Edits) != (tt.want != nil) {
			t.Errorf("%s: %d rows in %v, %d edits after %d", tt.name, now.Rows, now.Extent, now.Edits, was.Edits)
		}
		if after, _ := st.Revision(t.Context()); (after > revision) != (tt.want != nil) {
			t.Errorf("%s: revision %d after %d", tt.name, after, revision)
		}
	}
}

// TestShapelessByOthers makes the first features without geometry of a version.
func TestShapelessByOthers(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	count := func() int64 {
		n, _, err := st.Count(t.Context(), "d", store.Query{Bounds: &geo.Bounds{MinX: 1, MinY: 44, MaxX: 2, MaxY: 46}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for i, sql := range []string{"SELECT", "INSERT INTO data.d (nom) VALUES ('x')", "UPDATE data.d SET geom = NULL WHERE fid = 5", "UPDATE puy.v_1_1 SET geom = NULL WHERE fid = 1"} {
		run(t, conn, sql)
		if want := []int64{2, 3, 4, 4}[i]; count() != want {
			t.Errorf("after %s: %d features, want %d", sql, count(), want)
		}
	}
}

// TestUnknownChanges has the log lose track: Changes says so and goes on after that.
func TestUnknownChanges(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	insert := "INSERT INTO data.d (fid, id) SELECT n, 'n' || n FROM generate_series(%d, %d) n"
	losing := []struct {
		name, sql string
		rows      int64
	}{
		{"truncate", "TRUNCATE puy.v_1_1; " + fmt.Sprintf(insert, 10, 12), 3},
		{"truncate in the midst", "BEGIN; DELETE FROM data.d WHERE fid = 10; TRUNCATE puy.v_1_1; " + fmt.Sprintf(insert, 10, 20) + "; COMMIT", 11},
		{"too many", fmt.Sprintf(insert, 1000, 101_000), 100_012},
		{"too many together", "BEGIN; " + fmt.Sprintf(insert, 200_000, 270_000) + "; " + fmt.Sprintf(insert, 300_000, 370_000) + "; COMMIT", 240_014},
		{"column renamed", "ALTER TABLE puy.v_1_1 RENAME geom TO shape; DELETE FROM puy.v_1_1 WHERE fid >= 1000; ALTER TABLE puy.v_1_1 RENAME shape TO geom", 11},
		{"fid renamed", "ALTER TABLE puy.v_1_1 RENAME fid TO other; DELETE FROM puy.v_1_1 WHERE other = 20; ALTER TABLE puy.v_1_1 RENAME other TO fid", 10},
		{"no triggers", "ALTER TABLE puy.v_1_1 DISABLE TRIGGER ALL; DELETE FROM data.d WHERE fid = 19", 9},
	}
	for _, tt := range losing {
		was := currentVersion(t, st).Edits
		run(t, conn, "UPDATE data.d SET nom = 'a' WHERE fid IN (SELECT min(fid) FROM data.d)")
		run(t, conn, tt.sql)
		if tt.name == "no triggers" {
			open(t, url).Close()
		}
		unknown(t, st, 1, was)
		now := currentVersion(t, st)
		if now.Rows != tt.rows {
			t.Errorf("%s: %d rows, want %d", tt.name, now.Rows, tt.rows)
		}
		if got, _ := changesOf(t, st, 1, now.Edits); len(got) != 0 {
			t.Errorf("%s: changes %v after the last edit", tt.name, got)
		}
		run(t, conn, "UPDATE data.d SET nom = 'b' WHERE fid IN (SELECT max(fid) FROM data.d)")
		if got, _ := changesOf(t, st, 1, now.Edits); len(got) != 1 {
			t.Errorf("%s: changes %v, want one", tt.name, got)
		}
	}
	unknown(t, st, 1, currentVersion(t, st).Edits+1)
	if left := strings1(t, conn, "SELECT count(*)::text FROM puy.changes"); left[0] != "1" {
		t.Errorf("%s changes are kept, want 1", left[0])
	}
}

// TestPrunedChanges makes more changes than are kept.
func TestPrunedChanges(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema)
	run(t, conn, "INSERT INTO data.d (fid, id) SELECT n, 'n' || n FROM generate_series(1, 10000) n")
	most := 0
	for i := range 15 {
		run(t, conn, fmt.Sprintf("UPDATE data.d SET n = %d", i))
		var n int
		if _, err := fmt.Sscan(strings1(t, conn, "SELECT count(*)::text FROM puy.changes")[0], &n); err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	if most > 130_000 || most < 110_000 {
		t.Errorf("up to %d changes were kept", most)
	}
	unknown(t, st, 1, 0)
	if got, last := changesOf(t, st, 1, 16-8); len(got) != 80_000 || last != 16 {
		t.Errorf("%d changes to edit %d, want 80000 to edit 16", len(got), last)
	}
}

// TestOldTables has a version that was loaded before there was a log.
func TestOldTables(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	st.Close()
	for _, what := range []string{"insert", "update", "delete", "truncate"} {
		run(t, conn, "DROP TRIGGER puy_log_"+what+" ON puy.v_1_1")
	}
	run(t, conn, "DROP INDEX puy.v_1_1_fid_idx; INSERT INTO data.d (nom) VALUES ('a'), ('b'); UPDATE puy.versions SET logged_from = NULL")
	st = open(t, url)
	defer st.Close()
	run(t, conn, "DELETE FROM data.d WHERE fid = 1")
	v := currentVersion(t, st)
	if got, _ := changesOf(t, st, 1, 0); len(got) != 1 || v.Rows != 6 || v.Edits != 1 {
		t.Errorf("changes %v, %d rows, %d edits", got, v.Rows, v.Edits)
	}
	if n, _, err := st.Count(t.Context(), "d", store.Query{Bounds: &geo.Bounds{MinX: 2, MaxX: 2.5, MinY: 44, MaxY: 46}}, 0); err != nil || n != 3 {
		t.Errorf("%d features in the box, %v; want 3", n, err)
	}
	if got := strings1(t, conn, "SELECT indexdef FROM pg_indexes WHERE indexname = 'v_1_1_fid_idx'"); len(got) != 1 || !strings.Contains(got[0], "IS NULL") {
		t.Errorf("index %q", got)
	}
}

// TestEditsOfDroppedVersion keeps a transaction open until its version is gone.
func TestEditsOfDroppedVersion(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	run(t, conn, "DELETE FROM puy.v_1_1 WHERE fid = 2; BEGIN; UPDATE puy.v_1_1 SET n = 7")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for range 3 { // none waits for the editor, nor does an edit
		loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
		if _, err := st.Edit(ctx, "d", []store.Edit{{Kind: store.Delete, Feature: geo.Feature{ID: "k3"}}}); err != nil {
			t.Fatal(err)
		}
	}
	run(t, conn, "UPDATE puy.v_1_2 SET n = 8; COMMIT")
	if got, _ := changesOf(t, st, 2, 1); len(got) != 4 {
		t.Errorf("changes of version 2: %v", got)
	}
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	if left := strings1(t, conn, "SELECT DISTINCT version::text FROM puy.edits ORDER BY 1"); cmp.Diff([]string{"4"}, left) != "" {
		t.Errorf("the log has edits of the versions %q", left)
	}
	if left := strings1(t, conn, "SELECT count(*)::text FROM puy.changes WHERE batch NOT IN (SELECT batch FROM puy.edits)"); left[0] != "0" {
		t.Errorf("%s changes belong to no edit", left[0])
	}
}
