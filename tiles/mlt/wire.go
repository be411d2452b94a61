package mlt

import (
	"encoding/binary"
	"math/bits"
)

// uvarint reads the number at b[i:] and gives it with the index after it, which
// is negative if there is no whole number of at most 64 bits.
func uvarint(b []byte, i int) (uint64, int) {
	if i < len(b) && b[i] < 0x80 {
		return uint64(b[i]), i + 1
	}
	return longUvarint(b, i)
}

func longUvarint(b []byte, i int) (uint64, int) {
	v, n := binary.Uvarint(b[i:])
	if n <= 0 {
		return 0, -1
	}
	return v, i + n
}

// field is one field of a protobuf message.
type field struct {
	key        uint64
	number     uint64 // of a field that is not bytes
	start, end int    // of a field that is bytes
}

// next reads the field at b[i:] and gives it with the index after it, which is
// negative if the field is malformed or longer than the bytes that remain.
func next(b []byte, i int) (field, int) {
	var f field
	if f.key, i = uvarint(b, i); i < 0 {
		return f, -1
	}
	switch f.key & 7 {
	case 0:
		f.number, i = uvarint(b, i)
		return f, i
	case 1:
		if len(b)-i < 8 {
			return f, -1
		}
		f.number = binary.LittleEndian.Uint64(b[i:])
		return f, i + 8
	case 2:
		var size uint64
		if size, i = uvarint(b, i); i < 0 || size > uint64(len(b)-i) {
			return f, -1
		}
		f.start, f.end = i, i+int(size)
		return f, f.end
	case 5:
		if len(b)-i < 4 {
			return f, -1
		}
		f.number = uint64(binary.LittleEndian.Uint32(b[i:]))
		return f, i + 4
	}
	return f, -1
}

// pair reads the parameters of a vertex, the differences of its coordinates, from
// b[i:]; the index after them is negative if they are not two integers of 32 bits
// in at most five bytes each.
func pair(b []byte, i int) (dx, dy int64, after int) {
	if i+1 < len(b) && b[i]|b[i+1] < 0x80 {
		x, y := b[i], b[i+1]
		return int64(x>>1) ^ -int64(x&1), int64(y>>1) ^ -int64(y&1), i + 2
	}
	if dx, i = step(b, i); i >= 0 {
		dy, i = step(b, i)
	}
	return dx, dy, i
}

func step(b []byte, i int) (int64, int) {
	v, shift := uint64(0), 0
	for ; i < len(b) && shift < 35; i++ {
		v |= uint64(b[i]&0x7f) << shift
		if b[i] < 0x80 {
			if v>>32 != 0 {
				return 0, -1
			}
			return int64(v>>1) ^ -int64(v&1), i + 1
		}
		shift += 7
	}
	return 0, -1
}

func zigzag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

// uvarintLen gives the number of bytes of v as a varint.
func uvarintLen(v uint64) int { return (bits.Len64(v|1)*9 + 64) >> 6 }

func appendUvarint(dst []byte, v uint64) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

func appendText(dst, text []byte) []byte {
	return append(appendUvarint(dst, uint64(len(text))), text...)
}
