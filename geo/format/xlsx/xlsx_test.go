package xlsx_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/wkt"
	"puy/geo/format/xlsx"
	"puy/internal/formattest"
)

// parts of a workbook by their names; sheet is the content of sheetData and what
// follows it.
func book(t testing.TB, sheet string, others ...string) []byte {
	t.Helper()
	parts := map[string]string{
		"_rels/.rels": `<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns:r="r"><workbookPr date1904="false"/><sheets><sheet name="Première" sheetId="1" r:id="rId1"/>` +
			`<sheet name="Graphique" sheetId="3" r:id="rId4"/><sheet name="Deuxième" sheetId="2" r:id="rId2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="http://x/worksheet" Target="/xl/worksheets/Sheet2.xml"/><Relationship Id="rId4" Type="http://x/chartsheet" Target="charts/sheet4.xml"/>` +
			`<Relationship Id="rId3" Type="http://x/styles" Target="styles.xml"/><Relationship Id="rId5" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="DD/MM/YYYY\ HH:MM:SS"/><numFmt numFmtId="171" formatCode="#,##0.00\ [$€-40C];[RED]\-#,##0.00"/></numFmts>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="21"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst><si><t>nom</t></si><si><r><t>Clermont</t></r><r><t>-Ferrand</t></r><rPh><t>non</t></rPh></si><si><t xml:space="preserve"> a_x000D_b </t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><dimension ref="A1"/><sheetData>` + sheet + `</worksheet>`,
		"xl/worksheets/sheet2.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row></sheetData></worksheet>`,
	}
	for i := 0; i < len(others); i += 2 {
		parts[others[i]] = others[i+1]
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range parts {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func source(t testing.TB, content []byte) *format.Source {
	t.Helper()
	return formattest.Source(t, "classeur.xlsx", content)
}

// read gives the layer and each row as text.
func read(t testing.TB, content []byte, opt format.Options) (layer format.Layer, lines []string, err error) {
	t.Helper()
	return formattest.Rows(xlsx.Format(), source(t, content), opt)
}

func columns(l format.Layer) (list []string) {
	for _, f := range l.Schema.Fields {
		list = append(list, f.Name+":"+f.Type.String())
	}
	return list
}

const usual = `<row r="1"><c r="A1" t="inlineStr"><is><t>LISTE DES MARCHÉS</t></is></c></row>
<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="str"><v>n</v></c><c r="C3" t="str"><v>jour</v></c><c r="D3" t="str"><v>heure</v></c><c r="E3" t="str"><v>prix</v></c><c r="F3" t="str"><v>code postal</v></c><c r="H3" t="str"><v>ok</v></c></row>
<row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4"><v>2</v></c><c r="C4" s="1"><v>45443</v></c><c r="D4" s="2"><v>45443.5</v></c><c r="E4" s="3"><f>1+1</f><v>1234.5</v></c><c r="F4"><v>63000</v></c><c r="H4" t="b"><v>1</v></c></row>
<row r="6"><c r="A6" t="s"><v>2</v></c><c r="B6" t="str"><v>3</v></c><c r="C6" s="1"><v>1</v></c><c r="D6" s="2"/><c r="E6" t="e"><v>#DIV/0!</v></c><c r="G6" s="4"><v>0.75</v></c><c r="H6" t="b"><v>0</v></c></row>
<row r="7"><c r="A7"/><c r="B7" t="str"><v> </v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:H1"/></mergeCells>`

func TestRead(t *testing.T) {
	layer, lines, err := read(t, book(t, usual), format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"nom:text", "n:integer", "jour:date", "heure:date-time", "prix:number", "code postal:text", "column_7:text", "ok:boolean"}, columns(layer)); diff != "" {
		t.Error(diff)
	}
	want := []string{"1 |Clermont-Ferrand|2|2024-05-31|2024-05-31T12:00:00Z|1234.5|63000||true", "2 | a\rb |3|1900-01-01||||18:00:00|false"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	wantOdd := []geo.Problem{{Value: "LISTE DES MARCHÉS", Rule: geo.RuleIgnored, Detail: "1 lines above the header"},
		{Value: "A1:H1", Rule: geo.RuleMerged, Detail: "1 merged areas"},
		{Rule: geo.RuleIgnored, Detail: "1 cells with an error"}}
	if diff := cmp.Diff(wantOdd, layer.Warnings); diff != "" || layer.Name != "Première" || layer.Count != 2 {
		t.Error(layer.Name, layer.Count, diff)
	}
}

func TestLayers(t *testing.T) {
	content := book(t, usual)
	names, err := xlsx.Format().Layers(context.Background(), source(t, content))
	if diff := cmp.Diff([]string{"Première", "Deuxième"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if layer, lines, err := read(t, content, format.Options{Layer: "Deuxième"}); layer.Name != "Deuxième" || len(lines) != 1 || lines[0] != "1 |Clermont-Ferrand" || err != nil {
		t.Error(layer, lines, err)
	}
	if _, _, err := read(t, content, format.Options{Layer: "Troisième"}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "Troisième") {
		t.Error(err)
	}
}

func TestFormulasThatWereNeverComputed(t *testing.T) {
	content := book(t, `<row><c t="str"><v>a</v></c></row><row><c><f>1+1</f></c></row><row><c><f>1+1</f><v>2</v></c></row><row><c t="str"><f>""</f><v></v></c></row></sheetData>`)
	layer, lines, err := read(t, content, format.Options{})
	if err != nil || len(lines) != 1 || len(layer.Warnings) != 1 || !strings.HasPrefix(layer.Warnings[0].Detail, "1 formulas that were never computed") {
		t.Error(layer.Warnings, lines, err)
	}
}

func TestGeometry(t *testing.T) {
	cells := func(texts ...string) string {
		row := "<row>"
		for _, s := range texts {
			row += `<c t="str"><v>` + s + "</v></c>"
		}
		return row + "</row>"
	}
	layer, lines, err := read(t, book(t, cells("nom", "longitude", "latitude")), format.Options{})
	if err == nil || len(lines) != 0 { // the worksheet is not closed
		t.Fatal(layer, lines, err)
	}
	layer, lines, err = read(t, book(t, cells("nom", "longitude", "latitude")+`<row><c t="str"><v>a</v></c><c><v>3.1</v></c><c><v>45.8</v></c></row>`+"</sheetData>"), format.Options{})
	if err != nil || layer.CRS != crs.CRS84 || layer.Schema.Geometry != geo.GeometryPoint || lines[0] != "1 POINT (3.1 45.8)|a|3.1|45.8" {
		t.Error(layer, lines, err)
	}
	layer, lines, err = read(t, book(t, cells("nom", "wkt")+cells("a", "LINESTRING (700000 6500000, 700001 6500001)")+"</sheetData>"), format.Options{})
	if err != nil || layer.CRS != crs.Lamb93 || lines[0] != "1 LINESTRING (700000 6500000, 700001 6500001)|a" {
		t.Error(layer, lines, err)
	}
}

func TestDamagedWorkbooks(t *testing.T) {
	row := `<row><c t="str"><v>a</v></c></row>`
	for name, content := range map[string][]byte{
		"no shared text":   book(t, `<row><c t="s"><v>99</v></c></row></sheetData>`),
		"a cut worksheet":  book(t, row+row+"<row><c"),
		"an entity bomb":   book(t, row+"</sheetData>", "xl/sharedStrings.xml", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>`),
		"no workbook":      book(t, row, "xl/workbook.xml", ""),
		"no worksheet":     book(t, row, "xl/workbook.xml", "<workbook><sheets/></workbook>"),
		"a missing entry":  book(t, row, "xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/none.xml"/></Relationships>`),
		"too many columns": book(t, `<row><c r="XFE1" t="str"><v>a</v></c>`+strings.Repeat("<c/>", 16385)+`</row></sheetData>`),
		"a cut archive":    book(t, usual)[:900],
	} {
		if _, _, err := read(t, content, format.Options{}); err == nil || geo.KindOf(err) != geo.KindInvalid && geo.KindOf(err) != geo.KindLimit {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManySharedTexts(t *testing.T) {
	const n = 40
	var texts, rows strings.Builder
	for i := range n {
		fmt.Fprintf(&texts, "<si><t>%d %s</t></si>", i, strings.Repeat("x", 1<<20))
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, n-1-i)
	}
	_, lines, err := read(t, book(t, rows.String()+"</sheetData>", "xl/sharedStrings.xml", "<sst>"+texts.String()+"</sst>"), format.Options{})
	if err != nil || len(lines) != n-1 {
		t.Fatal(len(lines), err)
	}
	for i, line := range lines {
		if want := fmt.Sprintf("%d |%d xxx", i+1, n-2-i); !strings.HasPrefix(line, want) || len(line) < 1<<20 {
			t.Errorf("row %d: %.20s", i, line)
		}
	}
}

func write(t testing.TB, layer format.Layer, features ...geo.Feature) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xlsx.Format().NewWriter(&b, layer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range features {
		if err := w.Write(&features[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWrite(t *testing.T) {
	schema := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "code", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}, {Name: "x", Type: geo.TypeNumber},
		{Name: "vrai", Type: geo.TypeBoolean}, {Name: "jour", Type: geo.TypeDate}, {Name: "heure", Type: geo.TypeDateTime}, {Name: "tags", Type: geo.TypeTextArray}}}
	g, _, err := wkt.Parse([]byte("POINT (3.1 45.8)"))
	if err != nil {
		t.Fatal(err)
	}
	values := func(code string, n int64, day int64) []geo.Value {
		return []geo.Value{geo.Text(code), geo.Integer(n), geo.Number(0.1), geo.Boolean(true), geo.Date(day), geo.DateTime(time.Unix(1e9, 0)), geo.TextArray([]string{"é"})}
	}
	content := write(t, format.Layer{Name: "Données: [2024]/été", CRS: crs.CRS84, Schema: schema},
		geo.Feature{Geometry: g, Values: values("007", 5, 19874)}, geo.Feature{Values: make([]geo.Value, 7)},
		geo.Feature{Geometry: g, Values: values("=1+1 <&>\n_x0041_\x01", -7, 60)})
	layer, lines, err := read(t, content, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`1 POINT (3.1 45.8)|007|5|0.1|true|2024-05-31|2001-09-09T01:46:40Z|["é"]|3.1|45.8`,
		"2 POINT (3.1 45.8)|=1+1 <&>\n_x0041_\x01|-7|0.1|true|1970-03-02|2001-09-09T01:46:40Z|[\"é\"]|3.1|45.8"}
	if diff := cmp.Diff(want, lines); diff != "" { // a row of nulls is a blank line
		t.Error(diff)
	}
	if layer.Name != "Données   2024  été" || layer.Schema.Fields[4].Type != geo.TypeDate || layer.Schema.Fields[0].Type != geo.TypeText {
		t.Error(layer)
	}
}

func TestWriteLimits(t *testing.T) {
	one := geo.Schema{Fields: []geo.Field{{Name: "a", Type: geo.TypeText}, {Name: "b", Type: geo.TypeInteger}, {Name: "c", Type: geo.TypeDate}}}
	if _, err := xlsx.Format().NewWriter(io.Discard, format.Layer{Schema: one, Count: 1048576}); geo.KindOf(err) != geo.KindLimit || !strings.Contains(err.Error(), "1048575 rows") {
		t.Error(err)
	}
	if _, err := xlsx.Format().NewWriter(io.Discard, format.Layer{Schema: geo.Schema{Fields: make([]geo.Field, 16385)}}); geo.KindOf(err) != geo.KindLimit {
		t.Error(err)
	}
	w, err := xlsx.Format().NewWriter(io.Discard, format.Layer{Count: -1, Schema: geo.Schema{}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1048576 {
		if err := w.Write(&geo.Feature{}); (err != nil) != (i == 1048575) {
			t.Fatal(i, err)
		}
	}
	long := strings.Repeat("é", 40000)
	_, lines, err := read(t, write(t, format.Layer{Schema: one}, geo.Feature{Values: []geo.Value{geo.Text(long), geo.Integer(1 << 60), geo.Date(-30000)}}), format.Options{})
	if err != nil || lines[0] != "1 |"+strings.Repeat("é", 32766)+"…|1152921504606846976|1887-11-12" {
		t.Errorf("%.20q %v", lines, err)
	}
}
