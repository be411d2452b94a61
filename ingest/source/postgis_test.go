package source

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/fgb"
	"puy/internal/pgtest"
)

func TestTable(t *testing.T) {
	url := pgtest.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	_, err = conn.Exec(t.Context(), `CREATE SCHEMA "Voirie";
		CREATE TABLE "Voirie"."Pistes" (id text PRIMARY KEY, n int, big bigint, x numeric(6,2), ok boolean, d date, at timestamptz, local timestamp,
			j jsonb, tags text[], raw bytea, u uuid, geom geometry(LineString, 2154));
		INSERT INTO "Voirie"."Pistes" VALUES
			('01002', 1, 9007199254740993, 1.25, true, '2026-11-23', '2026-11-23 10:00:00.5+01', '2026-11-23 10:00', '{"a":[1]}', '{x,"y,z"}', '\x00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'SRID=2154;LINESTRING(700000 6500000, 700100 6500100)'),
			('01001', NULL, 5, 'NaN', NULL, 'infinity', NULL, NULL, NULL, '{}', NULL, NULL, NULL);
		CREATE VIEW "Voirie".tout AS SELECT id, ST_Transform(geom, 27572) AS geom FROM "Voirie"."Pistes";
		CREATE TABLE plat (code text, v float8);
		INSERT INTO plat VALUES ('007', 1.5);`)
	if err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string {
		return map[string]string{"PUY_SOURCE": url, "BROKEN": "postgres://user:secret@[x", "GONE": "postgres://user:secret@127.0.0.1:1/x"}[name]
	}
	for _, test := range []struct {
		table string
		want  []string
	}{
		{"Voirie.Pistes", []string{
			"Voirie.Pistes LineString EPSG:2154 id:text n:integer big:integer x:number ok:boolean d:date at:date-time local:date-time j:json tags:text-array u:text",
			`01002 LineString 1 9007199254740993 1.25 true 2026-11-23 2026-11-23T09:00:00.5Z 2026-11-23T10:00:00Z {"a": [1]} ["x","y,z"] a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11`,
			`01001 LineString? - 5 - - - - - - [] -`}},
		{"plat", []string{"plat None CRS? code:text v:number", "007 None 1.5"}},
	} {
		got, err := readTable(t, catalog.Source{PostGIS: "PUY_SOURCE", Table: test.table}, getenv)
		if err != nil {
			t.Errorf("%s: %v", test.table, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.table, diff)
		}
	}
	// PostGIS transforms what puy does not know.
	f, err := Open(t.Context(), catalog.Source{PostGIS: "PUY_SOURCE", Table: "Voirie.tout"}, Mark{}, Options{Temp: t.TempDir(), Getenv: getenv})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := fgb.Format().Open(t.Context(), f.Source, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if l := r.Layer(); l.CRS.String() != "EPSG:4326" || l.Bounds.MinX < 2.9 || l.Bounds.MaxX > 3.1 || l.Bounds.MinY < 45 || l.Bounds.MaxY > 46 {
		t.Errorf("the view is in %s at %v", l.CRS, l.Bounds)
	}
	for _, c := range []struct {
		source catalog.Source
		says   string
	}{
		{catalog.Source{PostGIS: "PUY_SOURCE", Table: "absent"}, "has no table absent"},
		{catalog.Source{PostGIS: "PUY_SOURCE", Table: `x"; DROP TABLE plat`}, "has no table"},
		{catalog.Source{PostGIS: "UNSET", Table: "plat"}, "the environment variable UNSET"},
		{catalog.Source{PostGIS: "BROKEN", Table: "plat"}, "cannot be understood"},
		{catalog.Source{PostGIS: "GONE", Table: "plat"}, "cannot reach the database of GONE"},
	} {
		_, _, err := openHere(t, c.source, Mark{}, Options{Getenv: getenv})
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", c.source, err)
		}
	}
}

// readTable tells what was copied of a table, a line for the layer and one each row.
func readTable(t *testing.T, s catalog.Source, getenv func(string) string) ([]string, error) {
	f, err := Open(t.Context(), s, Mark{}, Options{Temp: t.TempDir(), Getenv: getenv})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := fgb.Format().Open(t.Context(), f.Source, format.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	l := r.Layer()
	crs := "CRS?"
	if l.CRS != 0 {
		crs = l.CRS.String()
	}
	head := fmt.Sprintf("%s %s %s", l.Name, l.Schema.Geometry, crs)
	for _, field := range l.Schema.Fields {
		head += fmt.Sprintf(" %s:%s", field.Name, field.Type)
	}
	lines := []string{head}
	for {
		var feature geo.Feature
		if err := r.Read(&feature); err == io.EOF {
			return lines, nil
		} else if err != nil {
			return lines, err
		}
		line := feature.Values[0].String() + " " + feature.Geometry.Type().String()
		if l.Schema.Spatial() && feature.Geometry.IsNull() {
			line = feature.Values[0].String() + " LineString?"
		}
		for _, v := range feature.Values[1:] {
			text := v.String()
			if v.IsNull() {
				text = "-"
			}
			line += " " + text
		}
		lines = append(lines, line)
	}
}
