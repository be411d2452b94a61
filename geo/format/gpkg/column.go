package gpkg

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"puy/geo"
)

// ColumnType gives the column type (OGC 12-128r18 table 1) that holds t.
// Arrays of text and JSON are TEXT that holds JSON.
func ColumnType(t geo.FieldType) string {
	switch t {
	case geo.TypeInteger:
		return "INTEGER"
	case geo.TypeNumber:
		return "DOUBLE"
	case geo.TypeBoolean:
		return "BOOLEAN"
	case geo.TypeDate:
		return "DATE"
	case geo.TypeDateTime:
		return "DATETIME"
	}
	return "TEXT"
}

// Encode gives v as a column of type t holds it. A value that is not of type t,
// and a year that four digits cannot write, give an error of KindInvalid.
func Encode(t geo.FieldType, v geo.Value) (driver.Value, error) {
	if v.IsNull() {
		return nil, nil
	}
	if v.Type() != t && !(t == geo.TypeNumber && v.Type() == geo.TypeInteger) {
		return nil, geo.Errorf(geo.KindInvalid, "a value of type %s in a field of type %s", v.Type(), t)
	}
	switch t {
	case geo.TypeInteger:
		return v.Integer(), nil
	case geo.TypeNumber:
		return v.Number(), nil
	case geo.TypeBoolean:
		return v.Boolean(), nil
	case geo.TypeDate, geo.TypeDateTime:
		moment := v.Time()
		if y := moment.Year(); y < 0 || y > 9999 {
			return nil, geo.Errorf(geo.KindInvalid, "the year %d is not between 0 and 9999", y)
		}
		if t == geo.TypeDate {
			return moment.Format(time.DateOnly), nil
		}
		return FormatTime(moment), nil
	}
	return v.Text(), nil
}

// FormatTime gives t in UTC as a DATETIME column holds it: with milliseconds as
// the standard says, with microseconds only where there are some. Without the
// final Z these texts are in the order of time.
func FormatTime(t time.Time) string {
	t = t.UTC()
	if t.Nanosecond()/1000%1000 != 0 {
		return t.Format("2006-01-02T15:04:05.000000Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

// Decode reads what a column gave as a value of type t, or gives null and tells
// that it is none.
func Decode(t geo.FieldType, src driver.Value) (geo.Value, bool) {
	v, ok := decode(t, src)
	if !ok {
		return geo.Value{}, false
	}
	return v, true
}

func decode(t geo.FieldType, src driver.Value) (geo.Value, bool) {
	switch x := src.(type) {
	case nil:
		return geo.Value{}, true
	case int64:
		switch t {
		case geo.TypeInteger:
			return geo.Integer(x), true
		case geo.TypeNumber:
			return geo.Number(float64(x)), true
		case geo.TypeBoolean:
			return geo.Boolean(x != 0), x == 0 || x == 1
		case geo.TypeText:
			return geo.Text(fmt.Sprint(x)), true
		}
	case float64:
		switch t {
		case geo.TypeNumber:
			return geo.Number(x), true
		case geo.TypeText:
			return geo.Text(geo.Number(x).String()), true
		case geo.TypeInteger:
			i := int64(x)
			return geo.Integer(i), x > -1<<63 && x < 1<<63 && float64(i) == x
		}
	case string:
		return decodeText(t, x)
	}
	return geo.Value{}, false
}

func decodeText(t geo.FieldType, s string) (geo.Value, bool) {
	switch t {
	case geo.TypeText:
		return geo.Text(s), utf8.ValidString(s)
	case geo.TypeDate:
		d, err := time.Parse(time.DateOnly, s)
		return geo.Date(d.Unix() / 86400), err == nil // midnight, so the division is exact before 1970 too
	case geo.TypeDateTime:
		return decodeTime(s)
	case geo.TypeTextArray:
		var texts []string
		if !strings.HasPrefix(strings.TrimSpace(s), "[") || json.Unmarshal([]byte(s), &texts) != nil {
			return geo.Value{}, false
		}
		return geo.TextArray(texts), true
	case geo.TypeJSON:
		return geo.JSON(s), json.Valid([]byte(s))
	}
	return geo.Value{}, false
}

// decodeTime also takes a space for the T, and takes a time without zone for UTC.
func decodeTime(s string) (geo.Value, bool) {
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return geo.DateTime(t), true
		}
	}
	return geo.Value{}, false
}

// ColumnNames gives a column name for each field: the field's own name, or a
// variant where SQLite, which ignores the case of ASCII letters, would take it
// for another column, one of those reserved, or its row number.
func ColumnNames(fields []geo.Field, reserved ...string) []string {
	taken := map[string]bool{"rowid": true, "oid": true, "_rowid_": true}
	for _, name := range reserved {
		taken[foldASCII(name)] = true
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		name := strings.ReplaceAll(f.Name, "\x00", "")
		if name == "" {
			name = "field"
		}
		unique := name
		for n := 2; taken[foldASCII(unique)]; n++ {
			unique = fmt.Sprintf("%s_%d", name, n)
		}
		taken[foldASCII(unique)], names[i] = true, unique
	}
	return names
}

func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Quote gives name as an SQL identifier.
func Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteText gives s as an SQL literal, for statements that take no parameters.
func QuoteText(s string) string {
	return `'` + strings.ReplaceAll(s, `'`, `''`) + `'`
}
