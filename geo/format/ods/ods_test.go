package ods_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/ods"
	"puy/internal/formattest"
)

// document makes a spreadsheet of tables.
func document(t testing.TB, tables string) []byte {
	return zipped(t, "content.xml", `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:automatic-styles><a/></office:automatic-styles>`+
		`<office:body><office:spreadsheet>`+tables+`</office:spreadsheet></office:body></office:document-content>`)
}

func zipped(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = io.WriteString(f, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func source(t testing.TB, content []byte) *format.Source {
	t.Helper()
	return formattest.Source(t, "feuille.ods", content)
}

// read gives the layer and each row as text.
func read(t testing.TB, content []byte, opt format.Options) (layer format.Layer, lines []string, err error) {
	t.Helper()
	return formattest.Rows(ods.Format(), source(t, content), opt)
}

// texts makes a line of cells of text.
func texts(cells ...string) string {
	line := "<table:table-row>"
	for _, s := range cells {
		line += `<table:table-cell office:value-type="string"><text:p>` + s + "</text:p></table:table-cell>"
	}
	return line + "</table:table-row>"
}

const values = `<table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>a<text:s text:c="2"/><text:span>b</text:span></text:p><text:p>c</text:p></table:table-cell>` +
	`<table:table-cell office:value-type="float" office:value="1234.5"><text:p>1 234,50 €</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-05-31"><text:p>31/05/24</text:p></table:table-cell>` +
	`<table:table-cell office:value-type="date" office:date-value="2024-05-31T12:00:00"/><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="time" office:time-value="PT18H05M07.5S"/></table:table-row>`

func usual() string {
	return `<table:table table:name="Une"><table:table-column/>` +
		`<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-spanned="6" office:value-type="string"><text:p>TITRE</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated="5"/></table:table-row>` +
		`<table:table-header-rows>` + texts("nom", "prix", "jour", "heure", "ok", "à") + `</table:table-header-rows>` + values +
		`<table:table-row table:number-rows-repeated="2"><table:table-cell/><table:table-cell table:number-columns-repeated="1" office:value-type="float" office:value="7"/></table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>` +
		`<table:table table:name="Deux">` + texts("lon", "lat") + texts("3,1", "45,8") + `</table:table>`
}

func TestRead(t *testing.T) {
	layer, lines, err := read(t, document(t, usual()), format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 |a  b\nc|1234.5|2024-05-31|2024-05-31T12:00:00Z|true|18:05:07.5", "2 ||7||||", "3 ||7||||"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	wantLayer := format.Layer{Name: "Une", Count: 3, Bounds: geo.EmptyBounds(), Schema: geo.Schema{Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "prix", Type: geo.TypeNumber},
		{Name: "jour", Type: geo.TypeDate}, {Name: "heure", Type: geo.TypeDateTime}, {Name: "ok", Type: geo.TypeBoolean}, {Name: "à", Type: geo.TypeText}}},
		Warnings: []geo.Problem{{Value: "TITRE", Rule: geo.RuleIgnored, Detail: "3 lines above the header"},
			{Value: "TITRE", Rule: geo.RuleMerged, Detail: "1 merged areas"}}}
	if layer.Trail.Header != 4 || layer.Trail.Notations["prix"].Type != geo.TypeNumber {
		t.Errorf("what led there: %+v", layer.Trail)
	}
	layer.Trail = format.Trail{}
	if diff := cmp.Diff(wantLayer, layer); diff != "" {
		t.Error(diff)
	}
}

func TestLayers(t *testing.T) {
	content := document(t, usual())
	names, err := ods.Format().Layers(context.Background(), source(t, content))
	if diff := cmp.Diff([]string{"Une", "Deux"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	layer, lines, err := read(t, content, format.Options{Layer: "Deux"})
	if err != nil || layer.CRS != crs.CRS84 || len(lines) != 1 || lines[0] != "1 POINT (3.1 45.8)|3.1|45.8" {
		t.Error(layer, lines, err)
	}
	if _, _, err := read(t, content, format.Options{Layer: "Trois"}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "Trois") {
		t.Error(err)
	}
}

func TestDamagedDocuments(t *testing.T) {
	row := texts("a", "b")
	for name, content := range map[string][]byte{
		"a text document":  zipped(t, "content.xml", `<office:document-content xmlns:office="o"><office:body><office:text/></office:body></office:document-content>`),
		"no table":         document(t, ""),
		"no content":       zipped(t, "meta.xml", "<a/>"),
		"a cut document":   zipped(t, "content.xml", `<document-content><body><spreadsheet><table name="a">`+row+row+"<table-row><table-cell"),
		"an entity bomb":   zipped(t, "content.xml", `<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><document-content><body><spreadsheet><table><table-row><table-cell><p>&b;</p>`),
		"repeated cells":   document(t, `<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="4000" office:value-type="float" office:value="1"/></table:table-row></table:table>`),
		"too many columns": document(t, `<table:table>`+row+`<table:table-row><table:table-cell table:number-columns-repeated="9999999999" office:value-type="float" office:value="1"/></table:table-row></table:table>`),
		"a cut archive":    document(t, usual())[:300],
	} {
		if _, _, err := read(t, content, format.Options{}); err == nil || geo.KindOf(err) != geo.KindInvalid && geo.KindOf(err) != geo.KindLimit {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzRead reads documents whose tables are whatever it is given.
func FuzzRead(f *testing.F) {
	f.Add(usual())
	f.Add(`<table:table>` + texts("a", "b") + values + `</table:table>`)
	f.Fuzz(func(t *testing.T, tables string) {
		layer, lines, err := read(t, document(t, tables), format.Options{})
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		if int64(len(lines)) != layer.Count {
			t.Fatalf("%d rows, counted %d", len(lines), layer.Count)
		}
	})
}
