package fgb

import (
	"encoding/binary"
	"unicode/utf8"

	"puy/geo"
)

var le = binary.LittleEndian

// errOverlap refuses buffers whose vectors lie over each other: a few bytes
// could otherwise stand for any amount of work.
var errOverlap = geo.Errorf(geo.KindInvalid, "parts of the record overlap")

// buffer is one FlatBuffers record. The first error sticks; after it every
// accessor gives zero values, so that only the end needs a check.
type buffer struct {
	b      []byte
	budget int // bytes that may still be looked at
	err    error
}

// reset starts on b, whose content is not copied.
func (b *buffer) reset(data []byte) {
	// Writers may share equal strings, so a record may be seen more than once over.
	*b = buffer{b: data, budget: 4*len(data) + 64}
}

func (b *buffer) failf(format string, args ...any) {
	if b.err == nil {
		b.err = geo.Errorf(geo.KindInvalid, format, args...)
	}
}

// take spends n bytes of the budget.
func (b *buffer) take(n int) bool {
	if b.err != nil {
		return false
	}
	if b.budget -= n; b.budget < 0 {
		b.err = errOverlap
		return false
	}
	return true
}

// table is a FlatBuffers table. The zero table has no field.
type table struct {
	buf    *buffer
	pos    int // of the table
	size   int // bytes of the table
	vtable int // position of the vtable
	slots  int // fields the vtable knows
}

// root gives the table that the record starts with.
func (b *buffer) root() table {
	if len(b.b) < 4 {
		b.failf("%d bytes are too few for a record", len(b.b))
		return table{}
	}
	return b.table(0)
}

// table follows the offset at position at, which is in the record.
func (b *buffer) table(at int) table {
	pos := int64(at) + int64(le.Uint32(b.b[at:]))
	if pos > int64(len(b.b)-4) {
		b.failf("table outside the record at byte %d", at)
		return table{}
	}
	vtable := pos - int64(int32(le.Uint32(b.b[pos:])))
	if vtable < 0 || vtable > int64(len(b.b)-4) {
		b.failf("table at byte %d has its layout outside the record", pos)
		return table{}
	}
	t := table{buf: b, pos: int(pos), vtable: int(vtable)}
	vsize := int(le.Uint16(b.b[vtable:]))
	t.size = int(le.Uint16(b.b[vtable+2:]))
	if vsize < 4 || vsize%2 != 0 || t.vtable+vsize > len(b.b) || t.size < 4 || t.pos+t.size > len(b.b) {
		b.failf("table at byte %d has an impossible size", pos)
		return table{}
	}
	t.slots = vsize/2 - 2
	if !b.take(4) {
		return table{}
	}
	return t
}

// field gives the position of field i of width bytes, 0 where it is absent.
func (t table) field(i, width int) int {
	if i >= t.slots || t.buf.err != nil {
		return 0
	}
	off := int(le.Uint16(t.buf.b[t.vtable+4+2*i:]))
	if off == 0 {
		return 0
	}
	if off < 4 || off+width > t.size {
		t.buf.failf("field %d of the table at byte %d lies outside it", i, t.pos)
		return 0
	}
	return t.pos + off
}

func (t table) uint8(i int) uint8 {
	if at := t.field(i, 1); at != 0 {
		return t.buf.b[at]
	}
	return 0
}

func (t table) bool(i int) bool { return t.uint8(i) != 0 }

func (t table) uint16(i int, absent uint16) uint16 {
	if at := t.field(i, 2); at != 0 {
		return le.Uint16(t.buf.b[at:])
	}
	return absent
}

func (t table) int32(i int) int32 {
	if at := t.field(i, 4); at != 0 {
		return int32(le.Uint32(t.buf.b[at:]))
	}
	return 0
}

func (t table) uint64(i int) uint64 {
	if at := t.field(i, 8); at != 0 {
		return le.Uint64(t.buf.b[at:])
	}
	return 0
}

// table gives the table that field i points to; ok is false where it is absent.
func (t table) table(i int) (sub table, ok bool) {
	at := t.field(i, 4)
	if at == 0 {
		return table{}, false
	}
	sub = t.buf.table(at)
	return sub, t.buf.err == nil
}

// vector gives the bytes of the vector that field i points to, a multiple of
// width long, and the position of the first; nil where it is absent.
func (t table) vector(i, width int) (data []byte, pos int) {
	at := t.field(i, 4)
	if at == 0 {
		return nil, 0
	}
	b := t.buf
	start := int64(at) + int64(le.Uint32(b.b[at:]))
	if start > int64(len(b.b)-4) {
		b.failf("vector %d of the table at byte %d lies outside the record", i, t.pos)
		return nil, 0
	}
	size := int64(le.Uint32(b.b[start:])) * int64(width)
	if start += 4; size > int64(len(b.b))-start {
		b.failf("vector %d of the table at byte %d is longer than the record", i, t.pos)
		return nil, 0
	}
	if !b.take(int(size)) {
		return nil, 0
	}
	return b.b[start : start+size], int(start)
}

// tables calls fn with each table of the vector of tables in field i.
func (t table) tables(i int, fn func(n int, sub table)) {
	data, pos := t.vector(i, 4)
	for n := range len(data) / 4 {
		sub := t.buf.table(pos + 4*n)
		if t.buf.err != nil {
			return
		}
		fn(n, sub)
	}
}

// text gives the string that field i points to, with U+FFFD for invalid UTF-8.
func (t table) text(i int) string {
	data, _ := t.vector(i, 1)
	if !utf8.Valid(data) {
		return string([]rune(string(data)))
	}
	return string(data)
}
