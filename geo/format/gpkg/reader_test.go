package gpkg_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/gpkg"
)

// fixture makes a GeoPackage with SQL; :wkt(…) in it stands for a blob.
func fixture(t testing.TB, statements ...string) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fixture.gpkg")
	db, err := gpkg.Open(path, url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := gpkg.CreateCore(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		var args []any
		if before, rest, ok := strings.Cut(s, ":wkt("); ok {
			text, after, _ := strings.Cut(rest, ":)")
			s, args = before+"?"+after, []any{gpkg.AppendBlob(nil, shape(t, text), 4326)}
		}
		if _, err := db.Exec(s, args...); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

const (
	attributes = "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('t', 'attributes', 't')"
	features   = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('t', 'features', 't', 4326)"
	points     = "INSERT INTO gpkg_geometry_columns VALUES ('t', 'geom', 'POINT', 4326, 0, 0)"
)

// read gives the layer, each row as text, and each problem as text.
func read(t testing.TB, src *format.Source, opt format.Options) (format.Layer, []string) {
	t.Helper()
	r, err := gpkg.Format().Open(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var list []string
	var f geo.Feature
	for {
		err := r.Read(&f)
		var bad *format.BadRow
		switch {
		case err == io.EOF:
			return r.Layer(), list
		case errors.As(err, &bad):
			list = append(list, "bad "+string(bad.Problems[0].Rule)+" "+bad.Problems[0].Column)
			continue
		case err != nil:
			t.Fatal(err)
		}
		var b strings.Builder
		b.WriteString(f.ID)
		for _, v := range f.Values {
			b.WriteString("|")
			if v.IsNull() {
				b.WriteString("-")
			}
			b.WriteString(v.String())
		}
		list = append(list, b.String())
	}
}

// TestColumnTypes has one column a case: SQLite lets every value into every column.
func TestColumnTypes(t *testing.T) {
	tests := []struct {
		declared, values string
		want             geo.FieldType
		texts            []string
	}{
		{"BOOLEAN", "0, 1, NULL", geo.TypeBoolean, []string{"false", "true", "-"}},
		{"BOOLEAN", "0, 2", geo.TypeInteger, []string{"0", "2"}},
		{"BOOLEAN", "'oui', 1", geo.TypeText, []string{"oui", "1"}},
		{"TINYINT", "1, -1", geo.TypeInteger, []string{"1", "-1"}},
		{"MEDIUMINT", "9223372036854775807", geo.TypeInteger, []string{"9223372036854775807"}},
		{"INTEGER", "1, 1.5", geo.TypeNumber, []string{"1", "1.5"}},
		{"INTEGER", "1, 'n/a'", geo.TypeText, []string{"1", "n/a"}},
		{"INTEGER", "NULL", geo.TypeInteger, []string{"-"}},
		{"DOUBLE", "1, 1.5", geo.TypeNumber, []string{"1", "1.5"}},
		{"FLOAT", "'x', 1.5", geo.TypeText, []string{"x", "1.5"}},
		{"TEXT(10)", "'a', 5, ''", geo.TypeText, []string{"a", "5", ""}},
		{"VARCHAR(10)", "'a'", geo.TypeText, []string{"a"}},
		{"NUMERIC", "1, 2", geo.TypeInteger, []string{"1", "2"}},
		{"NUMERIC", "1, 2.5", geo.TypeNumber, []string{"1", "2.5"}},
		{"DATE", "'2024-02-29', NULL", geo.TypeDate, []string{"2024-02-29", "-"}},
		{"DATE", "'2024-02-30'", geo.TypeText, []string{"2024-02-30"}},
		{"DATE", "'2024-02-29', '2024-02-29T10:00:00Z'", geo.TypeDateTime, []string{"2024-02-29T00:00:00Z", "2024-02-29T10:00:00Z"}},
		{"DATE", "20240229", geo.TypeInteger, []string{"20240229"}},
		{"DATETIME", "'2024-02-29T10:00:00.123Z', '2024-02-29 10:00:00', '2024-02-29T10:00:00+02:00'", geo.TypeDateTime,
			[]string{"2024-02-29T10:00:00.123Z", "2024-02-29T10:00:00Z", "2024-02-29T08:00:00Z"}},
		{"DATETIME", "'hier'", geo.TypeText, []string{"hier"}},
		{"TEXT", "'a', x'62'", geo.TypeText, []string{"a", "bad type v"}},
		{"TEXT", "'a', CAST(x'ff' AS TEXT)", geo.TypeText, []string{"a", "bad encoding v"}},
	}
	for _, tt := range tests {
		t.Run(tt.declared+" "+tt.values, func(t *testing.T) {
			src := fixture(t, attributes, "CREATE TABLE t (v "+tt.declared+")", "INSERT INTO t VALUES ("+strings.ReplaceAll(tt.values, ", ", "), (")+")")
			layer, rows := read(t, src, format.Options{})
			if len(layer.Schema.Fields) != 1 || layer.Schema.Fields[0].Type != tt.want {
				t.Fatalf("fields %v, want %v", layer.Schema.Fields, tt.want)
			}
			for i := range rows {
				rows[i] = strings.TrimPrefix(rows[i], "|")
			}
			if diff := cmp.Diff(tt.texts, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	ctx := context.Background()
	src := fixture(t, features, points, "CREATE TABLE T (id INTEGER PRIMARY KEY, GEOM POINT, a TEXT, raw BLOB)",
		"INSERT INTO T VALUES (7, :wkt(POINT (1 2):), 'x', x'00')", "INSERT INTO T VALUES (9, NULL, 'y', NULL)", "INSERT INTO T VALUES (11, 'text', 'z', NULL)",
		"INSERT INTO T VALUES (12, x'4750002100000000', 'ext', NULL)",
		"CREATE TABLE other (j TEXT, l TEXT)", "INSERT INTO other VALUES ('{\"a\":1}', '[\"a\",\"b\"]')",
		"INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('other', 'attributes', 'other')",
		"INSERT INTO gpkg_data_columns (table_name, column_name, title, mime_type) VALUES ('other', 'j', 'Objet', 'application/json'), ('other', 'l', NULL, 'application/json')",
		// What the file claims of itself counts for nothing.
		"INSERT INTO gpkg_ogr_contents VALUES ('T', 9223372036854775807)")
	names, err := gpkg.Format().Layers(ctx, src)
	if diff := cmp.Diff([]string{"T", "other"}, names); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	for _, name := range []string{"", "none"} {
		if _, err := gpkg.Format().Open(ctx, src, format.Options{Layer: name}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "T, other") {
			t.Errorf("layer %q: %v", name, err)
		}
	}
	layer, rows := read(t, src, format.Options{Layer: "T"})
	if layer.Count != 4 || layer.CRS != crs.WGS84 || !layer.HasIDs || layer.Schema.Geometry != geo.GeometryPoint || len(layer.Warnings) != 1 || layer.Warnings[0].Column != "raw" {
		t.Errorf("%+v", layer)
	}
	if diff := cmp.Diff([]string{"7|x", "9|y", "bad geometry ", "bad geometry "}, rows); diff != "" {
		t.Error(diff)
	}
	layer, rows = read(t, src, format.Options{Layer: "T", Geometry: format.NoGeometryColumn})
	if layer.Schema.Spatial() || rows[0] != "7|x" {
		t.Errorf("without geometry: %+v %v", layer.Schema, rows)
	}
	layer, rows = read(t, src, format.Options{Layer: "other"})
	want := []geo.Field{{Name: "j", Type: geo.TypeJSON, Title: geo.Localized{FR: "Objet"}}, {Name: "l", Type: geo.TypeTextArray}}
	if diff := cmp.Diff(want, layer.Schema.Fields); diff != "" || rows[0] != `|{"a":1}|["a","b"]` {
		t.Error(diff, rows)
	}
}

func TestCompressed(t *testing.T) {
	src := fixture(t, attributes, "CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES ('é')")
	plain, err := os.ReadFile(src.Path())
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(plain)
	z.Close()
	path := filepath.Join(t.TempDir(), "t.gpkg.gz")
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if src, err = format.OpenSource(path, ""); err != nil {
		t.Fatal(err)
	}
	if _, rows := read(t, src, format.Options{}); len(rows) != 1 || rows[0] != "|é" {
		t.Error(rows)
	}
}

func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) *format.Source {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	whole, err := os.ReadFile(fixture(t, attributes, "CREATE TABLE t (v)", "INSERT INTO t VALUES (zeroblob(100000))").Path())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		src  *format.Source
		says string
	}{
		"text":            {write("a.gpkg", []byte("no database")), "not a database"},
		"SQLite only":     {write("b.gpkg", append([]byte(nil), emptySQLite(t)...)), "not a GeoPackage"},
		"cut off":         {write("c.gpkg", whole[:len(whole)/2]), "cannot be read"},
		"no layer":        {fixture(t), "no layer"},
		"no table":        {fixture(t, attributes), "no layer"},
		"virtual table":   {fixture(t, attributes, "CREATE VIRTUAL TABLE t USING fts5(a)"), "no layer"},
		"no such column":  {fixture(t, features, points, "CREATE TABLE t (a)"), "no column"},
		"function in SQL": {fixture(t, attributes, "CREATE VIEW t AS SELECT fts5(1) AS a"), "cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := gpkg.Format().Open(context.Background(), tt.src, format.Options{})
			if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
	endless := fixture(t, attributes, "CREATE VIEW t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
	ctx, cancel := context.WithCancel(context.Background())
	cancelled := make(chan struct{})
	go func() { defer close(cancelled); cancel() }()
	if _, err := gpkg.Format().Open(ctx, endless, format.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an endless view: %v", err)
	}
	<-cancelled
}

func emptySQLite(t *testing.T) []byte {
	path := filepath.Join(t.TempDir(), "empty")
	db, err := gpkg.Open(path, url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE t (a)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func FuzzReader(f *testing.F) {
	src := fixture(f, features, points, "CREATE TABLE t (id INTEGER PRIMARY KEY, geom POINT, a TEXT, d DATE)",
		"INSERT INTO t VALUES (7, :wkt(POINT (1 2):), 'x', '2024-01-01')", "CREATE VIEW v AS SELECT * FROM t")
	b, err := os.ReadFile(src.Path())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(100), []byte{0xff, 0xff})
	f.Add(uint32(len(b)-20), []byte("GP\x00\x21"))
	// A fuzzer that changed the whole file would hardly get past its header.
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		damaged := append([]byte(nil), b...)
		copy(damaged[int(at)%len(damaged):], patch)
		path := filepath.Join(t.TempDir(), "f.gpkg")
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := gpkg.Format().Open(context.Background(), src, format.Options{})
		if err != nil {
			return
		}
		defer r.Close()
		var feature geo.Feature
		for range 1000 {
			err := r.Read(&feature)
			var bad *format.BadRow
			if err != nil && !errors.As(err, &bad) {
				return
			}
		}
	})
}
