package geojson_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	reference "github.com/twpayne/go-geom/encoding/geojson"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
)

func geometry(t testing.TB, text string) geo.Geometry {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestAppendGeometryAgreesWithGoGeom(t *testing.T) {
	for _, text := range []string{
		"POINT (3.0800001 45.78)", "POINT Z (3 45 410.5)", "LINESTRING (0 0, 1 -1.5)", "MULTIPOINT (1 2, 3 4)",
		"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 1 1))", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))",
		"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.1, 5.6 5.2, 5.6 5.1, 5.5 5.1)))",
		"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))", "POLYGON EMPTY",
	} {
		g := geometry(t, text)
		got := geojson.AppendGeometry(nil, g, 7)
		want, err := reference.Marshal(g.T())
		if err != nil {
			t.Fatal(err)
		}
		var gotValue, wantValue any
		if err := json.Unmarshal(got, &gotValue); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if err := json.Unmarshal(want, &wantValue); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(wantValue, gotValue); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

func TestAppendGeometryTurnsRings(t *testing.T) {
	for in, want := range map[string]string{
		"POLYGON ((0 0, 0 4, 4 4, 0 0), (1 2, 1.5 2, 1.5 2.5, 1 2))": `{"type":"Polygon","coordinates":[[[0,0],[4,4],[0,4],[0,0]],[[1,2],[1.5,2.5],[1.5,2],[1,2]]]}`,
		"MULTIPOLYGON Z (((0 0 1, 0 4 2, 4 4 3, 0 0 1)))":            `{"type":"MultiPolygon","coordinates":[[[[0,0,1],[4,4,3],[0,4,2],[0,0,1]]]]}`,
	} {
		if got := string(geojson.AppendGeometry(nil, geometry(t, in), 7)); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	if got := string(geojson.AppendGeometry(nil, geo.Geometry{}, 7)); got != "null" {
		t.Errorf("no geometry: %s", got)
	}
	nan, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{math.NaN(), math.Inf(1)}))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(geojson.AppendGeometry(nil, nan, 7)); got != `{"type":"Point","coordinates":[null,null]}` {
		t.Errorf("not finite: %s", got)
	}
}

// FuzzAppendDecimal compares with strconv: at most half a unit of the last decimal
// from the number, and no more digits than it.
func FuzzAppendDecimal(f *testing.F) {
	for _, v := range []float64{0, -0.00000004, 3.0869999999999997, 179.99999999, -180, 1e15, 1e300, 0.1, 12345.678, 4503599627370497} {
		f.Add(v, 7)
	}
	f.Fuzz(func(t *testing.T, v float64, decimals int) {
		if decimals < 0 || decimals > 15 || math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		got := string(geojson.AppendDecimal(nil, v, decimals))
		back, err := strconv.ParseFloat(got, 64)
		if err != nil || !json.Valid([]byte(got)) {
			t.Fatalf("%v: %q: %v", v, got, err)
		}
		unit := math.Pow10(-decimals)
		if math.Abs(back-v) > unit*0.5000001+math.Abs(v)*1e-15 {
			t.Fatalf("%v with %d decimals: %s", v, decimals, got)
		}
		whole, fraction, dot := strings.Cut(got, ".")
		if len(fraction) > decimals || dot && (fraction == "" || fraction[len(fraction)-1] == '0') || whole == "-0" && !dot {
			t.Fatalf("%v with %d decimals: %s", v, decimals, got)
		}
	})
}

func TestWriters(t *testing.T) {
	schema := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: `"n"`, Type: geo.TypeInteger},
		{Name: "d", Type: geo.TypeDate}, {Name: "o", Type: geo.TypeJSON}}}
	features := []geo.Feature{
		{ID: "a/1", Geometry: geometry(t, "POINT (708000.12345 6520000)"), Values: []geo.Value{geo.Text("é\n"), geo.Integer(9007199254740993), geo.Date(0), geo.JSON(`{"a":1}`)}},
		{Values: make([]geo.Value, 4)},
	}
	write := func(f format.Format, code crs.Code) string {
		t.Helper()
		var b bytes.Buffer
		w, err := f.NewWriter(&b, format.Layer{Name: "arrêts", Schema: schema, CRS: code})
		if err != nil {
			t.Fatal(err)
		}
		for i := range features {
			if err := w.Write(&features[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const (
		first  = `{"type":"Feature","id":"a/1","geometry":{"type":"Point","coordinates":[708000.12345,6520000]},"properties":{"nom":"é\n","\"n\"":9007199254740993,"d":"1970-01-01","o":{"a":1}}}`
		second = `{"type":"Feature","geometry":null,"properties":{"nom":null,"\"n\"":null,"d":null,"o":null}}`
	)
	same(t, "CRS84", write(geojson.Format(), crs.CRS84),
		`{"type":"FeatureCollection","name":"arrêts","features":[`+"\n"+first+",\n"+second+"\n]}\n")
	same(t, "Lambert-93", write(geojson.Format(), crs.Lamb93),
		`{"type":"FeatureCollection","name":"arrêts","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}},"features":[`+"\n"+
			strings.Replace(first, ".12345", ".123", 1)+",\n"+second+"\n]}\n")
	same(t, "sequence", write(geojson.FormatSeq(), crs.CRS84), "\x1e"+first+"\n\x1e"+second+"\n")
	if _, err := geojson.FormatSeq().NewWriter(&bytes.Buffer{}, format.Layer{CRS: crs.Lamb93}); geo.KindOf(err) != geo.KindInvalid || err == nil {
		t.Errorf("a sequence in Lambert-93: %v", err)
	}
	layer, _, rows := readText(t, "a.geojson", write(geojson.Format(), crs.Lamb93), format.Options{})
	same(t, "read back", rows, []row{{ID: "a/1", Geometry: "POINT (708000.123 6520000)", Values: []string{"é\n", "9007199254740993", "1970-01-01", `{"a":1}`}},
		{Values: []string{"", "", "", ""}}})
	if layer.CRS != crs.Lamb93 || layer.Name != "arrêts" {
		t.Errorf("read back: %v, %s", layer.CRS, layer.Name)
	}
}

func TestAppendFeatureDoesNotAllocate(t *testing.T) {
	schema := geo.Schema{Fields: []geo.Field{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	f := geo.Feature{ID: "x", Geometry: geometry(t, "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))"),
		Values: []geo.Value{geo.Text("t"), geo.Number(1.5), geo.Date(3)}}
	dst := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { dst = geojson.AppendFeature(dst[:0], &schema, &f, 7) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAllDigits(t *testing.T) {
	for _, f := range []float64{0, 0.1, 1.0 / 3, 707_000 + 1.0/3, -1e-9, 1e21, 45.77} {
		got := string(geojson.AppendDecimal(nil, f, geojson.AllDigits))
		if back, err := strconv.ParseFloat(got, 64); err != nil || back != f {
			t.Errorf("%v is written as %s", f, got)
		}
	}
	ring := geom.NewPolygonFlat(geom.XY, []float64{0, 0, 0, 1, 1, 1, 0, 0}, []int{8})
	g, err := geo.NewGeometry(ring)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}`
	if got := string(geojson.AppendGeometry(nil, g, geojson.AllDigits)); got != want {
		t.Errorf("a clockwise ring became %s", got)
	}
}
