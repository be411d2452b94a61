package repair_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"puy/geo"
	"puy/geo/repair"
	"puy/geo/valid"
)

func seal(t testing.TB, g geom.T) geo.Geometry {
	t.Helper()
	sealed, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func parse(t testing.TB, text string) geo.Geometry {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return seal(t, g)
}

// TestAgreesWithPostGIS compares kind and area on random and on torture polygons.
func TestAgreesWithPostGIS(t *testing.T) {
	b, err := os.ReadFile("testdata/postgis.tsv")
	if err != nil {
		t.Fatal(err)
	}
	compared, kinds := 0, 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(cells) != 4 {
			continue
		}
		want, err := strconv.ParseFloat(cells[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		compared++
		g := parse(t, cells[3])
		fixed, ok := repair.Valid(g)
		if !ok {
			if want != 0 {
				t.Errorf("not repaired, PostGIS has an area of %v: %s", want, cells[3])
			}
			continue
		}
		if d := valid.Check(fixed); d != nil {
			t.Errorf("still invalid, %v: %s", d, cells[3])
		}
		scale := g.Bounds()
		tolerance := 1e-6 * (scale.MaxX - scale.MinX) * (scale.MaxY - scale.MinY)
		if got := repair.Area(fixed); math.Abs(got-want) > tolerance {
			t.Errorf("area %v, PostGIS %v: %s", got, want, cells[3])
		}
		if strings.EqualFold(fixed.Type().String(), cells[0]) {
			kinds++
		} else if fixed.Type().Dimension() != 2 {
			t.Errorf("%s, PostGIS %s: %s", fixed.Type(), cells[0], cells[3])
		}
	}
	// A multipolygon that is left with one part stays one here.
	if compared < 1000 || kinds < compared*98/100 {
		t.Errorf("%d of %d are of the same kind", kinds, compared)
	}
}

func TestForms(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name string
		g    geom.T
		want string // "" where nothing is left
	}{
		{"an open ring", geom.NewPolygonFlat(geom.XY, []float64{0, 0, 4, 0, 4, 4, 0, 4}, []int{8}), "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"},
		{"a spike", parse(t, "POLYGON((0 0,4 0,4 4,6 4,4 4,0 4,0 0))").T(), "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"},
		{"heights", geom.NewPolygonFlat(geom.XYZ, []float64{0, 0, 10, 4, 4, 20, 4, 0, 30, 0, 4, 40, 0, 0, 10}, []int{15}),
			"MULTIPOLYGON Z (((0 0 10, 2 2 15, 0 4 40, 0 0 10)), ((4 4 20, 2 2 15, 4 0 30, 4 4 20)))"},
		{"coordinates far from the origin", parse(t, "POLYGON((650000.1 6860000.1,650004.1 6860004.1,650004.1 6860000.1,650000.1 6860004.1,650000.1 6860000.1))").T(),
			"MULTIPOLYGON (((650000.1 6860000.1, 650002.099999994 6860002.099999994, 650000.1 6860004.1, 650000.1 6860000.1)), ((650004.1 6860004.1, 650002.099999994 6860002.099999994, 650004.1 6860000.1, 650004.1 6860004.1)))"},
		{"lines", parse(t, "MULTILINESTRING((0 0,1 1),(2 2,2 2))").T(), "MULTILINESTRING ((0 0, 1 1))"},
		{"a collection", parse(t, "GEOMETRYCOLLECTION(POINT(9 9),LINESTRING(1 1,1 1),POLYGON((0 0,1 0,0 0,0 0)))").T(), "GEOMETRYCOLLECTION (POINT (9 9))"},
		{"a line of one point", parse(t, "LINESTRING(1 1,1 1)").T(), ""},
		{"a collapsed ring", parse(t, "POLYGON((0 0,4 0,0 0,0 0))").T(), ""},
		{"no number", geom.NewPolygonFlat(geom.XY, []float64{0, 0, nan, 0, 4, 4, 0, 0}, []int{8}), ""},
		{"too far", geom.NewPolygonFlat(geom.XY, []float64{-1.7e308, -1.7e308, 1.7e308, 1.7e308, 1.7e308, -1.7e308, -1.7e308, 1.7e308, -1.7e308, -1.7e308}, []int{10}), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fixed, ok := repair.Valid(seal(t, tt.g))
			if ok != (tt.want != "") {
				t.Fatalf("repaired: %v", ok)
			}
			if !ok {
				return
			}
			if got, err := wkt.Marshal(fixed.T()); err != nil || got != tt.want {
				t.Errorf("got %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestValidStaysAsItIs(t *testing.T) {
	g := parse(t, "POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,2 1,2 2,1 1))")
	fixed, ok := repair.Valid(g)
	if !ok || fixed != g {
		t.Error("a valid polygon was changed")
	}
	if a := repair.Area(g); a != 15.5 {
		t.Errorf("area %v", a)
	}
}

// TestRandomPolygons repairs polygons of many crossings, which must all be valid then.
func TestRandomPolygons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]float64{3, 10, 1e-7, 1e7}).Draw(t, "size")
		offset := rapid.SampledFrom([]float64{0, 1e6}).Draw(t, "offset")
		var flat []float64
		var ends []int
		for range rapid.IntRange(1, 3).Draw(t, "rings") {
			for range rapid.IntRange(3, 30).Draw(t, "points") {
				flat = append(flat, offset+size*rapid.Float64Range(0, 1).Draw(t, "x"), offset+size*rapid.Float64Range(0, 1).Draw(t, "y"))
			}
			ends = append(ends, len(flat))
		}
		g, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, flat, ends))
		if err != nil {
			t.Fatal(err)
		}
		fixed, ok := repair.Valid(g)
		if !ok {
			// Far from the origin the least polygons are no larger than a few floats.
			if len(ends) == 1 && size > offset*1e-9 && repair.Area(g) > size*size/1000 {
				t.Fatal("not repaired")
			}
			return
		}
		b, f := g.Bounds(), fixed.Bounds()
		if margin := size*1e-7 + offset*0x1p-50; f.MinX < b.MinX-margin || f.MaxX > b.MaxX+margin || f.MinY < b.MinY-margin || f.MaxY > b.MaxY+margin {
			t.Fatalf("%v is outside of %v", f, b)
		}
		if again, ok := repair.Valid(fixed); !ok || again != fixed {
			t.Fatal("repaired twice")
		}
	})
}

