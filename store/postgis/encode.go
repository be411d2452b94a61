package postgis

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"unicode/utf8"

	"puy/geo"
)

// The binary format of COPY (PostgreSQL documentation, COPY, File Formats) and
// the binary forms of the types, which are those of the functions <type>recv.
const (
	copyHeader = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" // signature, flags, no extension

	daysTo2000   = 10957
	microsTo2000 = daysTo2000 * 86400 * 1e6
	textOID      = 25
	maxID        = 2000 // bytes; an index entry holds about 2700
)

var (
	bigEndian   = binary.BigEndian
	copyTrailer = []byte{0xff, 0xff}
	nullLength  = []byte{0xff, 0xff, 0xff, 0xff}
)

// appendRow appends one row of COPY. Errors name the row.
func (t *table) appendRow(dst []byte, f *geo.Feature) ([]byte, error) {
	dst, err := t.appendFields(dst, f)
	if err != nil {
		err = geo.Errorf(geo.KindInvalid, "row %d: %s", f.FID, err.Error())
	}
	return dst, err
}

// appendFields appends one row of COPY: fid, id, the values, the geometry.
// All errors are of KindInvalid.
func (t *table) appendFields(dst []byte, f *geo.Feature) ([]byte, error) {
	fields := t.schema.Fields
	if len(f.Values) != len(fields) {
		return dst, geo.Errorf(geo.KindInvalid, "%d values, not %d", len(f.Values), len(fields))
	}
	n := 2 + len(fields)
	if t.schema.Spatial() {
		n++
	}
	dst = bigEndian.AppendUint16(dst, uint16(n))
	dst = bigEndian.AppendUint64(append(dst, 0, 0, 0, 8), uint64(f.FID))
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	if t.keyed {
		if len(f.ID) > maxID || !storable(f.ID) {
			return dst, geo.Errorf(geo.KindInvalid, "the key is longer than %d bytes or is not valid text", maxID)
		}
		dst = append(dst, f.ID...)
	} else {
		dst = geo.Integer(f.FID).Append(dst)
	}
	setLength(dst, at)
	for i := range f.Values {
		v := &f.Values[i]
		if v.IsNull() {
			dst = append(dst, nullLength...)
			continue
		}
		at = len(dst)
		dst = append(dst, 0, 0, 0, 0)
		var reason string
		if dst, reason = appendValue(dst, v, fields[i].Type); reason != "" {
			return dst, geo.Errorf(geo.KindInvalid, "field %q: %s", fields[i].Name, reason)
		}
		setLength(dst, at)
	}
	return t.appendGeometry(dst, f)
}

func (t *table) appendGeometry(dst []byte, f *geo.Feature) ([]byte, error) {
	switch {
	case !t.schema.Geometry.Accepts(f.Geometry.Type()):
		return dst, geo.Errorf(geo.KindInvalid, "a geometry of type %v in a dataset of type %v", f.Geometry.Type(), t.schema.Geometry)
	case !t.schema.Spatial():
		return dst, nil
	case f.Geometry.IsNull():
		return append(dst, nullLength...), nil
	case !t.schema.HasZ && f.Geometry.HasZ():
		return dst, geo.Errorf(geo.KindInvalid, "a geometry with heights in a dataset without")
	}
	at := len(dst)
	dst = f.Geometry.Promote(t.schema.Geometry).AppendEWKB(append(dst, 0, 0, 0, 0), 4326)
	setLength(dst, at)
	return dst, nil
}

// setLength writes, at a place of four bytes, how many bytes follow it.
func setLength(dst []byte, at int) { bigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4)) }

