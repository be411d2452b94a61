package columns

import (
	"encoding/binary"
	"errors"

	"puy/geo"
)

// Value is one value as it is stored: Bits of booleans, integers (with their sign
// extended) and floating point numbers, Bytes of all else. Bytes are valid until the
// next value is read.
type Value struct {
	Bits  uint64
	Bytes []byte
}

// The encodings (parquet.thrift, enum Encoding).
const (
	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingBitPacked       = 4
	encodingDelta           = 5
	encodingDeltaLength     = 6
	encodingDeltaBytes      = 7
	encodingDictionary      = 8
	encodingSplit           = 9
)

var (
	errShort = errors.New("fewer values than announced")
	errIndex = errors.New("a value that the dictionary does not have")
)

// decoder gives the values of a page in their order.
type decoder interface {
	next(v *Value) error
}

// newDecoder makes a decoder of b, which holds at most count values.
func newDecoder(n *Node, encoding int32, b []byte, count int, dict *dictionary) (decoder, error) {
	bytes := n.physical == ByteArray || n.physical == FixedByteArray
	switch encoding {
	case encodingPlain:
		if n.physical == Boolean {
			h := &bits{b: b}
			return h, nil
		}
		return &plain{b: b, physical: n.physical, width: n.physical.width(n.length)}, nil
	case encodingPlainDictionary, encodingDictionary:
		if dict == nil {
			return nil, geo.Errorf(geo.KindInvalid, "values of a dictionary that is not there")
		}
		d := &indexed{dict: dict}
		if !d.indexes.start(b[1:], uint(b[0])) {
			return nil, geo.Errorf(geo.KindInvalid, "indexes of %d bits", b[0])
		}
		return d, nil
	case encodingRLE:
		if n.physical == Boolean && len(b) >= 4 && uint64(binary.LittleEndian.Uint32(b)) <= uint64(len(b)-4) {
			d := &runs{}
			d.start(b[4:4+binary.LittleEndian.Uint32(b)], 1)
			return d, nil
		}
	case encodingDelta:
		if n.physical == Int32 || n.physical == Int64 {
			d := &deltas{narrow: n.physical == Int32}
			return d, d.start(b, count)
		}
	case encodingDeltaLength:
		if bytes {
			d := &lengths{width: n.length}
			return d, d.start(b, count)
		}
	case encodingDeltaBytes:
		if bytes {
			d := &prefixed{width: n.length}
			return d, d.start(b, count)
		}
	case encodingSplit:
		if w := n.physical.width(n.length); w > 0 && n.physical != Int96 {
			return &split{b: b, physical: n.physical, width: w, stride: len(b) / w}, nil
		}
	}
	return nil, geo.Errorf(geo.KindInvalid, "values of type %d in encoding %d cannot be read", n.physical, encoding)
}

// set gives v the value of width bytes in b.
func (v *Value) set(p Physical, b []byte) {
	switch p {
	case Int32:
		v.Bits = uint64(int64(int32(binary.LittleEndian.Uint32(b))))
	case Float:
		v.Bits = uint64(binary.LittleEndian.Uint32(b))
	case Int64, Double:
		v.Bits = binary.LittleEndian.Uint64(b)
	default:
		v.Bytes = b
	}
}

// plain decodes PLAIN values but booleans.
type plain struct {
	b        []byte
	physical Physical
	width    int
}

func (d *plain) next(v *Value) error {
	n := d.width
	if d.physical == ByteArray {
		if len(d.b) < 4 {
			return errShort
		}
		size := binary.LittleEndian.Uint32(d.b)
		if uint64(size) > uint64(len(d.b)-4) {
			return errShort
		}
		v.Bytes = d.b[4 : 4+size]
		d.b = d.b[4+size:]
		return nil
	}
	if len(d.b) < n {
		return errShort
	}
	v.set(d.physical, d.b[:n])
	d.b = d.b[n:]
	return nil
}

// bits decodes PLAIN booleans.
type bits struct {
	b   []byte
	pos int
}

func (d *bits) next(v *Value) error {
	if d.pos/8 >= len(d.b) {
		return errShort
	}
	v.Bits = uint64(d.b[d.pos/8] >> (d.pos % 8) & 1)
	d.pos++
	return nil
}

// runs decodes booleans in runs.
type runs struct{ hybrid }

