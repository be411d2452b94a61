package ingest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
)

// TestGate applies a strict dataset below the gate, then above it, then late.
func TestGate(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte("id,jour,lon,lat\n1,2024-01-01,3.08,45.77\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st := openStore(t)
	d := catalog.Dataset{ID: "places", Title: geo.Localized{FR: "Places"}, Key: "id", Licence: "lov2", Publish: catalog.PublishStrict, Source: catalog.Source{File: "a.csv"}}
	apply := func(d catalog.Dataset) (r *ingest.Report, err error) {
		c := &catalog.Catalogue{Dir: dir, Portal: catalog.Portal{Title: geo.Localized{FR: "P"}, Contact: catalog.Contact{Email: "a@example.org"}}, Datasets: []catalog.Dataset{d}}
		err = ingest.Apply(t.Context(), st, c, ingest.ApplyOptions{Done: func(_ catalog.Dataset, done *ingest.Report, _ error) { r = done }})
		return r, err
	}
	r, err := apply(d)
	if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "below the publication gate (source, fresh, description, theme, keywords, question)") {
		t.Fatal(err)
	}
	if r.Rules[ingest.RuleGate] != 6 || r.Version != nil || r.Gate.Passed {
		t.Errorf("%+v", r)
	}
	if got, err := st.Dataset(t.Context(), d.ID); err != nil || got.Current != nil {
		t.Fatalf("%+v, %v", got.Current, err)
	}

	d.Publisher, d.Frequency, d.Theme, d.Keywords, d.Time = "ville", "monthly", "mobilite", []string{"place"}, "jour"
	d.Question.FR, d.Description.FR = "Où ?", strings.Repeat("x", 150)
	if r, err = apply(d); err != nil || !r.Gate.Passed || r.Gate.Score.Value <= 0.8 {
		t.Fatalf("%v, %+v", err, r.Gate)
	}
	text, err := st.Report(t.Context(), d.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	var kept ingest.Report
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Gate, kept.Gate); diff != "" {
		t.Errorf("the verdict that is stored differs (-want +got)\n%s", diff)
	}
	if r, err = apply(d); err != nil || !r.Skipped || r.Gate == nil || !r.Gate.Passed {
		t.Errorf("without news: %v, %+v", err, r)
	}
	stored, err := st.Dataset(t.Context(), d.ID)
	if err != nil {
		t.Fatal(err)
	}
	late, err := ingest.Verdict(t.Context(), st, stored, time.Now().AddDate(0, 3, 0))
	if err != nil || late.Passed || late.Reliable.OK || !late.Worth.OK {
		t.Errorf("after three months: %v, %+v", err, late)
	}
}

// TestSchemaFiles reads schemas from a file, pinned and not, and from a URL.
func TestSchemaFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.csv", "id,n\n1,5\n")
	write("s.json", `{"name":"local","version":"v1.2","fields":[{"name":"id"},{"name":"n","type":"integer","constraints":{"minimum":1}}]}`)
	write("bad.json", `{"fields":[]}`)
	const sum = "7a8f48ad1b4d3fa7e9c8d1bb2b8b2e0ac1e3ea4e43c2e5ab1d7e3a60e2ef3b16"
	for name, tt := range map[string]struct {
		reference, text string
	}{
		"a file":              {"s.json", ""},
		"a file that is gone": {"gone.json", "cannot read the schema gone.json"},
		"a bad file":          {"bad.json", "has no field"},
		"a pin that differs":  {"s.json#sha256=" + sum, "not the one that the catalogue pins"},
		"an unknown name":     {"cycle-lane", `puy has no schema "cycle-lane"`},
		"a registered name":   {"etalab/schema-fontaine@1.0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := openStore(t)
			var r *ingest.Report
			d := catalog.Dataset{ID: "x", Title: geo.Localized{FR: "X"}, Schema: tt.reference, Source: catalog.Source{File: "a.csv"}}
			err := ingest.Apply(t.Context(), st, &catalog.Catalogue{Dir: dir, Datasets: []catalog.Dataset{d}},
				ingest.ApplyOptions{Done: func(_ catalog.Dataset, done *ingest.Report, _ error) { r = done }})
			if tt.text != "" {
				if err == nil || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if name == "a file" && (r.Schema == nil || r.Schema.Name != "local" || r.Schema.Version != "1.2" || len(r.Schema.Checksum) != 64) {
				t.Errorf("%+v", r.Schema)
			}
			if name == "a registered name" && (r.Schema != nil || r.Warnings != 1) {
				t.Errorf("%+v", r)
			}
		})
	}
}