func FuzzValid(f *testing.F) {
	for _, text := range []string{"POLYGON((0 0,4 4,4 0,0 4,0 0))", "MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((1 1,6 4,6 6,1 1)))", "LINESTRING(0 0,0 0)"} {
		f.Add(parse(f, text).AppendWKB(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := geo.ParseWKB(b)
		if err != nil {
			return
		}
		if fixed, ok := repair.Valid(g); ok {
			if d := valid.Check(fixed); d != nil {
				t.Errorf("still %v", d)
			}
		}
	})
}

func BenchmarkValid(b *testing.B) {
	// A star of 10,000 points that crosses itself once.
	var flat []float64
	for i := range 10_000 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 10_000)
		r := 1 + 0.01*math.Sin(float64(i))
		flat = append(flat, r*cos, r*sin)
	}
	flat[0], flat[1], flat[2], flat[3] = flat[2], flat[3], flat[0], flat[1]
	flat = append(flat, flat[0], flat[1])
	g := seal(b, geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}))
	for b.Loop() {
		if _, ok := repair.Valid(g); !ok {
			b.Fatal("not repaired")
		}
	}
}

func TestTidy(t *testing.T) {
	tests := []struct{ text, want string }{
		{"LINESTRING(0 0,1 1,1 1,2 0)", "LINESTRING (0 0, 1 1, 2 0)"},
		{"MULTILINESTRING((0 0,1 1,1 1),(5 5,5 5,6 6))", "MULTILINESTRING ((0 0, 1 1), (5 5, 6 6))"},
		{"POLYGON((0 0,0 0,4 0,4 4,4 4,0 4,0 0))", "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"},
		{"POLYGON((0 0,4 0,4 4,9 4.000001,4 4.000002,0 4.1,0 0))", "POLYGON ((0 0, 4 0, 4 4, 4 4.000002, 0 4.1, 0 0))"},
		{"POLYGON((9 4.000001,4 4.000002,0 4.1,0 0,4 0,4 4,9 4.000001))", "POLYGON ((4 4.000002, 0 4.1, 0 0, 4 0, 4 4, 4 4.000002))"},
		{"MULTIPOLYGON(((0 0,4 0,4 0,4 4,0 0),(3 1,3.5 1,3.5 1,3.5 1.5,3 1)),((5 5,6 5,6 5,6 6,5 5)))",
			"MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0), (3 1, 3.5 1, 3.5 1.5, 3 1)), ((5 5, 6 5, 6 6, 5 5)))"},
		{"GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1,1 1))", "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1))"},
	}
	for _, tt := range tests {
		g := parse(t, tt.text)
		tidied, ok := repair.Tidy(g)
		got, err := wkt.Marshal(tidied.T())
		if !ok || err != nil || got != tt.want {
			t.Errorf("got %s, %v, %v\nwant %s", got, ok, err, tt.want)
		}
		if d := valid.Blemish(tidied); d != nil || valid.Blemish(g) == nil {
			t.Errorf("%s: %v", tt.text, d)
		}
	}
	sliver := parse(t, "POLYGON((0 0,9 0.0001,9 0,0 0))")
	if tidied, _ := repair.Tidy(sliver); repair.Area(tidied) != repair.Area(sliver) {
		t.Error("a triangle is a spike and stays")
	}
}
