package cql2

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInLonLat(t *testing.T) {
	swap := func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat); i += stride {
			flat[i], flat[i+1] = flat[i+1], flat[i]
		}
	}
	const text = "NOT S_WITHIN(geom, POINT(45 3)) AND (S_INTERSECTS(geom, BBOX(-20, 170, 20, -170)) OR S_EQUALS(geom, LINESTRING Z (1 2 3, 4 5 6)) OR a = 1)"
	e, err := ParseText(text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := InLonLat(e, Transform{ToLonLat: swap, Geographic: true})
	if err != nil {
		t.Fatal(err)
	}
	want := "NOT S_WITHIN(geom, POINT(3 45)) AND (S_INTERSECTS(geom, BBOX(170, -20, -170, 20)) OR S_EQUALS(geom, LINESTRING Z (2 1 3, 5 4 6)) OR a = 1)"
	if diff := cmp.Diff(want, Text(got)); diff != "" {
		t.Error(diff)
	}
	if Text(e) != text {
		t.Errorf("the filter itself was changed to %s", Text(e))
	}
	kilometres := func(flat []float64, stride int) {
		for i := range flat {
			if i%stride < 2 {
				flat[i] /= 1000
			}
		}
	}
	e, err = ParseText("S_INTERSECTS(geom, BBOX(1000, 2000, 3000, 4000))")
	if err != nil {
		t.Fatal(err)
	}
	if got, err = InLonLat(e, Transform{ToLonLat: kilometres}); err != nil {
		t.Fatal(err)
	}
	relate, _ := got.(*Relate)
	shape, ok := relate.B.(*Shape)
	if !ok {
		t.Fatalf("a projected box is %T", relate.B)
	}
	if b := shape.Geometry.Bounds(); b.MinX != 1 || b.MinY != 2 || b.MaxX != 3 || b.MaxY != 4 || len(shape.Geometry.T().FlatCoords()) != 2*(4*boxSteps+1) {
		t.Errorf("the box is %s", Text(got))
	}
}
