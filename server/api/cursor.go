package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"
	"time"
	"unicode/utf8"

	"puy/geo"
)

// cursor is a place in the pages of one dataset: before or after a feature of a
// version, in one order. It knows nothing of filters and limits, which may
// change from page to page.
type cursor struct {
	version  int64
	fid      int64 // of the feature
	backward bool  // the page ends before the feature
	// values are the feature's in the fields sorted by. Those that would take
	// too much room are left out: then absent is true, and who wants to know
	// them has to look at the feature.
	values []geo.Value
	absent bool
}

const (
	cursorFormat = 2 // format 1 was of 20 bytes, and began with a zero
	// cursorValues is how many bytes of values a cursor may hold: the address
	// has room for a filter as well.
	cursorValues = 512
	cursorMost   = 2 + 2*binary.MaxVarintLen64 + cursorValues + 4
)

const (
	cursorBackward = 1 << iota
	cursorAbsent
)

// encode gives the cursor as text for a URL. The checksum covers the dataset
// and the order, so that the cursor of another one is refused.
func (c cursor) encode(dataset, order string) string {
	values := make([]byte, 0, 64)
	for _, v := range c.values {
		if values = appendValue(values, v); len(values) > cursorValues {
			c.absent = true
			break
		}
	}
	flags := byte(0)
	if c.backward {
		flags |= cursorBackward
	}
	if c.absent {
		flags |= cursorAbsent
		values = nil
	}
	b := append(make([]byte, 0, 32+len(values)), cursorFormat, flags)
	b = binary.AppendUvarint(b, uint64(c.version))
	b = binary.AppendUvarint(b, uint64(c.fid))
	b = append(b, values...)
	b = binary.BigEndian.AppendUint32(b, checksum(b, dataset, order))
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads what encode gave for the same dataset and order.
func decodeCursor(text, dataset, order string) (c cursor, ok bool) {
	if base64.RawURLEncoding.DecodedLen(len(text)) > cursorMost {
		return c, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 8 || b[0] != cursorFormat || b[1] > cursorBackward|cursorAbsent {
		return c, false
	}
	b, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if sum != checksum(b, dataset, order) {
		return c, false
	}
	c.backward, c.absent = b[1]&cursorBackward != 0, b[1]&cursorAbsent != 0
	version, n := binary.Uvarint(b[2:])
	if n <= 0 || version == 0 || version > math.MaxInt64 {
		return c, false
	}
	b = b[2+n:]
	fid, n := binary.Uvarint(b)
	if n <= 0 || fid == 0 || fid > math.MaxInt64 {
		return c, false
	}
	c.version, c.fid = int64(version), int64(fid)
	for b = b[n:]; len(b) > 0; {
		v, size := decodeValue(b)
		if size <= 0 {
			return c, false
		}
		c.values, b = append(c.values, v), b[size:]
	}
	return c, c.encode(dataset, order) == text
}

func checksum(b []byte, dataset, order string) uint32 {
	sum := crc32.Update(crc32.ChecksumIEEE(b), crc32.IEEETable, []byte(dataset))
	return crc32.Update(sum, crc32.IEEETable, []byte("\x00"+order))
}

// appendValue writes the type in a byte, then the value.
func appendValue(b []byte, v geo.Value) []byte {
	b = append(b, byte(v.Type()))
	switch v.Type() {
	case geo.TypeText:
		b = binary.AppendUvarint(b, uint64(len(v.Text())))
		return append(b, v.Text()...)
	case geo.TypeInteger:
		return binary.AppendVarint(b, v.Integer())
	case geo.TypeNumber:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Number()))
	case geo.TypeBoolean:
		if v.Boolean() {
			return append(b, 1)
		}
		return append(b, 0)
	case geo.TypeDate:
		return binary.AppendVarint(b, v.Days())
	case geo.TypeDateTime:
		return binary.AppendVarint(b, v.Micros())
	}
	return b
}

// decodeValue reads what appendValue wrote, and tells of how many bytes; 0 for
// what it did not write.
func decodeValue(b []byte) (v geo.Value, size int) {
	kind, b := geo.FieldType(b[0]), b[1:]
	switch kind {
	case geo.TypeNull:
		return v, 1
	case geo.TypeText:
		length, n := binary.Uvarint(b)
		if n <= 0 || length > uint64(len(b)-n) {
			return v, 0
		}
		text := string(b[n : n+int(length)])
		if !utf8.ValidString(text) {
			return v, 0
		}
		return geo.Text(text), 1 + n + len(text)
	case geo.TypeNumber:
		if len(b) < 8 {
			return v, 0
		}
		v = geo.Number(math.Float64frombits(binary.BigEndian.Uint64(b)))
		return v, 9
	case geo.TypeBoolean:
		if len(b) < 1 || b[0] > 1 {
			return v, 0
		}
		return geo.Boolean(b[0] == 1), 2
	case geo.TypeInteger, geo.TypeDate, geo.TypeDateTime:
		i, n := binary.Varint(b)
		if n <= 0 {
			return v, 0
		}
		if v = geo.Integer(i); kind == geo.TypeDate {
			v = geo.Date(i)
		} else if kind == geo.TypeDateTime {
			v = geo.DateTime(time.UnixMicro(i))
		}
		if kind != geo.TypeInteger && !writable(v) {
			return v, 0
		}
		return v, 1 + n
	}
	return v, 0
}

// writable tells whether the stores can hold a date: years of four digits.
func writable(v geo.Value) bool {
	if v.Type() == geo.TypeDate && (v.Days() < -1_000_000 || v.Days() > 3_000_000) {
		return false
	}
	year := v.Time().Year()
	return year >= 0 && year <= 9999
}
