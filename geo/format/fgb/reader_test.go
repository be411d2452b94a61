package fgb_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/fgb"
)

func TestReadsWhatGDALWrites(t *testing.T) {
	tests := []struct {
		file, schema string
		want         []string
	}{
		{"every.fgb", "code:text n16:integer n64:integer x:number yes:boolean day:date-time instant:date-time hour:text list:text Point z=true EPSG:4326 n=2",
			[]string{
				`1 t:01000 i:7 i:9007199254740993 n:1.5 b:true d:2024-02-29T00:00:00Z d:2024-02-29T23:59:59.123Z t:0000-00-00T12:30:00 t:["a","é"] POINT Z (3.087 45.777 410)`,
				`2 t:63113 i:-1 n: n: b:false n: n: n: t: POINT Z (2.96475 45.77222 1465)`}},
		{"mixed.fgb", "id:text Geometry z=false EPSG:4326 n=8",
			[]string{
				"1 t:1 POINT (1 2)", "2 t:2 LINESTRING (0 0, 1 1, 2 0)",
				"3 t:3 POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 1 1))",
				"4 t:4 MULTIPOINT (1 2, 3 4)", "5 t:5 MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))",
				"6 t:6 MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.1, 5.6 5.1, 5.6 5.2, 5.5 5.1)))",
				"7 t:7 GEOMETRYCOLLECTION (POINT (1 2), MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0))))",
				"!8  geometry;"}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			layer, got, err := rows(source(t, fixture(t, test.file)), format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if s := schemaText(layer); s != test.schema {
				t.Errorf("schema\n got %s\nwant %s", s, test.schema)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadsPastAnIndex(t *testing.T) {
	plain := fixture(t, "grid.fgb")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(plain)
	_ = z.Close()
	for name, b := range map[string][]byte{"plain": plain, "gzip": packed.Bytes()} {
		t.Run(name, func(t *testing.T) {
			layer, got, err := rows(source(t, b), format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := "name:text Polygon z=false EPSG:2154 n=40"; schemaText(layer) != want {
				t.Errorf("schema %s", schemaText(layer))
			}
			if want := (geo.Bounds{MinX: 700000, MinY: 6520000, MaxX: 707900, MaxY: 6524900}); layer.Bounds != want {
				t.Errorf("bounds %v", layer.Bounds)
			}
			if want := "1 t:c07 POLYGON ((707000 6520000, 707900 6520000, 707900 6520900, 707000 6520900, 707000 6520000))"; len(got) != 40 || got[0] != want {
				t.Errorf("%d rows, the first %s", len(got), got[0])
			}
		})
	}
}

func TestOptions(t *testing.T) {
	src := source(t, fixture(t, "every.fgb"))
	layer, got, err := rows(src, format.Options{CRS: 2154, Geometry: format.NoGeometryColumn, Layer: "every",
		Types: map[string]geo.FieldType{"code": geo.TypeInteger, "n16": geo.TypeText, "day": geo.TypeDate, "list": geo.TypeTextArray}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "code:integer n16:text n64:integer x:number yes:boolean day:date instant:date-time hour:text list:text-array None z=false EPSG:2154 n=2"; schemaText(layer) != want {
		t.Errorf("schema %s", schemaText(layer))
	}
	want := []string{
		`1 i:1000 t:7 i:9007199254740993 n:1.5 b:true d:2024-02-29 d:2024-02-29T23:59:59.123Z t:0000-00-00T12:30:00 t:["a","é"] -`,
		"2 i:63113 t:-1 n: n: b:false n: n: n: n: -"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, _, err := rows(src, format.Options{Layer: "other"}); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("a layer that is not there: %v", err)
	}
	_, got, err = rows(src, format.Options{Types: map[string]geo.FieldType{"list": geo.TypeInteger}})
	if err != nil || !strings.HasPrefix(got[0], "!1 list type") {
		t.Errorf("a value that does not fit its declared type: %v %v", got, err)
	}
}

func TestTruncatedFilesNameTheRow(t *testing.T) {
	put := scratch(t)
	for _, name := range []string{"every.fgb", "grid.fgb", "mixed.fgb"} {
		whole := fixture(t, name)
		for n := 1; n < len(whole); n += 1 + n/100 {
			_, _, err := rows(put(whole[:n]), format.Options{})
			if geo.KindOf(err) != geo.KindInvalid {
				t.Fatalf("%s cut at byte %d of %d: %v", name, n, len(whole), err)
			}
		}
		_, _, err := rows(put(whole[:len(whole)-3]), format.Options{})
		if err == nil || !strings.Contains(err.Error(), "row ") {
			t.Errorf("%s cut in its last row: %v", name, err)
		}
	}
}

func TestDamagedBytesNeverPanic(t *testing.T) {
	put := scratch(t)
	whole := fixture(t, "mixed.fgb")
	noticed := 0
	for n := range whole {
		if n > 200 && n < len(whole)/2 { // the text of the CRS
			continue
		}
		b := bytes.Clone(whole)
		b[n] ^= 0xff
		_, got, err := rows(put(b), format.Options{})
		if err != nil || strings.Count(strings.Join(got, ""), "!") > 1 {
			noticed++
		}
	}
	if noticed < 300 {
		t.Errorf("damage was noticed only %d times", noticed)
	}
}

func TestRowsBeyondTheCount(t *testing.T) {
	b := table(t)
	b = append(b, 8, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0)
	_, got, err := rows(source(t, b), format.Options{})
	if err != nil || len(got) != 3 || got[2] != "!3  syntax;" {
		t.Errorf("%q %v", got, err)
	}
}

func TestDetect(t *testing.T) {
	detect := fgb.Format().Detect
	if !detect("x.bin", table(t)) || detect("x.fgb", []byte("fgb")) || detect("x.fgb", []byte(`{"type":"Feature"}`)) {
		t.Error("files are told by their first eight bytes")
	}
	if _, _, err := rows(source(t, []byte("fgb\x02fgb\x00....")), format.Options{}); err == nil || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("version 2: %v", err)
	}
}
