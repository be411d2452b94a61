package edit

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
)

// read makes a value of field's type of JSON, which is well formed. Reason tells
// why it cannot, and goes on from the property's name.
func read(field geo.Field, raw json.RawMessage) (v geo.Value, reason geo.Sentence) {
	if string(raw) == "null" {
		return geo.Value{}, reason
	}
	switch field.Type {
	case geo.TypeText:
		text, ok := asText(raw)
		if !ok {
			return v, geo.Say("must be text")
		}
		return geo.Text(text), withoutNUL(text)
	case geo.TypeInteger:
		if n, ok := asInteger(raw); ok {
			return geo.Integer(n), reason
		}
		return v, geo.Say("must be a whole number of 64 bits")
	case geo.TypeNumber:
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil && !math.IsInf(f, 0) {
			return geo.Number(f), reason
		}
		return v, geo.Say("must be a number")
	case geo.TypeBoolean:
		switch string(raw) {
		case "true":
			return geo.Boolean(true), reason
		case "false":
			return geo.Boolean(false), reason
		}
		return v, geo.Say("must be true or false")
	case geo.TypeDate:
		text, _ := asText(raw)
		if days, ok := format.ParseDate([]byte(text)); ok && sane(geo.Date(days)) {
			return geo.Date(days), reason
		}
		return v, geo.Say("must be a date such as 2024-01-31")
	case geo.TypeDateTime:
		text, _ := asText(raw)
		if at, ok := format.ParseDateTime([]byte(text)); ok && sane(at) {
			return at, reason
		}
		return v, geo.Say("must be an RFC 3339 date-time such as 2024-01-31T12:00:00Z")
	case geo.TypeTextArray:
		return asTexts(raw)
	case geo.TypeJSON:
		return asJSON(raw)
	}
	return v, geo.Say("must be null: the dataset has no value for it")
}

// asText reads a JSON string. Halves of surrogate pairs become U+FFFD.
func asText(raw json.RawMessage) (string, bool) {
	var text string
	ok := raw[0] == '"' && json.Unmarshal(raw, &text) == nil
	return text, ok
}

func withoutNUL(text string) geo.Sentence {
	if strings.ContainsRune(text, 0) {
		return geo.Say("contains a NUL character")
	}
	return geo.Sentence{}
}

// asInteger reads a JSON number without a fractional part, however it is written.
func asInteger(raw json.RawMessage) (int64, bool) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	// From 2^53 on a float does not tell which whole number was meant.
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// sane tells whether a time lies in the years 1 to 9999, which all clients and
// formats can carry.
func sane(v geo.Value) bool { return v.Time().Year() >= 1 && v.Time().Year() <= 9999 }

func asTexts(raw json.RawMessage) (v geo.Value, reason geo.Sentence) {
	var list []*string
	if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		return v, geo.Say("must be an array of texts")
	}
	texts := make([]string, len(list))
	for i, text := range list {
		if text == nil {
			return v, geo.Say("must be an array of texts, without null")
		}
		if reason := withoutNUL(*text); !reason.IsZero() {
			return v, reason
		}
		texts[i] = *text
	}
	return geo.TextArray(texts), reason
}

// asJSON takes any value, written again so that it has nothing that a database
// refuses.
func asJSON(raw json.RawMessage) (v geo.Value, reason geo.Sentence) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return v, geo.Say("is not JSON")
	}
	return jsonValue(tree)
}

func jsonValue(tree any) (v geo.Value, reason geo.Sentence) {
	if reason := check(tree); !reason.IsZero() {
		return v, reason
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		return v, geo.Say("is not JSON")
	}
	return geo.JSON(strings.TrimSuffix(b.String(), "\n")), reason
}

// check looks for what JSON allows and databases do not.
func check(tree any) (reason geo.Sentence) {
	switch t := tree.(type) {
	case string:
		return withoutNUL(t)
	case json.Number:
		if _, err := t.Float64(); err != nil {
			return geo.Say("contains a number that is too large")
		}
	case []any:
		for _, part := range t {
			if reason := check(part); !reason.IsZero() {
				return reason
			}
		}
	case map[string]any:
		for name, part := range t {
			if reason := withoutNUL(name); !reason.IsZero() {
				return reason
			}
			if reason := check(part); !reason.IsZero() {
				return reason
			}
		}
	}
	return geo.Sentence{}
}
