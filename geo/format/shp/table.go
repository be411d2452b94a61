package shp

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"puy/geo"
)

// column is one column of a .dbf.
type column struct {
	raw      []byte // the name, in the encoding of the file
	name     string
	letter   byte // the type: C N F L D …
	offset   int  // in a record
	width    int
	decimals int
}

// tableHeader is what the start of a .dbf tells.
type tableHeader struct {
	version byte
	count   uint32 // of records
	size    int    // of the header, in bytes
	width   int    // of a record
	ldid    byte   // the language driver, which names the encoding
	columns []column
}

// dBASE 7 has a longer header and longer descriptors of columns than all others.
func (h *tableHeader) level7() bool { return h.version&7 == 4 }

// foxPro tells whether a column of type B is a number rather than a reference to
// binary data elsewhere.
func (h *tableHeader) foxPro() bool { return h.version >= 0x30 && h.version <= 0x32 }

// isTable tells whether head may be the start of a .dbf.
func isTable(head []byte) bool {
	if len(head) < 33 {
		return false
	}
	switch head[0] {
	case 0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7b, 0x83, 0x8b, 0x8c, 0xcb, 0xe5, 0xf5, 0xfb:
	default:
		return false
	}
	return head[2] <= 12 && head[3] <= 31 && le.Uint16(head[8:]) >= 33 && le.Uint16(head[10:]) > 0
}

// parseTableHeader reads the header at the start of r (dBASE III and later).
func parseTableHeader(r io.Reader, name string) (tableHeader, error) {
	head := make([]byte, 32)
	if _, err := io.ReadFull(r, head); err != nil {
		return tableHeader{}, geo.Errorf(geo.KindInvalid, "%s breaks off in its header: %w", name, err)
	}
	h := tableHeader{version: head[0], count: le.Uint32(head[4:]), size: int(le.Uint16(head[8:])), width: int(le.Uint16(head[10:])), ldid: head[29]}
	start, step := 32, 32
	if h.level7() {
		start, step = 68, 48
	}
	if h.size <= start || h.width == 0 {
		return h, geo.Errorf(geo.KindInvalid, "%s is not a dBASE table: a header of %d bytes, records of %d", name, h.size, h.width)
	}
	rest := make([]byte, h.size-32)
	if _, err := io.ReadFull(r, rest); err != nil {
		return h, geo.Errorf(geo.KindInvalid, "%s breaks off in its header: %w", name, err)
	}
	offset := 1 // after the sign of deletion
	for b := rest[start-32:]; len(b) >= step && b[0] != '\r'; b = b[step:] {
		c := column{raw: b[:11], letter: b[11], width: int(b[16]), decimals: int(b[17]), offset: offset}
		if step == 48 {
			c = column{raw: b[:32], letter: b[32], width: int(b[33]), decimals: int(b[34]), offset: offset}
		}
		if i := bytes.IndexByte(c.raw, 0); i >= 0 {
			c.raw = c.raw[:i]
		}
		c.raw = bytes.TrimSpace(c.raw)
		if l := c.letter; l-'A' > 'Z'-'A' && l != '+' && l != '@' && l != '0' {
			return h, geo.Errorf(geo.KindInvalid, "%s is not a dBASE table: its column %d is of type %q", name, len(h.columns)+1, l)
		}
		offset += c.width
		h.columns = append(h.columns, c)
	}
	if len(h.columns) == 0 {
		return h, geo.Errorf(geo.KindInvalid, "%s is a dBASE table without a column", name)
	}
	if offset != h.width {
		h.widen(offset)
	}
	for i := range h.columns {
		if c := &h.columns[i]; c.offset+c.width > h.width {
			return h, geo.Errorf(geo.KindInvalid, "%s is damaged: the columns up to %q take %d bytes, the records have %d",
				name, c.raw, c.offset+c.width, h.width)
		}
	}
	return h, nil
}

// widen reads widths of text columns in two bytes, as Clipper and FoxPro write
// them, if records are as wide then.
func (h *tableHeader) widen(offset int) {
	for i := range h.columns {
		if c := &h.columns[i]; c.letter == 'C' {
			offset += c.decimals << 8
		}
	}
	if offset != h.width {
		return
	}
	at := 1
	for i := range h.columns {
		c := &h.columns[i]
		if c.letter == 'C' {
			c.width += c.decimals << 8
		}
		c.offset = at
		at += c.width
	}
}

// tableReader gives the records of a .dbf.
type tableReader struct {
	file io.ReadCloser
	in   *bufio.Reader
	name string
	head tableHeader
	row  int64
	buf  []byte
}

func openTable(p *part) (*tableReader, error) {
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	t := &tableReader{file: f, in: bufio.NewReaderSize(f, 256<<10), name: p.name}
	if t.head, err = parseTableHeader(t.in, p.name); err != nil {
		f.Close()
		return nil, err
	}
	t.buf = make([]byte, t.head.width)
	return t, nil
}

func (t *tableReader) close() error { return t.file.Close() }

// next gives the next record, deleted ones as well, and io.EOF after the last.
func (t *tableReader) next() ([]byte, error) {
	if t.row == int64(t.head.count) {
		return nil, io.EOF
	}
	t.row++
	if _, err := io.ReadFull(t.in, t.buf); err != nil {
		if geo.KindOf(err) != geo.KindInternal {
			return nil, err
		}
		return nil, geo.Errorf(geo.KindInvalid, "%s breaks off in row %d of %d", t.name, t.row, t.head.count)
	}
	return t.buf, nil
}

// goesOn tells whether a record follows the last that the header counts.
func (t *tableReader) goesOn() bool {
	next, err := t.in.Peek(min(t.head.width, 4096))
	return err == nil && (next[0] == ' ' || next[0] == '*') && !errors.Is(err, io.EOF)
}

const deleted = '*' // the first byte of a record that was deleted
