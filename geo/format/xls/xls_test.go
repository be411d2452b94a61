package xls_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/xls"
	"puy/internal/cfbtest"
)

// globals declares two formats of dates and one of hours, and four formats of cells:
// general, built-in date, date with hours, hours.
func globals() []byte {
	format := func(id uint16, code string) []byte {
		return record(0x041e, id, uint16(len(code)), uint8(0), code)
	}
	cell := func(id uint16) []byte { return record(0x00e0, uint16(0), id, make([]byte, 16)) }
	return join(record(0x0042, uint16(1200)), record(0x0022, uint16(0)), format(170, `DD/MM/YYYY\ HH:MM`), format(171, "HH:MM:SS"),
		cell(0), cell(14), cell(170), cell(171))
}

// shared is a table of shared texts of which one is rich, one has phonetics, and
// characters go on in a record that says anew how they are encoded.
func shared() []byte {
	return join(
		record(0x00fc, uint32(9), uint32(5),
			uint16(3), uint8(0), "nom",
			uint16(8), uint8(8|1), uint16(2), wide("Clermont"), make([]byte, 5)),
		record(0x003c, make([]byte, 3),
			uint16(2), uint8(4), uint32(6), "\xe9\xe8", make([]byte, 6),
			uint16(6), uint8(0), "abc"),
		record(0x003c, uint8(1), wide("d😀"), uint16(2), uint8(1), wide("œ")),
		record(0x003c, uint8(0), "\xe0"),
	)
}

// usual has a title over merged cells, a header, and cells of every kind.
func usual() []byte {
	text := func(row, column uint16, i uint32) []byte { return record(0x00fd, row, column, uint16(0), i) }
	formula := func(row, column uint16, result ...any) []byte {
		return record(0x0006, row, column, uint16(0), bin(result...), make([]byte, 8))
	}
	mark := func(kind, value uint8) []byte { return bin(kind, uint8(0), value, uint8(0), uint16(0), uint16(0xffff)) }
	chart := join(bof(biff8, 0x20), number(9, 9, 0, 1), label(0, 0, "dans un graphique"), eof())
	return join(
		record(0x0208, make([]byte, 16)), // ROW
		label(0, 0, "TITRE"), record(0x0201, uint16(0), uint16(1), uint16(0)),
		text(2, 0, 0), label(2, 1, "prix"), label(2, 2, "jour"), label(2, 3, "heure"), label(2, 4, "ok"), label(2, 5, "calcul"), label(2, 6, "à"),
		text(3, 0, 1), number(3, 1, 0, 1234.5), number(3, 2, 1, 45443), number(3, 3, 2, 45443.5), record(0x0205, uint16(3), uint16(4), uint16(0), uint8(1), uint8(0)),
		formula(3, 5, math.Float64bits(2.25)), text(3, 6, 2), chart,
		text(4, 0, 3), record(0x027e, uint16(4), uint16(1), uint16(0), uint32(12345<<2|3)), record(0x0205, uint16(4), uint16(4), uint16(0), uint8(0x2a), uint8(1)),
		formula(4, 5, mark(0, 0)), record(0x04bc, make([]byte, 4)), record(0x0207, uint16(2), uint8(0), "7"), record(0x003c, uint8(1), wide("8")),
		text(4, 6, 4),
		record(0x00bd, uint16(5), uint16(1), uint16(0), uint32(7<<2|2), uint16(1), uint32(0x40e63100), uint16(2)),
		formula(5, 4, mark(1, 1)), formula(5, 5, mark(0, 0)), formula(6, 1, mark(2, 7)), formula(6, 5, mark(3, 0)), number(6, 1, 0, -0.5), number(6, 6, 3, 0.75),
		record(0x00e5, uint16(1), uint16(0), uint16(0), uint16(0), uint16(6)), record(0x00e5, uint16(1), uint16(8), uint16(9), uint16(0), uint16(6)),
	)
}

func wantUsual() []string {
	return []string{
		"1 |Clermont|1234.5|2024-05-31|2024-05-31T12:00:00Z|true|2.25|éè",
		"2 |abcd😀|123.45||||78|œà",
		"3 ||7|2024-06-05||true||",
		"4 ||-0.5|||||18:00:00",
	}
}

