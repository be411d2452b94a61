package gate

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
)

var now = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

func march(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

// good gives facts with which everything is right.
func good() *Facts {
	return &Facts{
		Dataset: catalog.Dataset{
			ID: "pistes", Title: geo.Localized{FR: "Pistes cyclables"}, Description: geo.Localized{FR: strings.Repeat("é", MinDescription)},
			Theme: "mobilite", Publisher: "metropole", Licence: "lov2", Frequency: "monthly", Keywords: []string{"vélo"},
			Question: geo.Localized{FR: "Où rouler à vélo ?"}, Schema: "cycle-lanes", Fields: []catalog.Field{{Name: "a", Title: geo.Localized{FR: "A"}}},
		},
		Portal: &catalog.Portal{Contact: catalog.Contact{Email: "contact@example.org"}},
		Rows:   10, Conforming: true, Located: true, Dated: true, Updated: now, Now: now,
	}
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*Facts)
		lacking []string
		score   []string // criteria that do not hold
	}{
		{"all is right", func(*Facts) {}, nil, nil},
		{"rows with errors", func(f *Facts) { f.Errors = 1 }, []string{"rows"}, nil},
		{"rows that do not conform", func(f *Facts) { f.Faults = 1 }, []string{"schema"}, nil},
		{"a schema that was not found", func(f *Facts) { f.Conforming = false }, []string{"schema"}, nil},
		{"no publisher but a provenance", func(f *Facts) { f.Dataset.Publisher, f.Dataset.Provenance.FR = "", "Relevés" }, nil, nil},
		{"no source", func(f *Facts) { f.Dataset.Publisher = "" }, []string{"source"}, nil},
		{"no contact", func(f *Facts) { f.Portal.Contact = catalog.Contact{Name: "La métropole"} }, []string{"contact"}, nil},
		{"a month and a day late", func(f *Facts) { f.Updated, f.Now = march(1, 12), march(32+1, 13) }, []string{"fresh"}, []string{"update_fulfilled_in_time"}},
		{"a month late, within a day", func(f *Facts) { f.Updated, f.Now = march(1, 12), march(32+1, 11) }, nil, nil},
		{"a frequency that cannot be missed", func(f *Facts) { f.Dataset.Frequency, f.Updated = "irregular", now.AddDate(-9, 0, 0) }, nil, nil},
		{"no frequency", func(f *Facts) { f.Dataset.Frequency = "" }, []string{"fresh"}, []string{"update_frequency", "update_fulfilled_in_time"}},
		{"149 characters", func(f *Facts) { f.Dataset.Description.FR = strings.Repeat("é", 149) }, []string{"description"}, nil},
		{"100 characters", func(f *Facts) { f.Dataset.Description.FR = strings.Repeat("é", 100) }, []string{"description"}, []string{"dataset_description_quality"}},
		{"a title that is the id", func(f *Facts) { f.Dataset.Title.FR = "pistes" }, []string{"title"}, nil},
		{"no theme, keywords, question", func(f *Facts) { f.Dataset.Theme, f.Dataset.Keywords, f.Dataset.Question = "", nil, geo.Localized{} }, []string{"theme", "keywords", "question"}, nil},
		{"a closed licence", func(f *Facts) { f.Dataset.Licence = "tous-droits" }, []string{"licence"}, nil},
		{"no licence", func(f *Facts) { f.Dataset.Licence = "" }, []string{"licence"}, []string{"license"}},
		{"internal without licence", func(f *Facts) { f.Dataset.Licence, f.Dataset.Internal = "", true }, nil, []string{"license"}},
		{"a table without dates", func(f *Facts) { f.Located, f.Dated = false, false }, nil, []string{"temporal_coverage", "spatial"}},
		{"a table of a territory", func(f *Facts) { f.Located, f.Dataset.Territory = false, []float64{2.9, 45.6, 3.4, 45.9} }, nil, nil},
		{"fields that nobody explains", func(f *Facts) { f.Dataset.Fields, f.Dataset.Schema, f.Conforming = nil, "", false }, nil, []string{"resources_documentation"}},
		{"no row", func(f *Facts) { f.Rows = 0 }, nil, []string{"has_open_format", "all_resources_available"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := good()
			tt.change(f)
			v := Judge(f)
			var lacking, score []string
			for _, l := range v.Lacking() {
				lacking = append(lacking, l.ID)
			}
			for _, c := range v.Score.Criteria {
				if c.Text.FR == "" || c.Text.EN == "" {
					t.Errorf("%s has no sentence", c.ID)
				}
				if !c.OK {
					score = append(score, c.ID)
				}
			}
			if diff := cmp.Diff([][]string{tt.lacking, tt.score}, [][]string{lacking, score}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if want := float64(9-len(tt.score)) / 9; len(v.Score.Criteria) != 9 || math.Abs(v.Score.Value-want) > 1e-9 || v.Passed != (len(tt.lacking) == 0) {
				t.Errorf("passed %v with the score %v of %d criteria, want %v", v.Passed, v.Score.Value, len(v.Score.Criteria), want)
			}
		})
	}
}

func TestMixing(t *testing.T) {
	for name, tt := range map[string]struct {
		own     string
		sources []string
		warns   string
	}{
		"nothing to mix":                  {"lov2", nil, ""},
		"open licences":                   {"lov2", []string{"lov2", "cc-by-4.0"}, ""},
		"ODbL of ODbL":                    {"odc-odbl", []string{"odc-odbl"}, ""},
		"ODbL and LO under LO":            {"lov2", []string{"lov2", "odc-odbl"}, "keep it"},
		"ODbL alone under LO":             {"lov2", []string{"odc-odbl"}, "keep it"},
		"ODbL and LO under ODbL":          {"odc-odbl", []string{"lov2", "odc-odbl"}, "credit both"},
		"share-alike of Creative Commons": {"cc-by-4.0", []string{"cc-by-sa-4.0"}, "keep it"},
	} {
		f := good()
		f.Dataset.Licence = tt.own
		for _, l := range tt.sources {
			f.Sources = append(f.Sources, catalog.Dataset{ID: l, Licence: l})
		}
		w := Judge(f).Warnings
		if (len(w) > 0) != (tt.warns != "") || len(w) > 0 && !strings.Contains(w[0].EN, tt.warns) {
			t.Errorf("%s: %v", name, w)
		}
	}
}