// storable tells whether PostgreSQL takes s as text: valid UTF-8 without NUL.
func storable(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// appendValue appends a value that is not null in the form of its field's type.
// A reason that is not empty tells why it cannot be stored.
func appendValue(dst []byte, v *geo.Value, t geo.FieldType) (_ []byte, reason string) {
	if v.Type() != t && (t != geo.TypeNumber || v.Type() != geo.TypeInteger) {
		return dst, "a value of type " + v.Type().String() + " in a field of type " + t.String()
	}
	switch t {
	case geo.TypeText:
		if text := v.Text(); storable(text) {
			return append(dst, text...), ""
		}
		return dst, "the text holds a NUL character or is not valid UTF-8"
	case geo.TypeInteger:
		return bigEndian.AppendUint64(dst, uint64(v.Integer())), ""
	case geo.TypeNumber:
		return bigEndian.AppendUint64(dst, math.Float64bits(v.Number())), ""
	case geo.TypeBoolean:
		if v.Boolean() {
			return append(dst, 1), ""
		}
		return append(dst, 0), ""
	case geo.TypeDate:
		days := v.Days() - daysTo2000
		if days >= math.MaxInt32 || days <= math.MinInt32 { // the ends mean infinity
			return dst, "the date is out of range"
		}
		return bigEndian.AppendUint32(dst, uint32(int32(days))), ""
	case geo.TypeDateTime:
		micros := v.Micros()
		if micros < math.MinInt64+2*microsTo2000 || micros == math.MaxInt64 {
			return dst, "the time is out of range"
		}
		return bigEndian.AppendUint64(dst, uint64(micros-microsTo2000)), ""
	case geo.TypeTextArray:
		return appendArray(dst, v.Text())
	case geo.TypeJSON:
		at := len(dst)
		dst = append(append(dst, 1), v.Text()...) // version 1 of jsonb's form
		switch raw := dst[at+1:]; {
		case !json.Valid(raw) || !utf8.Valid(raw):
			return dst, "the JSON is not valid"
		case holdsEscapedNUL(raw):
			return dst, "the JSON holds a NUL character"
		}
		return dst, ""
	}
	return dst, "nothing but nulls was expected"
}

// holdsEscapedNUL tells whether JSON holds \u0000, which jsonb refuses.
func holdsEscapedNUL(raw []byte) bool {
	for {
		i := bytes.Index(raw, []byte(`\u0000`))
		if i < 0 {
			return false
		}
		slashes := 1
		for i-slashes >= 0 && raw[i-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 1 {
			return true
		}
		raw = raw[i+6:]
	}
}

// appendArray appends a text array from its JSON, which geo.TextArray wrote.
func appendArray(dst []byte, text string) (_ []byte, reason string) {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 1, 0, 0, 0, 0) // one dimension, no nulls
	dst = bigEndian.AppendUint32(dst, textOID)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 1) // the count, set below, and the first index
	count := uint32(0)
	for i := 1; i < len(text) && text[i] == '"'; count++ {
		start := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		var ok bool
		if dst, i, ok = appendUnquoted(dst, text, i+1); !ok || !utf8.Valid(dst[start+4:]) || bytes.IndexByte(dst[start+4:], 0) >= 0 {
			return dst, "a text holds a NUL character or is not valid UTF-8"
		}
		setLength(dst, start)
		if i < len(text) && text[i] == ',' {
			i++
		}
	}
	if count == 0 { // an empty array has no dimension
		return bigEndian.AppendUint32(append(dst[:at], 0, 0, 0, 0, 0, 0, 0, 0), textOID), ""
	}
	bigEndian.PutUint32(dst[at+12:], count)
	return dst, ""
}

// appendUnquoted appends the JSON string whose first character is at text[i]
// and gives the place after its closing quote. Of the escapes it knows those
// that geo.AppendJSONString writes.
func appendUnquoted(dst []byte, text string, i int) (_ []byte, next int, ok bool) {
	for i < len(text) {
		n := strings.IndexAny(text[i:], `"\`)
		if n < 0 {
			break
		}
		dst = append(dst, text[i:i+n]...)
		i += n
		if text[i] == '"' {
			return dst, i + 1, true
		}
		if i+1 >= len(text) {
			break
		}
		switch c := text[i+1]; c {
		case '"', '\\':
			dst = append(dst, c)
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			if i+6 > len(text) {
				return dst, i, false
			}
			var code rune
			for _, h := range text[i+2 : i+6] {
				digit := strings.IndexRune("0123456789abcdef", h)
				if digit < 0 {
					return dst, i, false
				}
				code = code<<4 | rune(digit)
			}
			dst = utf8.AppendRune(dst, code)
			i += 4
		default:
			return dst, i, false
		}
		i += 2
	}
	return dst, i, false
}
