package edit

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format/geojson"
	"puy/server/answer"
	"puy/store"
)

func dataset(t testing.TB, kind geo.GeometryType, z bool) *store.Dataset {
	t.Helper()
	return &store.Dataset{Dataset: catalog.Dataset{ID: "d", Editable: true}, Current: &catalog.Version{Number: 1, Extent: geo.Bounds{MinX: 2, MinY: 45, MaxX: 4, MaxY: 46},
		Schema: geo.Schema{Geometry: kind, HasZ: z, Key: "k", Fields: []geo.Field{{Name: "k", Type: geo.TypeInteger}, {Name: "t", Type: geo.TypeText}, {Name: "f", Type: geo.TypeNumber},
			{Name: "b", Type: geo.TypeBoolean}, {Name: "d", Type: geo.TypeDate}, {Name: "dt", Type: geo.TypeDateTime}, {Name: "a", Type: geo.TypeTextArray}, {Name: "j", Type: geo.TypeJSON},
			{Name: "n", Type: geo.TypeNull}}}}}
}

func point(t testing.TB, flat ...float64) geo.Geometry {
	t.Helper()
	layout := geom.XY
	if len(flat) > 2 {
		layout = geom.XYZ
	}
	g, err := geo.NewGeometry(geom.NewPointFlat(layout, flat))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func bodyOf(t testing.TB, d *store.Dataset, text, kind string) (*Body, error) {
	t.Helper()
	r := httptest.NewRequest("PATCH", "/", strings.NewReader(text))
	r.Header.Set("Content-Type", kind)
	return Read(httptest.NewRecorder(), r, d, []string{kind})
}

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		kind geo.FieldType
		json string
		want geo.Value
		says string
	}{
		{geo.TypeText, `"a\ud800b"`, geo.Text("a\ufffdb"), ""},
		{geo.TypeText, `1`, geo.Value{}, "text"},
		{geo.TypeInteger, `-9223372036854775808`, geo.Integer(-1 << 63), ""},
		{geo.TypeInteger, `1e3`, geo.Integer(1000), ""},
		{geo.TypeInteger, `-0.0`, geo.Integer(0), ""},
		{geo.TypeInteger, `9007199254740993.0`, geo.Value{}, "64 bits"},
		{geo.TypeInteger, `1e18`, geo.Value{}, "64 bits"},
		{geo.TypeInteger, `0.5`, geo.Value{}, "whole"},
		{geo.TypeInteger, `"1"`, geo.Value{}, "whole"},
		{geo.TypeInteger, `true`, geo.Value{}, "whole"},
		{geo.TypeNumber, `1`, geo.Number(1), ""},
		{geo.TypeNumber, `1e400`, geo.Value{}, "number"},
		{geo.TypeNumber, `[]`, geo.Value{}, "number"},
		{geo.TypeBoolean, `false`, geo.Boolean(false), ""},
		{geo.TypeBoolean, `0`, geo.Value{}, "true or false"},
		{geo.TypeDate, `"1969-12-31"`, geo.Date(-1), ""},
		{geo.TypeDate, `"31/12/1969"`, geo.Value{}, "date"},
		{geo.TypeDate, `"0000-01-01"`, geo.Value{}, "date"},
		{geo.TypeDate, `19691231`, geo.Value{}, "date"},
		{geo.TypeDateTime, `"1970-01-01T01:00:00.5+01:00"`, geo.DateTime(geo.Date(0).Time().Add(5e8)), ""},
		{geo.TypeDateTime, `"1970-01-01T00:00:00"`, geo.DateTime(geo.Date(0).Time()), ""},
		{geo.TypeDateTime, `"1970-01-01"`, geo.Value{}, "RFC 3339"},
		{geo.TypeDateTime, `"0000-06-01T00:00:00Z"`, geo.Value{}, "RFC 3339"},
		{geo.TypeTextArray, `[]`, geo.TextArray(nil), ""},
		{geo.TypeTextArray, `["\u0000"]`, geo.Value{}, "NUL"},
		{geo.TypeTextArray, `"a"`, geo.Value{}, "array"},
		{geo.TypeJSON, ` {"b":1.50,"a":["<"]}`, geo.JSON(`{"a":["<"],"b":1.50}`), ""},
		{geo.TypeJSON, `{"a\u0000":1}`, geo.Value{}, "NUL"},
		{geo.TypeJSON, `[[["\u0000"]]]`, geo.Value{}, "NUL"},
		{geo.TypeNull, `1`, geo.Value{}, "null"},
		{geo.TypeNull, `null`, geo.Value{}, ""},
		{geo.TypeJSON, `null`, geo.Value{}, ""},
	} {
		v, reason := read(geo.Field{Type: tt.kind}, json.RawMessage(tt.json))
		if reason.IsZero() && v != tt.want || reason.IsZero() != (tt.says == "") || !strings.Contains(reason.String(), tt.says) {
			t.Errorf("%s as %s: %s %q; want %s %q", tt.json, tt.kind, v, reason, tt.want, tt.says)
		}
	}
}

