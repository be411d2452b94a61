package api

import (
	"testing"
	"time"

	"puy/geo"
	"puy/server/answer"
)

func TestParseValue(t *testing.T) {
	at := time.Date(2024, 2, 29, 11, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		kind geo.FieldType
		text string
		want geo.Value
	}{
		{geo.TypeText, "", geo.Text("")},
		{geo.TypeTextArray, "no2", geo.Text("no2")},
		{geo.TypeInteger, "-9223372036854775808", geo.Integer(-1 << 63)},
		{geo.TypeNumber, "-.5e-3", geo.Number(-0.0005)},
		{geo.TypeBoolean, "true", geo.Boolean(true)},
		{geo.TypeDate, "2024-02-29", geo.Date(19782)},
		{geo.TypeDate, "1969-12-31", geo.Date(-1)},
		{geo.TypeDateTime, "2024-02-29T12:30:00+01:00", geo.DateTime(at)},
		{geo.TypeDateTime, "2024-02-29T12:30:00 01:00", geo.DateTime(at)},
		{geo.TypeDateTime, "2024-02-29t11:30:00z", geo.DateTime(at)},
	} {
		if got, err := answer.ParseValue(c.kind, c.text); err != nil || got != c.want {
			t.Errorf("%v %q = %v, %v; want %v", c.kind, c.text, got, err, c.want)
		}
	}
	for kind, texts := range map[geo.FieldType][]string{
		geo.TypeInteger:  {"", "1.0", "9223372036854775808", "+1", " 1", "0x1"},
		geo.TypeNumber:   {"", "NaN", "Inf", "1e999", "0x1p2", "1_0", "1,5"},
		geo.TypeBoolean:  {"", "1", "TRUE", "vrai"},
		geo.TypeDate:     {"", "2023-02-29", "2024-2-9", "2024-02-29T00:00:00Z", "0000-01-01"},
		geo.TypeDateTime: {"", "2024-02-29", "2024-02-29 11:30:00", "0000-01-01T00:00:00Z"},
		geo.TypeJSON:     {"{}"},
	} {
		for _, text := range texts {
			if got, err := answer.ParseValue(kind, text); err == nil {
				t.Errorf("%v %q = %v; want an error", kind, text, got)
			}
		}
	}
}

func FuzzParseValue(f *testing.F) {
	for i, seed := range []string{"12", "-1e5", "true", "2024-01-31", "2024-01-31T00:00:00Z", "é"} {
		f.Add(uint8(i), seed)
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		v, err := answer.ParseValue(geo.FieldType(kind%9), text)
		if err != nil || v.Type() == geo.TypeText {
			return
		}
		again, err := answer.ParseValue(v.Type(), v.String())
		if err != nil || again != v {
			t.Errorf("%q is %v, which reads back as %v, %v", text, v, again, err)
		}
	})
}
