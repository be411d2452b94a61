package postgis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// strings1 gives the rows of a query that gives one text.
func strings1(t *testing.T, conn *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func shape(t *testing.T, g geom.T) geo.Geometry {
	t.Helper()
	s, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func loadRows(t *testing.T, st store.Store, id string, schema geo.Schema, rows ...geo.Feature) catalog.Version {
	t.Helper()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: id}); err != nil {
		t.Fatal(err)
	}
	l, err := st.Begin(t.Context(), id, store.LoadSpec{Schema: schema, Keyed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i := range rows {
		rows[i].FID = int64(i + 1)
		if err := l.Write(t.Context(), &rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Duplicates(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	v, err := l.Commit(t.Context(), store.Outcome{Report: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const viewColumns = `SELECT format('%s %s%s', a.attname, format_type(a.atttypid, a.atttypmod), ' -- ' || col_description(a.attrelid, a.attnum))
	FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

// TestView looks at a dataset as psql and QGIS do.
func TestView(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	point := shape(t, geom.NewPointFlat(geom.XY, []float64{3, 45}))
	line := shape(t, geom.NewLineStringFlat(geom.XY, []float64{3, 45, 4, 46}))
	high := shape(t, geom.NewPointFlat(geom.XYZ, []float64{3, 45, 400}))
	all := geo.Schema{Geometry: geo.GeometryMultiLineString, Fields: []geo.Field{
		{Name: "nom d'été", Type: geo.TypeText, Title: geo.Localized{FR: "Nom d'« été »", EN: "Name"}},
		{Name: "id", Type: geo.TypeInteger}, {Name: "no2", Type: geo.TypeNumber, Title: geo.Localized{FR: "NO₂"}, Unit: "ug/m3", Description: geo.Localized{EN: "mean"}},
		{Name: "open", Type: geo.TypeBoolean}, {Name: "day", Type: geo.TypeDate}, {Name: "at", Type: geo.TypeDateTime},
		{Name: "tags", Type: geo.TypeTextArray}, {Name: "more", Type: geo.TypeJSON}, {Name: "empty", Type: geo.TypeNull},
		{Name: strings.Repeat("é", 40), Type: geo.TypeText}}}
	loadRows(t, st, "pistes-cyclables", all, geo.Feature{ID: "a'b", Geometry: line, Values: []geo.Value{geo.Text("x"), geo.Integer(7), geo.Number(0.5), geo.Boolean(true),
		geo.Date(0), geo.DateTime(time.Unix(0, 0)), geo.TextArray([]string{"p", "q,r"}), geo.JSON(`{"a":12345678901234567890.5}`), {}, geo.Text("long")}})
	want := []string{"fid bigint", "id text", "nom d'été text -- Nom d'« été »", "id_1 bigint", "no2 double precision -- NO₂ (ug/m3): mean", "open boolean",
		"day date", "at timestamp with time zone", "tags text[]", "more jsonb", "empty text", strings.Repeat("é", 30) + "_1 text", "geom geometry(MultiLineString,4326)"}
	if diff := cmp.Diff(want, strings1(t, conn, viewColumns, `data."pistes-cyclables"`)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	got := strings1(t, conn, `SELECT concat_ws('|', fid, id, "nom d'été", id_1, no2, open, day, at AT TIME ZONE 'UTC', tags[2], more->>'a', empty IS NULL, ST_AsText(geom)) FROM data."pistes-cyclables"`)
	if diff := cmp.Diff([]string{"1|a'b|x|7|0.5|t|1970-01-01|1970-01-01 00:00:00|q,r|12345678901234567890.5|t|MULTILINESTRING((3 45,4 46))"}, got); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	types := []struct {
		schema geo.Schema
		shapes []geo.Geometry
		want   string
	}{
		{geo.Schema{Geometry: geo.GeometryPoint}, []geo.Geometry{point, {}}, "geometry(Point,4326)"},
		{geo.Schema{Geometry: geo.GeometryAny}, []geo.Geometry{point, line}, "geometry(Geometry,4326)"},
		{geo.Schema{Geometry: geo.GeometryPoint, HasZ: true}, []geo.Geometry{high, {}}, "geometry(PointZ,4326)"},
		{geo.Schema{Geometry: geo.GeometryPoint, HasZ: true}, []geo.Geometry{high, point}, "geometry"},
		{geo.Schema{}, []geo.Geometry{{}}, ""},
	}
	for i, tt := range types {
		id := fmt.Sprint("t", i)
		var rows []geo.Feature
		for j, g := range tt.shapes {
			rows = append(rows, geo.Feature{ID: fmt.Sprint(j), Geometry: g})
		}
		loadRows(t, st, id, tt.schema, rows...)
		want := []string{"fid bigint", "id text"}
		if tt.want != "" {
			want = append(want, "geom "+tt.want)
			srid := strings1(t, conn, "SELECT srid::text FROM geometry_columns WHERE f_table_schema = 'puy' AND f_table_name = $1", fmt.Sprintf("v_%d_1", i+2))
			if diff := cmp.Diff([]string{"4326"}, srid); diff != "" {
				t.Errorf("SRID of %v: %s", tt.schema, diff)
			}
		}
		if diff := cmp.Diff(want, strings1(t, conn, viewColumns, "data."+id)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.schema, diff)
		}
	}
}

// TestViewFollows has the view show the current version through changes of schema and rollbacks.
func TestViewFollows(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), "LISTEN puy"); err != nil {
		t.Fatal(err)
	}
	look := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, strings1(t, conn, "SELECT to_jsonb(d)::text FROM data.d ORDER BY fid")); diff != "" {
			t.Errorf("view (-want +got):\n%s", diff)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if n, err := conn.WaitForNotification(ctx); err != nil || n.Channel != "puy" {
			t.Errorf("no notification: %v", err)
		}
	}
	one := geo.Schema{Fields: []geo.Field{{Name: "a", Type: geo.TypeText}}}
	two := geo.Schema{Fields: []geo.Field{{Name: "b", Type: geo.TypeInteger}, {Name: "a", Type: geo.TypeInteger}}}
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	conn.WaitForNotification(t.Context())
	loads := []struct {
		schema geo.Schema
		row    geo.Feature
		want   string
	}{
		{one, geo.Feature{ID: "k", Values: []geo.Value{geo.Text("x")}}, `{"a": "x", "id": "k", "fid": 1}`},
		{one, geo.Feature{ID: "k", Values: []geo.Value{geo.Text("y")}}, `{"a": "y", "id": "k", "fid": 1}`},
		{two, geo.Feature{ID: "l", Values: []geo.Value{geo.Integer(1), {}}}, `{"a": null, "b": 1, "id": "l", "fid": 2}`},
	}
	for _, l := range loads {
		loadRows(t, st, "d", l.schema, l.row)
		conn.WaitForNotification(t.Context()) // loadRows also puts the dataset
		look(l.want)
	}
	for _, want := range []string{loads[1].want, loads[0].want} {
		if _, err := st.Rollback(t.Context(), "d"); err != nil {
			t.Fatal(err)
		}
		look(want)
	}
}
