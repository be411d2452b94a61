package geo_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"puy/geo"
)

func TestValueTexts(t *testing.T) {
	instant := time.Date(2026, 3, 1, 12, 30, 15, 250_000_900, time.FixedZone("", 3600))
	tests := []struct {
		name       string
		v          geo.Value
		typ        geo.FieldType
		text, json string
	}{
		{"null", geo.Value{}, geo.TypeNull, "", "null"},
		{"text", geo.Text(`Rue de l'"Été"`), geo.TypeText, `Rue de l'"Été"`, `"Rue de l'\"Été\""`},
		{"empty text", geo.Text(""), geo.TypeText, "", `""`},
		{"integer", geo.Integer(math.MinInt64), geo.TypeInteger, "-9223372036854775808", "-9223372036854775808"},
		{"number", geo.Number(45.78), geo.TypeNumber, "45.78", "45.78"},
		{"whole number", geo.Number(3), geo.TypeNumber, "3", "3.0"},
		{"small number", geo.Number(0.0000001), geo.TypeNumber, "0.0000001", "0.0000001"},
		{"smaller number", geo.Number(1.5e-8), geo.TypeNumber, "1.5e-08", "1.5e-08"},
		{"large number", geo.Number(1e20), geo.TypeNumber, "100000000000000000000", "100000000000000000000.0"},
		{"larger number", geo.Number(1e21), geo.TypeNumber, "1e+21", "1e+21"},
		{"NaN", geo.Number(math.NaN()), geo.TypeNull, "", "null"},
		{"infinity", geo.Number(math.Inf(-1)), geo.TypeNull, "", "null"},
		{"true", geo.Boolean(true), geo.TypeBoolean, "true", "true"},
		{"false", geo.Boolean(false), geo.TypeBoolean, "false", "false"},
		{"date", geo.Date(20513), geo.TypeDate, "2026-03-01", `"2026-03-01"`},
		{"date before the epoch", geo.Date(-1), geo.TypeDate, "1969-12-31", `"1969-12-31"`},
		{"date-time", geo.DateTime(instant), geo.TypeDateTime, "2026-03-01T11:30:15.25Z", `"2026-03-01T11:30:15.25Z"`},
		{"date-time before the epoch", geo.DateTime(time.Unix(-1, 0)), geo.TypeDateTime, "1969-12-31T23:59:59Z", `"1969-12-31T23:59:59Z"`},
		{"texts", geo.TextArray([]string{"vélo", `a"b`}), geo.TypeTextArray, `["vélo","a\"b"]`, `["vélo","a\"b"]`},
		{"no texts", geo.TextArray(nil), geo.TypeTextArray, "[]", "[]"},
		{"JSON", geo.JSON(`{"a":[1]}`), geo.TypeJSON, `{"a":[1]}`, `{"a":[1]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.v.Type() != tt.typ || tt.v.IsNull() != (tt.typ == geo.TypeNull) {
				t.Errorf("type %s", tt.v.Type())
			}
			if got := tt.v.String(); got != tt.text {
				t.Errorf("text %q, want %q", got, tt.text)
			}
			if got := string(tt.v.Append([]byte(">"))); got != ">"+tt.text {
				t.Errorf("appended %q", got)
			}
			if got := string(tt.v.AppendJSON(nil)); got != tt.json || !json.Valid([]byte(got)) {
				t.Errorf("JSON %s, want %s", got, tt.json)
			}
		})
	}
}

func TestValueParts(t *testing.T) {
	if v := geo.Integer(-7); v.Integer() != -7 || v.Number() != -7 {
		t.Errorf("integer %d, %v", v.Integer(), v.Number())
	}
	if v := geo.Number(-7.25); v.Number() != -7.25 {
		t.Errorf("number %v", v.Number())
	}
	if !geo.Boolean(true).Boolean() || geo.Boolean(false).Boolean() || geo.Boolean(false).IsNull() {
		t.Error("boolean")
	}
	if v := geo.Date(-719162); v.Days() != -719162 || !v.Time().Equal(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("date %d, %v", v.Days(), v.Time())
	}
	at := time.Date(2026, 3, 1, 12, 30, 15, 250_000_999, time.UTC)
	if v := geo.DateTime(at); v.Micros() != at.UnixMicro() || !v.Time().Equal(at.Truncate(time.Microsecond)) || v.Time().Location() != time.UTC {
		t.Errorf("date-time %d, %v", v.Micros(), v.Time())
	}
	texts := []string{"", "a,b", "é\n", "<b>"}
	if diff := cmp.Diff(texts, geo.TextArray(texts).Texts()); diff != "" {
		t.Error(diff)
	}
	if got := geo.Text(`["a"]`).Texts(); got != nil {
		t.Errorf("texts of a text: %v", got)
	}
	if geo.Text("1") == geo.JSON("1") || geo.Integer(1) == geo.Boolean(true) || geo.Date(0) == (geo.Value{}) {
		t.Error("values of different types are equal")
	}
	if array := geo.TextArray([]string{"a"}); array != geo.TextArray([]string{"a"}) || array == geo.TextArray([]string{"b"}) {
		t.Error("equal values differ")
	}
}

func TestFieldTypeNames(t *testing.T) {
	for typ := geo.TypeNull; typ <= geo.TypeJSON; typ++ {
		text, err := typ.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back geo.FieldType
		if err := back.UnmarshalText(text); err != nil || back != typ {
			t.Errorf("%s: %v, %v", text, back, err)
		}
		parsed, ok := geo.ParseFieldType(string(text))
		if ok != (typ != geo.TypeNull) || ok && parsed != typ {
			t.Errorf("%s: %v, %v", text, parsed, ok)
		}
	}
	var typ geo.FieldType
	if err := typ.UnmarshalText([]byte("string")); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("got %v", err)
	}
}

func TestAppendNumberReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }).Draw(t, "f")
		text := string(geo.AppendNumber(nil, f))
		if back, err := strconv.ParseFloat(text, 64); err != nil || back != f {
			t.Errorf("%v became %s", f, text)
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s is not JSON", text)
		}
	})
}

func FuzzAppendJSONString(f *testing.F) {
	for _, s := range []string{"", "été", "a\"b\\c", "\x00\x1f\x7f", "</script>", "\xff\xc3", "\u2028\ufffd", "a\xe2\x82"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := geo.AppendJSONString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%q became %s: %v", s, b, err)
		}
		// Conversion to runes gives U+FFFD for each invalid byte.
		if want := string([]rune(s)); back != want {
			t.Errorf("%q became %q", want, back)
		}
		for _, c := range b {
			if c == '<' || c < 0x20 {
				t.Errorf("%q holds %q as it is", b, c)
			}
		}
	})
}
