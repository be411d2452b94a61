package pieces

import (
	"math"
	"strconv"

	"puy/geo/format"
)

// SkipSpace gives the place of the first byte of b from at that is no white space.
func SkipSpace(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\t' || b[at] == '\r') {
		at++
	}
	return at
}

// Number reads the finite decimal number that b starts with, up to white space or
// a comma. Size is how many bytes that is, also where it is no number.
func Number(b []byte) (x float64, size int, ok bool) {
	for size < len(b) && b[size] != ',' && b[size] > ' ' {
		size++
	}
	if size == 0 || size > 64 {
		return 0, size, false
	}
	if x, ok = format.ParseNumber(b[:size]); ok {
		return x, size, true
	}
	for _, c := range b[:size] { // no hexadecimal, no words
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return 0, size, false
		}
	}
	x, err := strconv.ParseFloat(string(b[:size]), 64)
	return x, size, err == nil && !math.IsInf(x, 0)
}
