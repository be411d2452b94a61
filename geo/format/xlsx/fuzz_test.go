package xlsx_test

import (
	"testing"

	"puy/geo"
	"puy/geo/format"
)

// FuzzRead reads workbooks of which a worksheet, the shared texts and the styles are
// whatever it is given, and checks that rows are as counted and fit what was found.
func FuzzRead(f *testing.F) {
	const sst = `<sst><si><t>nom</t></si><si><r><t>a</t></r></si><si><t>_x000D_</t></si></sst>`
	const styles = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[h]:MM"/></numFmts><cellXfs><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>`
	f.Add(usual, sst, styles)
	f.Add(`<row><c r="B1" t="str"><v>lon</v></c><c t="str"><v>lat</v></c></row><row><c r="B2"><v>3</v></c><c><v>4e1</v></c></row></sheetData>`, sst, styles)
	f.Add(`<row><c t="d"><v>2024-01-01</v></c><c s="0"><v>-1e400</v></c></row></sheetData>`, "", "")
	f.Fuzz(func(t *testing.T, sheet, sst, styles string) {
		layer, lines, err := read(t, book(t, sheet, "xl/sharedStrings.xml", sst, "xl/styles.xml", styles), format.Options{})
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
