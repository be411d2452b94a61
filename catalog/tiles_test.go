package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
)

func TestUnknownTileFields(t *testing.T) {
	schema := geo.Schema{Fields: []geo.Field{{Name: "nom"}, {Name: "largeur"}}}
	got := catalog.Tiles{Fields: map[string]int{"nom": 12, "largueur": 14, "zzzzzzzzzz": 3}}.Unknown(schema)
	want := []string{`tiles.fields: there is no field "largueur"; did you mean "largeur"?`, `tiles.fields: there is no field "zzzzzzzzzz"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTilesEqual(t *testing.T) {
	a := catalog.Tiles{Fields: map[string]int{"nom": 12}}
	for _, b := range []catalog.Tiles{{}, {Fields: map[string]int{"nom": 13}}, {Fields: map[string]int{"nom": 12}, KeepAll: true}, {Fields: map[string]int{"nom": 12}, MaxBytes: 1}} {
		if a.Equal(b) || b.Equal(a) {
			t.Errorf("%+v equals %+v", a, b)
		}
	}
	if !a.Equal(catalog.Tiles{Fields: map[string]int{"nom": 12}}) {
		t.Error("it does not equal itself")
	}
}
