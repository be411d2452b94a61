package geo_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/geo"
)

func TestGeometryTypes(t *testing.T) {
	for typ := geo.GeometryNone; typ <= geo.GeometryAny; typ++ {
		text, _ := typ.MarshalText()
		var back geo.GeometryType
		if err := back.UnmarshalText(text); err != nil || back != typ {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
	var typ geo.GeometryType
	if err := typ.UnmarshalText([]byte("Circle")); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("got %v", err)
	}
	dimensions := map[geo.GeometryType]int{geo.GeometryNone: -1, geo.GeometryPoint: 0, geo.GeometryLineString: 1, geo.GeometryPolygon: 2,
		geo.GeometryMultiPoint: 0, geo.GeometryMultiLineString: 1, geo.GeometryMultiPolygon: 2, geo.GeometryGeometryCollection: -1, geo.GeometryAny: -1}
	for typ, want := range dimensions {
		if got := typ.Dimension(); got != want {
			t.Errorf("%s has dimension %d", typ, got)
		}
	}
}

func TestMergeAndAccepts(t *testing.T) {
	const (
		none, point, line, polygon   = geo.GeometryNone, geo.GeometryPoint, geo.GeometryLineString, geo.GeometryPolygon
		points, polygons, collection = geo.GeometryMultiPoint, geo.GeometryMultiPolygon, geo.GeometryGeometryCollection
		mixed                        = geo.GeometryAny
	)
	tests := []struct{ a, b, want geo.GeometryType }{
		{none, none, none}, {none, point, point}, {point, point, point}, {point, points, points}, {polygon, polygons, polygons},
		{point, line, mixed}, {polygons, line, mixed}, {collection, collection, collection}, {collection, point, mixed}, {mixed, point, mixed}, {mixed, none, mixed},
	}
	for _, tt := range tests {
		if tt.a.Merge(tt.b) != tt.want || tt.b.Merge(tt.a) != tt.want {
			t.Errorf("%s with %s: %s and %s, want %s", tt.a, tt.b, tt.a.Merge(tt.b), tt.b.Merge(tt.a), tt.want)
		}
	}
	for a := none; a <= mixed; a++ {
		for b := none; b <= mixed; b++ {
			if m := a.Merge(b); !m.Accepts(a) || !m.Accepts(b) {
				t.Errorf("%s, merged of %s and %s, does not accept both", m, a, b)
			}
		}
	}
	for _, refused := range [][2]geo.GeometryType{{point, points}, {points, line}, {polygons, collection}, {none, point}} {
		if refused[0].Accepts(refused[1]) {
			t.Errorf("%s accepts %s", refused[0], refused[1])
		}
	}
}

func TestGeometryFacts(t *testing.T) {
	tests := []struct {
		text        string
		typ         geo.GeometryType
		empty, hasZ bool
		bounds      geo.Bounds
		parts       int
	}{
		{"POINT (3 45)", geo.GeometryPoint, false, false, geo.Bounds{MinX: 3, MinY: 45, MaxX: 3, MaxY: 45}, 1},
		{"POINT EMPTY", geo.GeometryPoint, true, false, geo.EmptyBounds(), 0},
		{"LINESTRING Z (0 5 1, 2 3 9)", geo.GeometryLineString, false, true, geo.Bounds{MinX: 0, MinY: 3, MaxX: 2, MaxY: 5}, 1},
		{"MULTIPOLYGON EMPTY", geo.GeometryMultiPolygon, true, false, geo.EmptyBounds(), 0},
		{"MULTIPOINT (1 2, -3 4)", geo.GeometryMultiPoint, false, false, geo.Bounds{MinX: -3, MinY: 2, MaxX: 1, MaxY: 4}, 1},
		{"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 5 5))", geo.GeometryGeometryCollection, false, false, geo.Bounds{MaxX: 5, MaxY: 5}, 2},
		{"GEOMETRYCOLLECTION EMPTY", geo.GeometryGeometryCollection, true, false, geo.EmptyBounds(), 0},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			g := seal(t, tt.text)
			parts := 0
			g.EachFlat(func([]float64, int) { parts++ })
			if g.Type() != tt.typ || g.IsEmpty() != tt.empty || g.HasZ() != tt.hasZ || g.IsNull() || parts != tt.parts {
				t.Errorf("%s, empty %v, Z %v, null %v, %d parts", g.Type(), g.IsEmpty(), g.HasZ(), g.IsNull(), parts)
			}
			if diff := cmp.Diff(tt.bounds, g.Bounds()); diff != "" {
				t.Error(diff)
			}
		})
	}
	var none geo.Geometry
	if !none.IsNull() || !none.IsEmpty() || none.HasZ() || none.Type() != geo.GeometryNone || !none.Finite() || !none.Bounds().IsEmpty() {
		t.Error("the zero Geometry is something")
	}
}

func TestFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for i := range 3 {
			flat := []float64{1, 2, 3}
			flat[i] = bad
			g, err := geo.NewGeometry(geom.NewPointFlat(geom.XYZ, flat))
			if err != nil || g.Finite() {
				t.Errorf("%v is finite (%v)", flat, err)
			}
		}
	}
}

func TestNewGeometryRefuses(t *testing.T) {
	deep := geom.NewGeometryCollection()
	for range 9 {
		outer := geom.NewGeometryCollection()
		if err := outer.Push(deep); err != nil {
			t.Fatal(err)
		}
		deep = outer
	}
	for _, bad := range []geom.T{deep, geom.NewLinearRing(geom.XY)} {
		if _, err := geo.NewGeometry(bad); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%T: %v", bad, err)
		}
	}
	if g, err := geo.NewGeometry(nil); err != nil || !g.IsNull() {
		t.Errorf("nil gives %v, %v", g, err)
	}
}

func TestPromote(t *testing.T) {
	tests := []struct{ text, want string }{
		{"POINT (1 2)", "MULTIPOINT (1 2)"},
		{"POINT EMPTY", "MULTIPOINT EMPTY"},
		{"LINESTRING Z (0 0 1, 1 1 2)", "MULTILINESTRING Z ((0 0 1, 1 1 2))"},
		{"LINESTRING EMPTY", "MULTILINESTRING EMPTY"},
		{"POLYGON ((0 0, 4 0, 4 4, 0 0), (2 1, 3 1, 3 2, 2 1))", "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0), (2 1, 3 1, 3 2, 2 1)))"},
		{"POLYGON EMPTY", "MULTIPOLYGON EMPTY"},
		{"MULTIPOINT (1 2)", "MULTIPOINT (1 2)"},
	}
	for _, tt := range tests {
		g := seal(t, tt.text)
		got := g.Promote(g.Type().Multi())
		if diff := cmp.Diff(seal(t, tt.want).AppendWKB(nil), got.AppendWKB(nil)); diff != "" {
			t.Errorf("%s: %s", tt.text, diff)
		}
	}
	g := seal(t, "POINT (1 2)")
	if got := g.Promote(geo.GeometryMultiPolygon); got.Type() != geo.GeometryPoint {
		t.Errorf("a point became a %s", got.Type())
	}
}