func (d *runs) next(v *Value) error {
	bit, ok := d.hybrid.next()
	if !ok {
		return errShort
	}
	v.Bits = uint64(bit)
	return nil
}

// dictionary holds the values of a dictionary page.
type dictionary struct {
	b        []byte
	physical Physical
	width    int
	starts   []uint32 // of values of varying length, behind their lengths
}

func newDictionary(n *Node, b []byte, count int) (*dictionary, error) {
	d := &dictionary{b: b, physical: n.physical, width: n.physical.width(n.length)}
	switch {
	case n.physical == Boolean:
		return nil, geo.Errorf(geo.KindInvalid, "a dictionary of booleans")
	case n.physical != ByteArray:
		if count > len(b)/d.width {
			return nil, errShort
		}
		d.b = b[:count*d.width]
		return d, nil
	case count > len(b)/4:
		return nil, errShort
	}
	d.starts = make([]uint32, 0, count)
	p := plain{b: b, physical: ByteArray}
	for range count {
		var v Value
		at := len(b) - len(p.b) + 4
		if err := p.next(&v); err != nil {
			return nil, err
		}
		d.starts = append(d.starts, uint32(at))
	}
	return d, nil
}

func (d *dictionary) value(i uint32, v *Value) error {
	if d.physical == ByteArray {
		if int64(i) >= int64(len(d.starts)) {
			return errIndex
		}
		at := d.starts[i]
		v.Bytes = d.b[at : at+binary.LittleEndian.Uint32(d.b[at-4:])]
		return nil
	}
	if int64(i) >= int64(len(d.b)/d.width) {
		return errIndex
	}
	v.set(d.physical, d.b[int(i)*d.width:][:d.width])
	return nil
}

// indexed decodes indexes into a dictionary.
type indexed struct {
	indexes hybrid
	dict    *dictionary
}

func (d *indexed) next(v *Value) error {
	i, ok := d.indexes.next()
	if !ok {
		return errShort
	}
	return d.dict.value(i, v)
}

// deltas decodes integers by their differences.
type deltas struct {
	delta
	narrow bool
}

func (d *deltas) next(v *Value) error {
	i, err := d.delta.next()
	if d.narrow {
		i = int64(int32(i))
	}
	v.Bits = uint64(i)
	return err
}

// lengths decodes bytes whose lengths stand before all of them.
type lengths struct {
	lengths delta
	rest    []byte
	width   int32
}

func (d *lengths) start(b []byte, count int) error {
	if err := d.lengths.start(b, count); err != nil {
		return err
	}
	whole := d.lengths
	var err error
	d.rest, err = whole.end()
	return err
}

func (d *lengths) next(v *Value) error {
	n, err := d.lengths.next()
	if err != nil || n < 0 || n > int64(len(d.rest)) || d.width > 0 && n != int64(d.width) {
		return errors.Join(errShort, err)
	}
	v.Bytes, d.rest = d.rest[:n], d.rest[n:]
	return nil
}

// prefixed decodes bytes that begin as the value before does.
type prefixed struct {
	prefixes delta
	suffixes lengths
	last     []byte
	width    int32
}

func (d *prefixed) start(b []byte, count int) error {
	if err := d.prefixes.start(b, count); err != nil {
		return err
	}
	whole := d.prefixes
	rest, err := whole.end()
	if err != nil {
		return err
	}
	return d.suffixes.start(rest, count)
}

func (d *prefixed) next(v *Value) error {
	n, err := d.prefixes.next()
	if err != nil || n < 0 || n > int64(len(d.last)) {
		return errors.Join(errShort, err)
	}
	var suffix Value
	if err := d.suffixes.next(&suffix); err != nil {
		return err
	}
	d.last = append(d.last[:n], suffix.Bytes...)
	if len(d.last) > maxPage || d.width > 0 && len(d.last) != int(d.width) {
		return errShort
	}
	v.Bytes = d.last
	return nil
}

// split decodes values whose first bytes stand before all second bytes, and so on.
type split struct {
	b        []byte
	physical Physical
	width    int
	stride   int
	i        int
	value    []byte
}

func (d *split) next(v *Value) error {
	if d.i >= d.stride {
		return errShort
	}
	d.value = d.value[:0]
	for k := range d.width {
		d.value = append(d.value, d.b[k*d.stride+d.i])
	}
	d.i++
	v.set(d.physical, d.value)
	return nil
}
