package columns

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"puy/geo"
)

const (
	maxPage   = 256 << 20 // bytes of one page
	maxHeader = 16 << 20
	maxHeld   = 512 << 20 // bytes of pages that all columns hold at a time
)

// leaf reads the values of one column, row group after row group.
type leaf struct {
	node *Node
	file *File

	pos, end int64 // bytes of the chunk that were not read
	values   int64 // left in the chunk
	codec    int32

	inPage   int // values left in the page
	rep, def hybrid
	decoder  decoder
	dict     *dictionary
	page     []byte
	levels   []byte // of a page of version 2
	held     int64
	ahead    bool // r and d are those of the next value
	r, d     int
}

// pageHeader is the structure PageHeader.
type pageHeader struct {
	kind         int32 // 0 data, 1 index, 2 dictionary, 3 data of version 2
	size, packed int32
	crc          uint32
	hasCRC       bool
	values       int32
	encoding     int32
	levels       int32 // encoding of the definition levels
	repetitions  int32 // and of the repetition levels
	defBytes     int32
	repBytes     int32
	plain        bool // not compressed, whatever the codec
}

// open begins with the column's values in a row group.
func (l *leaf) open(c chunk) error {
	switch {
	case c.stored != l.node.physical:
		return l.errorf("type %d in the row group and %d in the schema", c.stored, l.node.physical)
	case c.offset < 4 || c.size < 0 || c.offset > l.file.size || c.size > l.file.size-c.offset:
		return l.errorf("%d bytes from byte %d of a file of %d", c.size, c.offset, l.file.size)
	case c.values < 0 || c.values > l.file.plausible():
		return l.errorf("%d values in a file of %d bytes", c.values, l.file.size)
	}
	l.pos, l.end, l.values, l.codec = c.offset, c.offset+c.size, c.values, c.codec
	l.dict, l.inPage, l.ahead, l.decoder = nil, 0, false, nil
	return nil
}

func (l *leaf) errorf(format string, args ...any) error {
	err := geo.Errorf(geo.KindInvalid, format, args...)
	return geo.Errorf(geo.KindOf(err), "column %s: %w", l.node.Name, err)
}

// peek gives the levels of the next value, reading the next page where it must.
// io.EOF ends the row group.
func (l *leaf) peek() error {
	if l.ahead {
		return nil
	}
	for l.inPage == 0 {
		if l.values == 0 {
			return io.EOF
		}
		if err := l.nextPage(); err != nil {
			return err
		}
	}
	r, d := uint32(0), uint32(0)
	ok1, ok2 := true, true
	if l.node.maxRep > 0 {
		r, ok1 = l.rep.next()
	}
	if l.node.maxDef > 0 {
		d, ok2 = l.def.next()
	}
	if !ok1 || !ok2 || r > uint32(l.node.maxRep) || d > uint32(l.node.maxDef) {
		return l.errorf("levels that cannot be read")
	}
	l.r, l.d, l.ahead = int(r), int(d), true
	return nil
}

// next gives the next value, or that there is none at this level.
func (l *leaf) next(v *Value) (there bool, err error) {
	if err := l.peek(); err != nil {
		return false, err
	}
	l.ahead = false
	l.inPage--
	l.values--
	if l.d < l.node.maxDef {
		return false, nil
	}
	if err := l.decoder.next(v); err != nil {
		return false, l.errorf("%w", err)
	}
	return true, nil
}

// nextPage reads the next page of data, and a dictionary before it.
func (l *leaf) nextPage() error {
	h, err := l.readHeader()
	if err != nil {
		return err
	}
	switch {
	case h.packed < 0 || int64(h.packed) > l.end-l.pos:
		return l.errorf("a page of %d bytes where %d remain", h.packed, l.end-l.pos)
	case h.kind == 1:
		l.pos += int64(h.packed)
		return nil
	case h.size < 0 || h.size > maxPage:
		return geo.Errorf(geo.KindLimit, "column %s: a page of %d bytes; at most %d MB are read", l.node.Name, h.size, maxPage>>20)
	case h.values < 0 || h.kind != 2 && int64(h.values) > l.values:
		return l.errorf("a page of %d values where %d remain", h.values, l.values)
	}
	l.decoder = nil
	if err := l.reserve(int64(h.size)); err != nil {
		return err
	}
	packed := grown(l.file.packed, int(h.packed))
	l.file.packed = packed
	if _, err := l.file.r.ReadAt(packed, l.pos); err != nil {
		return l.errorf("cannot read byte %d: %w", l.pos, err)
	}
	l.pos += int64(h.packed)
	l.file.done += int64(h.packed)
	if h.hasCRC && crc32.ChecksumIEEE(packed) != h.crc {
		return l.errorf("the checksum of the page before byte %d is wrong: the file is damaged", l.pos)
	}
	switch h.kind {
	case 0:
		return l.dataPage(h, packed)
	case 2:
		return l.dictionaryPage(h, packed)
	case 3:
		return l.dataPage2(h, packed)
	}
	return nil // a kind of page that is not known holds no values
}

