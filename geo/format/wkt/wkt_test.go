package wkt_test

import (
	"bytes"
	"strings"
	"testing"

	reference "github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format/wkt"
)

// geometries are read by go-geom as well.
var geometries = []string{
	"POINT (3.08 45.78)", "POINT Z (3 45 410)", "POINT ZM (3 45 410 7)", "POINT M (3 45 7)", "POINT EMPTY", "POINT(-1e2 .5)",
	"LINESTRING (0 0, 1 1, 2 0)", "LINESTRING EMPTY", "linestring(0 0,1 1)",
	"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 1 1))", "POLYGON Z ((0 0 1, 4 0 2, 4 4 3, 0 0 1))", "POLYGON EMPTY",
	"MULTIPOINT (1 2, 3 4)", "MULTIPOINT ((1 2), (3 4))", "MULTIPOINT Z (1 2 3, 4 5 6)",
	"MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))", "MULTILINESTRING EMPTY",
	"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.1, 5.6 5.1, 5.6 5.2, 5.5 5.1)))", "MULTIPOLYGON EMPTY",
	"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))", "GEOMETRYCOLLECTION EMPTY",
	"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (1 2)))",
}

func TestParseAgreesWithGoGeom(t *testing.T) {
	for _, text := range geometries {
		t.Run(text, func(t *testing.T) {
			g, srid, err := wkt.Parse([]byte(text))
			if err != nil || srid != 0 {
				t.Fatalf("%d, %v", srid, err)
			}
			r, err := reference.Unmarshal(strings.ToUpper(text))
			if err != nil {
				t.Fatal(err)
			}
			want, err := geo.NewGeometry(r)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := g.AppendWKB(nil), want.AppendWKB(nil); !bytes.Equal(got, want) {
				t.Errorf("\n got %x\nwant %x", got, want)
			}
			if !wkt.Looks([]byte(text)) {
				t.Error("does not look like WKT")
			}
		})
	}
}

func TestAppend(t *testing.T) {
	for in, want := range map[string]string{
		"POINT(3.123456789 45)":                           "POINT (3.1234568 45)",
		"POINTZ(3 45 410.5)":                              "POINT Z (3 45 410.5)",
		"SRID=2154;LINESTRING(0 0,1 1)":                   "LINESTRING (0 0, 1 1)",
		"polygon((0 0,1 0,1 1,0 0),(5 5,6 5,6 6,5 5))":    "POLYGON ((0 0, 1 0, 1 1, 0 0), (5 5, 6 5, 6 6, 5 5))",
		"MULTIPOINT((1 2),(3 4))":                         "MULTIPOINT (1 2, 3 4)",
		"MULTILINESTRING((0 0,1 1),EMPTY)":                "MULTILINESTRING ((0 0, 1 1))",
		"MULTIPOLYGON(EMPTY,((0 0,1 0,1 1,0 0)))":         "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))",
		"GEOMETRYCOLLECTION(POINT(1 2),POLYGON EMPTY)":    "GEOMETRYCOLLECTION (POINT (1 2), POLYGON EMPTY)",
		"GEOMETRYCOLLECTION Z (POINT Z (1 2 3))":          "GEOMETRYCOLLECTION Z (POINT Z (1 2 3))",
		" \n POINT ( 1   2 ) ":                            "POINT (1 2)",
		"LINESTRING EMPTY":                                "LINESTRING EMPTY",
		"POINT(1 2 3 4)":                                  "POINT Z (1 2 3)",
		"POINT (+1 007.)":                                 "POINT (1 7)",
		"MULTIPOLYGON Z (((0 0 1,1 0 1,1 1 1,0 0 1)))":    "MULTIPOLYGON Z (((0 0 1, 1 0 1, 1 1 1, 0 0 1)))",
		"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION EMPTY)":   "GEOMETRYCOLLECTION (GEOMETRYCOLLECTION EMPTY)",
		"GEOMETRYCOLLECTION (LINESTRING M (0 0 9,1 1 9))": "GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1))",
	} {
		g, _, err := wkt.Parse([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := string(wkt.Append(nil, g, 7)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestParseSRID(t *testing.T) {
	if _, srid, err := wkt.Parse([]byte("srid=2154; POINT(708000 6520000)")); err != nil || srid != 2154 {
		t.Errorf("%d, %v", srid, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "POINT", "POINT (1)", "POINT (1 2", "POINT (1 2))", "POINT (1 2, 3 4)", "POINT (1 x)", "POINT (inf 1)", "POINT (1e999 1)",
		"POINT (0x10 1)", "POINT (1_0 1)", "CIRCLE (1 2)", "LINESTRING (0 0, 1 1 1)", "LINESTRING Z (0 0, 1 1)", "LINESTRING ()",
		"POLYGON (0 0, 1 1)", "SRID=;POINT(1 2)", "SRID=99999999999;POINT(1 2)", "POINT (1 2 3 4 5)", "MULTIPOINT ((1 2, 3 4))",
		strings.Repeat("GEOMETRYCOLLECTION(", 30), "GEOMETRYCOLLECTION (POINT (1 2)", "POINT (- 1)",
	} {
		if _, _, err := wkt.Parse([]byte(text)); geo.KindOf(err) != geo.KindInvalid || err == nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range geometries {
		f.Add([]byte(text))
	}
	f.Add([]byte("SRID=4326;POINT(1 2)"))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, _, err := wkt.Parse(b)
		if err != nil {
			return
		}
		if !g.Finite() {
			t.Fatalf("%q gave coordinates that are not finite", b)
		}
		text := wkt.Append(nil, g, 15)
		back, _, err := wkt.Parse(text)
		if err != nil {
			t.Fatalf("cannot read back %q, made of %q: %v", text, b, err)
		}
		if again := wkt.Append(nil, back, 15); !bytes.Equal(again, text) {
			t.Fatalf("%q became %q", text, again)
		}
	})
}
