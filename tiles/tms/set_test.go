package tms_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/tiles/tms"
)

// The figures are those of OGC 17-083r4 annex D, tables for D.1 and D.4.
func TestFormulasGiveTheStandardsFigures(t *testing.T) {
	for _, tc := range []struct {
		set           *tms.Set
		zoom          int
		scale, cell   float64
		west, north   float64
		width, height int
	}{
		{tms.WebMercatorQuad(), 0, 559082264.028717, 156543.033928041, -20037508.3427892, 20037508.3427892, 1, 1},
		{tms.WebMercatorQuad(), 24, 33.3238997476529, 0.0093306919293428, -20037508.3427892, 20037508.3427892, 1 << 24, 1 << 24},
		{tms.WorldCRS84Quad(), 0, 279541132.014358, 0.703125, -180, 90, 2, 1},
		{tms.WorldCRS84Quad(), 17, 2132.72958384978, 0.00000536441802978515, -180, 90, 1 << 18, 1 << 17},
	} {
		m := tc.set.Matrices[tc.zoom]
		near := func(a, b float64) bool { return math.Abs(a-b) <= math.Abs(b)*1e-11 }
		if !near(m.ScaleDenominator, tc.scale) || !near(m.CellSize, tc.cell) || !near(m.Origin[0], tc.west) || !near(m.Origin[1], tc.north) ||
			m.Width != tc.width || m.Height != tc.height || m.TileSize != 256 {
			t.Errorf("%s %d: %+v", tc.set.ID, tc.zoom, m)
		}
	}
}

func TestKnownSetsReadBack(t *testing.T) {
	sets, err := tms.Known()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range sets {
		ids = append(ids, s.ID)
		b, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := tms.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.Matrices, again.Matrices); diff != "" || again.CRS != s.CRS {
			t.Errorf("%s: %s", s.ID, diff)
		}
	}
	if diff := cmp.Diff([]string{"Lambert93Quad", "WebMercatorQuad", "WorldCRS84Quad"}, ids); diff != "" {
		t.Error(diff)
	}
	if _, err := tms.Known(tms.WorldCRS84Quad()); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("one id twice: %v", err)
	}
}

// The built-in set holds the area of use of EPSG:2154, and its tiles meet.
func TestLambert93(t *testing.T) {
	sets, err := tms.Known()
	if err != nil {
		t.Fatal(err)
	}
	s := sets[0]
	system, _ := crs.Lookup(crs.Lamb93)
	limits := s.Limits(system.Area)
	if len(limits) != len(s.Matrices) || limits[0] != (tms.Limits{Matrix: "0"}) {
		t.Errorf("%+v", limits)
	}
	area := s.Transform().Area()
	m := &s.Matrices[0]
	if x, y := m.Corner(0, 0); x > area.MinX || y < area.MaxY || x+m.Span() < area.MaxX || y-m.Span() > area.MinY {
		t.Errorf("tile 0/0/0 is %g %g %g, the area %+v", x, y, m.Span(), area)
	}
	for i := range s.Matrices {
		m := &s.Matrices[i]
		if got := m.Span() * float64(m.Width); got != 2097152 || s.Find(m.ID) != i {
			t.Errorf("zoom %s is %g m wide", m.ID, got)
		}
	}
	if s.Find("19") != -1 || s.Find("") != -1 {
		t.Error("a matrix that is not there is found")
	}
}

func TestLimits(t *testing.T) {
	world := tms.WorldCRS84Quad()
	box := geo.Bounds{MinX: 3, MinY: 45.5, MaxX: 3.2, MaxY: 45.9}
	got := world.Limits(box)[2]
	if got != (tms.Limits{Matrix: "2", MinRow: 0, MaxRow: 0, MinCol: 4, MaxCol: 4}) && got.MinCol != 4 {
		t.Errorf("%+v", got)
	}
	// Web Mercator tiles of Clermont-Ferrand at zoom 10, as every map counts them.
	mercator := tms.WebMercatorQuad().Limits(box)[10]
	if mercator != (tms.Limits{Matrix: "10", MinRow: 364, MaxRow: 366, MinCol: 520, MaxCol: 521}) {
		t.Errorf("%+v", mercator)
	}
	if all := world.Limits(geo.EmptyBounds()); all != nil {
		t.Errorf("%+v", all)
	}
}

