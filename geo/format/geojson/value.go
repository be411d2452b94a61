package geojson

import (
	"math"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// values makes values of JSON, and keeps what it needs for that.
type values struct {
	interner format.Interner
	scratch  []byte
}

// make turns a JSON value into one of type t. Rule tells why it cannot.
func (vs *values) make(t geo.FieldType, k kind, raw []byte, escaped bool) (v geo.Value, rule geo.Rule) {
	if k == kindNull {
		return geo.Value{}, ""
	}
	switch t {
	case geo.TypeText:
		switch k {
		case kindString:
			return vs.text(raw, escaped)
		case kindNumber, kindBoolean:
			return geo.Text(vs.interner.String(raw)), ""
		}
		return geo.Text(string(appendCompact(nil, raw))), ""
	case geo.TypeInteger:
		if k == kindNumber {
			if i, good := format.ParseInteger(raw); good {
				return geo.Integer(i), ""
			}
		}
	case geo.TypeNumber:
		if k == kindNumber {
			if f, _ := format.ScanNumber(raw); !math.IsInf(f, 0) {
				return geo.Number(f), ""
			}
			return geo.Value{}, geo.RuleType
		}
	case geo.TypeBoolean:
		if k == kindBoolean {
			return geo.Boolean(raw[0] == 't'), ""
		}
	case geo.TypeDate:
		if k == kindString {
			if days, good := format.ParseDate(raw); good {
				return geo.Date(days), ""
			}
		}
	case geo.TypeDateTime:
		if k == kindString {
			if v, good := format.ParseDateTime(raw); good {
				return v, ""
			}
		}
	case geo.TypeTextArray:
		if k == kindTexts {
			return vs.texts(raw)
		}
	case geo.TypeJSON:
		if k == kindString {
			return geo.JSON(string(appendString(nil, raw))), ""
		}
		return geo.JSON(string(appendCompact(nil, raw))), ""
	}
	return vs.convert(t, k, raw, escaped)
}

// convert is for declared types: it reads text as a cell of a table.
func (vs *values) convert(t geo.FieldType, k kind, raw []byte, escaped bool) (geo.Value, geo.Rule) {
	if k != kindString && k != kindNumber && k != kindBoolean {
		return geo.Value{}, geo.RuleType
	}
	if escaped {
		vs.scratch = unescape(vs.scratch[:0], raw)
		raw = vs.scratch
	}
	v, good := format.Notation{Type: t, Decimal: '.', DayFirst: true, Declared: true}.Parse(raw)
	if !good && t == geo.TypeNumber {
		v, good = format.Notation{Type: t, Decimal: ','}.Parse(raw)
	}
	if !good {
		return v, geo.RuleType
	}
	return v, ""
}

func (vs *values) text(raw []byte, escaped bool) (geo.Value, geo.Rule) {
	if escaped {
		vs.scratch = unescape(vs.scratch[:0], raw)
		raw = vs.scratch
		for _, b := range raw {
			if b == 0 {
				return geo.Value{}, geo.RuleEncoding
			}
		}
	}
	if !utf8.Valid(raw) {
		return geo.Value{}, geo.RuleEncoding
	}
	return geo.Text(vs.interner.String(raw)), ""
}

// texts reads an array of strings, which a cursor has accepted.
func (vs *values) texts(raw []byte) (geo.Value, geo.Rule) {
	c := cursor{b: raw, i: 1}
	var texts []string
	for n := 0; c.element(n); n++ {
		_, text, escaped, _ := c.value(0)
		v, rule := vs.text(text, escaped)
		if rule != "" {
			return v, rule
		}
		texts = append(texts, v.Text())
	}
	return geo.TextArray(texts), ""
}
