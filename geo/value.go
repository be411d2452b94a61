package geo

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// FieldType is the type of a field, and of a value that is not null.
type FieldType uint8

// The field types. TypeNull is the type of the null value and of a field that
// held nothing but nulls.
const (
	TypeNull FieldType = iota
	TypeText
	TypeInteger   // int64
	TypeNumber    // float64, finite
	TypeBoolean   //
	TypeDate      // a day of the proleptic Gregorian calendar, without zone
	TypeDateTime  // an instant, in microseconds
	TypeTextArray //
	TypeJSON      // any JSON value
)

var fieldTypeNames = [...]string{"null", "text", "integer", "number", "boolean", "date", "date-time", "text-array", "json"}

// String gives the name of t as catalogue files write it.
func (t FieldType) String() string {
	if int(t) < len(fieldTypeNames) {
		return fieldTypeNames[t]
	}
	return "invalid"
}

// ParseFieldType is the inverse of FieldType.String.
func ParseFieldType(name string) (FieldType, bool) {
	for i, n := range fieldTypeNames {
		if n == name && i != int(TypeNull) {
			return FieldType(i), true
		}
	}
	return TypeNull, false
}

// MarshalText writes the name of t.
func (t FieldType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (t *FieldType) UnmarshalText(b []byte) error {
	parsed, ok := ParseFieldType(string(b))
	if !ok && string(b) != "null" {
		return Errorf(KindInvalid, "unknown field type %q", b)
	}
	*t = parsed
	return nil
}

// Value is one typed value. The zero Value is null. Values compare with ==.
type Value struct {
	typ  FieldType
	bits uint64 // integer, number bits, boolean, days, microseconds
	text string // text; JSON of a text array or of a JSON value
}

// Text makes a text value.
func Text(s string) Value { return Value{typ: TypeText, text: s} }

// Integer makes an integer value.
func Integer(i int64) Value { return Value{typ: TypeInteger, bits: uint64(i)} }

// Number makes a number value; NaN and infinities, which no format of ours can
// carry, become null.
func Number(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{typ: TypeNumber, bits: math.Float64bits(f)}
}

// Boolean makes a boolean value.
func Boolean(b bool) Value {
	if b {
		return Value{typ: TypeBoolean, bits: 1}
	}
	return Value{typ: TypeBoolean}
}

// Date makes a date value from days since 1970-01-01.
func Date(days int64) Value { return Value{typ: TypeDate, bits: uint64(days)} }

// DateTime makes a date-time value, cut to microseconds.
func DateTime(t time.Time) Value { return Value{typ: TypeDateTime, bits: uint64(t.UnixMicro())} }

// TextArray makes an array-of-text value.
func TextArray(texts []string) Value {
	b := []byte{'['}
	for i, s := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSONString(b, s)
	}
	return Value{typ: TypeTextArray, text: string(append(b, ']'))}
}

// JSON makes a JSON value from raw, which must be valid JSON.
func JSON(raw string) Value { return Value{typ: TypeJSON, text: raw} }

// Type tells the type of v; TypeNull for null.
func (v Value) Type() FieldType { return v.typ }

// IsNull tells whether v is null.
func (v Value) IsNull() bool { return v.typ == TypeNull }

// Text gives the text of a text value and the raw JSON of an array or JSON value.
func (v Value) Text() string { return v.text }

// Integer gives the integer of an integer value.
func (v Value) Integer() int64 { return int64(v.bits) }

// Number gives the number of a number or integer value.
func (v Value) Number() float64 {
	if v.typ == TypeInteger {
		return float64(int64(v.bits))
	}
	return math.Float64frombits(v.bits)
}

// Boolean gives the truth of a boolean value.
func (v Value) Boolean() bool { return v.bits != 0 }

// Days gives the days since 1970-01-01 of a date value.
func (v Value) Days() int64 { return int64(v.bits) }

// Micros gives the microseconds since 1970-01-01T00:00:00Z of a date-time value.
func (v Value) Micros() int64 { return int64(v.bits) }

// Time gives the instant of a date-time value, and midnight UTC of a date, in UTC.
func (v Value) Time() time.Time {
	if v.typ == TypeDate {
		return time.Unix(v.Days()*86400, 0).UTC()
	}
	return time.UnixMicro(v.Micros()).UTC()
}

// Texts gives the elements of an array-of-text value.
func (v Value) Texts() []string {
	if v.typ != TypeTextArray {
		return nil
	}
	var texts []string
	if json.Unmarshal([]byte(v.text), &texts) != nil {
		return nil
	}
	return texts
}

// String gives the canonical text of v: what a CSV cell, a key or a path
// segment holds. Null is the empty string.
func (v Value) String() string {
	switch v.typ {
	case TypeText, TypeTextArray, TypeJSON:
		return v.text
	}
	return string(v.Append(nil))
}

// Append appends the canonical text of v to dst.
func (v Value) Append(dst []byte) []byte {
	switch v.typ {
	case TypeText, TypeTextArray, TypeJSON:
		return append(dst, v.text...)
	case TypeInteger:
		return strconv.AppendInt(dst, v.Integer(), 10)
	case TypeNumber:
		return AppendNumber(dst, v.Number())
	case TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean())
	case TypeDate:
		return v.Time().AppendFormat(dst, time.DateOnly)
	case TypeDateTime:
		return v.Time().AppendFormat(dst, "2006-01-02T15:04:05.999999Z07:00")
	}
	return dst
}

// AppendJSON appends v as a JSON value: dates and date-times as RFC 3339
// strings, whole numbers with a fraction (12.0), because clients that find
// types from the first rows would take a column of them for integers.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.typ {
	case TypeNull:
		return append(dst, "null"...)
	case TypeText:
		return AppendJSONString(dst, v.text)
	case TypeDate, TypeDateTime:
		return append(v.Append(append(dst, '"')), '"')
	case TypeNumber:
		start := len(dst)
		if dst = v.Append(dst); !bytes.ContainsAny(dst[start:], ".e") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	return v.Append(dst)
}

// AppendNumber appends f in the shortest decimal form that reads back as f,
// without an exponent between 1e-7 and 1e21.
func AppendNumber(dst []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-7 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}

// AppendJSONString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		// '<' is escaped so that JSON can stand inside an HTML script element.
		if c >= 0x20 && c != '"' && c != '\\' && c != '<' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
