package pieces_test

import (
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format/pieces"
)

func TestCompose(t *testing.T) {
	point := pieces.Piece{Kind: geo.GeometryPoint, Flat: []float64{1, 2, 3}}
	line := pieces.Piece{Kind: geo.GeometryLineString, Flat: []float64{0, 0, 1, 1, 1, 2}}
	area := pieces.Piece{Kind: geo.GeometryPolygon, Flat: []float64{0, 0, 1, 9, 0, 1, 9, 9, 1, 0, 0, 1, 5, 1, 2, 6, 1, 2, 6, 2, 2, 5, 1, 2}, Ends: []int{12, 24}}
	type list = []pieces.Piece
	for _, test := range []struct {
		make        func([]pieces.Piece, bool) (geo.Geometry, error)
		all         list
		plain, high string
	}{
		{pieces.Compose, list{point}, "POINT (1 2)", "POINT Z (1 2 3)"},
		{pieces.Compose, list{point, point}, "MULTIPOINT (1 2, 1 2)", "MULTIPOINT Z (1 2 3, 1 2 3)"},
		{pieces.Compose, list{line, line}, "MULTILINESTRING ((0 0, 1 1), (0 0, 1 1))", "MULTILINESTRING Z ((0 0 1, 1 1 2), (0 0 1, 1 1 2))"},
		{pieces.Compose, list{area}, "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))", "POLYGON Z ((0 0 1, 9 0 1, 9 9 1, 0 0 1), (5 1 2, 6 1 2, 6 2 2, 5 1 2))"},
		{pieces.Multi, list{area}, "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1)))", "MULTIPOLYGON Z (((0 0 1, 9 0 1, 9 9 1, 0 0 1), (5 1 2, 6 1 2, 6 2 2, 5 1 2)))"},
		{pieces.Compose, list{area, area}, "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1)), ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1)))", ""},
		{pieces.Multi, list{line}, "MULTILINESTRING ((0 0, 1 1))", "MULTILINESTRING Z ((0 0 1, 1 1 2))"},
		{pieces.Multi, list{point, line}, "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))", "GEOMETRYCOLLECTION Z (POINT Z (1 2 3), LINESTRING Z (0 0 1, 1 1 2))"},
	} {
		for _, heights := range []bool{false, true} {
			want := map[bool]string{false: test.plain, true: test.high}[heights]
			g, err := test.make(test.all, heights)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := wkt.Marshal(g.T()); want != "" && got != want || err != nil {
				t.Errorf("%s, not %s: %v", got, want, err)
			}
		}
	}
	if g, err := pieces.Compose(nil, false); err != nil || !g.IsNull() {
		t.Error(g, err)
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "-1.5,2": -1.5, ".5 x": 0.5, "+1e2\n": 100, "1.": 1, "00012": 12} {
		if x, size, ok := pieces.Number([]byte(text)); x != want || !ok || size == 0 {
			t.Errorf("%q: %v %d %v", text, x, size, ok)
		}
	}
	for _, text := range []string{"", ",", "nan", "inf", "0x1p1", "1_0", "1e999", "1;2", "--1"} {
		if x, _, ok := pieces.Number([]byte(text)); ok {
			t.Errorf("%q: %v", text, x)
		}
	}
	if at := pieces.SkipSpace([]byte(" \t\r\nx"), 0); at != 4 {
		t.Error(at)
	}
}
