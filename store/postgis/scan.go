package postgis

import (
	"math"
	"strconv"
	"time"

	"puy/geo"
)

// decoder turns the binary values of a row into one Feature, again and again.
type decoder struct {
	f      geo.Feature
	types  []geo.FieldType
	fields []geo.Field
	last   []geo.Value // of the row before, so that equal texts are one string
}

// newDecoder decodes rows of fid, id, the given fields of t and perhaps geom.
func newDecoder(t *table, fields []int) decoder {
	d := decoder{last: make([]geo.Value, len(fields))}
	d.f.Values = make([]geo.Value, len(fields))
	for _, i := range fields {
		d.types = append(d.types, t.schema.Fields[i].Type)
		d.fields = append(d.fields, t.schema.Fields[i])
	}
	return d
}

func (d *decoder) decode(raw [][]byte) (err error) {
	if len(raw) < 2+len(d.types) || len(raw[0]) != 8 {
		return geo.Errorf(geo.KindInternal, "a row of %d columns, of which %d were expected", len(raw), 2+len(d.types))
	}
	d.f.FID = int64(bigEndian.Uint64(raw[0]))
	d.f.ID = string(raw[1])
	for i, t := range d.types {
		b := raw[2+i]
		if b == nil {
			d.f.Values[i] = geo.Value{}
			continue
		}
		v, ok := decodeValue(b, t, &d.last[i])
		if !ok {
			return geo.Errorf(geo.KindInternal, "feature %d, field %q: the database gives bytes that are not of type %v", d.f.FID, d.fields[i].Name, t)
		}
		d.f.Values[i] = v
	}
	d.f.Geometry = geo.Geometry{}
	if g := raw[2+len(d.types):]; len(g) > 0 && g[0] != nil {
		if d.f.Geometry, err = geo.ParseWKB(g[0]); err != nil {
			return geo.Errorf(geo.KindInternal, "feature %d: %w", d.f.FID, err)
		}
	}
	return nil
}

// decodeValue reads the form that the type's send function writes. Last is the
// value of the row before, and becomes this one where it is a text.
func decodeValue(b []byte, t geo.FieldType, last *geo.Value) (v geo.Value, ok bool) {
	switch t {
	case geo.TypeInteger, geo.TypeNumber, geo.TypeDateTime:
		if len(b) != 8 {
			return v, false
		}
		bits := bigEndian.Uint64(b)
		switch t {
		case geo.TypeInteger:
			return geo.Integer(int64(bits)), true
		case geo.TypeNumber:
			return geo.Number(math.Float64frombits(bits)), true
		}
		return geo.DateTime(time.UnixMicro(int64(bits) + microsTo2000)), true
	case geo.TypeBoolean:
		return geo.Boolean(len(b) == 1 && b[0] == 1), len(b) == 1
	case geo.TypeDate:
		if len(b) != 4 {
			return v, false
		}
		return geo.Date(int64(int32(bigEndian.Uint32(b))) + daysTo2000), true
	case geo.TypeTextArray:
		texts, ok := decodeArray(b)
		return geo.TextArray(texts), ok
	case geo.TypeJSON:
		if len(b) < 1 || b[0] != 1 {
			return v, false
		}
		return geo.JSON(string(b[1:])), true
	}
	if last.Type() != geo.TypeText || last.Text() != string(b) {
		*last = geo.Text(string(b))
	}
	return *last, true
}

// decodeArray reads a one-dimensional array of text; a null element, which puy
// never writes, is left out.
func decodeArray(b []byte) (texts []string, ok bool) {
	if len(b) < 12 {
		return nil, false
	}
	if bigEndian.Uint32(b) == 0 {
		return nil, true
	}
	if bigEndian.Uint32(b) != 1 || len(b) < 20 {
		return nil, false
	}
	n, rest := bigEndian.Uint32(b[12:]), b[20:]
	if uint64(n)*4 > uint64(len(rest)) {
		return nil, false
	}
	texts = make([]string, 0, n)
	for range n {
		if len(rest) < 4 {
			return nil, false
		}
		size := int32(bigEndian.Uint32(rest))
		rest = rest[4:]
		if size < 0 {
			continue
		}
		if int(size) > len(rest) {
			return nil, false
		}
		texts, rest = append(texts, string(rest[:size])), rest[size:]
	}
	return texts, true
}

// integerOf gives the integer that s writes, or -1, which is no fid.
func integerOf(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
