package reportpage

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/gate"
)

func outcome() Outcome {
	portal := catalog.Portal{}
	r := &ingest.Report{
		Dataset: "arbres", Source: "arbres.csv", Checksum: "x", Rows: 12345, Rejected: 2, Errors: 1500, Warnings: 1, Started: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		Rules: map[geo.Rule]int64{"enum": 1499, "type": 1, "old-spelling": 1},
		Gate:  gate.Judge(&gate.Facts{Portal: &portal}),
		Problems: []ingest.Entry{
			{Problem: geo.Problem{Row: 7, Column: "essence", Value: "<script>alert(1)</script>", Rule: "enum"}, Severity: ingest.Error,
				Message: geo.Localized{FR: "pas dans la liste", EN: "not in the list"}, Fix: "Tilleul", Position: &[2]float64{3.08, 45.77}},
			{Problem: geo.Problem{Row: 7, Column: "n", Rule: "type"}, Severity: ingest.Error},
			{Problem: geo.Problem{Row: 9, Column: "n", Rule: "old-spelling"}, Severity: ingest.Warning, Message: geo.Localized{FR: "ancien", EN: "old"}, Position: &[2]float64{3.10, 45.79}},
		},
	}
	return Outcome{Report: r, Err: errors.New("2 of 12345 rows have errors")}
}

func TestWrite(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {`lang="fr"`, "Non publié :", "12\u202f345", "pas dans la liste", "Tilleul", "&lt;script&gt;", "Digne d’intérêt", "Score de qualité", "1\u202f499", "2 of 12345 rows", `id="r0-7"`, `href="#r0-9"`},
		"en": {`lang="en"`, "Not published:", "12,345", "not in the list", "Worth publishing", "0 / 9", "And more: 1,498"},
	} {
		var b strings.Builder
		if err := Write(&b, lang, []Outcome{outcome()}); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: the page lacks %q", lang, w)
			}
		}
		if strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "http") {
			t.Errorf("%s: the page holds a script or something from outside", lang)
		}
		if n := strings.Count(b.String(), "<circle"); n != 1 {
			t.Errorf("%s: %d errors on the map", lang, n)
		}
		if n := strings.Count(b.String(), `id="r0-7"`); n != 1 {
			t.Errorf("%s: %d elements have one id", lang, n)
		}
		well(t, b.String())
	}
}

// well tells whether every element of a page is closed, as XML is.
func well(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestDrawing(t *testing.T) {
	o := outcome()
	s := drawing(o.Report)
	if len(s.Points) != 2 || !s.Points[0].Error || s.Points[1].Error {
		t.Fatalf("%+v", s.Points)
	}
	a, b := s.Points[0], s.Points[1]
	if a.X >= b.X || a.Y <= b.Y {
		t.Errorf("east is not right or north is not up: %+v", s.Points)
	}
	if want, got := math.Cos(45.78*math.Pi/180), (b.X-a.X)/(a.Y-b.Y); math.Abs(want-got) > 1e-6 {
		t.Errorf("a degree of longitude is %v of one of latitude, want %v", got, want)
	}
	for _, p := range s.Points {
		if p.X < 0 || p.X > width || p.Y < 0 || p.Y > height {
			t.Errorf("%+v is off the map", p)
		}
	}
	o.Problems = o.Problems[:2]
	if s := drawing(o.Report); len(s.Points) != 1 || s.Length == "" || len(s.Lines) == 0 || len(s.Lines) > 60 {
		t.Errorf("one point alone: %+v", s)
	}
	o.Problems[0].Position = nil
	if drawing(o.Report) != nil {
		t.Error("a map of nothing")
	}
}
