package snapshot_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"puy/geo"
	"puy/tiles/mvt"
	"puy/tiles/snapshot"
)

func seal(tb testing.TB, text string) geo.Geometry {
	tb.Helper()
	t, err := wkt.Unmarshal(text)
	if err != nil {
		tb.Fatal(err)
	}
	g, err := geo.NewGeometry(t)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func stream(features ...geo.Feature) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		for i := range features {
			if !yield(&features[i], nil) {
				return
			}
		}
	}
}

// cut gives the features of a tile in their order in the file.
func cut(tb testing.TB, s *snapshot.Snapshot, z, x, y int) []mvt.Feature {
	tb.Helper()
	b, n, err := s.AppendMVT(nil, "layer", z, x, y, new(snapshot.Scratch))
	if err != nil {
		tb.Fatal(err)
	}
	layers, err := mvt.Decode(b)
	if err != nil {
		tb.Fatal(err)
	}
	if len(layers) == 0 {
		if n != 0 || len(b) != 0 {
			tb.Errorf("%d features in %d bytes", n, len(b))
		}
		return nil
	}
	if n != len(layers[0].Features) {
		tb.Errorf("%d features said, %d found", n, len(layers[0].Features))
	}
	return layers[0].Features
}

func TestValues(t *testing.T) {
	schema := geo.Schema{Geometry: geo.GeometryPoint}
	values := []struct {
		value geo.Value
		want  any
	}{
		{geo.Text("Clermont-Ferrand ⛰"), "Clermont-Ferrand ⛰"}, {geo.Text(""), ""}, {geo.Text("a\xffb"), "a\ufffdb"},
		{geo.Integer(42), int64(42)}, {geo.Integer(-42), int64(-42)},
		{geo.Integer(math.MaxInt64), int64(math.MaxInt64)}, {geo.Integer(math.MinInt64), int64(math.MinInt64)},
		{geo.Number(0.1), 0.1}, {geo.Number(-3), -3.0}, {geo.Boolean(true), true}, {geo.Boolean(false), false},
		{geo.Date(19000), "2022-01-08"}, {geo.DateTime(time.Date(2024, 5, 6, 7, 8, 9, 5e8, time.UTC)), "2024-05-06T07:08:09.5Z"},
		{geo.TextArray([]string{"a", "b"}), `["a","b"]`}, {geo.JSON(`{"a":1}`), `{"a":1}`}, {geo.Value{}, nil},
	}
	f := geo.Feature{FID: 7, Geometry: seal(t, "POINT (3 45)")}
	want := map[string]any{}
	for i, v := range values {
		name := fmt.Sprintf("v%d", i)
		schema.Fields = append(schema.Fields, geo.Field{Name: name, Type: v.value.Type()})
		f.Values = append(f.Values, v.value)
		if v.want != nil {
			want[name] = v.want
		}
	}
	got := cut(t, build(t, schema, stream(f)), 0, 0, 0)
	if len(got) != 1 || got[0].ID != 7 || !got[0].HasID {
		t.Fatalf("features %v", got)
	}
	if diff := cmp.Diff(want, got[0].Properties); diff != "" {
		t.Error(diff)
	}
}

// Columns with one, two and four bytes a code, without a dictionary, and with
// nulls between must all give back what went in.
func TestColumnForms(t *testing.T) {
	const n = 70_000
	schema := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "few"}, {Name: "some"}, {Name: "many"}, {Name: "unique"}, {Name: "none"}}}
	features := func(yield func(*geo.Feature, error) bool) {
		f := geo.Feature{Values: make([]geo.Value, 5)}
		for i := range int64(n) {
			f.FID = i + 1
			f.Geometry, _ = geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{float64(i%1000)*0.36 - 179.9, float64(i/1000) - 35}))
			f.Values[0], f.Values[1], f.Values[2] = geo.Integer(i%3), geo.Integer(i%1000), geo.Integer(i/8%8750)
			f.Values[3] = geo.Text(fmt.Sprint("id-", i))
			if i%5 == 0 {
				f.Values[0], f.Values[3] = geo.Value{}, geo.Value{}
			}
			if !yield(&f, nil) {
				return
			}
		}
	}
	seen := 0
	for _, f := range cut(t, build(t, schema, features), 0, 0, 0) {
		i := int64(f.ID) - 1
		want := map[string]any{"some": i % 1000, "many": i / 8 % 8750}
		if i%5 != 0 {
			want["few"], want["unique"] = i%3, fmt.Sprint("id-", i)
		}
		if diff := cmp.Diff(want, f.Properties); diff != "" {
			t.Fatalf("feature %d: %s", f.ID, diff)
		}
		seen++
	}
	if seen != n {
		t.Errorf("%d features of %d", seen, n)
	}
}

