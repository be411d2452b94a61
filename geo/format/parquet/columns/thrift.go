package columns

import (
	"encoding/binary"
	"math"

	"puy/geo"
)

// The types of the Thrift compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

const maxThriftDepth = 32

// errTruncated is the error of a thrift that ends before its structure does.
type errTruncated struct{}

func (errTruncated) Error() string { return "the structure is truncated" }

// thrift reads a structure in the Thrift compact protocol. The first error stays
// and makes all further reading give zeros.
type thrift struct {
	b     []byte
	i     int
	depth int
	err   error
}

func (t *thrift) fail(format string, args ...any) {
	if t.err == nil {
		t.err = geo.Errorf(geo.KindInvalid, format, args...)
	}
}

func (t *thrift) byte() byte {
	if t.err != nil {
		return 0
	}
	if t.i >= len(t.b) {
		t.err = errTruncated{}
		return 0
	}
	t.i++
	return t.b[t.i-1]
}

func (t *thrift) uvarint() uint64 {
	if t.err != nil {
		return 0
	}
	v, n := binary.Uvarint(t.b[t.i:])
	switch {
	case n == 0:
		t.err = errTruncated{}
		return 0
	case n < 0:
		t.fail("a number of more than 64 bits at byte %d of a structure", t.i)
		return 0
	}
	t.i += n
	return v
}

func (t *thrift) varint() int64 {
	u := t.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// integer reads a field or element of an integer type.
func (t *thrift) integer(typ byte) int64 {
	switch typ {
	case thriftByte:
		return int64(int8(t.byte()))
	case thriftI16, thriftI32, thriftI64:
		return t.varint()
	}
	t.fail("type %d where an integer is expected", typ)
	return 0
}

// int32 reads an integer of 32 bits.
func (t *thrift) int32(typ byte) int32 {
	v := t.integer(typ)
	if v < math.MinInt32 || v > math.MaxInt32 {
		t.fail("%d is no number of 32 bits", v)
	}
	return int32(v)
}

func (t *thrift) boolean(typ byte) bool {
	if typ != thriftTrue && typ != thriftFalse {
		t.fail("type %d where a boolean is expected", typ)
	}
	return typ == thriftTrue
}

// binary reads bytes that are part of what is read.
func (t *thrift) binary(typ byte) []byte {
	if typ != thriftBinary {
		t.fail("type %d where bytes are expected", typ)
	}
	n := t.uvarint()
	if t.err != nil {
		return nil
	}
	if n > uint64(len(t.b)-t.i) {
		t.err = errTruncated{}
		return nil
	}
	t.i += int(n)
	return t.b[t.i-int(n) : t.i]
}

// structure reads a structure: fn reads the fields it knows and tells so.
func (t *thrift) structure(typ byte, fn func(id int16, typ byte) bool) {
	if typ != thriftStruct {
		t.fail("type %d where a structure is expected", typ)
	}
	if t.depth++; t.depth > maxThriftDepth {
		t.fail("structures are nested more than %d deep", maxThriftDepth)
	}
	defer func() { t.depth-- }()
	id := int16(0)
	for t.err == nil {
		head := t.byte()
		if head == thriftStop || t.err != nil {
			return
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(t.varint())
		}
		if !fn(id, head&15) {
			t.skip(head & 15)
		}
	}
}

// list reads a list: fn reads each element. Each takes at least a byte, so that the
// count has no bound of its own.
func (t *thrift) list(typ byte, fn func(typ byte)) {
	if typ != thriftList && typ != thriftSet {
		t.fail("type %d where a list is expected", typ)
	}
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	for ; n > 0 && t.err == nil; n-- {
		fn(t.element(head & 15))
	}
}

// element gives the type of an element: a boolean outside a structure is a byte.
func (t *thrift) element(typ byte) byte {
	if typ != thriftTrue && typ != thriftFalse {
		return typ
	}
	if t.byte() == thriftTrue {
		return thriftTrue
	}
	return thriftFalse
}

func (t *thrift) skip(typ byte) {
	switch typ {
	case thriftTrue, thriftFalse:
	case thriftByte, thriftI16, thriftI32, thriftI64:
		t.integer(typ)
	case thriftDouble:
		for range 8 {
			t.byte()
		}
	case thriftBinary:
		t.binary(typ)
	case thriftList, thriftSet:
		if t.depth++; t.depth > maxThriftDepth {
			t.fail("lists are nested more than %d deep", maxThriftDepth)
		}
		t.list(typ, t.skip)
		t.depth--
	case thriftMap:
		n := t.uvarint()
		if n == 0 {
			return
		}
		if t.depth++; t.depth > maxThriftDepth {
			t.fail("maps are nested more than %d deep", maxThriftDepth)
		}
		types := t.byte()
		for ; n > 0 && t.err == nil; n-- {
			t.skip(t.element(types >> 4))
			t.skip(t.element(types & 15))
		}
		t.depth--
	case thriftStruct:
		t.structure(typ, func(int16, byte) bool { return false })
	default:
		t.fail("type %d, which there is not", typ)
	}
}
