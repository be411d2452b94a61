package styles_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/styles"
)

// drawn is a layer of a style as a client reads it.
type drawn struct {
	ID, Type    string
	SourceLayer string `json:"source-layer"`
	Filter      []any
	Paint       map[string]any
}

func read(t *testing.T, s *styles.Style) []drawn {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Layers []drawn }
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Layers
}

func TestAreasLieBelowLinesBelowPoints(t *testing.T) {
	s := styles.New("Tout", styles.Source{TileJSON: "https://puy.example/tiles/a.json"}, []styles.Layer{
		{ID: "stations", Geometry: geo.GeometryPoint}, {ID: "table"}, {ID: "pistes", Geometry: geo.GeometryMultiLineString},
		{ID: "plan", Geometry: geo.GeometryAny}, {ID: "communes", Geometry: geo.GeometryMultiPolygon}})
	var got []string
	for _, l := range read(t, s) {
		got = append(got, l.ID+" "+l.Type)
	}
	want := []string{"plan/polygon fill", "plan/outline line", "communes/polygon fill", "communes/outline line", "pistes/line line", "plan/line line",
		"stations/point circle", "plan/point circle"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, l := range read(t, s) {
		if (l.SourceLayer == "plan") != (l.Filter != nil) {
			t.Errorf("%s: filter %v", l.ID, l.Filter)
		}
	}
}

// Each number of features that a cluster stands for is drawn once, and so is a
// point that stands for itself.
func TestEveryClusterIsDrawnOnce(t *testing.T) {
	layers := read(t, styles.New("", styles.Source{}, []styles.Layer{{ID: "arbres", Geometry: geo.GeometryPoint, Clusters: true}}))
	radius := 0.0
	for _, n := range []float64{2, 9, 10, 99, 100, 999, 1000, 1e6} {
		times := 0
		for _, l := range layers {
			if holds(t, l.Filter, map[string]any{"point_count": n}) {
				times++
				if r := l.Paint["circle-radius"].(float64); r < radius {
					t.Errorf("%v features are drawn smaller than fewer", n)
				} else {
					radius = r
				}
			}
		}
		if times != 1 {
			t.Errorf("a cluster of %v is drawn %d times", n, times)
		}
	}
	for _, l := range layers {
		if holds(t, l.Filter, map[string]any{}) != (l.ID == "arbres/point") {
			t.Errorf("%s and a single point: filter %v", l.ID, l.Filter)
		}
	}
}

// holds evaluates a filter in the old form.
func holds(t *testing.T, filter []any, properties map[string]any) bool {
	t.Helper()
	arg := func(i int) any { return properties[filter[i].(string)] }
	switch filter[0] {
	case "all":
		for _, one := range filter[1:] {
			if !holds(t, one.([]any), properties) {
				return false
			}
		}
		return true
	case "has":
		return arg(1) != nil
	case "!has":
		return arg(1) == nil
	case ">=", "<":
		n, ok := arg(1).(float64)
		return ok && (n >= filter[2].(float64)) == (filter[0] == ">=")
	}
	t.Fatalf("QGIS does not convert the filter %v", filter)
	return false
}

func TestFewPointsAreLarger(t *testing.T) {
	radius := func(rows int64) float64 {
		layers := read(t, styles.New("", styles.Source{}, []styles.Layer{{ID: "a", Geometry: geo.GeometryPoint, Rows: rows}}))
		return layers[0].Paint["circle-radius"].([]any)[6].(float64) // at zoom 13
	}
	if few, many := radius(10), radius(1_000_000); few != 8 || many != 4 || radius(0) != 8 {
		t.Errorf("radius %v of 10 points and %v of a million", few, many)
	}
}

func TestShow(t *testing.T) {
	s := styles.New("", styles.Source{}, nil)
	s.Show(geo.Bounds{MinX: 2.5, MinY: 45, MaxX: 3.5, MaxY: 46})
	if s.Center == nil || *s.Center != [2]float64{3, 45.5} || math.Abs(*s.Zoom-8.4) > 1e-9 {
		t.Errorf("%v %v", s.Center, *s.Zoom)
	}
	for _, b := range []geo.Bounds{geo.EmptyBounds(), {MinX: 179, MinY: -17, MaxX: -179, MaxY: -16}} {
		s := styles.New("", styles.Source{}, nil)
		if s.Show(b); s.Center != nil {
			t.Errorf("%v has the centre %v", b, *s.Center)
		}
	}
}

func TestColoursAreGivenInTurn(t *testing.T) {
	layers := make([]styles.Layer, 20)
	for i := range layers {
		layers[i].Geometry = []geo.GeometryType{geo.GeometryPoint, geo.GeometryLineString, geo.GeometryPolygon, geo.GeometryAny}[i%4]
	}
	styles.Assign(layers)
	times := make([]int, len(styles.Colours()))
	for _, l := range layers {
		times[l.Colour]++
	}
	for colour, n := range times {
		if n < 2 || n > 3 {
			t.Errorf("colour %d is given %d times", colour, n)
		}
	}
}
