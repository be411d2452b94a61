package mlt

import "slices"

// clearBits makes room for n bits, all of them 0.
func (e *Encoder) clearBits(n int) {
	size := (n + 7) / 8
	e.bits = slices.Grow(e.bits[:0], size)[:size]
	clear(e.bits)
}

// writeBits writes the n bits, least significant first, as a stream of bytes in
// runs.
func (e *Encoder) writeBits(kind byte, n int) {
	e.packed = appendByteRuns(e.packed[:0], e.bits)
	e.data = appendStream(e.data, kind, encodingRLE|physicalNone, n, len(e.packed))
	e.data = append(e.data, e.packed...)
}

const (
	shortestRun = 3
	longestRun  = 130
	longestCopy = 128
)

// appendByteRuns appends b in the byte run-length encoding of ORC: a run of 3 to
// 130 equal bytes as its length less 3 and the byte, 1 to 128 other bytes as 256
// less their number and the bytes.
func appendByteRuns(dst, b []byte) []byte {
	plain := 0 // where the bytes that are in no run begin
	for i := 0; i < len(b); {
		end := i + 1
		for end < len(b) && end-i < longestRun && b[end] == b[i] {
			end++
		}
		if end-i < shortestRun {
			i = end
			continue
		}
		dst = appendByteCopies(dst, b[plain:i])
		dst = append(dst, byte(end-i-shortestRun), b[i])
		i, plain = end, end
	}
	return appendByteCopies(dst, b[plain:])
}

func appendByteCopies(dst, b []byte) []byte {
	for len(b) > 0 {
		n := min(len(b), longestCopy)
		dst = append(append(dst, byte(256-n)), b[:n]...)
		b = b[n:]
	}
	return dst
}
