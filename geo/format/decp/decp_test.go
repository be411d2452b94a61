package decp_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/decp"
	"puy/internal/formattest"
)

func fixture(t testing.TB, name string) *format.Source {
	t.Helper()
	src, err := format.OpenSource(filepath.Join("testdata", name), "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// table is a layer as texts, with the names of the fields first.
func table(t testing.TB, src *format.Source, opt format.Options) ([][]string, format.Layer) {
	t.Helper()
	r, err := decp.Format().Open(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	for _, f := range r.Layer().Schema.Fields {
		names = append(names, f.Name)
	}
	rows := [][]string{names}
	var f geo.Feature
	for {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return rows, r.Layer()
		}
		if err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(f.Values))
		for i, v := range f.Values {
			row[i] = v.String()
		}
		rows = append(rows, row)
	}
}

// columns gives the columns of rows with these names.
func columns(rows [][]string, names []string) [][]string {
	out := [][]string{names}
	for _, row := range rows[1:] {
		var line []string
		for _, name := range names {
			text := ""
			for i, have := range rows[0] {
				if have == name {
					text = row[i]
				}
			}
			line = append(line, text)
		}
		out = append(out, line)
	}
	return out
}

// TestRows compares JSON and XML of the same contracts with what they are to be,
// written by hand.
func TestRows(t *testing.T) {
	for _, file := range []string{"marches.json", "marches.xml"} {
		for _, layer := range []string{"marches", "concessions"} {
			b, err := os.ReadFile(filepath.Join("testdata", layer+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(strings.NewReader(string(b)))
			r.Comma, r.LazyQuotes = ';', true
			want, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			got, l := table(t, fixture(t, file), format.Options{Layer: layer})
			if diff := cmp.Diff(want, columns(got, want[0])); diff != "" {
				t.Errorf("%s %s: %s", file, layer, diff)
			}
			if l.Count != int64(len(want)-1) || l.Name != layer || l.Schema.Spatial() {
				t.Errorf("%s: %d rows of layer %s", file, l.Count, l.Name)
			}
			for i, name := range []string{"cle", "uid", "id"} {
				if got[0][i] != name {
					t.Errorf("column %d is %s", i+1, got[0][i])
				}
			}
		}
	}
}

func TestNestedIsKept(t *testing.T) {
	want := `[{"acteSousTraitance":{"id":1,"sousTraitant":{"id":"44444444400044","typeIdentifiant":"SIRET"},"montant":1000.1}},` +
		`{"acteSousTraitance":{"id":2,"sousTraitant":{"id":"55555555500055","typeIdentifiant":"SIRET"},"montant":2000.2}}]`
	wantXML := `{"acteSousTraitance":[{"id":"1","sousTraitant":{"id":"44444444400044","typeIdentifiant":"SIRET"},"montant":"1000.1"},` +
		`{"id":"2","sousTraitant":{"id":"55555555500055","typeIdentifiant":"SIRET"},"montant":"2000.2"}]}`
	for file, want := range map[string]string{"marches.json": want, "marches.xml": wantXML} {
		rows, _ := table(t, fixture(t, file), format.Options{Layer: "marches"})
		got := columns(rows, []string{"actesSousTraitance"})
		if got[1][0] != want || got[2][0] != "" {
			t.Errorf("%s: %s", file, got)
		}
	}
}

func TestLayers(t *testing.T) {
	for _, file := range []string{"marches.json", "marches.xml"} {
		got, err := decp.Format().Layers(t.Context(), fixture(t, file))
		if diff := cmp.Diff([]string{"marches", "concessions"}, got); diff != "" || err != nil {
			t.Errorf("%s: %s %v", file, diff, err)
		}
		_, err = decp.Format().Open(t.Context(), fixture(t, file), format.Options{})
		if err == nil || !strings.Contains(err.Error(), "has several layers: marches, concessions") {
			t.Error(err)
		}
		_, err = decp.Format().Open(t.Context(), fixture(t, file), format.Options{Layer: "lots"})
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), `has no layer "lots"; it has marches, concessions`) {
			t.Error(err)
		}
	}
}

// TestForms reads what differs between publishers.
func TestForms(t *testing.T) {
	const one = `{"id":"1","acheteur":{"id":"21630113100013"},"codeCPV":"45000000","montant":"1 000","titulaires":[{"id":"1234","typeIdentifiant":"TVA"}]}`
	for name, content := range map[string]string{
		"an object of arrays":  `{"marches":{"marche":[` + one + `]}}`,
		"an object of one":     `{"marches":{"marche":` + one + `}}`,
		"an array in marches":  `{"marches":[` + one + `]}`,
		"an array":             `[` + one + `, null, 7]`,
		"a byte order mark":    "\ufeff \n{\"marches\":[" + one + `]}`,
		"an array of the kind": `{"marche":[` + one + `]}`,
		"flat names":           `[{"id":"1","acheteur_id":"21630113100013","codeCPV":"45000000","montant":"1 000","titulaires":[[{"titulaire":[{"id":"1234","typeIdentifiant":"TVA"}]}]]}]`,
	} {
		rows, l := table(t, formattest.Source(t, "d.json", content), format.Options{})
		want := [][]string{{"uid", "montant", "titulaire_id", "titulaire_typeIdentifiant"}, {"216301131000131", "1000", "1234", "TVA"}}
		if diff := cmp.Diff(want, columns(rows, want[0])); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if l.Trail.BOM != (name == "a byte order mark") {
			t.Errorf("%s: %v", name, l.Trail.BOM)
		}
	}
}

func TestUTF16(t *testing.T) {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range `<?xml version="1.0" encoding="UTF-16"?><marches><marche><id>é</id><acheteur><id>1</id></acheteur></marche></marches>` {
		b.Write([]byte{byte(r), byte(r >> 8)})
	}
	src := formattest.Source(t, "d.xml", b.String())
	head, err := src.Head()
	if err != nil || !decp.Format().Detect("", head) {
		t.Fatal("not recognised", err)
	}
	rows, l := table(t, src, format.Options{})
	if got := columns(rows, []string{"uid"}); got[1][0] != "1é" || l.Encoding != "utf-16le" {
		t.Error(got, l.Encoding)
	}
}

func TestWarnings(t *testing.T) {
	const one = `{"id":"1","acheteur":{"id":"21630113100013"},"titulaires":[{"id":"1234"},{"id":"1234"},{"id":"5678"}]}`
	_, l := table(t, formattest.Source(t, "d.json", `{"marches":[`+one+`,3,`+strings.Replace(one, `"1"`, `"2"`, 1)+`,`+one+`]}`), format.Options{})
	want := []geo.Problem{
		{Row: 5, Column: "uid", Value: "216301131000131", Rule: geo.RuleDuplicateKey, Detail: "row 1"},
		{Rule: geo.RuleIgnored, Detail: "3 holders that their contract names twice"},
		{Rule: geo.RuleIgnored, Detail: "1 values that are no contracts"},
	}
	if diff := cmp.Diff(want, l.Warnings); diff != "" {
		t.Error(diff)
	}
	_, l = table(t, formattest.Source(t, "d.xml", "<marches><marche><id>\x01a\x02</id><acheteur><id>1</id></acheteur></marche></marches>"), format.Options{})
	if len(l.Warnings) != 1 || l.Warnings[0].Detail != "2 control characters that XML does not allow" {
		t.Error(l.Warnings)
	}
}

func TestDetect(t *testing.T) {
	for content, want := range map[string]bool{
		`{"marches":{"marche":[{"id":"1","acheteur":{"id":"1"},"titulaires":[],"codeCPV":"4"}]}}`:            true,
		`[{"id":"1","acheteur.id":"1","titulaires":[],"codeCPV":"4"}]`:                                       true,
		`{"marches":[{"nom":"Marché Saint-Pierre","jours":["lundi"]}]}`:                                      false, // where vegetables are sold
		`{"type":"FeatureCollection","features":[{"acheteur":1,"titulaires":2,"codeCPV":3}]}`:                false,
		`{"a":"\"marches\": acheteur titulaires codeCPV"}`:                                                   false,
		`<marches><marche><acheteur/></marche></marches>`:                                                    true,
		`<p:marches xmlns:p="x"><p:marche><p:acheteur/></p:marche></p:marches>`:                              true,
		`<marches><marche><nom>Saint-Pierre</nom></marche></marches>`:                                        false,
		`<?xml version="1.0"?><marches><contrat-concession/></marches>`:                                      true,
		`marches;acheteur;titulaires;codeCPV`:                                                                false,
		`{"marches":{"contrat-concession":[{"autoriteConcedante":{},"valeurGlobale":1,"dateSignature":2}]}}`: true,
		"": false, "{": false, "[": false, `{"marches`: false,
	} {
		if got := decp.Format().Detect("", []byte(content)); got != want {
			t.Errorf("%s: %v", content, got)
		}
	}
}

// TestDescriptions looks at what tells readers of a table how to add it up.
func TestDescriptions(t *testing.T) {
	_, l := table(t, fixture(t, "marches.json"), format.Options{Layer: "marches"})
	for name, want := range map[string]string{"montant": "once", "montantInitial": "once", "montantMaximum": "once", "actesSousTraitance_montant": "once", "montantContrat": "not added up", "objet": ""} {
		i := l.Schema.Index(name)
		if i < 0 {
			t.Fatal(name)
		}
		if got := l.Schema.Fields[i].Description; !strings.Contains(got.EN, want) || (want == "") != (got.FR == "") {
			t.Errorf("%s: %q", name, got)
		}
	}
}
