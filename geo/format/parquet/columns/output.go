package columns

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"puy/geo"
)

const (
	maxDictionary = 256 << 10 // bytes of values, after which further pages are plain
	maxPageRows   = 20000
)

// Output is a column of values that is written. For each row one of its methods is
// called once.
type Output struct {
	kind     Kind
	physical Physical
	list     bool
	path     []string
	w        *Writer

	rows     int // of the page
	reps     []byte
	defs     []byte
	values   []byte
	indexes  []uint32
	bits     int // booleans in values
	entries  map[string]uint32
	entrySum int
	plain    bool // no dictionary for the rest of the row group

	chunk     []byte // finished pages
	count     int64
	nulls     int64
	raw       int64 // bytes of the pages before compression
	encodings uint16
	low, high uint64 // the least and the greatest value
	ranged    bool
}

// Null writes no value.
func (o *Output) Null() {
	o.nulls++
	o.level(0, 0)
	o.endRow()
}

// Bits writes a boolean, an integer or a number, as Value holds it.
func (o *Output) Bits(v uint64) {
	o.level(0, 1)
	switch o.physical {
	case Boolean:
		if o.bits%8 == 0 {
			o.values = append(o.values, 0)
		}
		o.values[len(o.values)-1] |= byte(v&1) << (o.bits % 8)
		o.bits++
	case Int32:
		o.values = binary.LittleEndian.AppendUint32(o.values, uint32(v))
	default:
		o.values = binary.LittleEndian.AppendUint64(o.values, v)
	}
	if !o.ranged || o.less(v, o.low) {
		o.low = v
	}
	if !o.ranged || o.less(o.high, v) {
		o.high = v
	}
	o.ranged = true
	o.endRow()
}

// Bytes writes text or bytes.
func (o *Output) Bytes(b []byte) {
	o.level(0, 1)
	o.bytes(string(b))
	o.endRow()
}

// Text writes text.
func (o *Output) Text(s string) {
	o.level(0, 1)
	o.bytes(s)
	o.endRow()
}

// Texts writes a list of texts.
func (o *Output) Texts(list []string) {
	if len(list) == 0 {
		o.level(0, 1)
	}
	for i, s := range list {
		o.level(min(i, 1), 2)
		o.bytes(s)
	}
	o.endRow()
}

func (o *Output) level(rep, def int) {
	o.count++
	o.defs = append(o.defs, byte(def))
	if o.list {
		o.reps = append(o.reps, byte(rep))
	}
}

// bytes adds a value by its place in the dictionary, or as it is.
func (o *Output) bytes(s string) {
	if !o.plain {
		i, found := o.entries[s]
		if !found && o.entrySum+len(s)+4 <= maxDictionary {
			i, found = uint32(len(o.entries)), true
			o.entries[s] = i
			o.entrySum += len(s) + 4
		}
		if found {
			o.indexes = append(o.indexes, i)
			return
		}
		o.spill()
	}
	o.values = binary.LittleEndian.AppendUint32(o.values, uint32(len(s)))
	o.values = append(o.values, s...)
}

// spill turns the values of the page back from indexes: a page has one encoding.
func (o *Output) spill() {
	o.plain = true
	texts := o.dictionary()
	for _, i := range o.indexes {
		o.values = binary.LittleEndian.AppendUint32(o.values, uint32(len(texts[i])))
		o.values = append(o.values, texts[i]...)
	}
	o.indexes = o.indexes[:0]
}

func (o *Output) dictionary() []string {
	texts := make([]string, len(o.entries))
	for s, i := range o.entries {
		texts[i] = s
	}
	return texts
}

func (o *Output) endRow() {
	o.rows++
	if len(o.values)+4*len(o.indexes)+len(o.defs) >= o.w.pageSize || o.rows >= maxPageRows {
		o.endPage()
	}
}

// size gives the bytes that the row group has of this column so far.
func (o *Output) size() int { return len(o.chunk) + len(o.values) + 4*len(o.indexes) + o.entrySum }

