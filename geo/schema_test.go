package geo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

func TestSchema(t *testing.T) {
	s := geo.Schema{
		Fields:   []geo.Field{{Name: "id", Type: geo.TypeInteger}, {Name: "nom", Type: geo.TypeText, Title: geo.Localized{FR: "Nom"}}},
		Geometry: geo.GeometryMultiPolygon, HasZ: true, Key: "id",
	}
	if s.Index("nom") != 1 || s.Index("Nom") != -1 || !s.Spatial() || (&geo.Schema{}).Spatial() {
		t.Errorf("got %d, %d", s.Index("nom"), s.Index("Nom"))
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"fields":[{"name":"id","type":"integer"},{"name":"nom","type":"text","title":{"fr":"Nom"}}],"geometry":"MultiPolygon","hasZ":true,"key":"id"}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	var back geo.Schema
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back); diff != "" {
		t.Error(diff)
	}
}

func TestClone(t *testing.T) {
	f := &geo.Feature{FID: 1, ID: "a", Values: []geo.Value{geo.Text("x")}}
	c := f.Clone()
	f.Values[0] = geo.Text("y")
	if c.Values[0] != geo.Text("x") || c.FID != 1 || c.ID != "a" {
		t.Errorf("the clone is %+v", c)
	}
}

func TestLocalized(t *testing.T) {
	both, fr, en := geo.Localized{FR: "Vélo", EN: "Cycling"}, geo.Localized{FR: "Vélo"}, geo.Localized{EN: "Cycling"}
	tests := []struct {
		text     geo.Localized
		lang, in string
	}{
		{both, "fr", "Vélo"}, {both, "en", "Cycling"}, {both, "de", "Vélo"}, {fr, "en", "Vélo"}, {en, "fr", "Cycling"}, {geo.Localized{}, "fr", ""},
	}
	for _, tt := range tests {
		if got := tt.text.In(tt.lang); got != tt.in {
			t.Errorf("%v in %s: %q", tt.text, tt.lang, got)
		}
	}
	if both.IsZero() || en.IsZero() || !(geo.Localized{}).IsZero() {
		t.Error("IsZero")
	}
}

func TestClipValue(t *testing.T) {
	exactly := strings.Repeat("é", 80)
	if got := geo.ClipValue(exactly); got != exactly {
		t.Errorf("80 characters became %q", got)
	}
	if got := geo.ClipValue(exactly + "x"); got != exactly+"…" {
		t.Errorf("81 characters became %q", got)
	}
}
