package postgis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// TestInsertThroughView inserts rows as QGIS does, by a role that has no other right.
func TestInsertThroughView(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 3)...)
	loadRows(t, st, "d", pointSchema, points(t, 4, 1)...) // through a table made again
	const first = int64(1) << 40
	_, err := conn.Exec(t.Context(), `DROP ROLE IF EXISTS puy_test_editor; CREATE ROLE puy_test_editor;
		GRANT USAGE ON SCHEMA data TO puy_test_editor; GRANT SELECT, INSERT ON data.d TO puy_test_editor; SET ROLE puy_test_editor`)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"INSERT INTO data.d (nom) VALUES ('by hand') RETURNING fid::text || ' ' || id",
		"INSERT INTO data.d (fid, id, nom, geom) VALUES (NULL, NULL, 'QGIS', public.ST_SetSRID(public.ST_MakePoint(3, 45), 4326)) RETURNING fid::text",
		"INSERT INTO data.d (id) VALUES ('k7') RETURNING fid::text",
		"INSERT INTO data.d (fid, id) VALUES (6, 'k6') RETURNING fid::text",
	} {
		if got := strings1(t, conn, sql); len(got) != 1 {
			t.Errorf("%s: %v", sql, got)
		}
	}
	if _, err := conn.Exec(t.Context(), "RESET ROLE; DROP OWNED BY puy_test_editor; DROP ROLE puy_test_editor"); err != nil {
		t.Error(err)
	}
	want := map[string]int64{"k1": 1, "k2": 2, "k3": 3, "k4": 4, "1099511627776": first, "1099511627777": first + 1, "k7": first + 2, "k6": 6}
	if diff := cmp.Diff(want, fids(t, st)); diff != "" {
		t.Errorf("inserted (-want +got):\n%s", diff)
	}
	n := 0
	for f, err := range st.Features(t.Context(), "d", store.Query{SpatialOnly: true}) {
		if err != nil || f.Geometry.IsNull() {
			t.Errorf("%+v, %v", f, err)
		}
		n++
	}
	if n != 5 {
		t.Errorf("%d features with a geometry, want 5", n)
	}
	if f, err := st.Feature(t.Context(), "d", "1099511627776"); err != nil || f.Values[0] != geo.Text("by hand") {
		t.Errorf("%+v, %v", f, err)
	}
	// The next source has some of the new keys, and others that are new.
	want = map[string]int64{"k1": 1, "k2": 2, "k3": 3, "k4": 4, "k5": 7, "k6": 6, "k7": first + 2, "k8": 8}
	for i, removed := range []int64{2, 0} {
		if v := loadRows(t, st, "d", pointSchema, points(t, 1, 8)...); v.Removed != removed || !v.Compared {
			t.Errorf("load %d: %+v", i, v)
		}
		if diff := cmp.Diff(want, fids(t, st)); diff != "" {
			t.Errorf("load %d (-want +got):\n%s", i, diff)
		}
	}
	loadRows(t, st, "d", pointSchema, append(points(t, 1, 8), geo.Feature{ID: "1099511627776", Values: []geo.Value{{}, {}}})...)
	if got := fids(t, st)["1099511627776"]; got != first {
		t.Errorf("a key that comes back has fid %d, want %d", got, first)
	}
	if got := strings1(t, conn, "INSERT INTO data.d (nom) VALUES ('again') RETURNING fid::text"); got[0] != "1099511627779" {
		t.Errorf("the next inserted row has fid %s", got[0])
	}
}
