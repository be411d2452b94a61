package format_test

import (
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/format"
)

func TestTypeFinder(t *testing.T) {
	type add = func(*format.TypeFinder)
	text := func(s string) add { return func(f *format.TypeFinder) { f.AddString([]byte(s)) } }
	number := func(s string) add { return func(f *format.TypeFinder) { f.AddNumber([]byte(s)) } }
	boolean, texts, object := (*format.TypeFinder).AddBoolean, (*format.TypeFinder).AddTexts, (*format.TypeFinder).AddJSON
	for name, c := range map[string]struct {
		add  []add
		want geo.FieldType
	}{
		"nothing":               {nil, geo.TypeText},
		"digits in quotes":      {[]add{text("01000"), text("63113")}, geo.TypeText},
		"days":                  {[]add{text("2024-02-29"), text("1969-12-31")}, geo.TypeDate},
		"a day that is none":    {[]add{text("2024-02-29"), text("2023-02-29")}, geo.TypeText},
		"instants":              {[]add{text("2024-02-29T12:00:00Z"), text("2024-02-29 12:00:00.5+02:00")}, geo.TypeDateTime},
		"days and instants":     {[]add{text("2024-02-29"), text("2024-02-29T12:00:00Z")}, geo.TypeText},
		"a day and a word":      {[]add{text("2024-02-29"), text("hier")}, geo.TypeText},
		"integers":              {[]add{number("1"), number("-9223372036854775808"), number("9007199254740993")}, geo.TypeInteger},
		"an integer too large":  {[]add{number("1"), number("9223372036854775808")}, geo.TypeNumber},
		"a fraction":            {[]add{number("1"), number("2.0")}, geo.TypeNumber},
		"an exponent":           {[]add{number("1e3")}, geo.TypeNumber},
		"numbers and text":      {[]add{number("1.50"), text("n/a")}, geo.TypeText},
		"numbers and days":      {[]add{number("1"), text("2024-02-29")}, geo.TypeText},
		"booleans":              {[]add{boolean, boolean}, geo.TypeBoolean},
		"booleans and text":     {[]add{boolean, text("oui")}, geo.TypeJSON},
		"booleans and integers": {[]add{boolean, number("1")}, geo.TypeJSON},
		"arrays of strings":     {[]add{texts, texts}, geo.TypeTextArray},
		"arrays and a string":   {[]add{texts, text("a")}, geo.TypeJSON},
		"objects":               {[]add{object}, geo.TypeJSON},
	} {
		var f format.TypeFinder
		for _, add := range c.add {
			add(&f)
		}
		if got := f.Type(); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// TestCellFinder gives each column as cells between bars, and its values in
// canonical form, "-" for null.
func TestCellFinder(t *testing.T) {
	for _, c := range []struct {
		name, cells string
		want        geo.FieldType
		values      string
	}{
		{"n", "1|-2||0", geo.TypeInteger, "1|-2|-|0"},
		{"n", "9007199254740993|1", geo.TypeInteger, "9007199254740993|1"},
		{"n", "01000|63113", geo.TypeText, "01000|63113"},
		{"n", "+1|2", geo.TypeText, "+1|2"},
		{"insee", "63113|63000", geo.TypeText, "63113|63000"},
		{"Code postal", "63000|63100", geo.TypeText, "63000|63100"},
		{"SIREN", "123456789", geo.TypeText, "123456789"},
		{"tel", "473000000", geo.TypeText, "473000000"},
		{"Hotel", "12", geo.TypeInteger, "12"},
		{"code", "2024-01-01", geo.TypeDate, "2024-01-01"},
		{"n", "1.5|2", geo.TypeNumber, "1.5|2"},
		{"n", "1,5|2", geo.TypeNumber, "1.5|2"},
		{"n", "1,5|2.5", geo.TypeText, "1,5|2.5"},
		{"n", "1 234,50|12\u00a0345,1|1\u202f000 000", geo.TypeNumber, "1234.5|12345.1|1000000"},
		{"n", "1 234|12", geo.TypeInteger, "1234|12"},
		{"n", "12 34|12", geo.TypeText, "12 34|12"},
		{"n", "1E3|2", geo.TypeText, "1E3|2"},
		{"n", "1.5E+3|2", geo.TypeNumber, "1500|2"},
		{"n", "1.5|inf", geo.TypeText, "1.5|inf"},
		{"n", "1.5|nan", geo.TypeText, "1.5|nan"},
		{"n", "12345678901234567890|1", geo.TypeText, "12345678901234567890|1"},
		{"n", "1234567890123456|1.5", geo.TypeText, "1234567890123456|1.5"},
		{"n", ",5|-,25", geo.TypeNumber, "0.5|-0.25"},
		{"b", "true|False||TRUE", geo.TypeBoolean, "true|false|-|true"},
		{"b", "oui|NON", geo.TypeBoolean, "true|false"},
		{"b", "vrai|faux", geo.TypeBoolean, "true|false"},
		{"b", "oui|false", geo.TypeText, "oui|false"},
		{"b", "oui|peut-être", geo.TypeText, "oui|peut-être"},
		{"b", "0|1", geo.TypeInteger, "0|1"},
		{"d", "2024-02-29|2008/12/25", geo.TypeDate, "2024-02-29|2008-12-25"},
		{"d", "31/12/2013|01/02/2014", geo.TypeDate, "2013-12-31|2014-02-01"},
		{"d", "31/12/2013|12/31/2013", geo.TypeText, "31/12/2013|12/31/2013"},
		{"d", "24/10/90", geo.TypeText, "24/10/90"},
		{"d", "2024-02-29|2024-02-29 10:00", geo.TypeText, "2024-02-29|2024-02-29 10:00"},
		{"t", "2019-06-21 00:00:00+00:00|2019-06-21T02:00:00+02:00", geo.TypeDateTime, "2019-06-21T00:00:00Z|2019-06-21T00:00:00Z"},
		{"t", "2019-06-21 10:30|2019-06-21 10:30:15.25", geo.TypeDateTime, "2019-06-21T10:30:00Z|2019-06-21T10:30:15.25Z"},
		{"t", "21/06/2019 10:30|22/06/2019 00:00:00", geo.TypeDateTime, "2019-06-21T10:30:00Z|2019-06-22T00:00:00Z"},
		{"t", "12:34:56", geo.TypeText, "12:34:56"},
		{"a", `["a","b"]||[]`, geo.TypeTextArray, `["a","b"]|-|[]`},
		{"a", `["a"]|[1]`, geo.TypeJSON, `["a"]|[1]`},
		{"a", `["a",null]`, geo.TypeJSON, `["a",null]`},
		{"a", `{"a": 1}`, geo.TypeJSON, `{"a": 1}`},
		{"a", `{"a": 1}|{a}`, geo.TypeText, `{"a": 1}|{a}`},
		{"a", `["\u0000"]`, geo.TypeText, `["\u0000"]`},
		{"empty", "| |", geo.TypeText, ""},
		{"s", " 12 |3", geo.TypeInteger, "12|3"},
	} {
		f := format.NewCellFinder(c.name, geo.TypeNull, 0, false)
		cells := strings.Split(c.cells, "|")
		for _, cell := range cells {
			f.Add([]byte(cell))
		}
		n := f.Notation()
		if n.Type != c.want {
			t.Errorf("%s %q: got %s, want %s", c.name, c.cells, n.Type, c.want)
			continue
		}
		if f.Empty() {
			continue
		}
		var got []string
		for _, cell := range cells {
			v, ok := n.Parse([]byte(cell))
			if !ok {
				t.Errorf("%s %q: %q does not fit", c.name, c.cells, cell)
			}
			if v.IsNull() {
				got = append(got, "-")
			} else {
				got = append(got, v.String())
			}
		}
		if s := strings.Join(got, "|"); s != c.values {
			t.Errorf("%s %q: got %q, want %q", c.name, c.cells, s, c.values)
		}
	}
}

func TestCellFinderBetweenCommas(t *testing.T) {
	for cells, want := range map[string]geo.FieldType{
		"1,234|5,678":       geo.TypeText,
		"1,234|0,5":         geo.TypeNumber,
		"43,591486|3,88681": geo.TypeNumber,
	} {
		f := format.NewCellFinder("n", geo.TypeNull, 0, true)
		for _, cell := range strings.Split(cells, "|") {
			f.Add([]byte(cell))
		}
		if got := f.Notation().Type; got != want {
			t.Errorf("%q: got %s, want %s", cells, got, want)
		}
	}
}

// TestDeclaredTypes gives a column, and "!" for each cell that must be refused.
func TestDeclaredTypes(t *testing.T) {
	for _, c := range []struct {
		declared      geo.FieldType
		cells, values string
	}{
		{geo.TypeText, "1|01", "1|01"},
		{geo.TypeInteger, "1|2.0|3,00|x|1.5|1 000", "1|2|3|!|!|1000"},
		{geo.TypeNumber, "1,5|2|abc", "1.5|2|!"},
		{geo.TypeNumber, "1.5|2.5|3,5", "1.5|2.5|!"},
		{geo.TypeBoolean, "1|0|oui|N|vrai|2", "true|false|true|false|true|!"},
		{geo.TypeDate, "2024-01-31|31/01/2024|2024-01-31T00:00:00Z|2024-01-31T10:00:00Z", "2024-01-31|2024-01-31|2024-01-31|!"},
		{geo.TypeDateTime, "2024-01-31|31/01/2024 10:00|x", "2024-01-31T00:00:00Z|2024-01-31T10:00:00Z|!"},
		{geo.TypeTextArray, `["a"]|a`, `["a"]|!`},
		{geo.TypeJSON, `{"a":1}|3|a`, `{"a":1}|3|!`},
	} {
		f := format.NewCellFinder("code", c.declared, 0, false)
		cells := strings.Split(c.cells, "|")
		for _, cell := range cells {
			f.Add([]byte(cell))
		}
		var got []string
		for _, cell := range cells {
			if v, ok := f.Notation().Parse([]byte(cell)); ok {
				got = append(got, v.String())
			} else {
				got = append(got, "!")
			}
		}
		if s := strings.Join(got, "|"); s != c.values {
			t.Errorf("%s %q: got %q, want %q", c.declared, c.cells, s, c.values)
		}
	}
}