// endPage compresses the page and adds it to the chunk.
func (o *Output) endPage() {
	if len(o.defs) == 0 {
		return
	}
	page := o.w.page[:0]
	if o.list {
		page = appendLevels(page, o.reps)
	}
	page = appendLevels(page, o.defs)
	encoding := int32(encodingPlain)
	if len(o.indexes) > 0 {
		encoding = encodingDictionary
		page = appendIndexes(page, o.indexes, bitWidth(len(o.entries)-1))
	} else {
		page = append(page, o.values...)
	}
	o.encodings |= 1 << encoding
	o.w.page = page
	o.chunk = o.appendPage(o.chunk, page, 0, int32(len(o.defs)), encoding)
	o.reps, o.defs, o.values, o.indexes, o.bits, o.rows = o.reps[:0], o.defs[:0], o.values[:0], o.indexes[:0], 0, 0
}

// appendPage appends a page of data (kind 0) or a dictionary (2) with its header.
func (o *Output) appendPage(dst, page []byte, kind, count, encoding int32) []byte {
	o.w.packed = o.w.zstd.EncodeAll(page, o.w.packed[:0])
	t := thriftOut{b: dst}
	start := len(dst)
	t.begin()
	t.int32(1, kind)
	t.int32(2, int32(len(page)))
	t.int32(3, int32(len(o.w.packed)))
	t.int32(4, int32(crc32.ChecksumIEEE(o.w.packed)))
	if kind == 0 {
		t.structure(5)
		t.int32(1, count)
		t.int32(2, encoding)
		t.int32(3, encodingRLE)
		t.int32(4, encodingRLE)
	} else {
		t.structure(7)
		t.int32(1, count)
		t.int32(2, encoding)
	}
	t.end()
	t.end()
	o.raw += int64(len(t.b)-start) + int64(len(page))
	return append(t.b, o.w.packed...)
}

// appendLevels appends levels in runs, behind their length in bytes.
func appendLevels(dst, levels []byte) []byte {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for i := 0; i < len(levels); {
		n := 1
		for i+n < len(levels) && levels[i+n] == levels[i] {
			n++
		}
		dst = append(binary.AppendUvarint(dst, uint64(n)<<1), levels[i])
		i += n
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// appendIndexes appends indexes bit-packed, behind their width.
func appendIndexes(dst []byte, indexes []uint32, width uint) []byte {
	groups := (len(indexes) + 7) / 8
	dst = append(dst, byte(width))
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	var word uint64
	filled := uint(0)
	for i := range groups * 8 {
		if i < len(indexes) {
			word |= uint64(indexes[i]) << filled
		}
		for filled += width; filled >= 8; filled -= 8 {
			dst = append(dst, byte(word))
			word >>= 8
		}
	}
	return dst
}

// less compares two values of Bits.
func (o *Output) less(a, b uint64) bool {
	if o.physical == Double {
		return math.Float64frombits(a) < math.Float64frombits(b)
	}
	return int64(a) < int64(b)
}

// bounds gives the least and the greatest value as statistics want them, empty where
// there is none.
func (o *Output) bounds() (low, high string) {
	if !o.ranged || o.physical == Boolean {
		return "", ""
	}
	lo, hi := o.low, o.high
	if o.physical == Double { // zeros of both signs count as equal
		if math.Float64frombits(lo) == 0 {
			lo = math.Float64bits(math.Copysign(0, -1))
		}
		if math.Float64frombits(hi) == 0 {
			hi = 0
		}
	}
	if o.physical == Int32 {
		return string(binary.LittleEndian.AppendUint32(nil, uint32(lo))), string(binary.LittleEndian.AppendUint32(nil, uint32(hi)))
	}
	return string(binary.LittleEndian.AppendUint64(nil, lo)), string(binary.LittleEndian.AppendUint64(nil, hi))
}

// reset begins a row group.
func (o *Output) reset() {
	o.chunk, o.count, o.nulls, o.raw, o.encodings, o.ranged = o.chunk[:0], 0, 0, 0, 0, false
	clear(o.entries)
	o.entrySum, o.plain = 0, o.kind == KindBinary
}

// physicalOf gives how values of a kind are written.
func physicalOf(k Kind) (Physical, error) {
	switch k {
	case KindBoolean:
		return Boolean, nil
	case KindInteger, KindTimestamp:
		return Int64, nil
	case KindDate:
		return Int32, nil
	case KindNumber:
		return Double, nil
	case KindText, KindJSON, KindBinary:
		return ByteArray, nil
	}
	return 0, geo.Errorf(geo.KindInternal, "values of kind %d cannot be written", k)
}
