package mvt_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"puy/geo"
	"puy/tiles/mvt"
)

// pts makes points of x, y, x, y ….
func pts(xy ...int32) []mvt.Point {
	var out []mvt.Point
	for i := 0; i < len(xy); i += 2 {
		out = append(out, mvt.Point{X: xy[i], Y: xy[i+1]})
	}
	return out
}

func roundTrip(t interface {
	Helper()
	Fatalf(string, ...any)
}, layers ...mvt.Layer) []mvt.Layer {
	t.Helper()
	b := mvt.AppendTile(nil, layers...)
	got, err := mvt.Decode(b)
	if err != nil {
		t.Fatalf("%v\n%x", err, b)
	}
	return got
}

// The worked examples of the specification, section 4.3.5.
func TestSpecificationExamples(t *testing.T) {
	for _, tc := range []struct {
		name     string
		kind     mvt.GeometryType
		parts    [][]mvt.Point
		commands []byte
	}{
		{"point", mvt.Points, [][]mvt.Point{pts(25, 17)}, []byte{9, 50, 34}},
		{"multipoint", mvt.Points, [][]mvt.Point{pts(5, 7, 3, 2)}, []byte{17, 10, 14, 3, 9}},
		{"linestring", mvt.LineString, [][]mvt.Point{pts(2, 2, 2, 10, 10, 10)}, []byte{9, 4, 4, 18, 0, 16, 16, 0}},
		{"multilinestring", mvt.LineString, [][]mvt.Point{pts(2, 2, 2, 10, 10, 10), pts(1, 1, 3, 5)},
			[]byte{9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}},
		{"polygon", mvt.Polygon, [][]mvt.Point{pts(3, 6, 8, 12, 20, 34)}, []byte{9, 6, 12, 18, 10, 12, 24, 44, 15}},
		{"multipolygon", mvt.Polygon, [][]mvt.Point{pts(0, 0, 10, 0, 10, 10, 0, 10), pts(11, 11, 20, 11, 20, 20, 11, 20), pts(13, 13, 13, 17, 17, 17, 17, 13)},
			[]byte{9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := mvt.Feature{ID: 1, HasID: true, Type: tc.kind, Parts: tc.parts, Properties: map[string]any{}}
			b := mvt.AppendTile(nil, mvt.Layer{Name: "l", Features: []mvt.Feature{f}})
			if !bytes.Contains(b, append([]byte{0x22, byte(len(tc.commands))}, tc.commands...)) {
				t.Errorf("commands %v are not in %v", tc.commands, b)
			}
			got, err := mvt.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			want := []mvt.Layer{{Name: "l", Version: 2, Extent: 4096, Features: []mvt.Feature{f}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDegenerateGeometriesAreLeftOut(t *testing.T) {
	for _, tc := range []struct {
		name  string
		kind  mvt.GeometryType
		parts [][]mvt.Point
		want  [][]mvt.Point
	}{
		{"no points", mvt.Points, [][]mvt.Point{nil}, nil},
		{"repeated point", mvt.Points, [][]mvt.Point{pts(1, 1, 1, 1)}, [][]mvt.Point{pts(1, 1)}},
		{"line of one point", mvt.LineString, [][]mvt.Point{pts(1, 1)}, nil},
		{"line of one place", mvt.LineString, [][]mvt.Point{pts(1, 1, 1, 1)}, nil},
		{"line with repetition", mvt.LineString, [][]mvt.Point{pts(1, 1, 1, 1, 2, 2, 2, 2), pts(5, 5)}, [][]mvt.Point{pts(1, 1, 2, 2)}},
		{"ring of two points", mvt.Polygon, [][]mvt.Point{pts(1, 1, 5, 5, 1, 1)}, nil},
		{"flat ring", mvt.Polygon, [][]mvt.Point{pts(1, 1, 5, 5, 9, 9, 3, 3)}, nil},
		{"ring closed and repeated", mvt.Polygon, [][]mvt.Point{pts(0, 0, 9, 0, 9, 0, 9, 9, 0, 0)}, [][]mvt.Point{pts(0, 0, 9, 0, 9, 9)}},
		{"ring with a spike", mvt.Polygon, [][]mvt.Point{pts(0, 0, 9, 0, 20, 0, 9, 0, 9, 9)}, [][]mvt.Point{pts(0, 0, 9, 0, 9, 9)}},
		{"spike at the seam", mvt.Polygon, [][]mvt.Point{pts(-5, 0, 0, 0, 9, 0, 9, 9, 0, 0)}, [][]mvt.Point{pts(9, 0, 9, 9, 0, 0)}},
		{"straight run", mvt.Polygon, [][]mvt.Point{pts(0, 0, 3, 0, 9, 0, 9, 9)}, [][]mvt.Point{pts(0, 0, 9, 0, 9, 9)}},
		{"exterior wound as a hole", mvt.Polygon, [][]mvt.Point{pts(0, 0, 9, 9, 9, 0)}, [][]mvt.Point{pts(9, 0, 9, 9, 0, 0)}},
		{"hole without area", mvt.Polygon, [][]mvt.Point{pts(0, 0, 9, 0, 9, 9), pts(1, 1, 1, 1, 1, 1)}, [][]mvt.Point{pts(0, 0, 9, 0, 9, 9)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			layers := roundTrip(t, mvt.Layer{Name: "l", Features: []mvt.Feature{{Type: tc.kind, Parts: tc.parts}}})
			var got [][]mvt.Point
			if len(layers) > 0 {
				got = layers[0].Features[0].Parts
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValuesAreSharedAndTyped(t *testing.T) {
	point := [][]mvt.Point{pts(1, 1)}
	properties := map[string]any{"s": "é", "f": float32(0.5), "d": 0.5, "i": int64(-1), "u": uint64(1 << 63), "b": true, "skipped": []int{1}}
	b := mvt.AppendTile(nil, mvt.Layer{Name: "l", Features: []mvt.Feature{
		{Type: mvt.Points, Parts: point, Properties: properties}, {Type: mvt.Points, Parts: point, Properties: properties}}})
	if n := bytes.Count(b, []byte("é")); n != 1 {
		t.Errorf("the string stands %d times in the tile", n)
	}
	layers, err := mvt.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	delete(properties, "skipped")
	for _, f := range layers[0].Features {
		if diff := cmp.Diff(properties, f.Properties); diff != "" {
			t.Error(diff)
		}
	}
}

// More values than the table of a new writer has room for, over many layers of
// one writer.
func TestManyValues(t *testing.T) {
	var w mvt.LayerWriter
	for round := range 3 {
		w.Reset("l")
		for i := range int64(2000) {
			if id := w.AddValue(mvt.AppendInteger(nil, i*i)); int64(id) != i {
				t.Fatalf("round %d: value %d has number %d", round, i, id)
			}
		}
		for i := range int64(2000) {
			if id := w.AddValue(mvt.AppendInteger(nil, i*i)); int64(id) != i {
				t.Fatalf("round %d: value %d has number %d again", round, i, id)
			}
		}
	}
}

// Any rings at all: what is written is what a strict reader accepts, and keeps
// the area of the exterior.
func TestAnyPolygon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.Int32Range(-6, 6)
		var ring []mvt.Point
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			ring = append(ring, mvt.Point{X: coordinate.Draw(t, "x"), Y: coordinate.Draw(t, "y")})
		}
		layers := roundTrip(t, mvt.Layer{Name: "l", Features: []mvt.Feature{{Type: mvt.Polygon, Parts: [][]mvt.Point{slices.Clone(ring)}}}})
		want := mvt.Area2(ring)
		if len(layers) == 0 {
			if want != 0 {
				t.Fatalf("the ring %v of area %d is lost", ring, want)
			}
			return
		}
		got := layers[0].Features[0].Parts[0]
		if area := mvt.Area2(got); area != max(want, -want) {
			t.Fatalf("area %d of %v instead of %d of %v", area, got, want, ring)
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	layer := func(fields ...byte) []byte {
		body := append([]byte{0x0a, 1, 'l'}, fields...)
		body = append(body, 0x78, 2)
		return append([]byte{0x1a, byte(len(body))}, body...)
	}
	geometry := func(kind byte, commands ...byte) []byte {
		f := append([]byte{0x18, kind, 0x22, byte(len(commands))}, commands...)
		return layer(append([]byte{0x12, byte(len(f))}, f...)...)
	}
	if _, err := mvt.Decode(geometry(1, 9, 2, 2)); err != nil {
		t.Fatalf("a good tile: %v", err)
	}
	for name, b := range map[string][]byte{
		"foreign tile field":      {0x0a, 0},
		"truncated layer":         {0x1a, 5, 1},
		"no features":             layer(),
		"no name":                 {0x1a, 2, 0x78, 2},
		"version 1":               {0x1a, 5, 0x0a, 1, 'l', 0x78, 1},
		"two layers of one name":  append(geometry(1, 9, 2, 2), geometry(1, 9, 2, 2)...),
		"unknown layer field":     layer(0x30, 1),
		"wire type 3":             layer(0x33),
		"name is not UTF-8":       {0x1a, 5, 0x0a, 1, 0xff, 0x78, 2},
		"empty value":             layer(0x22, 0),
		"value of two kinds":      layer(0x22, 4, 0x20, 1, 0x28, 1),
		"tag out of range":        layer(0x12, 9, 0x12, 2, 0, 0, 0x18, 1, 0x22, 1, 9),
		"odd tags":                layer(0x1a, 1, 'k', 0x22, 2, 0x20, 1, 0x12, 10, 0x12, 1, 0, 0x18, 1, 0x22, 3, 9, 2, 2),
		"a key twice":             layer(0x1a, 1, 'k', 0x22, 2, 0x20, 1, 0x12, 13, 0x12, 4, 0, 0, 0, 0, 0x18, 1, 0x22, 3, 9, 2, 2),
		"two geometries":          layer(0x12, 12, 0x18, 1, 0x22, 3, 9, 2, 2, 0x22, 3, 9, 2, 2),
		"no geometry":             geometry(1),
		"unknown geometry":        geometry(0, 9, 2, 2),
		"geometry of kind 4":      geometry(4, 9, 2, 2),
		"huge count":              geometry(1, 0xf9, 0xff, 0xff, 0xff, 0x0f),
		"count 0":                 geometry(1, 1),
		"two moves of a point":    geometry(1, 9, 2, 2, 9, 2, 2),
		"line without LineTo":     geometry(2, 9, 2, 2),
		"line of two MoveTo":      geometry(2, 17, 2, 2, 2, 2),
		"segment without length":  geometry(2, 9, 2, 2, 10, 0, 0),
		"ring without ClosePath":  geometry(3, 9, 0, 0, 18, 20, 0, 0, 20),
		"ring of two points":      geometry(3, 9, 0, 0, 10, 20, 0, 15),
		"ring with closing point": geometry(3, 9, 0, 0, 26, 20, 0, 0, 20, 19, 19, 15),
		"flat ring":               geometry(3, 9, 0, 0, 18, 20, 0, 20, 0, 15),
		"first ring is a hole":    geometry(3, 9, 0, 0, 18, 0, 20, 20, 0, 15),
		"unknown command":         geometry(2, 11, 0, 0),
	} {
		if layers, err := mvt.Decode(b); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v, %v", name, layers, err)
		}
	}
}

// FuzzDecode: what Decode accepts can be written again, and then reads the same.
func FuzzDecode(f *testing.F) {
	f.Add(mvt.AppendTile(nil, mvt.Layer{Name: "l", Features: []mvt.Feature{
		{ID: 1, HasID: true, Type: mvt.Points, Parts: [][]mvt.Point{pts(1, 1)}, Properties: map[string]any{"s": "x", "i": int64(-5), "b": true}},
		{Type: mvt.LineString, Parts: [][]mvt.Point{pts(1, 1, 5, 5)}},
		{Type: mvt.Polygon, Parts: [][]mvt.Point{pts(0, 0, 9, 0, 9, 9, 0, 9), pts(1, 1, 1, 2, 2, 2)}, Properties: map[string]any{"d": 1.5, "f": float32(2), "u": uint64(3)}},
	}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := mvt.LayerNames(b); err != nil && geo.KindOf(err) != geo.KindInvalid {
			t.Fatal(err)
		}
		layers, err := mvt.Decode(b)
		if err != nil {
			if geo.KindOf(err) != geo.KindInvalid {
				t.Fatal(err)
			}
			return
		}
		names, err := mvt.LayerNames(b)
		if err != nil || len(names) != len(layers) {
			t.Fatalf("%d layers of the names %q, %v", len(layers), names, err)
		}
		for i, l := range layers {
			if names[i] != l.Name {
				t.Fatalf("layer %d is called %q, not %q", i, l.Name, names[i])
			}
		}
		for _, l := range layers {
			for i := range l.Features {
				for _, part := range l.Features[i].Parts {
					for _, p := range part {
						if max(p.X, p.Y) > 1<<27 || min(p.X, p.Y) < -1<<27 {
							return // beyond what the writer takes
						}
					}
				}
			}
		}
		once, err := mvt.Decode(mvt.AppendTile(nil, layers...))
		if err != nil {
			t.Fatalf("written again: %v", err)
		}
		twice, err := mvt.Decode(mvt.AppendTile(nil, once...))
		if err != nil {
			t.Fatalf("written a third time: %v", err)
		}
		if diff := cmp.Diff(once, twice, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b }),
			cmp.Comparer(func(a, b float32) bool { return a == b || a != a && b != b })); diff != "" {
			t.Error(diff)
		}
	})
}
