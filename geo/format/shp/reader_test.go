package shp_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/shp"
)

// The fixtures were written by ogr2ogr 3.6.
func TestReadsWhatGDALWrites(t *testing.T) {
	tests := []struct {
		file, schema string
		want         []string
	}{
		{"every.zip", "code:text n16:integer n64:integer x:number yes:integer day:date nom:text Point z=true EPSG:4979 utf-8 n=3", []string{
			"1 t:01000 i:7 i:900719925474099 n:1.5 i:1 d:2024-02-29 t:Événement à Riom POINT Z (3.087 45.777 410)",
			"2 t:63113 i:-1 n: n: i:0 n: n: POINT Z (2.96475 45.77222 1465)",
			"3 n: n: i:-12 n:-0.0000001 n: d:1789-07-14 t:œuvre -"}},
		{"latin.zip", "code:text n16:integer n64:integer x:number yes:integer day:date nom:text Point z=false EPSG:4979 windows-1252 n=3", []string{
			"1 t:01000 i:7 i:900719925474099 n:1.5 i:1 d:2024-02-29 t:Événement à Riom POINT (3.087 45.777)",
			"2 t:63113 i:-1 n: n: i:0 n: n: POINT (2.96475 45.77222)",
			"3 n: n: i:-12 n:-0.0000001 n: d:1789-07-14 t:?uvre -"}},
		{"areas.zip", "id:integer MultiPolygon z=false EPSG:4326 utf-8 n=3", []string{
			"1 i:1 POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 2 2, 1 2, 1 1))",
			"2 i:2 MULTIPOLYGON (((0 0, 0 9, 9 9, 9 0, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1)), ((3 3, 5 5, 5 3, 3 3)), ((20 20, 21 21, 21 20, 20 20)))",
			"3 i:3 -"}},
		{"lines.zip", "id:integer MultiLineString z=false EPSG:2154 utf-8 n=2", []string{
			"1 i:1 LINESTRING (700000 6500000, 700100 6500000, 700100 6500200)",
			"2 i:2 MULTILINESTRING ((700000 6500000, 700001 6500001), (700005 6500005, 700006 6500007))"}},
		{"points.zip", "id:integer MultiPoint z=true EPSG:4979 utf-8 n=1", []string{"1 i:1 MULTIPOINT Z (1 2 3, 4 5 6)"}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			layer, got, err := rows(source(t, test.file, fixture(t, test.file)), format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if s := schemaText(layer); s != test.schema {
				t.Errorf("schema\n got %s\nwant %s", s, test.schema)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if w := warnings(layer); w != "" {
				t.Error(w)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	ctx := context.Background()
	src := source(t, "several.zip", fixture(t, "several.zip"))
	names, err := shp.Format().Layers(ctx, src)
	if err != nil || len(names) != 3 {
		t.Fatal(names, err)
	}
	if _, err := shp.Format().Open(ctx, src, format.Options{}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "areas, lines, every") {
		t.Errorf("no layer named: %v", err)
	}
	if layer, got, err := rows(src, format.Options{Layer: "every"}); err != nil || len(got) != 3 || layer.Name != "every" {
		t.Errorf("%v %v", got, err)
	}
	if _, _, err := rows(src, format.Options{Layer: "autre"}); geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
}

// TestMissingFiles leaves out one file after the other.
func TestMissingFiles(t *testing.T) {
	whole := unzipped(t, fixture(t, "lines.zip"))
	tests := []struct {
		out  string
		want string
	}{
		{".prj", "id:integer MultiLineString z=false  utf-8 n=2"},
		{".shx", "id:integer MultiLineString z=false EPSG:2154 utf-8 n=2 ignored  there is no .shx; the shapes were read without it"},
		{".dbf", "MultiLineString z=false EPSG:2154  n=2 ignored  there is no .dbf: the shapes have no attributes"},
		{".cpg", "id:integer MultiLineString z=false EPSG:2154 utf-8 n=2"},
		{".shp", "id:integer None z=false  utf-8 n=2"},
	}
	for _, test := range tests {
		files := map[string][]byte{}
		for name, b := range whole {
			if !strings.HasSuffix(name, test.out) {
				files["Données/Été/"+strings.ToUpper(name)] = b
			}
		}
		layer, got, err := rows(zipped(t, files), format.Options{})
		if err != nil {
			t.Errorf("without %s: %v", test.out, err)
			continue
		}
		text := strings.TrimSpace(schemaText(layer) + " " + warnings(layer))
		if text != test.want || len(got) != 2 || layer.Name != "LINES" {
			t.Errorf("without %s: %s %v\n got %s\nwant %s", test.out, layer.Name, got, text, test.want)
		}
	}
}

func TestReadsSiblingsOnDisk(t *testing.T) {
	dir := t.TempDir()
	for name, b := range unzipped(t, fixture(t, "lines.zip")) {
		if strings.HasSuffix(name, ".dbf") {
			name = strings.ToUpper(name[len(name)-4:])
			name = "lines" + name
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	src, err := format.OpenSource(filepath.Join(dir, "lines.shp"), "")
	if err != nil {
		t.Fatal(err)
	}
	layer, got, err := rows(src, format.Options{})
	if err != nil || len(got) != 2 || layer.CRS != crs.Lamb93 || layer.Name != "lines" || len(layer.Schema.Fields) != 1 {
		t.Errorf("%+v %v %v", layer, got, err)
	}
	// An upload has no siblings: only the file's own name may lead to them.
	path := filepath.Join(dir, "upload")
	if err := os.WriteFile(path, unzipped(t, fixture(t, "lines.zip"))["lines.shp"], 0o600); err != nil {
		t.Fatal(err)
	}
	if src, err = format.OpenSource(path, "../../lines.shp"); err != nil {
		t.Fatal(err)
	}
	if layer, got, err = rows(src, format.Options{}); err != nil || len(got) != 2 || len(layer.Schema.Fields) != 0 {
		t.Errorf("%+v %v %v", layer, got, err)
	}
}

func TestOptions(t *testing.T) {
	src := source(t, "every.zip", fixture(t, "every.zip"))
	layer, got, err := rows(src, format.Options{CRS: 2154, Geometry: format.NoGeometryColumn,
		Types: map[string]geo.FieldType{"code": geo.TypeInteger, "n16": geo.TypeText, "yes": geo.TypeBoolean, "day": geo.TypeDateTime, "n64": geo.TypeNumber}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "code:integer n16:text n64:number x:number yes:boolean day:date-time nom:text None z=false  utf-8 n=3"; schemaText(layer) != want {
		t.Errorf("schema %s", schemaText(layer))
	}
	want := []string{"!1 code type;", "2 i:63113 t:-1 n: n: b:false n: n: -", "3 n: n: n:-12 n:-0.0000001 n: d:1789-07-14T00:00:00Z t:œuvre -"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if layer, _, err := rows(src, format.Options{CRS: 2154, Encoding: "latin1"}); err != nil || layer.CRS != 2154 || layer.Encoding != "windows-1252" {
		t.Errorf("%+v %v", layer, err)
	}
	for _, opt := range []format.Options{{Encoding: "klingon"}, {X: "x"}, {Geometry: "geom"}} {
		if _, _, err := rows(src, opt); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

// TestTruncated cuts each file at each byte: rows are never lost in silence.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"areas", "points"} {
		whole := unzipped(t, fixture(t, name+".zip"))
		_, all, err := rows(zipped(t, whole), format.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, ext := range []string{".shp", ".dbf", ".shx"} {
			full := whole[name+ext]
			for n := 0; n < len(full); n++ {
				whole[name+ext] = full[:n]
				_, got, err := rows(zipped(t, whole), format.Options{})
				switch {
				case err != nil && geo.KindOf(err) != geo.KindInvalid:
					t.Fatalf("%s%s cut at byte %d: %v", name, ext, n, err)
				case err == nil && ext == ".shx":
					if diff := cmp.Diff(all, got); diff != "" {
						t.Fatalf("%s%s cut at byte %d: %s", name, ext, n, diff)
					}
				case err == nil && !(ext == ".dbf" && n == len(full)-1): // the sign of the end
					t.Fatalf("%s%s cut at byte %d of %d was not noticed", name, ext, n, len(full))
				}
			}
			whole[name+ext] = full
		}
	}
	whole := unzipped(t, fixture(t, "areas.zip"))
	whole["areas.shp"] = whole["areas.shp"][:len(whole["areas.shp"])-1]
	if _, _, err := rows(zipped(t, whole), format.Options{}); err == nil || !strings.Contains(err.Error(), "row 3") {
		t.Errorf("cut in its last row: %v", err)
	}
}

// TestRecordsOutOfOrder reads a file that was edited in place: a record was
// written anew at the end, and its old place holds what no longer counts.
func TestRecordsOutOfOrder(t *testing.T) {
	files := unzipped(t, fixture(t, "lines.zip"))
	main, index := files["lines.shp"], files["lines.shx"]
	first := binary.BigEndian.Uint32(index[104:])*2 + 8 // bytes of the first record
	moved := append([]byte(nil), main[100:100+first]...)
	binary.BigEndian.PutUint32(index[100:], uint32(len(main)/2))
	copy(main[100+8+4+32+8+4:], make([]byte, 16)) // its old coordinates
	main = append(main, moved...)
	binary.BigEndian.PutUint32(main[24:], uint32(len(main)/2))
	files["lines.shp"] = main
	layer, got, err := rows(zipped(t, files), format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 i:1 LINESTRING (700000 6500000, 700100 6500000, 700100 6500200)",
		"2 i:2 MULTILINESTRING ((700000 6500000, 700001 6500001), (700005 6500005, 700006 6500007))"}
	if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(warnings(layer), "read by the .shx") || layer.Count != 2 {
		t.Errorf("%s %s %d", diff, warnings(layer), layer.Count)
	}
	files["lines.shx"] = append(index[:100:100], "nonsense, but of the right length"[:16]...)
	layer, got, err = rows(zipped(t, files), format.Options{})
	if err != nil || len(got) != 3 || !strings.Contains(warnings(layer), "3 shapes and the .dbf has 2") || !strings.Contains(warnings(layer), "does not fit") {
		t.Errorf("a damaged index: %v %v %s", got, err, warnings(layer))
	}
}

func TestRefuses(t *testing.T) {
	lines := unzipped(t, fixture(t, "lines.zip"))
	change := func(name string, at int, bytes ...byte) map[string][]byte {
		files := map[string][]byte{}
		for n, b := range lines {
			files[n] = append([]byte(nil), b...)
		}
		copy(files[name][at:], bytes)
		return files
	}
	tests := []struct {
		name, says string
		files      map[string][]byte
	}{
		{"no layer", "neither a .shp nor a .dbf", map[string][]byte{"a.shx": nil}},
		{"an unknown type of shape", "unknown type 99", change("lines.shp", 32, 99)},
		{"not a main file", "not the main file", change("lines.shp", 0, 1)},
		{"a record of 4 GB", "a record of", func() map[string][]byte {
			files := change("lines.shp", 104, 0x7f, 0xff, 0xff, 0xff)
			delete(files, "lines.shx")
			return files
		}()},
		{"columns wider than records", "the columns up to", change("lines.dbf", 10, 3)},
		{"an unknown type of column", "of type 'é'", change("lines.dbf", 32+11, 0xe9)},
		{"no column", "without a column", change("lines.dbf", 32, '\r')},
		{"no width", "not a dBASE table", change("lines.dbf", 10, 0, 0)},
	}
	for _, test := range tests {
		_, _, err := rows(zipped(t, test.files), format.Options{})
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	files := change("lines.shp", 108, 31) // a MultiPatch
	_, got, err := rows(zipped(t, files), format.Options{})
	if err != nil || len(got) != 2 || got[0] != "!1  geometry;" {
		t.Errorf("%q %v", got, err)
	}
	files = change("lines.prj", 0, []byte("<html><!--")...)
	layer, _, err := rows(zipped(t, files), format.Options{})
	if err != nil || layer.CRS != crs.Unknown || !strings.HasPrefix(warnings(layer), "unknown-crs <html>") {
		t.Errorf("%v %s", err, warnings(layer))
	}
}

func TestDetect(t *testing.T) {
	f := shp.Format()
	lines := unzipped(t, fixture(t, "lines.zip"))
	for _, c := range []struct {
		name string
		head []byte
		want bool
	}{
		{"", lines["lines.shp"], true},
		{"a.dbf", lines["lines.dbf"], true},
		{"", lines["lines.dbf"], false},
		{"a.shp", []byte("no shape"), false},
		{"a.dbf", []byte(strings.Repeat("text;", 20)), false},
		{"", lines["lines.shx"], true}, // it has the same header; Open tells that there is no record
	} {
		if got := f.Detect(c.name, c.head); got != c.want {
			t.Errorf("%s %.20q: %v", c.name, c.head, got)
		}
	}
	if !f.Holds([]string{"x/", "x/a.SHP"}) || f.Holds([]string{"doc.kml"}) {
		t.Error("archives are told by a .shp or a .dbf")
	}
	if s := fmt.Sprint(f.Extensions); s != "[.shp.zip .zip]" {
		t.Error(s)
	}
}
