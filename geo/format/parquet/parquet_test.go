package parquet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	reference "github.com/parquet-go/parquet-go"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/parquet"
	"puy/geo/format/wkt"
	"puy/internal/formattest"
)

// read gives the layer and each row as text: number, geometry, values; or what is wrong.
func read(t *testing.T, content []byte, opt format.Options) (format.Layer, []string) {
	t.Helper()
	layer, lines, err := tryRead(t, content, opt)
	if err != nil {
		t.Fatal(err)
	}
	return layer, lines
}

func tryRead(t *testing.T, content []byte, opt format.Options) (layer format.Layer, lines []string, err error) {
	t.Helper()
	return formattest.Rows(parquet.Format(), formattest.Source(t, "données.parquet", content), opt)
}

func written[T any](t *testing.T, meta string, list ...T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := reference.NewGenericWriter[T](&b)
	if meta != "" {
		w.SetKeyValueMetadata("geo", meta)
	}
	if _, err := w.Write(list); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func shape(t *testing.T, text string) geo.Geometry {
	t.Helper()
	g, _, err := wkt.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

type box struct {
	XMin float64 `parquet:"xmin"`
	YMin float64 `parquet:"ymin"`
	XMax float64 `parquet:"xmax"`
	YMax float64 `parquet:"ymax"`
}

type place struct {
	Name  string   `parquet:"name"`
	Tags  []string `parquet:"tags,list"`
	Geom  []byte   `parquet:"geom,optional"`
	Other []byte   `parquet:"other,optional"`
	BBox  box      `parquet:"bbox"`
	Bytes []byte   `parquet:"bytes"`
	Loose []byte   `parquet:"loose"`
}

func places(t *testing.T) []place {
	point := shape(t, "POINT (3.1 45.8)").AppendWKB(nil)
	return []place{
		{"Clermont", []string{"a", "b"}, point, point, box{}, []byte{0xff}, []byte("texte")},
		{"Riom", nil, shape(t, "MULTIPOINT ((1 2), (3 4))").AppendWKB(nil), nil, box{}, nil, []byte("é")},
		{"Vichy", nil, nil, nil, box{}, nil, nil},
		{"Thiers", nil, []byte{1, 1, 0, 0, 0, 9}, nil, box{}, nil, nil},
	}
}

const usualMetadata = `{"version":"1.1.0","primary_column":"geom","columns":{"geom":{"encoding":"WKB","geometry_types":[],"bbox":[1,2,3.1,45.8],
"crs":%s},"other":{"encoding":"WKB","geometry_types":[]}}}`

func TestRead(t *testing.T) {
	lambert := `{"type":"ProjectedCRS","name":"x","id":{"authority":"EPSG","code":2154}}`
	layer, lines := read(t, written(t, fmt.Sprintf(usualMetadata, lambert), places(t)...), format.Options{})
	want := []string{"1 POINT (3.1 45.8)|Clermont|[\"a\",\"b\"]|texte", "2 MULTIPOINT (1 2, 3 4)|Riom|[]|é", "3 |Vichy|[]|",
		"row 4: geom geometry WKB: truncated at byte 5"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	wantLayer := format.Layer{Name: "données", CRS: crs.Lamb93, Count: 4, Bounds: geo.Bounds{MinX: 1, MinY: 2, MaxX: 3.1, MaxY: 45.8},
		Schema: geo.Schema{Geometry: geo.GeometryMultiPoint, Fields: []geo.Field{{Name: "name", Type: geo.TypeText}, {Name: "tags", Type: geo.TypeTextArray}, {Name: "loose", Type: geo.TypeText}}},
		Warnings: []geo.Problem{{Column: "other", Rule: geo.RuleIgnored, Detail: "a further column of geometries"},
			{Column: "bytes", Rule: geo.RuleIgnored, Detail: "a binary column"}}}
	if diff := cmp.Diff(wantLayer, layer); diff != "" {
		t.Error(diff)
	}
}

func TestReadFindsTheCRS(t *testing.T) {
	for text, want := range map[string]crs.Code{
		`null`: 0, `{"id":{"authority":"OGC","code":"CRS84"}}`: crs.CRS84, `{"id":{"authority":"EPSG","code":4326}}`: crs.WGS84,
		`{"type":"CompoundCRS","components":[{"id":{"authority":"EPSG","code":2154}}]}`: crs.Lamb93,
		`{"type":"BoundCRS","source_crs":{"id":{"authority":"EPSG","code":3857}}}`:      crs.WebMerc,
		`"EPSG:2154"`: crs.Lamb93, `{"name":"unknown"}`: 0, `{"id":{"authority":"EPSG","code":31370}}`: 0, `7`: 0,
	} {
		layer, _ := read(t, written(t, fmt.Sprintf(usualMetadata, text), places(t)...), format.Options{})
		warned := false
		for _, w := range layer.Warnings {
			warned = warned || w.Rule == geo.RuleUnknownCRS
		}
		if layer.CRS != want || warned != (want == 0 && text != "null") {
			t.Errorf("%s: %v, warned %t", text, layer.CRS, warned)
		}
	}
	layer, _ := read(t, written(t, fmt.Sprintf(usualMetadata, "null"), places(t)...), format.Options{CRS: crs.Lamb93})
	if layer.CRS != crs.Lamb93 {
		t.Error(layer.CRS)
	}
	without := strings.Replace(usualMetadata, ",\n\"crs\":%s", "", 1)
	if layer, _ := read(t, written(t, without, places(t)...), format.Options{}); layer.CRS != crs.CRS84 {
		t.Error(layer.CRS)
	}
}

func TestReadWithOptions(t *testing.T) {
	file := written(t, fmt.Sprintf(usualMetadata, "null"), places(t)...)
	layer, lines := read(t, file, format.Options{Geometry: "other", Types: map[string]geo.FieldType{"name": geo.TypeInteger}})
	if layer.Schema.Geometry != geo.GeometryPoint || lines[0] != "row 1: name type not of type integer" {
		t.Error(layer.Schema.Geometry, lines)
	}
	if layer, lines := read(t, file, format.Options{Geometry: format.NoGeometryColumn}); layer.Schema.Spatial() || lines[0] != `1 |Clermont|["a","b"]|texte` {
		t.Error(layer.Schema.Geometry, lines)
	}
	for _, opt := range []format.Options{{Geometry: "missing"}, {X: "a", Y: "b"}} {
		if _, _, err := tryRead(t, file, opt); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

func TestReadWithoutMetadata(t *testing.T) {
	list := places(t)[:3]
	layer, lines := read(t, written(t, "", list...), format.Options{})
	if layer.Schema.Geometry != geo.GeometryMultiPoint || layer.CRS != 0 || len(lines) != 3 || !strings.HasPrefix(lines[0], "1 POINT (3.1 45.8)|Clermont") {
		t.Error(layer, lines)
	}
	list[1].Geom = []byte("no geometry")
	if layer, _ := read(t, written(t, "", list...), format.Options{}); layer.Schema.Spatial() {
		t.Error("bytes were taken for geometries")
	}
}

func TestReadNative(t *testing.T) {
	type position struct {
		X float64 `parquet:"x"`
		Y float64 `parquet:"y"`
	}
	meta := func(encoding string) string {
		return `{"primary_column":"g","columns":{"g":{"encoding":"` + encoding + `"}}}`
	}
	p := func(c ...float64) (list []position) {
		for i := 0; i < len(c); i += 2 {
			list = append(list, position{c[i], c[i+1]})
		}
		return list
	}
	check := func(encoding string, file []byte, kind geo.GeometryType, want ...string) {
		t.Helper()
		layer, lines := read(t, file, format.Options{})
		if diff := cmp.Diff(want, lines); diff != "" || layer.Schema.Geometry != kind || layer.CRS != crs.CRS84 {
			t.Error(encoding, layer.Schema.Geometry, layer.CRS, diff)
		}
	}
	type points struct {
		G *position `parquet:"g,optional"`
	}
	check("point", written(t, meta("point"), points{&position{1, 2}}, points{}), geo.GeometryPoint, "1 POINT (1 2)", "2 ")
	type lines struct {
		G []position `parquet:"g,optional,list"`
	}
	check("linestring", written(t, meta("linestring"), lines{p(1, 2, 3, 4)}, lines{p(5, 6, 7, 8, 9, 10)}), geo.GeometryLineString, "1 LINESTRING (1 2, 3 4)", "2 LINESTRING (5 6, 7 8, 9 10)")
	check("multipoint", written(t, meta("multipoint"), lines{p(1, 2, 3, 4)}), geo.GeometryMultiPoint, "1 MULTIPOINT (1 2, 3 4)")
	type ring struct {
		P []position `parquet:"list,list"`
	}
	type areas struct {
		G []ring `parquet:"g,list"`
	}
	outer, hole := ring{p(0, 0, 9, 0, 9, 9, 0, 0)}, ring{p(2, 1, 3, 1, 3, 2, 2, 1)}
	check("polygon", written(t, meta("polygon"), areas{[]ring{outer, hole}}, areas{[]ring{outer}}), geo.GeometryPolygon,
		"1 POLYGON ((0 0, 9 0, 9 9, 0 0), (2 1, 3 1, 3 2, 2 1))", "2 POLYGON ((0 0, 9 0, 9 9, 0 0))")
	type area struct {
		R []ring `parquet:"list,list"`
	}
	type multi struct {
		G []area `parquet:"g,list"`
	}
	check("multipolygon", written(t, meta("multipolygon"), multi{[]area{{[]ring{outer, hole}}, {[]ring{outer}}}}), geo.GeometryMultiPolygon,
		"1 MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (2 1, 3 1, 3 2, 2 1)), ((0 0, 9 0, 9 9, 0 0)))")
	if _, _, err := tryRead(t, written(t, meta("polygon"), points{}), format.Options{}); geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
	if _, _, err := tryRead(t, written(t, meta("circle"), points{}), format.Options{}); geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
}

func TestGeoMetadataThatIsNone(t *testing.T) {
	for _, meta := range []string{"{", "[]", `{"primary_column":"x","columns":{}}`, `{"primary_column":"name","columns":{"name":{"encoding":"WKB"}}}`} {
		_, _, err := tryRead(t, written(t, meta, places(t)...), format.Options{})
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "données.parquet") {
			t.Errorf("%s: %v", meta, err)
		}
	}
	if !json.Valid([]byte(fmt.Sprintf(usualMetadata, "null"))) {
		t.Error("the fixture is no JSON")
	}
}

func TestReadTablesOfCoordinates(t *testing.T) {
	type row struct {
		Name string   `parquet:"name"`
		Lon  *float64 `parquet:"longitude,optional"`
		Lat  *float64 `parquet:"latitude,optional"`
		E    int64    `parquet:"est"`
		N    int64    `parquet:"nord"`
		WKT  string   `parquet:"trace"`
	}
	x, y := 3.0823, 45.7833
	list := []row{{"a", &x, &y, 706400, 6520800, "LINESTRING (1 2, 3 4)"}, {"b", nil, nil, 706401, 6520801, "oui"}, {"c", &x, nil, 706402, 6520802, ""}}
	file := written(t, "", list...)
	for _, c := range []struct {
		opt   format.Options
		crs   crs.Code
		kind  geo.GeometryType
		lines []string
	}{
		{format.Options{Geometry: "trace"}, crs.CRS84, geo.GeometryLineString, []string{"1 LINESTRING (1 2, 3 4)|a|3.0823|45.7833|706400|6520800",
			"row 2: trace geometry WKT", "3 |c|3.0823||706402|6520802"}},
		{format.Options{X: "est", Y: "nord"}, crs.Lamb93, geo.GeometryPoint, []string{"1 POINT (706400 6520800)|a|3.0823|45.7833|706400|6520800|LINESTRING (1 2, 3 4)",
			"2 POINT (706401 6520801)|b|||706401|6520801|oui", "3 POINT (706402 6520802)|c|3.0823||706402|6520802|"}},
		{format.Options{Geometry: format.NoGeometryColumn}, 0, geo.GeometryNone, []string{"1 |a|3.0823", "2 |b||", "3 |c|"}},
	} {
		layer, lines := read(t, file, c.opt)
		if layer.CRS != c.crs || layer.Schema.Geometry != c.kind || len(lines) != len(c.lines) {
			t.Errorf("%+v: %+v %q", c.opt, layer, lines)
			continue
		}
		for i := range lines {
			if !strings.HasPrefix(lines[i], c.lines[i]) {
				t.Errorf("%+v: %s, want %s", c.opt, lines[i], c.lines[i])
			}
		}
	}
	list[1].WKT, list[0].WKT = "", ""
	layer, lines := read(t, written(t, "", list...), format.Options{})
	if layer.CRS != crs.CRS84 || layer.Schema.Geometry != geo.GeometryPoint || lines[0] != "1 POINT (3.0823 45.7833)|a|3.0823|45.7833|706400|6520800|" ||
		lines[2] != "row 3: latitude geometry not a number" || len(layer.Schema.Fields) != 6 {
		t.Errorf("%+v %q", layer, lines)
	}
	if _, _, err := tryRead(t, file, format.Options{X: "est", Y: "sud"}); geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
}