// The examples of RFC 7396 appendix A, but for those that are no objects.
func TestMergePatch(t *testing.T) {
	for _, tt := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`}, {`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`}, {`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`}, {`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`}, {`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`}, {`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`}, {`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`}, {`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`}, {``, `{"a":1}`, `{"a":1}`},
	} {
		if got := string(merged(json.RawMessage(tt[0]), json.RawMessage(tt[1]))); got != tt[2] {
			t.Errorf("%s patched with %s: %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}

func TestPatchedGeometry(t *testing.T) {
	at := point(t, 3.123456789012345, 45)
	for patch, want := range map[string]string{
		`{}`: `3.123456789012345`, `{"geometry":{}}`: `3.123456789012345`, `{"geometry":{"type":"Point"}}`: `3.123456789012345`, `{"geometry":null}`: `null`,
		`{"geometry":{"coordinates":[3,46]}}`: `[3,46]`, `{"geometry":{"type":"Point","coordinates":[3,46]}}`: `[3,46]`, `{"geometry":{"type":"Point","coordinates":[]}}`: `null`,
		`{"geometry":{"type":"LineString"}}`: "", `{"geometry":{"coordinates":[[3,46]]}}`: "", `{"geometry":7}`: "",
	} {
		b, err := bodyOf(t, dataset(t, geo.GeometryPoint, false), patch, TypePatch)
		if err != nil {
			t.Fatal(err)
		}
		f, err := b.Patched(&geo.Feature{ID: "1", Geometry: at, Values: make([]geo.Value, 9)})
		got := string(geojson.AppendGeometry(nil, f.Geometry, 15))
		if (err == nil) != (want != "") || err == nil && !strings.Contains(got, want) {
			t.Errorf("%s: %s, %v; want %s", patch, got, err, want)
		}
	}
}

// A dataset of heights takes new geometries with heights only, and lets those
// without stay so.
func TestHeights(t *testing.T) {
	text := `{"type":"Feature","geometry":{"type":"Point","coordinates":[3,45]},"properties":{"k":1}}`
	now := func(g geo.Geometry) *geo.Feature {
		return &geo.Feature{ID: "1", Geometry: g, Values: append([]geo.Value{geo.Integer(1)}, make([]geo.Value, 8)...)}
	}
	for _, tt := range []struct {
		z    bool
		now  *geo.Feature
		text string
		ok   bool
	}{
		{true, now(point(t, 1, 2, 3)), text, false}, {true, now(point(t, 1, 2)), text, true}, {false, now(point(t, 1, 2)), text, true},
		{true, now(point(t, 1, 2, 3)), strings.Replace(text, "45", "45,9", 1), true}, {false, now(point(t, 1, 2)), strings.Replace(text, "45", "45,9", 1), false},
	} {
		b, err := bodyOf(t, dataset(t, geo.GeometryPoint, tt.z), tt.text, TypeFeature)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Replacement(tt.now); (err == nil) != tt.ok {
			t.Errorf("%v %s: %v", tt.z, tt.text, err)
		}
	}
}

func TestConditions(t *testing.T) {
	d := dataset(t, geo.GeometryPoint, false)
	f := &geo.Feature{ID: "1", Values: make([]geo.Value, 9), Geometry: point(t, 3, 45)}
	state := State(d, f)
	tag := Tag(state, []byte("x"))
	other := f.Clone()
	other.Values[1] = geo.Text("")
	if State(d, other) == state || State(d, f.Clone()) != state {
		t.Error("a state does not tell features apart")
	}
	for _, tt := range []struct {
		name, value string
		ok          bool
	}{
		{"If-Match", tag, true}, {"If-Match", strings.TrimSuffix(tag, `"`) + `-gzip"`, true}, {"If-Match", "W/" + tag, false}, {"If-Match", "*", true},
		{"If-Match", `"a" , ` + tag, true}, {"If-Match", `"a"`, false}, {"If-Match", "", false}, {"If-Match", `"` + state + `"`, false},
		{"If-Match", Tag(State(d, other), []byte("x")), false}, {"If-None-Match", "*", false}, {"If-None-Match", tag, false}, {"If-None-Match", "W/" + tag, false}, {"If-None-Match", `"a"`, true},
	} {
		r := httptest.NewRequest("PUT", "/", nil)
		r.Header[tt.name] = []string{tt.value}
		if err := CheckConditions(r, state); (err == nil) != tt.ok || err != nil && answer.ProblemOf(err).Status != 412 {
			t.Errorf("%s: %s: %v", tt.name, tt.value, err)
		}
	}
	if err := CheckConditions(httptest.NewRequest("PUT", "/", nil), state); err != nil {
		t.Error(err)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		b.WriteString(`,"x` + strconv.Itoa(i) + `":1`)
	}
	body, err := bodyOf(t, dataset(t, geo.GeometryPoint, false), `{"properties":{`+b.String()[1:]+`}}`, TypePatch)
	if err != nil {
		t.Fatal(err)
	}
	_, err = body.Patched(&geo.Feature{ID: "1", Values: make([]geo.Value, 9)})
	if p := answer.ProblemOf(err); len(p.Errors) != maxFaults || !strings.Contains(p.Detail, "1000 faults") {
		t.Errorf("%d: %s", len(p.Errors), p.Detail)
	}
}

// Whatever is accepted has values of the schema's types, and reads the same
// again as it is then sent.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[3,45]},"properties":{"k":1,"t":"a","f":1.5,"b":true,"d":"2024-01-01","dt":"2024-01-01T00:00:00Z","a":["x"],"j":{"a":1},"n":null}}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"k":2}}]}`, `{"id":"1","geometry":{"coordinates":[1,2]},"properties":{"j":{"a":null}}}`,
		`{"geometry":{"type":"GeometryCollection","geometries":[]}}`, `{"type":"Feature","properties":null}`, `null`, `{"properties":[]}`,
	} {
		f.Add(seed)
	}
	d := dataset(f, geo.GeometryAny, false)
	schema := &d.Current.Schema
	now := &geo.Feature{ID: "1", Geometry: point(f, 3, 45), Values: append([]geo.Value{geo.Integer(1)}, make([]geo.Value, 8)...)}
	f.Fuzz(func(t *testing.T, text string) {
		if b, err := bodyOf(t, d, text, TypePatch); err == nil {
			b.Patched(now) //nolint:errcheck // it must only not panic
			b.Replacement(now)
		}
		b, err := bodyOf(t, d, text, TypeFeature)
		if err != nil {
			return
		}
		list, _, err := b.Features()
		if err != nil {
			return
		}
		for _, feature := range list {
			for i, v := range feature.Values {
				if !v.IsNull() && v.Type() != schema.Fields[i].Type {
					t.Fatalf("%s has type %s", schema.Fields[i].Name, v.Type())
				}
			}
			sent := geojson.AppendFeature(nil, schema, &feature, 15)
			b, err := bodyOf(t, d, string(sent), TypeFeature)
			if err != nil {
				t.Fatal(err)
			}
			again, _, err := b.Features()
			if err != nil && strings.Contains(err.Error(), "geometry") {
				continue // 15 decimals round, and rings turn
			}
			if err != nil {
				t.Fatalf("%s: %v", sent, err)
			}
			if diff := cmp.Diff(feature.Values, again[0].Values, cmp.Comparer(func(a, b geo.Value) bool { return a == b })); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
