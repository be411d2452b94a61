package shp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"puy/geo"
)

const (
	maxFields    = 255
	maxNameBytes = 10
	maxText      = 254
	usualInteger = 18 // the width up to which programs take digits for 64-bit integers
	maxNumber    = 24 // the width of the longest float64 in its shortest form
	maxDecimals  = 15
)

// field is one column of a table that is being written, with what its cells need.
type field struct {
	name     string // at most 10 bytes
	source   string // the name in the schema
	typ      geo.FieldType
	width    int // of the widest cell
	whole    int // of numbers: the widest part before the point
	decimals int // of numbers: the longest part after it
	exponent bool
	cut      int64 // texts that were shortened
}

// columnNames gives each field a name of at most 10 bytes that no other has in
// any letter case.
func columnNames(fields []geo.Field) []string {
	names := make([]string, len(fields))
	used := make(map[string]bool, len(fields))
	for i := range fields {
		name := strings.Map(func(r rune) rune {
			if r < ' ' {
				return '_'
			}
			return r
		}, strings.TrimSpace(strings.ToValidUTF8(fields[i].Name, "_")))
		if name == "" {
			name = "field"
		}
		candidate := cut(name, maxNameBytes)
		for n := 2; used[strings.ToLower(candidate)]; n++ {
			suffix := "_" + strconv.Itoa(n)
			candidate = cut(name, maxNameBytes-len(suffix)) + suffix
		}
		used[strings.ToLower(candidate)] = true
		names[i] = candidate
	}
	return names
}

// cut shortens s to at most n bytes between two characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// append appends the cell of v to b, its length plus one before it, and 0 for null.
func (f *field) append(b []byte, v geo.Value) []byte {
	if v.IsNull() {
		return append(b, 0)
	}
	at := len(b)
	b = append(b, 0, 0) // two bytes hold any length of a cell
	switch {
	case f.typ == geo.TypeDate:
		b = v.Time().AppendFormat(b, "20060102")
	case f.typ == geo.TypeBoolean:
		c := byte('F')
		if v.Boolean() {
			c = 'T'
		}
		b = append(b, c)
	case f.typ == geo.TypeNumber:
		b = appendNumber(b, v.Number())
	default:
		b = v.Append(b)
	}
	cell := b[at+2:]
	switch f.typ {
	case geo.TypeNumber:
		f.seeNumber(cell)
	case geo.TypeInteger, geo.TypeBoolean, geo.TypeDate:
	default:
		full := strings.ToValidUTF8(string(cell), "\ufffd")
		clean := cut(full, maxText)
		if len(clean) < len(full) {
			f.cut++
		}
		clean = strings.ReplaceAll(clean, "\x00", " ")
		cell = append(b[:at+2], clean...)[at+2:]
	}
	f.width = max(f.width, len(cell))
	n := uint16(len(cell) + 1)
	b[at], b[at+1] = byte(n)|0x80, byte(n>>7)
	return b[:at+2+len(cell)]
}

// appendNumber appends the shortest form that reads back as x and fits a column.
func appendNumber(b []byte, x float64) []byte {
	at := len(b)
	if b = strconv.AppendFloat(b, x, 'f', -1, 64); len(b)-at > maxNumber {
		b = strconv.AppendFloat(b[:at], x, 'e', -1, 64)
	}
	return b
}

func (f *field) seeNumber(cell []byte) {
	if bytes.IndexByte(cell, 'e') >= 0 {
		f.exponent = true
		return
	}
	whole, fraction, _ := bytes.Cut(cell, []byte("."))
	f.whole, f.decimals = max(f.whole, len(whole)), max(f.decimals, len(fraction))
}

