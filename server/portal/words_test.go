package portal

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/server/live"
	"puy/server/transfer"
	"puy/store"
	"puy/styles"
	"puy/web"
)

func TestEveryVocabularyHasWords(t *testing.T) {
	languages, err := web.Languages()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, frequency := range catalog.Frequencies() {
		keys = append(keys, "frequency."+frequency)
	}
	for kind := geo.TypeNull; kind <= geo.TypeJSON; kind++ {
		keys = append(keys, "type."+kind.String())
	}
	for kind := geo.GeometryNone; kind <= geo.GeometryAny; kind++ {
		keys = append(keys, "geometry."+kind.String())
	}
	for _, f := range transfer.Formats() {
		keys = append(keys, "download."+f.Name)
	}
	for _, l := range languages {
		for _, key := range keys {
			if !l.Has(key) {
				t.Errorf("language %s has no text for %q", l.Code, key)
			}
		}
	}
}

func TestHuesDifferWhileThereAreEnough(t *testing.T) {
	var datasets []store.Dataset
	for i, kind := range []geo.GeometryType{geo.GeometryPoint, geo.GeometryPoint, geo.GeometryMultiLineString, geo.GeometryPolygon,
		geo.GeometryLineString, geo.GeometryAny, geo.GeometryPoint, geo.GeometryMultiPolygon} {
		datasets = append(datasets, store.Dataset{Dataset: catalog.Dataset{ID: string(rune('a' + i))},
			Current: &catalog.Version{Schema: geo.Schema{Geometry: kind}}})
	}
	owner, hues := map[int]string{}, len(styles.Colours())
	for id, hue := range (&live.View{Datasets: datasets}).Colours() {
		if other, taken := owner[hue]; taken || hue < 0 || hue >= hues {
			t.Errorf("%s has hue %d, as has %q", id, hue, other)
		}
		owner[hue] = id
	}
	if len(owner) != hues {
		t.Errorf("%d of %d datasets have a hue", len(owner), hues)
	}
}

// The pages and the styles for other clients draw a dataset in the same colour.
func TestStyleSheetHasTheColoursOfStyles(t *testing.T) {
	sheet, err := os.ReadFile("../../web/static/portal.css")
	if err != nil {
		t.Fatal(err)
	}
	light, _, _ := strings.Cut(string(sheet), "@media")
	for i, colour := range styles.Colours() {
		if want := fmt.Sprintf("--hue-%d: %s;", i, colour); !strings.Contains(light, want) {
			t.Errorf("the style sheet lacks %q", want)
		}
		if want := fmt.Sprintf(".hue-%d {", i); !strings.Contains(string(sheet), want) {
			t.Errorf("the style sheet lacks %q", want)
		}
	}
}

func TestTitleFieldNamesTheFeature(t *testing.T) {
	schema := func(key string, fields ...geo.Field) *geo.Schema { return &geo.Schema{Key: key, Fields: fields} }
	text := func(name string) geo.Field { return geo.Field{Name: name, Type: geo.TypeText} }
	for _, c := range []struct {
		schema *geo.Schema
		want   int
	}{
		{schema("code", text("code"), text("type"), text("nom")), 2},
		{schema("code", text("code"), text("type")), 1},
		{schema("code", text("code"), text("type"), text("stop_name")), 2},
		{schema("code", text("code")), 0},
		{schema("", geo.Field{Name: "nom", Type: geo.TypeInteger}), -1},
	} {
		if got := titleField(c.schema); got != c.want {
			t.Errorf("titleField(%v) = %d; want %d", c.schema.Fields, got, c.want)
		}
	}
}

func TestUnitsAreWrittenForPeople(t *testing.T) {
	languages, err := web.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for ucum, want := range map[string]string{"": "", "1": "", "ug/m3": "µg/m³", "m2": "m²", "[EUR]": "€", "mo": "mois", "{vélo}": "vélo", "km": "km"} {
		if got := unit(languages[0], ucum); got != want {
			t.Errorf("unit(%q) = %q; want %q", ucum, got, want)
		}
	}
}
