package geo_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkb"
	"github.com/twpayne/go-geom/encoding/wkbcommon"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
)

// geometries holds one of each kind and the awkward ones.
var geometries = []string{
	"POINT (3.08 45.78)", "POINT Z (3 45 410)", "POINT EMPTY", "LINESTRING (0 0, 1 1, 2 0)", "LINESTRING EMPTY",
	"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 1 1))", "POLYGON Z ((0 0 1, 4 0 2, 4 4 3, 0 0 1))", "POLYGON EMPTY",
	"MULTIPOINT (1 2, 3 4)", "MULTIPOINT Z (1 2 3, 4 5 6)", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))",
	"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.1, 5.6 5.1, 5.6 5.2, 5.5 5.1)))", "MULTIPOLYGON EMPTY",
	"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))", "GEOMETRYCOLLECTION EMPTY",
}

func seal(t testing.TB, text string) geo.Geometry {
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

func TestWKBAgreesWithGoGeom(t *testing.T) {
	nan := wkbcommon.WKBOptionEmptyPointHandling(wkbcommon.EmptyPointHandlingNaN)
	for _, text := range geometries {
		t.Run(text, func(t *testing.T) {
			g := seal(t, text)
			want, err := wkb.Marshal(g.T(), binary.LittleEndian, nan)
			if err != nil {
				t.Fatal(err)
			}
			got := g.AppendWKB(nil)
			if !bytes.Equal(got, want) {
				t.Errorf("AppendWKB\n got %x\nwant %x", got, want)
			}
			for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
				b, err := wkb.Marshal(g.T(), order, nan)
				if err != nil {
					t.Fatal(err)
				}
				back, err := geo.ParseWKB(b)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(back.AppendWKB(nil), want) {
					t.Errorf("%v: round trip gave %x", order, back.AppendWKB(nil))
				}
			}
			back, err := ewkb.Unmarshal(g.AppendEWKB(nil, 4326))
			if err != nil {
				t.Fatal(err)
			}
			if back.SRID() != 4326 && g.Type() != geo.GeometryGeometryCollection {
				t.Errorf("SRID %d", back.SRID())
			}
		})
	}
}

func TestNewGeometryDropsMeasures(t *testing.T) {
	g := seal(t, "MULTIPOLYGON ZM (((0 0 1 9, 1 0 2 9, 1 1 3 9, 0 0 1 9)))")
	if g.T().Layout() != geom.XYZ || len(g.T().FlatCoords()) != 12 {
		t.Errorf("layout %v, %d coordinates", g.T().Layout(), len(g.T().FlatCoords()))
	}
	if g = seal(t, "LINESTRING M (0 0 7, 1 1 8)"); g.T().Layout() != geom.XY || len(g.T().FlatCoords()) != 4 {
		t.Errorf("layout %v, %d coordinates", g.T().Layout(), len(g.T().FlatCoords()))
	}
}

func FuzzParseWKB(f *testing.F) {
	for _, text := range geometries {
		f.Add(seal(f, text).AppendWKB(nil))
		f.Add(seal(f, text).AppendEWKB(nil, 2154))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := geo.ParseWKB(b)
		if err != nil {
			return
		}
		out := g.AppendWKB(nil)
		back, err := geo.ParseWKB(out)
		if err != nil {
			t.Fatalf("cannot read back %x: %v", out, err)
		}
		if again := back.AppendWKB(nil); !bytes.Equal(again, out) {
			t.Fatalf("%x became %x", out, again)
		}
	})
}
