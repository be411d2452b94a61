package fgb

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// eachProperty calls fn with the column and the bytes of each value in the
// properties of a feature: pairs of a two-byte column index and a value.
func eachProperty(data []byte, columns []column, fn func(i int, raw []byte)) error {
	for at := 0; at < len(data); {
		if len(data)-at == 1 && data[at] == 0 { // padding that some writers count in
			return nil
		}
		if len(data)-at < 2 {
			return geo.Errorf(geo.KindInvalid, "the properties break off at byte %d", at)
		}
		i := int(le.Uint16(data[at:]))
		at += 2
		if i >= len(columns) {
			return geo.Errorf(geo.KindInvalid, "a value belongs to column %d of %d", i+1, len(columns))
		}
		width := columns[i].typ.width()
		if width == 0 {
			if len(data)-at < 4 {
				return geo.Errorf(geo.KindInvalid, "the properties break off at byte %d", at)
			}
			n := le.Uint32(data[at:])
			at += 4
			if int64(n) > int64(len(data)-at) {
				return geo.Errorf(geo.KindInvalid, "the value of column %q has %d bytes; %d are left", columns[i].name, n, len(data)-at)
			}
			width = int(n)
		}
		if len(data)-at < width {
			return geo.Errorf(geo.KindInvalid, "the properties break off at byte %d", at)
		}
		fn(i, data[at:at+width])
		at += width
	}
	return nil
}

// valueOf reads the bytes of a value of a column of type t for a field of type want.
func valueOf(raw []byte, t columnType, want geo.FieldType, texts *format.Interner) (geo.Value, *geo.Problem) {
	var v geo.Value
	switch t {
	case columnByte:
		v = geo.Integer(int64(int8(raw[0])))
	case columnUByte:
		v = geo.Integer(int64(raw[0]))
	case columnBool:
		v = geo.Boolean(raw[0] != 0)
	case columnShort:
		v = geo.Integer(int64(int16(le.Uint16(raw))))
	case columnUShort:
		v = geo.Integer(int64(le.Uint16(raw)))
	case columnInt:
		v = geo.Integer(int64(int32(le.Uint32(raw))))
	case columnUInt:
		v = geo.Integer(int64(le.Uint32(raw)))
	case columnLong:
		v = geo.Integer(int64(le.Uint64(raw)))
	case columnULong:
		n := le.Uint64(raw)
		if v = geo.Integer(int64(n)); n > math.MaxInt64 {
			v = geo.Number(float64(n))
		}
	case columnFloat:
		v = geo.Number(float64(math.Float32frombits(le.Uint32(raw))))
	case columnDouble:
		v = geo.Number(math.Float64frombits(le.Uint64(raw)))
	case columnBinary:
		v = geo.Text(base64.StdEncoding.EncodeToString(raw))
	default:
		if !utf8.Valid(raw) {
			return geo.Value{}, &geo.Problem{Rule: geo.RuleEncoding, Value: geo.ClipValue(strconv.QuoteToASCII(string(raw)))}
		}
		return fitText(raw, want, texts)
	}
	if v.Type() == want || v.IsNull() {
		return v, nil
	}
	if want == geo.TypeNumber && v.Type() == geo.TypeInteger {
		return geo.Number(v.Number()), nil
	}
	return fitText([]byte(v.String()), want, texts)
}

// fitText reads text as a value of type want. Empty text is null unless text is wanted.
func fitText(raw []byte, want geo.FieldType, texts *format.Interner) (geo.Value, *geo.Problem) {
	if want == geo.TypeText || want == geo.TypeNull {
		return geo.Text(texts.String(raw)), nil
	}
	if len(raw) == 0 {
		return geo.Value{}, nil
	}
	ok := false
	var v geo.Value
	switch want {
	case geo.TypeInteger:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		v, ok = geo.Integer(n), err == nil
	case geo.TypeNumber:
		f, n := format.ScanNumber(raw)
		v, ok = geo.Number(f), n == len(raw)
	case geo.TypeBoolean:
		b, err := strconv.ParseBool(string(raw))
		v, ok = geo.Boolean(b), err == nil
	case geo.TypeDate:
		v, ok = day(raw)
	case geo.TypeDateTime:
		if v, ok = format.ParseDateTime(raw); !ok {
			var days int64
			days, ok = format.ParseDate(raw)
			v = geo.DateTime(geo.Date(days).Time())
		}
	case geo.TypeTextArray:
		var array []string
		array, ok = textArray(raw)
		v = geo.TextArray(array)
	case geo.TypeJSON:
		v, ok = geo.JSON(string(raw)), json.Valid(raw)
	}
	if !ok {
		return geo.Value{}, &geo.Problem{Rule: geo.RuleType, Value: geo.ClipValue(string(raw)), Detail: "expected " + want.String()}
	}
	return v, nil
}

// day reads a date, or a date-time at midnight UTC, as which GDAL writes dates.
func day(raw []byte) (geo.Value, bool) {
	if days, ok := format.ParseDate(raw); ok {
		return geo.Date(days), true
	}
	const dayMicros = 86400 * 1e6
	v, ok := format.ParseDateTime(raw)
	return geo.Date(v.Micros() / dayMicros), ok && v.Micros()%dayMicros == 0
}

// textArray reads a JSON array of strings; null elements do not pass.
func textArray(raw []byte) ([]string, bool) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil, false
	}
	var elements []*string
	if json.Unmarshal(raw, &elements) != nil {
		return nil, false
	}
	array := make([]string, len(elements))
	for i, e := range elements {
		if e == nil {
			return nil, false
		}
		array[i] = *e
	}
	return array, true
}
