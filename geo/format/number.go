package format

import (
	"strconv"
	"unsafe"
)

// exactPowers holds the powers of ten that a float64 represents exactly.
var exactPowers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// ScanNumber reads the number that b starts with, in the grammar of JSON (RFC
// 8259 section 6), and gives the float64 nearest to it and the bytes it takes.
// n is 0 where b starts with no number; f is infinite where it is too large.
// Where n is len(b) the number might go on after b.
func ScanNumber(b []byte) (f float64, n int) {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	var mantissa uint64
	for i < len(b) && b[i]-'0' <= 9 {
		mantissa = mantissa*10 + uint64(b[i]-'0')
		i++
	}
	digits := i - first
	if digits == 0 || digits > 1 && b[first] == '0' {
		return 0, 0
	}
	fraction := 0
	if i < len(b) && b[i] == '.' {
		i++
		start := i
		for i < len(b) && b[i]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(b[i]-'0')
			i++
		}
		if fraction = i - start; fraction == 0 {
			if i == len(b) {
				return 0, i
			}
			return 0, 0
		}
		digits += fraction
	}
	simple := digits <= 19 && mantissa < 1<<53 && fraction < len(exactPowers)
	if i < len(b) && b[i]|0x20 == 'e' {
		simple = false
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		start := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		if i == start {
			if i == len(b) {
				return 0, i
			}
			return 0, 0
		}
	}
	if simple {
		// Both operands are exact, so the quotient is correctly rounded (Clinger 1990).
		f = float64(mantissa)
		if fraction > 0 {
			f /= exactPowers[fraction]
		}
		if first == 1 {
			f = -f
		}
		return f, i
	}
	// The bytes are not kept by ParseFloat, whose error gives the right infinity.
	f, _ = strconv.ParseFloat(unsafe.String(&b[0], i), 64)
	return f, i
}

// ParseNumber reads b, all of which must be one finite number as ScanNumber
// reads it.
func ParseNumber(b []byte) (float64, bool) {
	f, n := ScanNumber(b)
	if n != len(b) || n == 0 || b[n-1]-'0' > 9 || f-f != 0 {
		return 0, false
	}
	return f, true
}

// ParseInteger reads b as a canonical decimal integer: no plus sign, no leading
// zero, within 64 bits.
func ParseInteger(b []byte) (int64, bool) {
	i := 0
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		i = 1
	}
	digits := len(b) - i
	if digits == 0 || digits > 19 || digits > 1 && b[i] == '0' || negative && b[i] == '0' {
		return 0, false
	}
	var n uint64
	for _, c := range b[i:] {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	if negative {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}
