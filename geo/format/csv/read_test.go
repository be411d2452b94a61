package csv_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/csv"
	"puy/geo/format/wkt"
)

// table is what is compared of a file: fields as "name:type", rows as their values
// between bars, then the geometry, or the rules and columns of the problems.
type table struct {
	Fields   string
	Geometry geo.GeometryType
	CRS      crs.Code
	Rows     []string
}

func openText(t testing.TB, name, content string, opt format.Options) (format.Reader, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return csv.Format().Open(context.Background(), src, opt)
}

func readText(t testing.TB, content string, opt format.Options) (table, format.Layer) {
	t.Helper()
	r, err := openText(t, "a.csv", content, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	layer := r.Layer()
	got := table{Geometry: layer.Schema.Geometry, CRS: layer.CRS}
	var fields []string
	for _, f := range layer.Schema.Fields {
		fields = append(fields, f.Name+":"+f.Type.String())
	}
	got.Fields = strings.Join(fields, " ")
	var f geo.Feature
	for n := int64(1); ; n++ {
		err := r.Read(&f)
		if err == io.EOF {
			if layer.Count != n-1 {
				t.Errorf("%d rows, counted %d", n-1, layer.Count)
			}
			return got, layer
		}
		var row []string
		if bad, is := errors.AsType[*format.BadRow](err); is {
			for _, p := range bad.Problems {
				if p.Row != n {
					t.Errorf("a problem of row %d in row %d", p.Row, n)
				}
				row = append(row, "!"+string(p.Rule)+" "+p.Column)
			}
		} else if err != nil {
			t.Fatal(err)
		} else {
			for _, v := range f.Values {
				row = append(row, v.String())
			}
			if layer.Schema.Spatial() {
				row = append(row, string(wkt.Append(nil, f.Geometry, 7)))
			}
			if f.FID != n {
				t.Errorf("row %d has FID %d", n, f.FID)
			}
		}
		got.Rows = append(got.Rows, strings.Join(row, "|"))
	}
}

func TestTables(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    table
	}{
		"comma":                    {"a,b\n1,x\n2,y\n", table{Fields: "a:integer b:text", Rows: []string{"1|x", "2|y"}}},
		"semicolon":                {"a;b\r\n1,5;x, y\r\n2;y\r\n", table{Fields: "a:number b:text", Rows: []string{"1.5|x, y", "2|y"}}},
		"tab":                      {"a,b\tc\n1\t2\n", table{Fields: "a,b:integer c:integer", Rows: []string{"1|2"}}},
		"bar":                      {"a|b\n1|2\n", table{Fields: "a:integer b:integer", Rows: []string{"1|2"}}},
		"one column":               {"nom\nRue, haute\nRue\n", table{Fields: "nom:text", Rows: []string{"Rue, haute", "Rue"}}},
		"one column, no delimiter": {"nom\nRue;haute\na|b,c\n", table{Fields: "nom:text", Rows: []string{"Rue;haute", "a|b,c"}}},
		"title before":             {"Titre\na,b,c\n1,2,3\n4,5,6\n", table{Fields: "Titre:text", Rows: []string{"!columns ", "!columns ", "!columns "}}},
		"pairs inside":             {"a;p\n1;45.1, 3.2\n2;45.2, 3.3\n", table{Fields: "a:integer p:text", Rows: []string{"1|45.1, 3.2", "2|45.2, 3.3"}}},
		"a sign before a quote":    {"\"a\",\"b;\"\n\"x\",\"0;\"\n", table{Fields: "a:text b;:text", Rows: []string{"x|0;"}}},
		"sep line":                 {"sep=;\na;b\n1;2\n", table{Fields: "a:integer b:integer", Rows: []string{"1|2"}}},
		"no line break":            {"a,b\n1,2", table{Fields: "a:integer b:integer", Rows: []string{"1|2"}}},
		"old Mac":                  {"a,b\r1,2\r3,4\r", table{Fields: "a:integer b:integer", Rows: []string{"1|2", "3|4"}}},
		"quotes": {"a,\"b\"\n\"1\"\"2\",\"x,\ny\"\n\"q\"z,5\"\n\"\",\"\"\n",
			table{Fields: "a:text b:text", Rows: []string{"1\"2|x,\ny", `qz|5"`, "|"}}},
		"blank lines":      {"\n\na,b\n\n1,2\n  \n3,4\n\n", table{Fields: "a:integer b:integer", Rows: []string{"1|2", "3|4"}}},
		"comments":         {"# source, somewhere\n# today\na,b,c\n#1,2,3\n", table{Fields: "a:text b:integer c:integer", Rows: []string{"#1|2|3"}}},
		"header with hash": {"#a,b\n1,2\n3,4\n", table{Fields: "#a:integer b:integer", Rows: []string{"1|2", "3|4"}}},
		"names":            {"a,,a,a_2,\"b\n c\"\n1,2,3,4,5\n", table{Fields: "a:integer column_2:integer a_3:integer a_2:integer b c:integer", Rows: []string{"1|2|3|4|5"}}},
		"dBASE names":      {"NOM,C,50;LEN,N,19,11;LE,D\nx;1,5;\n", table{Fields: "NOM:text LEN:number LE:text", Rows: []string{"x|1.5|"}}},
		"trailing comma":   {"a,b,\n1,2,\n3,4,\n", table{Fields: "a:integer b:integer", Rows: []string{"1|2", "3|4"}}},
		"header only":      {"a,b\n", table{Fields: "a:text b:text"}},
		"short and long rows": {"a,b\n1,2\n3\n4,5,6\n7,8, ,\n", table{Fields: "a:integer b:integer",
			Rows: []string{"1|2", "!columns ", "!columns ", "7|8"}}},
		"quote not closed": {"a,b\n1,2\n3,\"x\n4,5\n", table{Fields: "a:integer b:integer", Rows: []string{"1|2", "!syntax "}}},
		"zero byte":        {"a,b\nx,1\ny\x00,2\n", table{Fields: "a:text b:integer", Rows: []string{"x|1", "!encoding a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := readText(t, c.content, format.Options{})
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	const text = "nom;prix\nForêt d’été;12,50\n"
	want := table{Fields: "nom:text prix:number", Rows: []string{"Forêt d’été|12.5"}}
	cp1252, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for encoding, content := range map[string]string{"utf-8": "\ufeff" + text, "windows-1252": cp1252, "utf-16le": utf16} {
		got, layer := readText(t, content, format.Options{})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", encoding, d)
		}
		if layer.Encoding != encoding || layer.Delimiter != ";" {
			t.Errorf("%s: %q, %q", encoding, layer.Encoding, layer.Delimiter)
		}
	}
	if _, layer := readText(t, "a,b\nSaint-Martin-d'HÃ¨res,1\n", format.Options{}); len(layer.Warnings) != 1 || layer.Warnings[0].Rule != geo.RuleEncoding {
		t.Errorf("mojibake: %+v", layer.Warnings)
	}
	got, _ := readText(t, cp1252, format.Options{Encoding: "utf-8"})
	if d := cmp.Diff([]string{"!encoding nom"}, got.Rows); d != "" {
		t.Errorf("wrongly declared (-want +got):\n%s", d)
	}
}

func TestGeometry(t *testing.T) {
	point := func(c crs.Code, fields string, rows ...string) table {
		return table{Fields: fields, Geometry: geo.GeometryPoint, CRS: c, Rows: rows}
	}
	for name, c := range map[string]struct {
		content string
		opt     format.Options
		want    table
	}{
		"lon lat":             {"lat,lon\n45.78,3.08\n,\n", format.Options{}, point(crs.CRS84, "lat:number lon:number", "45.78|3.08|POINT (3.08 45.78)", "||")},
		"decimal comma":       {"Station_latitude;Station_longitude\n43,59;3,88\n", format.Options{}, point(crs.CRS84, "Station_latitude:number Station_longitude:number", "43.59|3.88|POINT (3.88 43.59)")},
		"xlong ylat":          {"xlong;ylat\n5.7;45.2\n", format.Options{}, point(crs.CRS84, "xlong:number ylat:number", "5.7|45.2|POINT (5.7 45.2)")},
		"not a longitude":     {"a_lon_lat_ok,lon\ntrue,5\n", format.Options{}, table{Fields: "a_lon_lat_ok:boolean lon:integer", Rows: []string{"true|5"}}},
		"x y in Lambert-93":   {"X_COM,Y_COM\n708000,6520000\n709000,6521000\n", format.Options{}, point(crs.Lamb93, "X_COM:integer Y_COM:integer", "708000|6520000|POINT (708000 6520000)", "709000|6521000|POINT (709000 6521000)")},
		"x y in CC46":         {"x;y\n1706000,5;5186000\n", format.Options{}, point(3946, "x:number y:integer", "1706000.5|5186000|POINT (1706000.5 5186000)")},
		"x y in degrees":      {"coord_x,coord_y\n3.1,45.7\n", format.Options{}, point(crs.CRS84, "coord_x:number coord_y:number", "3.1|45.7|POINT (3.1 45.7)")},
		"x y somewhere":       {"x,y\n5000000,77\n", format.Options{}, point(crs.Unknown, "x:integer y:integer", "5000000|77|POINT (5000000 77)")},
		"x y declared":        {"x,y\n500000,5000000\n", format.Options{CRS: 32631}, point(32631, "x:integer y:integer", "500000|5000000|POINT (500000 5000000)")},
		"not coordinates":     {"max_x,max_y\n3,4\n", format.Options{}, table{Fields: "max_x:integer max_y:integer", Rows: []string{"3|4"}}},
		"columns declared":    {"a,b\n45,3\n", format.Options{X: "b", Y: "a"}, point(crs.CRS84, "a:integer b:integer", "45|3|POINT (3 45)")},
		"none declared":       {"lon,lat\n3,45\n", format.Options{Geometry: format.NoGeometryColumn}, table{Fields: "lon:integer lat:integer", Rows: []string{"3|45"}}},
		"bad longitude":       {"lon,lat\n3,45\nx,45\n4,\n4,46\n", format.Options{}, point(crs.CRS84, "lon:text lat:integer", "3|45|POINT (3 45)", "!geometry lon", "!geometry lat", "4|46|POINT (4 46)")},
		"geo_point_2d":        {"geo_point_2d\n\"45.78, 3.08\"\n\"\"\n", format.Options{}, point(crs.CRS84, "geo_point_2d:text", "45.78, 3.08|POINT (3.08 45.78)", "|")},
		"coordonneesXY":       {"coordonneesXY;n\n[3.08,45.78];1\n", format.Options{}, point(crs.CRS84, "coordonneesXY:text n:integer", "[3.08,45.78]|1|POINT (3.08 45.78)")},
		"pairs, lon first":    {"coordonnees\n\"3.08,45.78\"\n", format.Options{}, point(crs.CRS84, "coordonnees:text", "3.08,45.78|POINT (3.08 45.78)")},
		"pairs, La Réunion":   {"coordonnees\n\"55.45,-20.9\"\n", format.Options{}, point(crs.CRS84, "coordonnees:text", "55.45,-20.9|POINT (55.45 -20.9)")},
		"pairs, far away":     {"latlon\n\"-33.9, 151.2\"\n", format.Options{}, point(crs.CRS84, "latlon:text", "-33.9, 151.2|POINT (151.2 -33.9)")},
		"pairs, tie":          {"geo_point_2d\n\"60.1, 24.9\"\n", format.Options{}, point(crs.CRS84, "geo_point_2d:text", "60.1, 24.9|POINT (24.9 60.1)")},
		"pairs, tie, XY":      {"coordonneesXY\n\"24.9, 60.1\"\n", format.Options{}, point(crs.CRS84, "coordonneesXY:text", "24.9, 60.1|POINT (24.9 60.1)")},
		"pairs, semicolon":    {"gps,a\n\"45,78 ; 3,08\",1\n", format.Options{}, point(crs.CRS84, "gps:text a:integer", "45,78 ; 3,08|1|POINT (3.08 45.78)")},
		"pairs in metres":     {"coordonnees\n\"708000,6520000\"\n", format.Options{}, point(crs.Lamb93, "coordonnees:text", "708000,6520000|POINT (708000 6520000)")},
		"bad pair":            {"geo_point_2d\n\"45.78, 3.08\"\n\"45.78, 3.08\"\nnulle part\n", format.Options{}, point(crs.CRS84, "geo_point_2d:text", "45.78, 3.08|POINT (3.08 45.78)", "45.78, 3.08|POINT (3.08 45.78)", "!geometry geo_point_2d")},
		"texts called geo":    {"geo,a\nici,1\n", format.Options{}, table{Fields: "geo:text a:integer", Rows: []string{"ici|1"}}},
		"WKT":                 {"a,WKT\n1,\"LINESTRING (3 45, 3.1 45.1)\"\n2,POINT (3 45)\n3,\n", format.Options{}, table{Fields: "a:integer", Geometry: geo.GeometryAny, CRS: crs.CRS84, Rows: []string{"1|LINESTRING (3 45, 3.1 45.1)", "2|POINT (3 45)", "3|"}}},
		"WKT by content":      {"a,où\n1,POINT Z(3 45 410)\n", format.Options{}, point(crs.CRS84, "a:integer", "1|POINT Z (3 45 410)")},
		"EWKT":                {"geom\nSRID=2154;POINT(708000 6520000)\nSRID=3857;POINT(1 1)\n", format.Options{}, point(crs.Lamb93, "", "POINT (708000 6520000)", "!geometry geom")},
		"WKB":                 {"geom,n\n0101000020E610000000000000000008400000000000804640,1\n01010000000000000000001040000000000000,2\n", format.Options{}, point(crs.CRS84, "n:integer", "1|POINT (3 45)", "!geometry geom")},
		"GeoJSON and a pair":  {"geo_point_2d,geo_shape\n\"45.5, 3.5\",\"{\"\"type\"\":\"\"LineString\"\",\"\"coordinates\"\":[[3,45],[4,46]]}\"\n", format.Options{}, table{Fields: "geo_point_2d:text", Geometry: geo.GeometryLineString, CRS: crs.CRS84, Rows: []string{"45.5, 3.5|LINESTRING (3 45, 4 46)"}}},
		"bad WKT":             {"wkt;a\nPOINT (3 45);1\nPOINT (3 45;2\nhuh;3\nPOINT (4 45);4\n", format.Options{}, point(crs.CRS84, "a:integer", "1|POINT (3 45)", "!geometry wkt", "!geometry wkt", "4|POINT (4 45)")},
		"names like geometry": {"type,adresse\nPointe,Place haute\n", format.Options{}, table{Fields: "type:text adresse:text", Rows: []string{"Pointe|Place haute"}}},
		"geometry declared":   {"p,q\n\"45.7, 3\",POINT(1 1)\n", format.Options{Geometry: "p"}, point(crs.CRS84, "p:text q:text", "45.7, 3|POINT(1 1)|POINT (3 45.7)")},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := readText(t, c.content, c.opt)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	_, layer := readText(t, "geo_point_2d\n\"45.5, 3.5\"\n\"46, 3\"\n", format.Options{})
	if want := (geo.Bounds{MinX: 3, MinY: 45.5, MaxX: 3.5, MaxY: 46}); layer.Bounds != want {
		t.Errorf("bounds %v, want %v", layer.Bounds, want)
	}
	if _, layer := readText(t, "a\nPOINT Z (3 45 1)\n", format.Options{}); !layer.Schema.HasZ {
		t.Error("a height was not seen")
	}
}

func TestDeclared(t *testing.T) {
	got, _ := readText(t, "n;d\n01;1,5\nx;y\n", format.Options{Types: map[string]geo.FieldType{"n": geo.TypeText, "d": geo.TypeNumber}})
	if d := cmp.Diff(table{Fields: "n:text d:number", Rows: []string{"01|1.5", "!type d"}}, got); d != "" {
		t.Errorf("types (-want +got):\n%s", d)
	}
	got, _ = readText(t, "a:b\n1,234:2\n", format.Options{Delimiter: ':', Decimal: ','})
	if d := cmp.Diff(table{Fields: "a:number b:integer", Rows: []string{"1.234|2"}}, got); d != "" {
		t.Errorf("delimiter (-want +got):\n%s", d)
	}
}

func TestErrors(t *testing.T) {
	for content, c := range map[string]struct {
		opt  format.Options
		want string
	}{
		" \n \n":                          {format.Options{}, "has no header"},
		"\"a,b\n1":                        {format.Options{}, "has no header"},
		"a,b\n1,2":                        {format.Options{Geometry: "c"}, `no column called "c"`},
		"a,b\n1,3":                        {format.Options{X: "a"}, `no column called ""`},
		"a,b\n1,4":                        {format.Options{Delimiter: '"'}, "cannot be the delimiter"},
		"a,b\n1,5":                        {format.Options{Decimal: 'x'}, "cannot be the decimal sign"},
		"a,b\n1,6":                        {format.Options{Encoding: "klingon"}, "no encoding"},
		"a\n" + strings.Repeat(",", 5000): {format.Options{Delimiter: ','}, "line 2 has more than 4096 cells"},
		"a\n1\n\"" + strings.Repeat("x", 17<<20) + "\"": {format.Options{}, "line 3 has a cell of more than 16 MB"},
		"a\n1\n\"" + strings.Repeat("x", 65<<20):        {format.Options{}, "the record at line 3 takes more than 64 MB"},
	} {
		_, err := openText(t, "a.csv", content, c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: got %v, want %s", content, err, c.want)
		}
		if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
			t.Errorf("%.20q: kind %s", content, k)
		}
	}
}

// TestLongRows has records larger than the window, and many more than it holds.
func TestLongRows(t *testing.T) {
	long := strings.Repeat("é\"\"\n", 300_000)
	r, err := openText(t, "a.csv", "a,b\n"+strings.Repeat("1,x\n", 200_000)+"2,\""+long+"\"\n3,y\n", format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var f geo.Feature
	sum, texts := int64(0), 0
	for {
		if err := r.Read(&f); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		sum += f.Values[0].Integer()
		texts += len(f.Values[1].Text())
	}
	if sum != 200_005 || texts != 200_001+300_000*4 {
		t.Errorf("sum %d, %d bytes of text", sum, texts)
	}
}

func TestDetect(t *testing.T) {
	detect := csv.Format().Detect
	for content, want := range map[string]bool{"a,b\n1,2\n": true, "a;b\n1;2": true, "hello\nworld": false, "<html>,\n<p>,\n": false,
		"{\"a\":1,\n\"b\":2}": false, "PK\x03\x04,a\nb,c": false, "a b\nc d": false} {
		if got := detect("data", []byte(content)); got != want {
			t.Errorf("%q: %t", content, got)
		}
	}
	if !detect("a.csv", []byte("one\ncolumn\n")) || detect("a.csv", []byte("\x89PNG\x00\x01")) || detect("a.csv", []byte("<!doctype html>")) {
		t.Error("by name")
	}
}
