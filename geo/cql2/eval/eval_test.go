package eval_test

import (
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/eval"
)

// TestMatch looks at one feature; the stores' suite compares many with SQL.
func TestMatch(t *testing.T) {
	schema := &geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "name", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger},
		{Name: "at", Type: geo.TypeDateTime}, {Name: "none", Type: geo.TypeText}, {Name: "tags", Type: geo.TypeTextArray}}}
	noon, _ := cql2.ParseInstant("2024-02-29T12:00:00Z")
	point, err := geo.NewGeometry(geom.NewPointFlat(geom.XYZ, []float64{3.1, 45.8, 400}))
	if err != nil {
		t.Fatal(err)
	}
	f := &geo.Feature{Geometry: point, Values: []geo.Value{geo.Text("Église"), geo.Integer(7), noon, {}, geo.TextArray([]string{"a", "b"})}}
	tests := []struct {
		text string
		want bool
	}{
		{"name = 'Église'", true}, {"name = 'église'", false}, {"CASEI(name) = CASEI('ÉGLISE')", true}, {"ACCENTI(CASEI(name)) LIKE 'eg%'", true},
		{"none = 'x'", false}, {"NOT none = 'x'", false}, {"none IS NULL", true}, {"none = 'x' OR n = 7", true}, {"NOT (none = 'x' AND n = 8)", true},
		{"n % 4 = 3 AND n div 2 = 3 AND n / 2 = 3.5 AND 2 ^ n = 128", true}, {"n / 0 = 1 OR NOT n / 0 = 1", false},
		{"at = DATE('2024-02-29')", true}, {"at > DATE('2024-02-29')", false}, {"T_INTERSECTS(at, INTERVAL('..', '2024-02-29'))", true},
		{"A_CONTAINEDBY(tags, ('a', 'b', 'c'))", true}, {"A_EQUALS(tags, ('b', 'a', 'a'))", true},
		{"S_WITHIN(geom, BBOX(3, 45, 4, 46))", true}, {"S_INTERSECTS(geom, BBOX(170, -90, -170, 90))", false}, {"S_CONTAINS(BBOX(3, 45, 4, 46), geom)", true},
	}
	for _, tt := range tests {
		e, err := cql2.ParseText(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		x, err := eval.Compile(e, schema)
		if err != nil {
			t.Fatal(err)
		}
		if got := x.Match(f); got != tt.want {
			t.Errorf("%s is %v", tt.text, got)
		}
	}
}
