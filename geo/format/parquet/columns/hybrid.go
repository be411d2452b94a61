package columns

import "encoding/binary"

// hybrid reads integers in runs and bit-packed groups of eight, one by one
// (parquet-format, encoding RLE). Nothing is allocated, whatever a run claims.
type hybrid struct {
	b     []byte
	width uint
	run   uint64 // values left in the run
	value uint32 // of the run
	bits  uint64 // packed values left
	pos   uint   // bit at which the next packed value begins
}

// start begins with b; a width over 32 bits is refused.
func (h *hybrid) start(b []byte, width uint) bool {
	*h = hybrid{b: b, width: width}
	return width <= 32
}

func (h *hybrid) next() (uint32, bool) {
	for {
		switch {
		case h.run > 0:
			h.run--
			return h.value, true
		case h.bits > 0:
			h.bits--
			if h.pos+h.width > uint(len(h.b))*8 { // the padding of the last group may be left out
				return 0, false
			}
			v := unpack(h.b, h.pos, h.width)
			if h.pos += h.width; h.bits == 0 {
				h.b = h.b[(h.pos+7)/8:]
			}
			return v, true
		case len(h.b) == 0:
			return 0, false
		}
		head, n := binary.Uvarint(h.b)
		if n <= 0 {
			return 0, false
		}
		h.b = h.b[n:]
		if head&1 == 1 {
			h.bits, h.pos = head>>1*8, 0
			continue
		}
		size := int(h.width+7) / 8
		if size > len(h.b) {
			return 0, false
		}
		h.run, h.value = head>>1, 0
		for i, c := range h.b[:size] {
			h.value |= uint32(c) << (8 * i)
		}
		h.b = h.b[size:]
	}
}

// unpack gives the bits from pos, at most 32, which lie in b.
func unpack(b []byte, pos, width uint) uint32 {
	at, shift := pos/8, pos%8
	var v uint64
	if int(at)+8 <= len(b) {
		v = binary.LittleEndian.Uint64(b[at:])
	} else {
		for i, c := range b[at:] {
			v |= uint64(c) << (8 * i)
		}
	}
	return uint32(v >> shift & (1<<width - 1))
}

// bitWidth gives the bits that values up to limit take.
func bitWidth(limit int) uint {
	n := uint(0)
	for ; limit > 0; limit >>= 1 {
		n++
	}
	return n
}