func TestGeometries(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []mvt.GeometryType
	}{
		{"POINT (3 45)", []mvt.GeometryType{mvt.Points}},
		{"POINT Z (3 45 410)", []mvt.GeometryType{mvt.Points}},
		{"MULTIPOINT (3 45, 4 46)", []mvt.GeometryType{mvt.Points}},
		{"MULTIPOINT (3 45, EMPTY)", []mvt.GeometryType{mvt.Points}},
		{"LINESTRING Z (3 45 1, 13 55 2)", []mvt.GeometryType{mvt.LineString}},
		{"MULTILINESTRING ((3 45, 13 55), (5 5, 5 5), EMPTY)", []mvt.GeometryType{mvt.LineString}},
		{"POLYGON ((0 0, 0 40, 40 40, 0 0))", []mvt.GeometryType{mvt.Polygon}}, // clockwise in lon/lat
		{"POLYGON ((0 0, 40 40, 0 40, 0 0), (10 20, 10 30, 20 30, 10 20))", []mvt.GeometryType{mvt.Polygon}},
		{"MULTIPOLYGON (((0 0, 1 1, 2 2, 0 0)), EMPTY, ((0 0, 40 40, 0 40, 0 0)))", []mvt.GeometryType{mvt.Polygon}},
		{"GEOMETRYCOLLECTION (POINT (3 45), GEOMETRYCOLLECTION (LINESTRING (3 45, 13 55), POINT (4 4)), POLYGON ((0 0, 40 40, 0 40, 0 0)))",
			[]mvt.GeometryType{mvt.Points, mvt.LineString, mvt.Polygon}},
		{"POINT EMPTY", nil}, {"LINESTRING EMPTY", nil}, {"POLYGON EMPTY", nil}, {"GEOMETRYCOLLECTION EMPTY", nil},
		{"LINESTRING (3 45, 3 45)", nil}, {"POLYGON ((5 0, 5 10, 5 20, 5 0))", nil},
		{"LINESTRING (3 45, 3.0001 45)", nil}, // too short for zoom 0
		{"POINT (200 95)", []mvt.GeometryType{mvt.Points}},
	} {
		t.Run(tc.text, func(t *testing.T) {
			s := build(t, geo.Schema{Geometry: geo.GeometryAny}, stream(geo.Feature{FID: 1, Geometry: seal(t, tc.text)}))
			var got []mvt.GeometryType
			for _, f := range cut(t, s, 0, 0, 0) {
				got = append(got, f.Type)
			}
			slices.Sort(got)
			if !slices.Equal(got, tc.want) {
				t.Errorf("kinds %v, want %v", got, tc.want)
			}
		})
	}
}

func TestCoordinatesThatAreNotFinite(t *testing.T) {
	g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{0, 0, math.NaN(), 1}))
	if err != nil {
		t.Fatal(err)
	}
	s := build(t, geo.Schema{Geometry: geo.GeometryAny}, stream(geo.Feature{FID: 1}, geo.Feature{FID: 2, Geometry: g}))
	if s.Features() != 0 || cut(t, s, 0, 0, 0) != nil {
		t.Errorf("%d features", s.Features())
	}
}

// The place of a point in its tile by the formula of the tile scheme, computed
// another way than by the package.
func tilePosition(lon, lat float64, z, x, y int) (float64, float64) {
	n := math.Exp2(float64(z)) * mvt.Extent
	px := (lon + 180) / 360 * n
	py := (1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * n
	return px - float64(x)*mvt.Extent, py - float64(y)*mvt.Extent
}

// A tile holds exactly the points that lie in it or its buffer, at the right place.
func TestPointsOfATile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lon, lat := rapid.Float64Range(-180, 180), rapid.Float64Range(-85, 85)
		n := rapid.IntRange(0, 400).Draw(rt, "n")
		cx, cy := lon.Draw(rt, "cx"), lat.Draw(rt, "cy")
		spread := rapid.SampledFrom([]float64{0.001, 0.1, 5}).Draw(rt, "spread")
		var features []geo.Feature
		var at [][]float64
		for i := range n {
			p := []float64{cx + spread*rapid.Float64Range(-1, 1).Draw(rt, "x"), cy + spread*rapid.Float64Range(-1, 1).Draw(rt, "y")}
			p[0], p[1] = max(-180, min(p[0], 180)), max(-85, min(p[1], 85))
			g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, p))
			if err != nil {
				rt.Fatal(err)
			}
			features = append(features, geo.Feature{FID: int64(i), Geometry: g})
			at = append(at, p)
		}
		path := filepath.Join(t.TempDir(), "x")
		if err := snapshot.Build(context.Background(), path, geo.Schema{}, stream(features...), snapshot.Options{KeepAll: true}); err != nil {
			rt.Fatal(err)
		}
		s, err := snapshot.Open(path)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		z := rapid.IntRange(0, 20).Draw(rt, "z")
		fx, fy := tilePosition(cx, cy, z, 0, 0)
		x, y := min(int(fx/mvt.Extent), 1<<z-1), int(fy/mvt.Extent)
		found := map[uint64]mvt.Point{}
		for _, f := range cut(t, s, z, x, y) {
			found[f.ID] = f.Parts[0][0]
		}
		for i, p := range at {
			px, py := tilePosition(p[0], p[1], z, x, y)
			const lo, hi = -80, 4096 + 80
			q, ok := found[uint64(i)]
			if inside := px > lo+1 && px < hi-1 && py > lo+1 && py < hi-1; inside && !ok {
				rt.Fatalf("point %v is not in tile %d/%d/%d", p, z, x, y)
			}
			if outside := px < lo-1 || px > hi+1 || py < lo-1 || py > hi+1; outside && ok {
				rt.Fatalf("point %v is in tile %d/%d/%d", p, z, x, y)
			}
			if ok && math.Max(math.Abs(px-float64(q.X)), math.Abs(py-float64(q.Y))) > 1.01 {
				rt.Fatalf("point %v is at %v instead of %.2f %.2f", p, q, px, py)
			}
		}
	})
}
