package shp

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format"
)

// table makes a .dbf of one column.
func table(letter byte, width, decimals int, cells ...string) []byte {
	b := make([]byte, 32+32+1)
	b[0] = 3
	le.PutUint32(b[4:], uint32(len(cells)))
	le.PutUint16(b[8:], uint16(len(b)))
	le.PutUint16(b[10:], uint16(1+width))
	copy(b[32:], "v")
	b[32+11], b[32+16], b[32+17], b[64] = letter, byte(width), byte(decimals), '\r'
	for _, c := range cells {
		b = append(b, fmt.Sprintf(" %-*s", width, c)[:1+width]...)
	}
	return append(b, 0x1a)
}

// column reads a table of one column: its type, and its values with "-" for null.
func columnOf(t *testing.T, b []byte, cpg string) (geo.FieldType, string, *reader) {
	t.Helper()
	l := &layerFiles{dbf: memory("a.dbf", b)}
	if cpg != "" {
		l.cpg = memory("a.cpg", []byte(cpg))
	}
	seen, err := scan(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{files: &collection{}, last: seen.records}
	if r.table, err = openTable(l.dbf); err != nil {
		t.Fatal(err)
	}
	if err := r.describe(l, seen, format.Options{}); err != nil {
		t.Fatal(err)
	}
	if len(r.columns) == 0 {
		return geo.TypeNull, "", r
	}
	var texts []string
	var f geo.Feature
	for r.Read(&f) == nil {
		text := f.Values[0].String()
		if f.Values[0].IsNull() {
			text = "-"
		}
		texts = append(texts, text)
	}
	return r.layer.Schema.Fields[0].Type, strings.Join(texts, "|"), r
}

func double(x float64) string { return string(le.AppendUint64(nil, math.Float64bits(x))) }

func TestColumnTypes(t *testing.T) {
	tests := []struct {
		letter          byte
		width, decimals int
		cells           []string
		want            geo.FieldType
		texts           string
	}{
		{'C', 5, 0, []string{"01000", "  a ", "", "\x00junk"}, geo.TypeText, "01000|  a|-|-"},
		{'N', 6, 0, []string{"1", "    -2", "******", "", "\x00\x00\x00\x00\x00\x00", "+7", "007"}, geo.TypeInteger, "1|-2|-|-|-|7|7"},
		{'N', 20, 0, []string{"9223372036854775807", "1"}, geo.TypeInteger, "9223372036854775807|1"},
		{'N', 20, 0, []string{"9223372036854775808", "1"}, geo.TypeNumber, "9223372036854776000|1"},
		{'N', 6, 0, []string{"1.5", "2"}, geo.TypeNumber, "1.5|2"},
		{'N', 6, 2, []string{"1", "2,5", "-.5", "-"}, geo.TypeNumber, "1|2.5|-0.5|-"},
		{'N', 6, 2, []string{"1", "n/a"}, geo.TypeText, "1|n/a"},
		{'F', 13, 4, []string{"1.0000e+002", "nan"}, geo.TypeNumber, "100|-"},
		{'F', 13, 4, []string{"0x10"}, geo.TypeText, "0x10"},
		{'L', 1, 0, []string{"T", "y", "F", "n", "?", ""}, geo.TypeBoolean, "true|true|false|false|-|-"},
		{'L', 1, 0, []string{"T", "S"}, geo.TypeText, "true|S"},
		{'D', 8, 0, []string{"20240229", "00000000", "", "\x00", "0"}, geo.TypeDate, "2024-02-29|-|-|-|-"},
		{'D', 8, 0, []string{"20240229", "20240230"}, geo.TypeText, "2024-02-29|20240230"},
		{'D', 10, 0, []string{"2024-02-29"}, geo.TypeDate, "2024-02-29"},
		{'I', 4, 0, []string{"\x2a\x00\x00\x00", "\xff\xff\xff\xff"}, geo.TypeInteger, "42|-1"},
		{'O', 8, 0, []string{double(-0.25), double(math.NaN())}, geo.TypeNumber, "-0.25|-"},
		{'T', 8, 0, []string{"\x8c\x3d\x25\x00\xe8\x03\x00\x00", "        "}, geo.TypeDateTime, "1970-01-01T00:00:01Z|-"},
		{'@', 8, 0, []string{"\x8d\x3d\x25\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff"}, geo.TypeDateTime, "1970-01-02T00:00:00Z|-"},
		{'Y', 8, 0, []string{"\x10\x27\x00\x00\x00\x00\x00\x00"}, geo.TypeNumber, "1"},
		{'M', 10, 0, []string{"1"}, geo.TypeNull, ""},
		{'G', 10, 0, nil, geo.TypeNull, ""},
		{'B', 8, 0, nil, geo.TypeNull, ""},
	}
	for _, test := range tests {
		got, texts, r := columnOf(t, table(test.letter, test.width, test.decimals, test.cells...), "")
		if got != test.want || texts != test.texts {
			t.Errorf("%c %q: got %s %s, want %s %s", test.letter, test.cells, got, texts, test.want, test.texts)
		}
		if test.want == geo.TypeNull && (len(r.layer.Warnings) != 1 || r.layer.Warnings[0].Rule != geo.RuleIgnored) {
			t.Errorf("%c: %v", test.letter, r.layer.Warnings)
		}
	}
}

// foxPro has a number of 8 bytes, a column that notes nulls, and a text wider than a byte tells.
func foxPro() []byte {
	const header = 32 + 3*32 + 1 + 263
	b := make([]byte, header)
	b[0] = 0x30
	le.PutUint32(b[4:], 1)
	le.PutUint16(b[8:], header)
	le.PutUint16(b[10:], 1+8+300+1)
	for i, c := range []struct {
		name            string
		letter          byte
		width, decimals byte
	}{{"x", 'B', 8, 2}, {"t", 'C', 44, 1}, {"_NullFlags", '0', 1, 0}} {
		d := b[32+32*i:]
		copy(d, c.name)
		d[11], d[16], d[17] = c.letter, c.width, c.decimals
	}
	b[32+3*32] = '\r'
	b = append(b, ' ')
	b = append(b, double(1.5)...)
	b = append(b, fmt.Sprintf("%-300s", strings.Repeat("a", 290))...)
	return append(b, 0)
}

func TestFoxPro(t *testing.T) {
	typ, text, r := columnOf(t, foxPro(), "")
	if typ != geo.TypeNumber || text != "1.5" || len(r.columns) != 2 || r.columns[1].width != 300 || len(r.layer.Warnings) != 0 {
		t.Error(typ, text, r.columns, r.layer.Warnings)
	}
}

// TestLevel7 reads a header of dBASE 7, whose names have 32 bytes, and an integer that sorts.
func TestLevel7(t *testing.T) {
	b := make([]byte, 68+48+1)
	b[0] = 4
	le.PutUint32(b[4:], 2)
	le.PutUint16(b[8:], uint16(len(b)))
	le.PutUint16(b[10:], 5)
	copy(b[68:], "a_name_of_more_than_ten_bytes")
	b[68+32], b[68+33], b[68+48] = 'I', 4, '\r'
	b = append(b, " \x80\x00\x00\x05 \x7f\xff\xff\xff"...)
	typ, text, r := columnOf(t, b, "")
	if typ != geo.TypeInteger || text != "5|-1" || r.columns[0].name != "a_name_of_more_than_ten_bytes" {
		t.Error(typ, text)
	}
}

func TestDeletedRecords(t *testing.T) {
	b := table('N', 1, 0, "1", "2", "3")
	b[65+2] = deleted
	typ, text, r := columnOf(t, b, "")
	if typ != geo.TypeInteger || text != "1|3" || r.row != 3 {
		t.Error(typ, text, r.row)
	}
	b = append(table('C', 1, 0, "a"), " b"...)
	b[len(b)-3] = ' ' // the sign of the end
	if _, text, r := columnOf(t, b, ""); text != "a" || len(r.layer.Warnings) != 0 {
		t.Error(text, r.layer.Warnings)
	}
}

func TestEncodings(t *testing.T) {
	tests := []struct {
		ldid            byte
		cpg, cell       string
		encoding, value string
		warning         string
	}{
		{0, "", "\xc9t\xe9", "windows-1252", "Été", ""},
		{0x57, "", "\x8cuvre", "windows-1252", "Œuvre", ""},
		{0x57, "", "Été", "utf-8", "Été", ""},
		{0x57, "", "ete", "utf-8", "ete", ""},
		{0x02, "", "\x90t\x82", "cp850", "Été", ""},
		{0x01, "", "\x90t\x82", "cp437", "Été", ""},
		{0x57, "UTF-8", "Été", "utf-8", "Été", ""},
		{0x02, "65001\r\n", "Été", "utf-8", "Été", ""},
		{0, "UTF-8", "\xc9t\xe9", "windows-1252", "Été", "the .cpg says UTF-8"},
		{0, "UTF-8", "ab\xc3", "utf-8", "ab", ""},      // a character cut in two by the width
		{0, "", "all\xe9", "windows-1252", "allé", ""}, // no such character
		{0, "1252", "\xe9", "windows-1252", "é", ""},
		{0, "ANSI 1252", "\xe9", "windows-1252", "é", ""},
		{0, "ISO 88591", "\xe9", "windows-1252", "é", ""},
		{0, "8859-15", "\xa4", "iso-8859-15", "€", ""},
		{0, "LDID/87", "\xe9", "windows-1252", "é", ""},
		{0, "LDID/2", "\x82", "cp850", "é", ""},
		{0, "OEM 850", "\x82", "cp850", "é", ""},
		{0, "932", "\x83\x65", "shift_jis", "テ", ""},
		{0, "<!DOCTYPE html>", "\xe9", "windows-1252", "é", "names no encoding"},
	}
	for _, test := range tests {
		width := len(test.cell)
		b := table('C', width, 0, test.cell)
		b = append(b[:65], append([]byte{' '}, test.cell...)...) // as bytes, not characters
		b[29] = test.ldid
		_, value, r := columnOf(t, b, test.cpg)
		said := ""
		for _, w := range r.layer.Warnings {
			said += w.Detail
		}
		if r.layer.Encoding != test.encoding || value != test.value || !strings.Contains(said, test.warning) || (said == "") != (test.warning == "") {
			t.Errorf("%#x %q %q: got %s %q %q, want %s %q", test.ldid, test.cpg, test.cell, r.layer.Encoding, value, said, test.encoding, test.value)
		}
	}
}

func TestColumnNames(t *testing.T) {
	var fields []geo.Field
	for _, name := range []string{"a", "A", "", "longueur_de_la_piste", "longueur_de_la_rue", "éééééééé", "x\ny", strings.Repeat("z", 9), strings.Repeat("z", 11), strings.Repeat("z", 12)} {
		fields = append(fields, geo.Field{Name: name})
	}
	want := []string{"a", "A_2", "field", "longueur_d", "longueur_2", "ééééé", "x_y", "zzzzzzzzz", "zzzzzzzzzz", "zzzzzzzz_2"}
	if diff := cmp.Diff(want, columnNames(fields)); diff != "" {
		t.Error(diff)
	}
}