func TestRead(t *testing.T) {
	layer, lines, err := read(t, file(workbook(biff8, join(globals(), shared()), usual())), format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantUsual(), lines); diff != "" {
		t.Error(diff)
	}
	want := format.Layer{Name: "Feuille", Count: 4, Bounds: geo.EmptyBounds(), Schema: geo.Schema{Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "prix", Type: geo.TypeNumber},
		{Name: "jour", Type: geo.TypeDate}, {Name: "heure", Type: geo.TypeDateTime}, {Name: "ok", Type: geo.TypeBoolean}, {Name: "calcul", Type: geo.TypeNumber}, {Name: "à", Type: geo.TypeText}}},
		Warnings: []geo.Problem{{Value: "TITRE", Rule: geo.RuleIgnored, Detail: "1 lines above the header"},
			{Value: "A1:G1", Rule: geo.RuleMerged, Detail: "2 merged areas"}, {Rule: geo.RuleIgnored, Detail: "2 cells with an error"}}}
	layer.Trail = format.Trail{}
	if diff := cmp.Diff(want, layer); diff != "" {
		t.Error(diff)
	}
}

// TestSmall reads a workbook that is too small for large sectors, packed by gzip.
func TestSmall(t *testing.T) {
	cells := join(label(0, 0, "lon"), label(0, 1, "lat"), number(1, 0, 0, 3.1), number(1, 1, 0, 45.8))
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(file(workbook(biff8, nil, cells))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	layer, lines, err := read(t, b.Bytes(), format.Options{})
	if err != nil || layer.CRS != crs.CRS84 || len(lines) != 1 || lines[0] != "1 POINT (3.1 45.8)|3.1|45.8" {
		t.Error(layer, lines, err)
	}
}

// TestOld reads a workbook of Excel 5, with texts in a code page.
func TestOld(t *testing.T) {
	text := func(row, column uint16, s string) []byte {
		return record(0x0204, row, column, uint16(0), uint16(len(s)), s)
	}
	rich := record(0x00d6, uint16(1), uint16(1), uint16(0), uint16(4), "\x8at\x8e!", uint8(1), uint16(0))
	head := join(record(0x0042, uint16(10000)), record(0x0022, uint16(1)), record(0x041e, uint16(9), uint8(8), "DD/MM/YY"),
		record(0x00e0, uint16(0), uint16(0)), record(0x00e0, uint16(0), uint16(9)))
	cells := join(text(0, 0, "num\x8ero"), text(0, 1, "b"), text(0, 2, "jour"), number(1, 0, 0, 5), rich, number(1, 2, 1, 43981))
	content := cfbtest.File(cfbtest.Stream{Name: "Book", Content: workbook(biff5, head, cells)})
	layer, lines, err := read(t, content, format.Options{})
	if diff := cmp.Diff([]string{"1 |5|äté!|2024-05-31"}, lines); diff != "" || err != nil || layer.Schema.Fields[0].Name != "numéro" {
		t.Error(diff, layer.Schema, err)
	}
}

// TestUnordered reads cells that stand column by column.
func TestUnordered(t *testing.T) {
	formula := record(0x0006, uint16(2), uint16(0), uint16(0), make([]byte, 6), uint16(0xffff), make([]byte, 8))
	cells := join(label(0, 0, "a"), label(1, 0, "x"), formula, record(0x0207, uint16(1), uint8(0), "y"), label(3, 0, "z"),
		label(0, 1, "b"), number(1, 1, 0, 1), number(2, 1, 0, 2), number(3, 1, 0, 3), number(1, 1, 0, 10),
		record(0x00e5, uint16(1), uint16(8), uint16(9), uint16(0), uint16(26)))
	layer, lines, err := read(t, file(workbook(biff8, nil, cells)), format.Options{})
	if diff := cmp.Diff([]string{"1 |x|10", "2 |y|2", "3 |z|3"}, lines); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if diff := cmp.Diff([]geo.Problem{{Value: "A9:AA10", Rule: geo.RuleMerged, Detail: "1 merged areas"}}, layer.Warnings); diff != "" {
		t.Error(diff)
	}
}

// TestOfOthers reads a workbook that another program wrote (testdata/README.md).
func TestOfOthers(t *testing.T) {
	src, err := format.OpenSource(filepath.Join("testdata", "xlwt.xls"), "")
	if err != nil {
		t.Fatal(err)
	}
	names, err := xls.Format().Layers(context.Background(), src)
	if diff := cmp.Diff([]string{"Mesures", "Où ça"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for i, name := range names {
		layer, lines, err := readSource(src, format.Options{Layer: name})
		if err != nil {
			t.Fatal(err)
		}
		got := layer.Name + "\n" + strings.Join(lines, "\n") + "\n"
		want, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("%d.txt", i+1)))
		if diff := cmp.Diff(string(want), got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	if _, _, err := readSource(src, format.Options{Layer: "Trois"}); err == nil || err.Error() != `xlwt.xls has no worksheet "Trois"` {
		t.Error(err)
	}
}
