package jsontable_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/jsontable"
	"puy/internal/formattest"
)

func source(t testing.TB, content string) *format.Source {
	t.Helper()
	return formattest.Source(t, "stations.json", content)
}

// table is a layer as lines: its fields, and the values and geometry of each row.
func table(t testing.TB, content string, opt format.Options) ([]string, format.Layer, error) {
	t.Helper()
	r, err := jsontable.Format().Open(context.Background(), source(t, content), opt)
	if err != nil {
		return nil, format.Layer{}, err
	}
	defer r.Close()
	head := ""
	for _, f := range r.Layer().Schema.Fields {
		head += fmt.Sprintf("%s %s|", f.Name, f.Type)
	}
	lines := []string{head}
	var f geo.Feature
	for {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return lines, r.Layer(), nil
		}
		if err != nil {
			return nil, r.Layer(), err
		}
		line := ""
		for _, v := range f.Values {
			line += v.String() + "|"
		}
		if !f.Geometry.IsEmpty() {
			wkt, err := wkt.Marshal(f.Geometry.T())
			if err != nil {
				t.Fatal(err)
			}
			line += wkt
		}
		lines = append(lines, line)
	}
}

func TestRows(t *testing.T) {
	const rows = `[{"insee":"01004","nom":"Ambérieu \"x\"","n":1,"v":"2,5","ok":true,"le":"2024-02-29","tags":["a","b"],"o":{"a":1,"b":null},"deep":{"a":{"b":1}}},
		{"n":2.5,"nom":null,"other":"x","insee":"63113","v":"3"}, {}]`
	want := []string{"insee text|nom text|n number|v number|ok boolean|le date|tags text-array|o.a integer|o.b text|deep json|other text|",
		`01004|Ambérieu "x"|1|2.5|true|2024-02-29|["a","b"]|1||{"a":{"b":1}}||`, "63113||2.5|3|||||||x|"}
	for content, layer := range map[string]string{rows: "stations", "\ufeff{\"success\":true,\"results\":" + rows + `,"links":[{"href":"x"}]}`: "results", `{"points":` + rows + `}`: "points"} {
		got, l, err := table(t, content, format.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || l.Name != layer || l.Trail.Header != 0 || l.Encoding != "utf-8" {
			t.Errorf("%s: %s %+v", layer, diff, l)
		}
	}
}

func TestGeometry(t *testing.T) {
	for content, want := range map[string]string{
		`[{"a":1,"geo_point_2d":{"lon":3.08,"lat":45.77}},{"a":2,"geo_point_2d":{"lon":3.5,"lat":45.5}}]`:   "POINT (3.08 45.77)",
		`[{"a":1,"longitude":3.08,"latitude":45.77}]`:                                                       "POINT (3.08 45.77)",
		`[{"a":1,"shape":{"type":"LineString","coordinates":[[3,45],[4,46]]}}]`:                             "LINESTRING (3 45, 4 46)",
		`{"data":[{"a":1,"wkt":"POINT (3.08 45.77)"}]}`:                                                     "POINT (3.08 45.77)",
		`[{"a":1,"x":{"type":"FeatureCollection"},"lieu":{"x":700000,"y":6500000}},{"a":2,"lieu":{"x":1}}]`: "",
	} {
		got, _, err := table(t, content, format.Options{})
		if err != nil || want != "" && !strings.HasSuffix(got[1], want) {
			t.Errorf("%s: %q %v", content, got, err)
		}
	}
}

func TestLayers(t *testing.T) {
	const two = `{"a":[{"x":1}],"b":[{"y":2},{"y":3}]}`
	names, err := jsontable.Format().Layers(t.Context(), source(t, two))
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	got, _, err := table(t, two, format.Options{Layer: "b"})
	if diff := cmp.Diff([]string{"y integer|", "2|", "3|"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, _, err := table(t, two, format.Options{}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "has several layers: a, b") {
		t.Error(err)
	}
	if _, _, err := table(t, two, format.Options{Layer: "c"}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), `has no layer "c"`) {
		t.Error(err)
	}
}

func TestWarnings(t *testing.T) {
	_, l, err := table(t, `{"total_count":"30","results":[{"a":1},2,[{"b":1}]],"nhits":3}`, format.Options{})
	want := []geo.Problem{{Rule: geo.RuleIgnored, Detail: "2 values that are no objects"}, {Rule: geo.RuleIgnored, Detail: "the server gave 1 of 30 features"}}
	if diff := cmp.Diff(want, l.Warnings); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestDetect(t *testing.T) {
	for content, want := range map[string]bool{
		`[{"a":1}]`: true, ` [ null, {"a":1}]`: true, `{"results":[{"a":1}],"x":1}`: true, `{"x":{"y":[{}]},"data":[{"a":1}]}`: true, `{"stations":[{"a":1}]}`: true,
		`{"stations":[{"a":1}],"other":2}`: false, `{"fields":[{"name":"a"}]}`: false, `{"name":"a","fields":[{"name":"a"}]}`: false, `{"siret":["1","2"]}`: false,
		`[{"type":"Feature","geometry":null}]`: false, `[{"geometry":{},"properties":{}}]`: false, `{"type":"FeatureCollection","features":[{"a":1}]}`: false,
		`[1,2]`: false, `[[1]]`: false, `[]`: false, `{}`: false, ``: false, `[{"a"`: false, `a;b`: false, `{"marches":[`: false,
		"\xff\xfe[\x00{\x00\"\x00a\x00\"\x00:\x001\x00}\x00]\x00": true,
	} {
		if got := jsontable.Format().Detect("", []byte(content)); got != want {
			t.Errorf("%s: %v", content, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	var wide []string
	for i := range 1100 {
		wide = append(wide, fmt.Sprintf(`{"c%d":1}`, i))
	}
	for content, want := range map[string]string{
		"[" + strings.Join(wide, ",") + "]": "row 1001: the rows have more than 1000 columns",
		`[{"a":1},{"a":`:                    "breaks off at line 1, byte 14, record 2",
		`[{"a":1},{a:2}]`:                   "is not valid JSON at line 1, byte 10, record 2: a string expected",
		`"a text"`:                          "is not an array or object of JSON",
		`{"siret":["1"]}`:                   "has no array of objects that could be a table",
	} {
		if _, _, err := table(t, content, format.Options{}); err == nil || geo.KindOf(err) == geo.KindInternal || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", content, err)
		}
	}
}

// FuzzRead reads any bytes: every error has a kind, and as many rows come as were counted.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`[{"a":1,"b":"x"},{"a":{"c":2}}]`, `{"results":[{"lon":3,"lat":45}],"total_count":2}`, `{"a":[{"x":[1]}],"b":[{"":null}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if content == "" {
			return
		}
		jsontable.Format().Detect("", []byte(content))
		names, err := jsontable.Format().Layers(context.Background(), source(t, content))
		for _, name := range names {
			lines, l, err := table(t, content, format.Options{Layer: name})
			_, bad := errors.AsType[*format.BadRow](err)
			if err == nil && int64(len(lines)-1) != l.Count || err != nil && !bad && geo.KindOf(err) == geo.KindInternal {
				t.Fatalf("%d lines of %d, %v", len(lines), l.Count, err)
			}
		}
		if err != nil && geo.KindOf(err) == geo.KindInternal {
			t.Fatal(err)
		}
	})
}
