package topojson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/topojson"
	"puy/internal/formattest"
	"puy/internal/programtest"
)

// quantized has two squares that share a side, and every other kind of geometry.
const quantized = `{"type":"Topology","transform":{"scale":[0.5,0.25],"translate":[3,45]},
"objects":{"carrés":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","arcs":[[0,1]],"id":"a","properties":{"nom":"Été","n":1}},
{"properties":{"nom":"b","n":null},"arcs":[[[2,-2]]],"type":"MultiPolygon"},
{"type":null,"properties":{"nom":"nulle"}}]},
"reste":{"geometries":[{"type":"Point","coordinates":[2,4]},{"type":"MultiPoint","coordinates":[[0,0],[2,4]]},{"type":"LineString","arcs":[1]},{"type":"LineString","arcs":[-2]},
{"type":"MultiLineString","arcs":[[0],[1]]},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,0]},{"type":"LineString","arcs":[1]}]}],"type":"GeometryCollection"},
"seul":{"type":"LineString","arcs":[0],"properties":{"x":1.5},"id":7}},
"arcs":[[[2,0],[-2,0],[0,4],[2,0]],[[2,4],[0,-4]],[[2,4],[2,0],[0,-4],[-2,0]]]}`

func source(t testing.TB, text string) *format.Source {
	t.Helper()
	return formattest.Source(t, "a.topojson", text)
}

// rows reads a layer as "field:type … geometry n crs", and each row as "id value|… WKT".
func rows(t testing.TB, src *format.Source, opt format.Options) ([]string, error) {
	r, err := topojson.Format().Open(t.Context(), src, opt)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	l := r.Layer()
	head := ""
	for _, f := range l.Schema.Fields {
		head += fmt.Sprintf("%s:%s ", f.Name, f.Type)
	}
	head += fmt.Sprintf("%s n=%d %s %s", l.Schema.Geometry, l.Count, l.CRS, l.Name)
	for _, w := range l.Warnings {
		head += "; " + string(w.Rule) + " " + w.Value
	}
	out := []string{head}
	for {
		var f geo.Feature
		err := r.Read(&f)
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			out = append(out, "! "+bad.Error())
			continue
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		line := f.ID + " "
		for _, v := range f.Values {
			line += v.String() + "|"
		}
		text := "-"
		if !f.Geometry.IsNull() {
			if text, err = wkt.Marshal(f.Geometry.T()); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, line+" "+text)
	}
}

