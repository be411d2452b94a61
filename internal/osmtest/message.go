package osmtest

import "encoding/binary"

// Message is a protobuf message on its way.
type Message []byte

// Number adds a number.
func (m Message) Number(field int, v uint64) Message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), v)
}

// Signed adds a number in zigzag form.
func (m Message) Signed(field int, v int64) Message {
	return binary.AppendVarint(binary.AppendUvarint(m, uint64(field)<<3), v)
}

// Bytes adds bytes, a text or a message.
func (m Message) Bytes(field int, b []byte) Message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	return append(binary.AppendUvarint(m, uint64(len(b))), b...)
}

// Packed adds a list of numbers.
func (m Message) Packed(field int, list ...uint64) Message {
	var b []byte
	for _, v := range list {
		b = binary.AppendUvarint(b, v)
	}
	return m.Bytes(field, b)
}

// Deltas adds a list of signed numbers as differences.
func (m Message) Deltas(field int, list ...int64) Message {
	var b []byte
	last := int64(0)
	for _, v := range list {
		b = binary.AppendVarint(b, v-last)
		last = v
	}
	return m.Bytes(field, b)
}
