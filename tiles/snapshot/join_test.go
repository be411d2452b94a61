package snapshot_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/tiles/snapshot"
)

var roadSchema = geo.Schema{Geometry: geo.GeometryLineString, Fields: []geo.Field{
	{Name: "id", Type: geo.TypeText}, {Name: "kind", Type: geo.TypeText}, {Name: "town", Type: geo.TypeText},
}}

// roads gives two ways of pieces of 11 m that meet end to end, each of one kind
// by turns of ten pieces.
func roads(t *testing.T) []geo.Feature {
	var features []geo.Feature
	for way := range 2 {
		for i := range 400 {
			x, y := 3+float64(i)*0.0001, 45+0.001*float64(way)
			features = append(features, geo.Feature{FID: int64(len(features) + 1),
				Geometry: seal(t, fmt.Sprintf("LINESTRING (%.4f %.4f, %.4f %.4f)", x, y, x+0.0001, y)),
				Values:   []geo.Value{geo.Text(fmt.Sprint(len(features))), geo.Text([]string{"route", "piste"}[i/100%2]), geo.Text("Royat")}})
		}
	}
	return features
}

// Lines are joined where their categories agree; what they have in common stays,
// what differs is dropped.
func TestJoinedLinesCarryWhatTheyShare(t *testing.T) {
	s := buildWith(t, roadSchema, stream(roads(t)...), snapshot.Options{})
	for _, z := range []int{7, 8, 9, 10} {
		fx, fy := tilePosition(3.02, 45, z, 0, 0)
		x, y := int(fx/4096), int(fy/4096)
		kinds, joined := map[any]int{}, 0
		for _, f := range cut(t, s, z, x, y) {
			kind := f.Properties["kind"]
			kinds[kind]++
			if f.Properties["id"] == nil {
				joined++
				if diff := cmp.Diff(map[string]any{"kind": kind, "town": "Royat"}, f.Properties); diff != "" {
					t.Errorf("zoom %d: feature %d: %s", z, f.ID, diff)
				}
			}
			for _, part := range f.Parts {
				from, _ := tilePosition(3, 45, z, x, y)
				to, _ := tilePosition(3.04, 45, z, x, y)
				middle := (float64(part[0].X+part[len(part)-1].X)/2 - from) / (to - from) * 400
				if near := math.Mod(middle, 100); near > 10 && near < 90 && kind != []string{"route", "piste"}[int(middle)/100%2] {
					t.Errorf("zoom %d: the line at piece %.0f is a %v", z, middle, kind)
				}
			}
		}
		if kinds["route"] == 0 || kinds["piste"] == 0 || kinds[nil] > 0 || z < 10 && joined == 0 {
			t.Errorf("zoom %d: %d joined, kinds %v", z, joined, kinds)
		}
	}
}

// A field is in no tile before its zoom, and lines that differ only in it are joined.
func TestFieldsFromAZoom(t *testing.T) {
	s := buildWith(t, roadSchema, stream(roads(t)...), snapshot.Options{Fields: map[string]int{"kind": 13, "id": 15}})
	for z, want := range map[int]int{11: 1, 12: 1, 13: 2, 14: 2, 15: 3, 18: 3} {
		fx, fy := tilePosition(3.01005, 45, z, 0, 0)
		features := cut(t, s, z, int(fx/4096), int(fy/4096))
		if len(features) == 0 {
			t.Errorf("zoom %d: nothing", z)
		}
		most := 0
		for _, f := range features {
			most = max(most, len(f.Properties))
		}
		if most != want {
			t.Errorf("zoom %d: %d fields, want %d", z, most, want)
		}
	}
}