func TestRead(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := source(t, quantized)
	names, err := topojson.Format().Layers(t.Context(), src)
	if diff := cmp.Diff([]string{"carrés", "reste", "seul"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for layer, want := range map[string][]string{
		"carrés": {"nom:text n:integer MultiPolygon n=3 OGC:CRS84 carrés", "a Été|1| POLYGON ((4 45, 3 45, 3 46, 4 46, 4 45))", " b|| MULTIPOLYGON (((4 46, 5 46, 5 45, 4 45, 4 46)))", " nulle|| -"},
		"RESTE": {"Geometry n=6 OGC:CRS84 reste", "  POINT (4 46)", "  MULTIPOINT (3 45, 4 46)", "  LINESTRING (4 46, 4 45)", "  LINESTRING (4 45, 4 46)",
			"  MULTILINESTRING ((4 45, 3 45, 3 46, 4 46), (4 46, 4 45))", "  GEOMETRYCOLLECTION (POINT (3 45), LINESTRING (4 46, 4 45))"},
		"seul": {"x:number LineString n=1 OGC:CRS84 seul", "7 1.5| LINESTRING (4 45, 3 45, 3 46, 4 46)"},
	} {
		got, err := rows(t, src, format.Options{Layer: layer})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s %v", layer, diff, err)
		}
	}
	for _, opt := range []format.Options{{}, {Layer: "x"}, {Layer: "seul", X: "x"}} {
		if _, err := rows(t, src, opt); geo.KindOf(err) != geo.KindInvalid {
			t.Error(err)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "puy-*"))
	if len(left) > 0 || err != nil {
		t.Error(left, err)
	}
}

// TestAbsolute has no transform, and a crs member.
func TestAbsolute(t *testing.T) {
	text := `{"arcs":[[[700000,6600000],[700001,6600000.5,9]]],"objects":{"a":{"type":"LineString","arcs":[0]}},"crs":{"type":"name","properties":{"name":"%s"}},"type":"Topology","bbox":[[[]]]}`
	for name, want := range map[string]string{"EPSG:2154": "LineString n=1 EPSG:2154 a", "EPSG:27572": "LineString n=1  a; unknown-crs EPSG:27572", "urn:ogc:def:crs:EPSG::4326": "LineString n=1 OGC:CRS84 a"} {
		got, err := rows(t, source(t, fmt.Sprintf(text, name)), format.Options{})
		if diff := cmp.Diff([]string{want, "  LINESTRING (700000 6600000, 700001 6600000.5)"}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	got, err := rows(t, source(t, fmt.Sprintf(text, "EPSG:27572")), format.Options{CRS: crs.Lamb93})
	if err != nil || got[0] != "LineString n=1 EPSG:2154 a" {
		t.Error(got, err)
	}
}

func TestWrong(t *testing.T) {
	topology := func(geometries string) string {
		return `{"type":"Topology","arcs":[[[0,0],[1,1]],[]],"objects":{"a":{"type":"GeometryCollection","geometries":[` + geometries + `]}}}`
	}
	got, err := rows(t, source(t, topology(`{"type":"LineString","arcs":[2]},{"type":"LineString","arcs":[-9]},{"type":"Polygon","arcs":[0]},{"type":"Point"},{"type":"Point","coordinates":[1]},{"type":"Circle"},{"type":"LineString","arcs":[0]}`)), format.Options{})
	want := []string{"LineString n=7 OGC:CRS84 a", "! row 1:  geometry there is no arc 2", "! row 2:  geometry there is no arc 8", "! row 3:  geometry arcs or coordinates have another form than the type wants",
		"! row 4:  geometry the geometry has no arcs or coordinates", "! row 5:  geometry a position has less than two coordinates", `! row 6:  geometry there are no geometries of type "Circle"`, "  LINESTRING (0 0, 1 1)"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	long := strings.Repeat("[0,0],", 100_000)
	for _, c := range []struct {
		text, says string
		kind       geo.ErrorKind
	}{
		{quantized[:len(quantized)-9], "breaks off at byte", geo.KindInvalid},
		{`{"type":"Topology","arcs":[[[0,0],[1,1]],],"objects":{}}`, "not valid TopoJSON at byte", geo.KindInvalid},
		{`{"type":"Topology","arcs":[[[0]]],"objects":{"a":{}}}`, "less than two coordinates", geo.KindInvalid},
		{`{"type":"Topology","arcs":[[["x",1]]]}`, "is not a number", geo.KindInvalid},
		{`{"type":"Topology","arcs":{}}`, "an array is missing", geo.KindInvalid},
		{`{"type":"Topology","objects":[]}`, "an object is missing", geo.KindInvalid},
		{`{"type":"Topology","transform":{"scale":[1]}}`, "scale and translate", geo.KindInvalid},
		{`{"type":"Feature"}`, "not Topology", geo.KindInvalid},
		{`{"type":"Topology"}`, "no object", geo.KindInvalid},
		{topology(""), "no geometry", geo.KindInvalid},
		{`{"type":"Topology","x":` + strings.Repeat("[", 1e6), "nested more than 100 deep", geo.KindLimit},
		{`{"type":"Topology","x":"` + strings.Repeat("x", 33<<20) + `"}`, "more than 32 MB", geo.KindLimit},
		{`{"type":"Topology","arcs":[[` + long + `[1,1]]],"objects":{"a":{"type":"GeometryCollection","geometries":[` + strings.Repeat(`{"type":"LineString","arcs":[0]},`, 1000) + `{"type":"LineString","arcs":[0]}]}}}`,
			"more than 100 times its size", geo.KindLimit},
	} {
		_, err := rows(t, source(t, c.text), format.Options{})
		if geo.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60s: %v", c.text, err)
		}
	}
}

// TestAsGDAL compares with what GDAL makes of a file.
func TestAsGDAL(t *testing.T) {
	ogr2ogr := programtest.Path(t, "ogr2ogr", "gdal-bin")
	src := source(t, quantized)
	b, err := exec.Command(ogr2ogr, "-f", "GeoJSON", "-lco", "RFC7946=NO", "/vsistdout/", src.Path(), "carrés").Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs struct {
		Features []struct {
			Properties struct{ Nom string }
			Geometry   *struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(b, &theirs); err != nil || len(theirs.Features) != 2 { // without that of no geometry
		t.Fatal(err, len(theirs.Features))
	}
	r, err := topojson.Format().Open(t.Context(), src, format.Options{Layer: "carrés"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i, want := range theirs.Features {
		var f geo.Feature
		if err := r.Read(&f); err != nil {
			t.Fatal(err)
		}
		var flat []float64
		f.Geometry.EachFlat(func(part []float64, _ int) { flat = append(flat, part...) })
		var numbers []float64
		for _, n := range strings.FieldsFunc(string(want.Geometry.Coordinates), func(r rune) bool { return strings.ContainsRune("[], \n", r) }) {
			var x float64
			if err := json.Unmarshal([]byte(n), &x); err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, x)
		}
		if diff := cmp.Diff(numbers, flat); diff != "" || f.Values[0].Text() != want.Properties.Nom || want.Geometry.Type != f.Geometry.Type().String() {
			t.Errorf("%d: %s %s", i, diff, f.Values[0])
		}
	}
}

// FuzzRead reads bytes as a file: the second pass gives what the first found.
func FuzzRead(f *testing.F) {
	f.Add([]byte(quantized), "reste")
	f.Add([]byte(quantized), "seul")
	f.Add([]byte(`{"type":"Topology","arcs":[[[0,0],[1,1]]],"objects":{"a":{"type":"Polygon","arcs":[[0,-1]],"id":1,"properties":{"a":[1]}}}}`), "")
	path := filepath.Join(f.TempDir(), "a.topojson")
	f.Fuzz(func(t *testing.T, b []byte, layer string) {
		topojson.Format().Detect("a.json", b)
		if len(b) == 0 || os.WriteFile(path, b, 0o600) != nil {
			return
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := topojson.Format().Open(t.Context(), src, format.Options{Layer: layer})
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		defer r.Close()
		for n := int64(0); ; n++ {
			var f geo.Feature
			err := r.Read(&f)
			if errors.Is(err, io.EOF) {
				if count := r.Layer().Count; count >= 0 && n != count {
					t.Fatalf("%d rows of %d", n, count)
				}
				return
			}
			if _, ok := errors.AsType[*format.BadRow](err); err != nil && !ok {
				t.Fatal(err)
			}
			f.Geometry.AppendWKB(nil)
		}
	})
}
