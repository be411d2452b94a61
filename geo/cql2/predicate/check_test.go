package predicate_test

import (
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/predicate"
)

func schema() *geo.Schema {
	return &geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "name", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger},
		{Name: "x", Type: geo.TypeNumber}, {Name: "yes", Type: geo.TypeBoolean}, {Name: "day", Type: geo.TypeDate}, {Name: "at", Type: geo.TypeDateTime},
		{Name: "tags", Type: geo.TypeTextArray}, {Name: "doc", Type: geo.TypeJSON}, {Name: "void"}}}
}

func TestCheckErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"nom = 'a'", `column 1: there is no property "nom"`},
		{"naem = 'a'", `column 1: there is no property "naem"; did you mean "name"?`},
		{"NAME = 'a'", `column 1: there is no property "NAME"; did you mean "name"?`},
		{"n = 1 AND geomm IS NULL", `column 11: there is no property "geomm"; did you mean "geom"?`},
		{"name = 1", "column 8: an integer (1) cannot be compared with a text property"},
		{"n = 'a'", "column 5: a text (a) cannot be compared with an integer property"},
		{"n = yes", "cannot be compared with"},
		{"day = 'tomorrow'", "column 7: a text (tomorrow) cannot be compared with a date property"},
		{"name = DATE('2024-01-01')", "cannot be compared with a text property"},
		{"name LIKE name", "column 11: the pattern of LIKE is a text"},
		{"n LIKE 'a'", "column 1: LIKE tests a text, found an integer property"},
		{"CASEI(n) = 'a'", "column 7: CASEI folds a text, found an integer property"},
		{"n + name = 1", "column 5: the operator + calculates with numbers, found a text property"},
		{"1 / 0 = n", "column 1: the result of 1 / 0 is not a number"},
		{"n", "column 1: expected a condition, found an integer property"},
		{"NOT name", "column 5: expected a condition"},
		{"'a'", "expected a condition"},
		{"tags = 'a'", "column 1: the property \"tags\" is of type text-array, which cannot be compared; use an array function as A_CONTAINS"},
		{"doc = 'a'", "which cannot be compared"},
		{"geom = 'a'", "use a spatial function"},
		{"n = POINT(1 2)", "use a spatial function"},
		{"n = ('a', 'b')", "use an array function"},
		{"day = INTERVAL('..', '..')", "use a temporal function"},
		{"buffer(geom, 5) = 1", `column 1: there is no function "buffer"`},
		{"S_WITHIN(geom, buffer(geom, 5))", `column 16: there is no function "buffer"`},
		{"S_INTERSECTS(geom, name)", `column 20: the property "name" is of type text, not a geometry`},
		{"S_INTERSECTS(geom, 'a')", "column 20: expected a geometry"},
		{"S_INTERSECTS(geom, POINT(90 180))", "column 20: a coordinate is outside the range"},
		{"S_INTERSECTS(geom, BBOX(-181, 0, 0, 1))", "column 20: a coordinate is outside the range"},
		{"S_INTERSECTS(geom, BBOX(0, 1, 1, 0))", "column 20: the box has its south (1) above its north (0)"},
		{"S_INTERSECTS(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "column 20: the geometry is not valid: self-intersection"},
		{"T_AFTER(day, name)", "column 14: a text property is neither a date nor a time nor an interval"},
		{"T_AFTER(day, n)", "column 14: an integer property is neither"},
		{"T_AFTER(day, 'x')", "column 14: a text (x) is neither"},
		{"T_DURING(day, INTERVAL('..', '..'))", "column 10: the function t_during compares intervals; an instant is none"},
		{"T_AFTER(day, INTERVAL('2024-01-02', '2024-01-01'))", "column 14: an interval ends before it begins"},
		{"T_AFTER(day, INTERVAL('..', n))", "column 14: an integer property is neither"},
		{"A_CONTAINS(name, ('a'))", `column 12: the property "name" is of type text, not an array`},
		{"A_CONTAINS(tags, (1))", "column 19: an array of text holds no other values"},
		{"A_CONTAINS(tags, 'a')", "column 18: expected an array"},
		{"A_CONTAINS(geom, ('a'))", "the geometry is not an array"},
	}
	for _, tt := range tests {
		e, err := cql2.ParseText(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		_, err = predicate.Check(e, schema())
		if err == nil || !strings.Contains(err.Error(), tt.want) || geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestFold(t *testing.T) {
	tests := []struct{ text, folded, bare string }{
		{"", "", ""},
		{"abc XYZ 1", "abc xyz 1", "abc XYZ 1"},
		{"Straße ẞ", "strasse ss", "Straße ẞ"},
		{"ΌΔΟΣ ς", "όδοσ σ", "ΟΔΟΣ ς"},
		{"CHIȘINĂU", "chișinău", "CHISINAU"},
		{"e\u0301É", "e\u0301é", "eE"},
		{"ﬁ İ", "fi i̇", "ﬁ I"},
		{"København", "københavn", "København"}, // the stroke is no mark
		{"한국", "한국", "한국"},
	}
	for _, tt := range tests {
		if got := predicate.FoldCase(tt.text); got != tt.folded {
			t.Errorf("FoldCase(%q) = %q, want %q", tt.text, got, tt.folded)
		}
		if got := predicate.FoldAccents(tt.text); got != tt.bare {
			t.Errorf("FoldAccents(%q) = %q, want %q", tt.text, got, tt.bare)
		}
	}
}

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern string
		match   []string
		not     []string
	}{
		{"", []string{""}, []string{"a"}},
		{"%", []string{"", "a", "日本"}, nil},
		{"_", []string{"a", "日"}, []string{"", "ab"}},
		{"a%b%c", []string{"abc", "a1b2c", "abbcc"}, []string{"ab", "acb", "abcd"}},
		{`50\%`, []string{"50%"}, []string{"50", `50\%`, "50x"}},
		{`a\`, []string{`a\`}, []string{"a"}},
		{`\\_`, []string{`\x`}, []string{"_", `\`}},
		{"%%_%", []string{"a", "ab"}, []string{""}},
	}
	for _, tt := range tests {
		for _, s := range tt.match {
			if !predicate.Pattern(tt.pattern).Match(s) {
				t.Errorf("%q does not match %q", tt.pattern, s)
			}
		}
		for _, s := range tt.not {
			if predicate.Pattern(tt.pattern).Match(s) {
				t.Errorf("%q matches %q", tt.pattern, s)
			}
		}
	}
	if predicate.Pattern(strings.Repeat("%a", 50)).Match(strings.Repeat("a", 5000) + "b") {
		t.Error("a pattern of many wildcards matches")
	}
}

// BenchmarkCheck parses and checks a filter of ten terms.
func BenchmarkCheck(b *testing.B) {
	s := schema()
	const text = "name = 'Clermont-Ferrand' AND n > 5 AND CASEI(name) LIKE CASEI('%rue%') AND x BETWEEN 1.5 AND 2.5 AND n IN (1, 2, 3) AND yes = TRUE AND " +
		"day >= DATE('2024-01-01') AND S_INTERSECTS(geom, BBOX(3, 45, 3.2, 46)) AND name IS NOT NULL AND (n + 1 < x OR NOT yes)"
	b.ReportAllocs()
	for b.Loop() {
		e, err := cql2.ParseText(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := predicate.Check(e, s); err != nil {
			b.Fatal(err)
		}
	}
}
