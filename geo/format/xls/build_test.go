package xls_test

import (
	"encoding/binary"
	"math"
	"testing"
	"unicode/utf16"

	"puy/geo/format"
	"puy/geo/format/xls"
	"puy/internal/cfbtest"
	"puy/internal/formattest"
)

// bin joins numbers, in as many bytes as their types have, and bytes.
func bin(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		default:
			b, _ = binary.Append(b, binary.LittleEndian, p)
		}
	}
	return b
}

func record(kind uint16, parts ...any) []byte {
	body := bin(parts...)
	return append(bin(kind, uint16(len(body))), body...)
}

// wide gives text in UTF-16.
func wide(s string) []byte { return bin(utf16.Encode([]rune(s))) }

func bof(version, kind uint16) []byte {
	return record(0x0809, version, kind, uint16(0), uint16(0), uint32(0), uint32(0))
}

const (
	biff8 = uint16(0x0600)
	biff5 = uint16(0x0500)
)

// eof ends a part of a workbook.
func eof() []byte { return record(0x000a) }

// workbook joins what stands before worksheets, without the record of the first
// worksheet, "Feuille", and that worksheet's cells.
func workbook(version uint16, globals, cells []byte) []byte {
	name := bin(uint8(7), "Feuille")
	if version == biff8 {
		name = bin(uint8(7), uint8(0), "Feuille")
	}
	head := append(bof(version, 5), globals...)
	at := len(head) + 4 + 6 + len(name) + len(eof())
	head = append(head, record(0x0085, uint32(at), uint16(0), name)...)
	return bin(head, eof(), bof(version, 0x10), cells, eof())
}

// file puts a workbook into a compound file.
func file(book []byte) []byte {
	return cfbtest.File(cfbtest.Stream{Name: "Workbook", Content: book}, cfbtest.Stream{Name: "\x05SummaryInformation", Content: []byte("x")})
}

func label(row, column uint16, s string) []byte {
	u := utf16.Encode([]rune(s))
	return record(0x0204, row, column, uint16(0), uint16(len(u)), uint8(1), u)
}

func number(row, column, style uint16, f float64) []byte {
	return record(0x0203, row, column, style, math.Float64bits(f))
}

// join makes one slice of records.
func join(records ...[]byte) (all []byte) {
	for _, r := range records {
		all = append(all, r...)
	}
	return all
}

func source(t testing.TB, content []byte) *format.Source {
	t.Helper()
	return formattest.Source(t, "classeur.xls", content)
}

// read gives the layer and each row as text.
func read(t testing.TB, content []byte, opt format.Options) (layer format.Layer, lines []string, err error) {
	t.Helper()
	return readSource(source(t, content), opt)
}

func readSource(src *format.Source, opt format.Options) (layer format.Layer, lines []string, err error) {
	return formattest.Rows(xls.Format(), src, opt)
}
