package xls_test

import (
	"bytes"
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/internal/cfbtest"
)

// TestHostile reads workbooks whose records say what is not so.
func TestHostile(t *testing.T) {
	ok := join(label(0, 0, "a"), number(1, 0, 0, 1))
	whole := workbook(biff8, nil, ok)
	for _, c := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"a password", file(workbook(biff8, record(0x002f, uint16(1), make([]byte, 50)), ok)), "it is protected by a password"},
		{"another stream", cfbtest.File(cfbtest.Stream{Name: "WordDocument", Content: whole}), "there is no workbook inside"},
		{"Excel 4", file(workbook(0x0400, nil, ok)), "it is of version 0x0400"},
		{"no worksheet", file(join(bof(biff8, 5), eof())), "it has no worksheet"},
		{"worksheets that are nowhere", file(join(bof(biff8, 5), record(0x0085, uint32(1<<31), uint16(0), uint8(1), uint8(0), "a"), eof())), "it ends early"},
		{"a worksheet that is none", file(join(bof(biff8, 5), record(0x0085, uint32(4), uint16(0), uint8(1), uint8(0), "a"), eof())), "no workbook or worksheet begins at byte"},
		{"a name that is not whole", file(join(bof(biff8, 5), record(0x0085, uint32(4), uint16(0), uint8(255), uint8(0), "a"), eof())), "record 0x0085 at byte 20 is too short"},
		{"no shared text", file(workbook(biff8, nil, record(0x00fd, make([]byte, 6), uint32(1<<31)))), "cell A1 has the shared text 2147483648, which there is not"},
		{"fewer shared texts than claimed", file(workbook(biff8, record(0x00fc, ^uint32(0), ^uint32(0), uint16(3), uint8(0), "abcd"), ok)), "is too short"},
		{"phonetics of 4 GB", file(workbook(biff8, record(0x00fc, uint32(1), uint32(1), uint16(1), uint8(4), ^uint32(0), "a"), ok)), "is too short"},
		{"half a character", file(workbook(biff8, record(0x00fc, uint32(1), uint32(1), uint16(2), uint8(1), "abc"), ok)), "is too short"},
		{"a number of 4 bytes", file(workbook(biff8, nil, record(0x0203, make([]byte, 10)))), "is too short"},
		{"a cell of 5 bytes", file(workbook(biff8, nil, record(0x0203, make([]byte, 5)))), "is too short"},
		{"column 257", file(workbook(biff8, nil, join(ok, number(2, 256, 0, 1)))), "line 3 has a cell in column 257"},
		{"no end", file(whole[:len(whole)-4]), "it ends early"},
		{"a record without an end", file(whole[:len(whole)-8]), "it ends early"},
	} {
		_, _, err := read(t, c.content, format.Options{})
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "classeur.xls cannot be read as a workbook: ") || geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v, want %s", c.name, err, c.says)
		}
	}
	// More than was claimed, and what stands after the last one, do no harm.
	sst := record(0x00fc, uint32(1), uint32(0), uint16(1), uint8(0), "a", uint16(1), uint8(0), "b", "\xff\xff")
	cell := func(row uint16, i uint32) []byte { return record(0x00fd, row, uint16(0), uint16(9), i) }
	_, lines, err := read(t, file(workbook(biff8, sst, join(cell(0, 0), cell(1, 1)))), format.Options{})
	if err != nil || len(lines) != 1 || lines[0] != "1 |b" {
		t.Error(lines, err)
	}
}

// TestDamage cuts a workbook everywhere and spoils each of its bytes: a part is never
// taken for the whole, and what is wrong is the file's fault.
func TestDamage(t *testing.T) {
	whole := file(workbook(biff8, join(globals(), shared()), usual()))
	for n := 1; n < len(whole); n += 41 {
		if _, lines, err := read(t, whole[:n], format.Options{}); geo.KindOf(err) != geo.KindInvalid || err == nil {
			t.Errorf("the first %d of %d bytes: %d lines, %v", n, len(whole), len(lines), err)
		}
	}
	for at := 0; at < len(whole); at += 13 {
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 0xff
		if _, _, err := read(t, spoilt, format.Options{}); err != nil && geo.KindOf(err) != geo.KindInvalid && geo.KindOf(err) != geo.KindLimit {
			t.Errorf("with byte %d spoilt: %v", at, err)
		}
	}
}

// FuzzRead reads whatever it is given as the records of a workbook, or as a compound
// file where it is one, and checks that rows are as counted.
func FuzzRead(f *testing.F) {
	f.Add(workbook(biff8, join(globals(), shared()), usual()))
	f.Add(workbook(biff5, record(0x0042, uint16(437)), record(0x0204, uint16(1), uint16(0), uint16(0), uint16(3), "abc")))
	f.Add(workbook(biff8, nil, join(label(1, 0, "z"), label(0, 0, "a"), number(1, 1, 0, 1))))
	f.Add(file(workbook(biff8, nil, label(0, 0, "a"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")) {
			b = file(b)
		}
		layer, lines, err := read(t, b, format.Options{})
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
