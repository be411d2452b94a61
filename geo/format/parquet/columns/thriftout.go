package columns

import "encoding/binary"

// thriftOut writes structures in the Thrift compact protocol.
type thriftOut struct {
	b    []byte
	last []int16 // the last field of each open structure
}

func (t *thriftOut) uvarint(v uint64) { t.b = binary.AppendUvarint(t.b, v) }

func (t *thriftOut) varint(v int64) { t.uvarint(uint64(v<<1) ^ uint64(v>>63)) }

// begin opens a structure that is no field: an element of a list, or the outermost.
func (t *thriftOut) begin() { t.last = append(t.last, 0) }

// end closes a structure.
func (t *thriftOut) end() {
	t.b = append(t.b, thriftStop)
	t.last = t.last[:len(t.last)-1]
}

func (t *thriftOut) field(id int16, typ byte) {
	last := &t.last[len(t.last)-1]
	if delta := id - *last; delta > 0 && delta < 16 {
		t.b = append(t.b, byte(delta)<<4|typ)
	} else {
		t.b = append(t.b, typ)
		t.varint(int64(id))
	}
	*last = id
}

func (t *thriftOut) int32(id int16, v int32) {
	t.field(id, thriftI32)
	t.varint(int64(v))
}

func (t *thriftOut) int64(id int16, v int64) {
	t.field(id, thriftI64)
	t.varint(v)
}

func (t *thriftOut) binary(id int16, s string) {
	t.field(id, thriftBinary)
	t.text(s)
}

// text writes an element of a list of binary.
func (t *thriftOut) text(s string) {
	t.uvarint(uint64(len(s)))
	t.b = append(t.b, s...)
}

func (t *thriftOut) boolean(id int16, v bool) {
	typ := byte(thriftFalse)
	if v {
		typ = thriftTrue
	}
	t.field(id, typ)
}

// structure opens a structure that is a field.
func (t *thriftOut) structure(id int16) {
	t.field(id, thriftStruct)
	t.begin()
}

// empty writes a structure without fields.
func (t *thriftOut) empty(id int16) {
	t.structure(id)
	t.end()
}

// list opens a list of n elements.
func (t *thriftOut) list(id int16, typ byte, n int) {
	t.field(id, thriftList)
	if n < 15 {
		t.b = append(t.b, byte(n)<<4|typ)
		return
	}
	t.b = append(t.b, 0xf0|typ)
	t.uvarint(uint64(n))
}