// descriptor gives the letter, width and decimals of the column, for the cells seen so far.
func (f *field) descriptor() (letter byte, width, decimals int) {
	switch f.typ {
	case geo.TypeInteger:
		if f.width > usualInteger {
			return 'N', 20, 0
		}
		return 'N', usualInteger, 0
	case geo.TypeNumber:
		decimals = max(f.decimals, 1)
		if width = max(f.whole, 1) + 1 + decimals; f.exponent || width > maxNumber || decimals > maxDecimals {
			return 'N', maxNumber, maxDecimals
		}
		return 'N', width, decimals
	case geo.TypeBoolean:
		return 'L', 1, 0
	case geo.TypeDate:
		return 'D', 8, 0
	}
	return 'C', max(f.width, 1), 0
}

// cell fits a cell into its place in a record, which is blank.
func (f *field) cell(to, cell []byte, letter byte, decimals int) {
	if letter != 'N' {
		copy(to, cell)
		return
	}
	if f.typ == geo.TypeNumber && bytes.IndexByte(cell, 'e') < 0 && len(to) < maxNumber {
		_, fraction, found := bytes.Cut(cell, []byte("."))
		if !found {
			cell = append(cell, '.')
		}
		for range decimals - len(fraction) {
			cell = append(cell, '0')
		}
	}
	copy(to[len(to)-len(cell):], cell)
}

// tableSize gives the bytes of the .dbf as it stands.
func (p *partWriter) tableSize(columns []*field) int64 {
	width := 1
	for _, f := range columns {
		_, w, _ := f.descriptor()
		width += w
	}
	if len(columns) == 0 {
		width += usualInteger
	}
	return int64(32*(max(len(columns), 1)+1)+1) + p.rows*int64(width) + 1
}

// writeTable writes the .dbf (dBASE III). A table without columns, which few
// programs read, gets one of row numbers.
func (p *partWriter) writeTable(to io.Writer, columns []*field, now time.Time) error {
	numbered := len(columns) == 0
	if numbered {
		columns = []*field{{name: "fid", typ: geo.TypeInteger}}
	}
	out := bufio.NewWriterSize(to, 256<<10)
	head := make([]byte, 32)
	head[0], head[1], head[2], head[3] = 3, byte(now.Year()-1900), byte(now.Month()), byte(now.Day())
	width := 1
	var descriptors []byte
	for _, f := range columns {
		letter, w, decimals := f.descriptor()
		d := make([]byte, 32)
		copy(d, f.name)
		d[11], d[16], d[17] = letter, byte(w), byte(decimals)
		descriptors = append(descriptors, d...)
		width += w
	}
	le.PutUint32(head[4:], uint32(p.rows))
	le.PutUint16(head[8:], uint16(len(head)+len(descriptors)+1))
	le.PutUint16(head[10:], uint16(width))
	for _, b := range [][]byte{head, descriptors, {'\r'}} {
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
	in, err := p.row.reader()
	if err != nil {
		return err
	}
	record, cells := make([]byte, width), []byte(nil)
	for row := range p.rows {
		n, err := binary.ReadUvarint(in)
		if err == nil {
			cells, err = readGrowing(in, cells, int(n))
		}
		if err != nil {
			return geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
		}
		if numbered {
			cells = append([]byte{0, 0}, fmt.Sprint(row+1)...)
			cells[0], cells[1] = byte(len(cells)-1)|0x80, 0
		}
		fillRecord(record, columns, cells)
		if _, err := out.Write(record); err != nil {
			return err
		}
	}
	if err := out.WriteByte(0x1a); err != nil {
		return err
	}
	return out.Flush()
}

// fillRecord lays out the cells that field.append made.
func fillRecord(record []byte, columns []*field, cells []byte) {
	for i := range record {
		record[i] = ' '
	}
	at := 1
	var buf [64]byte
	for _, f := range columns {
		letter, width, decimals := f.descriptor()
		if cells[0] == 0 {
			cells = cells[1:] // blanks, for logical values as well: more programs know them than "?"
		} else {
			n := int(cells[0]&0x7f) + int(cells[1])<<7 - 1
			cell := cells[2 : 2+n]
			if letter == 'N' {
				cell = append(buf[:0], cell...)
			}
			f.cell(record[at:at+width], cell, letter, decimals)
			cells = cells[2+n:]
		}
		at += width
	}
}
