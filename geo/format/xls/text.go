package xls

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// text reads texts of the record that records stands at, and of those that continue it.
type text struct {
	records *records
	b       []byte // what is left of the record
	marked  bool   // texts say themselves how they are encoded, as in BIFF8
	narrow  *charmap.Charmap
}

// textAt starts after the first bytes of the record.
func (b *book) textAt(r *records, skip int) (*text, error) {
	if len(r.body) < skip {
		return nil, r.errShort()
	}
	return &text{records: r, b: r.body[skip:], marked: b.marked, narrow: b.narrow}, nil
}

// more goes to the record that continues, once this one has no more; false where none does.
func (t *text) more() (bool, error) {
	for len(t.b) == 0 {
		if ok, err := t.records.continues(); !ok || err != nil {
			return false, err
		}
		t.b = t.records.body
	}
	return true, nil
}

// number reads an unsigned number of so many bytes.
func (t *text) number(size int) (uint32, error) {
	var n uint32
	for i := range size {
		if ok, err := t.more(); !ok {
			return 0, t.short(err)
		}
		n |= uint32(t.b[0]) << (8 * i)
		t.b = t.b[1:]
	}
	return n, nil
}

func (t *text) skip(n int64) error {
	for n > 0 {
		if ok, err := t.more(); !ok {
			return t.short(err)
		}
		k := min(n, int64(len(t.b)))
		t.b, n = t.b[k:], n-k
	}
	return nil
}

func (t *text) short(err error) error {
	if err == nil {
		err = t.records.errShort()
	}
	return err
}

// read appends the next text, whose length stands before it in so many bytes: one of
// characters in BIFF8 ([MS-XLS] 2.5.293, 2.5.294), one of bytes before.
func (t *text) read(dst []byte, size int) ([]byte, error) {
	n, err := t.number(size)
	if err != nil {
		return dst, err
	}
	if !t.marked {
		return t.bytes(dst, int(n))
	}
	const isWide, isExtended, isRich = 1, 4, 8
	var after int64
	flags, err := t.number(1)
	if err == nil && flags&isRich != 0 {
		var runs uint32
		runs, err = t.number(2)
		after += 4 * int64(runs)
	}
	if err == nil && flags&isExtended != 0 {
		var extended uint32
		extended, err = t.number(4)
		after += int64(extended)
	}
	if err == nil {
		dst, err = t.characters(dst, int(n), flags&isWide != 0)
	}
	if err == nil {
		err = t.skip(after)
	}
	return dst, err
}

// bytes appends n bytes in the code page of the workbook.
func (t *text) bytes(dst []byte, n int) ([]byte, error) {
	for ; n > 0; n-- {
		if ok, err := t.more(); !ok {
			return dst, t.short(err)
		}
		dst = utf8.AppendRune(dst, t.narrow.DecodeByte(t.b[0]))
		t.b = t.b[1:]
	}
	return dst, nil
}

// characters appends n of them, in UTF-16 if wide and else the lower half of it. Each
// record that continues says anew which ([MS-XLS] 2.5.293).
func (t *text) characters(dst []byte, n int, wide bool) ([]byte, error) {
	var high rune
	for n > 0 {
		if len(t.b) == 0 {
			if ok, err := t.more(); !ok {
				return dst, t.short(err)
			}
			wide = t.b[0]&1 != 0
			t.b = t.b[1:]
			continue
		}
		var unit rune
		switch {
		case !wide:
			unit = rune(t.b[0])
			t.b = t.b[1:]
		case len(t.b) == 1:
			return dst, t.records.errShort()
		default:
			unit = rune(binary.LittleEndian.Uint16(t.b))
			t.b = t.b[2:]
		}
		n--
		if high != 0 {
			whole := utf16.DecodeRune(high, unit)
			high = 0
			dst = utf8.AppendRune(dst, whole)
			if whole != utf8.RuneError {
				continue
			}
		}
		if unit >= 0xd800 && unit < 0xdc00 {
			high = unit
			continue
		}
		dst = utf8.AppendRune(dst, unit) // half a pair becomes U+FFFD
	}
	if high != 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst, nil
}

// codePage gives the encoding of texts before BIFF8, Windows-1252 where it is not known.
func codePage(number uint16) *charmap.Charmap {
	switch number {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 858:
		return charmap.CodePage858
	case 866:
		return charmap.CodePage866
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1257:
		return charmap.Windows1257
	case 10000, 32768:
		return charmap.Macintosh
	}
	return charmap.Windows1252
}
