package mvt

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"

	"puy/tiles/mvt/wire"
)

// Values are kept and passed in their encoded form: the bytes of a layer's
// "values" field, key and length included, so that writing one is a copy.
// These functions append that form to dst.

// AppendString appends a string value. Invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	dst = append(dst, wire.LayerValue)
	dst = appendUvarint(dst, uint64(1+uvarintLen(uint64(len(s)))+len(s)))
	dst = append(dst, wire.ValueString)
	dst = appendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// AppendInteger appends an int value, or an sint value for a negative number,
// whichever is the shorter.
func AppendInteger(dst []byte, v int64) []byte {
	key, u := byte(wire.ValueInt), uint64(v)
	if v < 0 {
		key, u = wire.ValueSint, uint64(v<<1)^uint64(v>>63)
	}
	dst = append(dst, wire.LayerValue, byte(1+uvarintLen(u)), key)
	return appendUvarint(dst, u)
}

// AppendUint appends a uint value.
func AppendUint(dst []byte, v uint64) []byte {
	dst = append(dst, wire.LayerValue, byte(1+uvarintLen(v)), wire.ValueUint)
	return appendUvarint(dst, v)
}

// AppendDouble appends a double value.
func AppendDouble(dst []byte, v float64) []byte {
	dst = append(dst, wire.LayerValue, 9, wire.ValueDouble)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendFloat appends a float value.
func AppendFloat(dst []byte, v float32) []byte {
	dst = append(dst, wire.LayerValue, 5, wire.ValueFloat)
	return binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
}

// AppendBoolean appends a bool value.
func AppendBoolean(dst []byte, v bool) []byte {
	var b byte
	if v {
		b = 1
	}
	return append(dst, wire.LayerValue, 2, wire.ValueBool, b)
}