// reserve accounts for what the column holds: its page and its dictionary.
func (l *leaf) reserve(n int64) error {
	if l.dict != nil {
		n += int64(cap(l.dict.b) + 4*cap(l.dict.starts))
	}
	l.file.held += n - l.held
	l.held = n
	if l.file.held > maxHeld {
		return geo.Errorf(geo.KindLimit, "the pages of all columns together take more than %d MB", maxHeld>>20)
	}
	return nil
}

func (l *leaf) decompress(buf, src []byte, size int) ([]byte, error) {
	b, err := l.file.decompressor.decode(l.codec, buf, src, size)
	if err != nil {
		return nil, l.errorf("the page before byte %d cannot be decompressed: %w", l.pos, err)
	}
	return b, nil
}

func (l *leaf) dictionaryPage(h pageHeader, packed []byte) error {
	if l.dict != nil {
		return l.errorf("a second dictionary before byte %d", l.pos)
	}
	if h.encoding != encodingPlain && h.encoding != encodingPlainDictionary {
		return l.errorf("a dictionary in encoding %d", h.encoding)
	}
	b, err := l.decompress(nil, packed, int(h.size))
	if err != nil {
		return err
	}
	if l.dict, err = newDictionary(l.node, b, int(h.values)); err != nil {
		return l.errorf("the dictionary: %w", err)
	}
	return l.reserve(0)
}

func (l *leaf) dataPage(h pageHeader, packed []byte) error {
	var err error
	if l.page, err = l.decompress(l.page, packed, int(h.size)); err != nil {
		return err
	}
	b := l.page
	levels := func(to *hybrid, limit int, encoding int32) error {
		if limit == 0 {
			return nil
		}
		if encoding != encodingRLE {
			return l.errorf("levels in encoding %d cannot be read", encoding)
		}
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return l.errorf("levels that cannot be read")
		}
		n := int(binary.LittleEndian.Uint32(b))
		to.start(b[4:4+n], bitWidth(limit))
		b = b[4+n:]
		return nil
	}
	if err := levels(&l.rep, l.node.maxRep, h.repetitions); err != nil {
		return err
	}
	if err := levels(&l.def, l.node.maxDef, h.levels); err != nil {
		return err
	}
	return l.decode(h, b)
}

func (l *leaf) dataPage2(h pageHeader, packed []byte) error {
	before := int64(h.repBytes) + int64(h.defBytes)
	if h.repBytes < 0 || h.defBytes < 0 || before > int64(len(packed)) || before > int64(h.size) {
		return l.errorf("levels of %d and %d bytes in a page of %d", h.repBytes, h.defBytes, len(packed))
	}
	l.levels = append(l.levels[:0], packed[:before]...)
	l.rep.start(l.levels[:h.repBytes], bitWidth(l.node.maxRep))
	l.def.start(l.levels[h.repBytes:], bitWidth(l.node.maxDef))
	var err error
	if h.plain {
		l.page = append(l.page[:0], packed[before:]...)
	} else if l.page, err = l.decompress(l.page, packed[before:], int(h.size)-int(before)); err != nil {
		return err
	}
	return l.decode(h, l.page)
}

func (l *leaf) decode(h pageHeader, b []byte) error {
	l.inPage = int(h.values)
	if len(b) == 0 { // all null, whatever the encoding
		l.decoder = &plain{physical: ByteArray}
		return nil
	}
	var err error
	if l.decoder, err = newDecoder(l.node, h.encoding, b, int(h.values), l.dict); err != nil {
		return l.errorf("%w", err)
	}
	return nil
}

// readHeader reads the header of the page at pos and steps behind it.
func (l *leaf) readHeader() (pageHeader, error) {
	for size := int64(512); ; size *= 8 {
		n := min(size, l.end-l.pos)
		if n <= 0 {
			return pageHeader{}, l.errorf("%d values are missing: the pages end before", l.values)
		}
		l.file.head = grown(l.file.head, int(n))
		if _, err := l.file.r.ReadAt(l.file.head, l.pos); err != nil {
			return pageHeader{}, l.errorf("cannot read byte %d: %w", l.pos, err)
		}
		t := &thrift{b: l.file.head}
		h := parsePageHeader(t)
		if t.err == nil {
			l.pos += int64(t.i)
			return h, nil
		}
		if !errors.As(t.err, new(errTruncated)) || n < size || size > maxHeader {
			return pageHeader{}, l.errorf("the header of the page at byte %d cannot be read: %w", l.pos, t.err)
		}
	}
}