func TestAxisOrderAndBottomLeft(t *testing.T) {
	const definition = `{"id":"x","crs":{"uri":"http://www.opengis.net/def/crs/EPSG/0/4326"},"orderedAxes":["Lat","Lon"],"tileMatrices":[
		{"id":"a","scaleDenominator":279541132.0143589,"cellSize":0.703125,"cornerOfOrigin":"bottomLeft","pointOfOrigin":[-90,-180],
		"tileWidth":256,"tileHeight":256,"matrixWidth":2,"matrixHeight":1}]}`
	s, err := tms.Parse([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	if x, y := s.Matrices[0].Corner(1, 0); x != 0 || y != 90 {
		t.Errorf("the second tile begins at %g, %g", x, y)
	}
	b, err := s.JSON()
	if err != nil || !strings.Contains(string(b), `"pointOfOrigin":[-90,-180]`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestBadDefinitions(t *testing.T) {
	good, err := os.ReadFile("definitions/Lambert93Quad.json")
	if err != nil {
		t.Fatal(err)
	}
	change := func(path string, value any) []byte {
		var d map[string]any
		if err := json.Unmarshal(good, &d); err != nil {
			t.Fatal(err)
		}
		at := d
		if name, ok := strings.CutPrefix(path, "0/"); ok {
			at, path = d["tileMatrices"].([]any)[0].(map[string]any), name
		}
		at[path] = value
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if _, err := tms.Parse(change("title", "another")); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "not JSON": []byte("<x/>"), "trailing": append(append([]byte{}, good...), "{}"...), "long": make([]byte, 2<<20),
		"id": change("id", "../x"), "no id": change("id", ""), "member": change("tiles", 1), "crs": change("crs", "EPSG:999999"), "no crs": change("crs", nil),
		"crs object": change("crs", map[string]any{"wkt": "x"}), "axes": change("orderedAxes", []string{"N", "E"}), "one axis": change("orderedAxes", []string{"X"}),
		"no matrices": change("tileMatrices", []any{}), "cell": change("0/cellSize", 0), "scale": change("0/scaleDenominator", 5), "negative": change("0/cellSize", -1),
		"corner": change("0/cornerOfOrigin", "middle"), "origin": change("0/pointOfOrigin", []float64{1}), "far": change("0/pointOfOrigin", []float64{1, 1e300}),
		"oblong": change("0/tileHeight", 512), "no tile": change("0/tileWidth", 0), "wide": change("0/matrixWidth", 1<<40), "none": change("0/matrixHeight", 0),
		"variable": change("0/variableMatrixWidths", []any{}), "same id": change("0/id", "1"), "huge": change("0/matrixWidth", 1<<20),
	} {
		if _, err := tms.Parse(b); err == nil || geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is read can be written, read again and asked for its limits.
func FuzzParse(f *testing.F) {
	good, err := os.ReadFile("definitions/Lambert93Quad.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"id":"x","crs":"http://www.opengis.net/def/crs/OGC/1.3/CRS84","tileMatrices":[{"id":"0","scaleDenominator":279541132.0143589,"cellSize":0.703125,"pointOfOrigin":[-180,90],"tileWidth":256,"tileHeight":256,"matrixWidth":2,"matrixHeight":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := tms.Parse(b)
		if err != nil {
			if geo.KindOf(err) != geo.KindInvalid {
				t.Errorf("kind of %v", err)
			}
			return
		}
		for _, l := range s.Limits(geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}) {
			m := &s.Matrices[s.Find(l.Matrix)]
			if !m.Has(l.MinCol, l.MinRow) || !m.Has(l.MaxCol, l.MaxRow) {
				t.Errorf("%+v is not in %+v", l, m)
			}
		}
		text, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := tms.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.Matrices, again.Matrices); diff != "" {
			t.Error(diff)
		}
	})
}
