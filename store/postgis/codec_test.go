package postgis

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"puy/geo"
)

func TestColumnNames(t *testing.T) {
	long := strings.Repeat("é", 40) // 80 bytes
	names := []string{"a", "A", "fid", "fid_1", "id", "geom", "ctid", "", "", long, long + "x", strings.Repeat("y", 63), strings.Repeat("y", 64), strings.Repeat("y", 61) + "_1", "n\x00"}
	want := []string{"a", "A_1", "fid_2", "fid_1", "id_1", "geom_1", "ctid_1", "field_1", "field_2", strings.Repeat("é", 30) + "_1", strings.Repeat("é", 30) + "_2",
		strings.Repeat("y", 63), strings.Repeat("y", 61) + "_2", strings.Repeat("y", 61) + "_1", "n_1"}
	var fields []geo.Field
	for _, n := range names {
		fields = append(fields, geo.Field{Name: n})
	}
	got := columnNames(fields)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q becomes %q, want %q", names[i], got[i], want[i])
		}
	}
}

// FuzzTextArray sends an array through both forms.
func FuzzTextArray(f *testing.F) {
	for _, s := range []string{"", "|", "a|b", `"|\|<b>|` + "\t\n\r\x01", "é|日本|\U0001F30B", "\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		texts := strings.Split(joined, "|")
		b, reason := appendArray(nil, geo.TextArray(texts).Text())
		if strings.Contains(joined, "\x00") != (reason != "") {
			t.Fatalf("%q: reason %q", joined, reason)
		}
		if reason != "" {
			return
		}
		if !utf8.ValidString(joined) { // TextArray has replaced what is not UTF-8
			texts = geo.TextArray(texts).Texts()
		}
		got, ok := decodeArray(b)
		if !ok || !slices.Equal(got, texts) {
			t.Errorf("%q becomes %q, %v", texts, got, ok)
		}
	})
}

// FuzzDecodeValue gives any bytes for every type: nothing panics or grows.
func FuzzDecodeValue(f *testing.F) {
	array, _ := appendArray(nil, `["a","bc"]`)
	f.Add(array)
	f.Add([]byte{1, '{', '}'})
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		for typ := geo.TypeNull; typ <= geo.TypeJSON; typ++ {
			var last geo.Value
			v, ok := decodeValue(b, typ, &last)
			if want := typ; ok && typ != geo.TypeNull && v.Type() != want && (typ != geo.TypeNumber || !v.IsNull()) {
				t.Errorf("type %v gives a value of type %v", typ, v.Type())
			}
			if len(v.Text()) > 8*len(b)+2 {
				t.Errorf("%d bytes become %d", len(b), len(v.Text()))
			}
		}
	})
}

// FuzzAppendUnquoted takes any text for JSON.
func FuzzAppendUnquoted(f *testing.F) {
	f.Add(`a\u00e9"`)
	f.Add(`\`)
	f.Add(`\u12`)
	f.Fuzz(func(t *testing.T, text string) {
		out, next, ok := appendUnquoted(nil, text, 0)
		if next < 0 || next > len(text) || len(out) > 3*len(text) {
			t.Errorf("%q: %d bytes, next %d, %v", text, len(out), next, ok)
		}
	})
}
