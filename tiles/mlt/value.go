package mlt

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"puy/tiles/mvt/wire"
)

// kind is what a value is, as a set of bits so that a column may hold several.
type kind uint8

const (
	kindText kind = 1 << iota
	kindBoolean
	kindInteger // fits an int64
	kindLarge   // an integer that fits only a uint64
	kindReal    // a number that is not an integer
	kindWide    // with kindReal: no float32 is the same number

	numeric = kindInteger | kindLarge | kindReal | kindWide
)

// safeInteger is the largest integer up to which a float64 holds every one.
const safeInteger = 1 << 53

// value is an entry of the value table of an MVT layer. Numbers are told apart
// by what they are and not by how they were written: a double that holds an
// integer is an integer.
type value struct {
	kind   kind
	number int64 // kindBoolean: 0 or 1; kindLarge: the bits of a uint64
	real   float64
	text   span // of the layer
}

func readValue(b []byte, start, end int) (value, error) {
	var v value
	m := b[:end]
	for i := start; i < end; {
		f, after := next(m, i)
		if after < 0 {
			return v, fmt.Errorf("malformed field at byte %d", i)
		}
		i = after
		switch f.key {
		case wire.ValueString:
			if !utf8.Valid(b[f.start:f.end]) {
				return v, fmt.Errorf("text is not UTF-8")
			}
			v = value{kind: kindText, text: span{f.start, f.end}}
		case wire.ValueFloat:
			v = realValue(float64(math.Float32frombits(uint32(f.number))))
		case wire.ValueDouble:
			v = realValue(math.Float64frombits(f.number))
		case wire.ValueInt:
			v = value{kind: kindInteger, number: int64(f.number)}
		case wire.ValueSint:
			v = value{kind: kindInteger, number: int64(f.number>>1) ^ -int64(f.number&1)}
		case wire.ValueUint:
			v = value{kind: kindInteger, number: int64(f.number)}
			if v.number < 0 {
				v.kind = kindLarge
			}
		case wire.ValueBool:
			v = value{kind: kindBoolean}
			if f.number != 0 {
				v.number = 1
			}
		}
	}
	if v.kind == 0 {
		return v, fmt.Errorf("a value of no kind")
	}
	return v, nil
}

func realValue(f float64) value {
	// The zero that is negative is the only integer that an int64 does not hold.
	if math.Trunc(f) == f && math.Abs(f) <= safeInteger && (f != 0 || !math.Signbit(f)) {
		return value{kind: kindInteger, number: int64(f)}
	}
	v := value{kind: kindReal, real: f}
	if float64(float32(f)) != f && f == f {
		v.kind |= kindWide
	}
	return v
}

// float gives a numeric value as a float64, the nearest where none is the same.
func (v *value) float() float64 {
	switch {
	case v.kind&kindReal != 0:
		return v.real
	case v.kind == kindLarge:
		return float64(uint64(v.number))
	}
	return float64(v.number)
}

// appendTo appends the value as text, as JavaScript writes it: numbers in their
// shortest decimal form, booleans as true and false.
func (v *value) appendTo(dst, layer []byte) []byte {
	switch {
	case v.kind == kindText:
		return append(dst, layer[v.text.start:v.text.end]...)
	case v.kind == kindBoolean:
		return strconv.AppendBool(dst, v.number != 0)
	case v.kind == kindInteger:
		return strconv.AppendInt(dst, v.number, 10)
	case v.kind == kindLarge:
		return strconv.AppendUint(dst, uint64(v.number), 10)
	}
	if size := math.Abs(v.real); size == 0 || size >= 1e-6 && size < 1e21 || math.IsInf(size, 0) {
		return strconv.AppendFloat(dst, v.real, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, v.real, 'e', -1, 64)
	// JavaScript writes 1e-7 where Go writes 1e-07.
	if n := len(dst); dst[n-2] == '0' {
		dst = append(dst[:n-2], dst[n-1])
	}
	return dst
}
