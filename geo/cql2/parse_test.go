package cql2

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"puy/geo"
)

var ignorePlaces = cmp.Options{cmpopts.IgnoreTypes(Position(0)), cmpopts.EquateEmpty(), cmp.Comparer(func(a, b geo.Geometry) bool {
	return string(a.AppendWKB(nil)) == string(b.AppendWKB(nil))
}), cmp.Comparer(func(a, b geo.Value) bool { return a == b })}

// TestEncodings holds filters as text, as the canonical text where that
// differs, and as JSON.
func TestEncodings(t *testing.T) {
	tests := []struct{ text, canonical, json string }{
		{`a=1`, `a = 1`, `{"op":"=","args":[{"property":"a"},1]}`},
		{`a <> 1.0`, ``, `{"op":"\u003c>","args":[{"property":"a"},1.0]}`},
		{`a<>.5E1`, `a <> 5.0`, `{"op":"<>","args":[{"property":"a"},5.0]}`},
		{`a >= -9223372036854775808 and b<= +3`, `a >= -9223372036854775808 AND b <= 3`,
			`{"op":"and","args":[{"op":">=","args":[{"property":"a"},-9223372036854775808]},{"op":"<=","args":[{"property":"b"},3]}]}`},
		{`a = 'it''s' OR a = 'it\'s' or a='\\'`, `a = 'it''s' OR a = 'it''s' OR a = '\\'`,
			`{"op":"or","args":[{"op":"=","args":[{"property":"a"},"it's"]},{"op":"=","args":[{"property":"a"},"it's"]},{"op":"=","args":[{"property":"a"},"\\"]}]}`},
		{`a LIKE '50\%\t%'`, `a LIKE '50\\%\t%'`, `{"op":"like","args":[{"property":"a"},"50\\%\t%"]}`},
		{`not a not like casei('x_')`, `NOT a NOT LIKE CASEI('x_')`,
			`{"op":"not","args":[{"op":"not","args":[{"op":"like","args":[{"property":"a"},{"op":"casei","args":["x_"]}]}]}]}`},
		{`"date" = DATE('2022-04-16') AND start<TIMESTAMP('2022-04-16T10:13:19Z')`, `"date" = DATE('2022-04-16') AND start < TIMESTAMP('2022-04-16T10:13:19Z')`,
			`{"op":"and","args":[{"op":"=","args":[{"property":"date"},{"date":"2022-04-16"}]},{"op":"<","args":[{"property":"start"},{"timestamp":"2022-04-16T10:13:19Z"}]}]}`},
		{`a NOT BETWEEN 1 AND 2*b`, `a NOT BETWEEN 1 AND 2 * b`,
			`{"op":"not","args":[{"op":"between","args":[{"property":"a"},1,{"op":"*","args":[2,{"property":"b"}]}]}]}`},
		{`a IN ('x', 'y') AND b IS NOT NULL`, ``,
			`{"op":"and","args":[{"op":"in","args":[{"property":"a"},["x","y"]]},{"op":"not","args":[{"op":"isNull","args":[{"property":"b"}]}]}]}`},
		{`a AND (b OR c) AND (d AND e)`, ``,
			`{"op":"and","args":[{"property":"a"},{"op":"or","args":[{"property":"b"},{"property":"c"}]},{"op":"and","args":[{"property":"d"},{"property":"e"}]}]}`},
		{`a - (b - c) - d * 2 ^ 3 ^ -x DIV 5 = -(y)`, `a - (b - c) - d * 2 ^ 3 ^ (-1 * x) div 5 = -1 * y`,
			`{"op":"=","args":[{"op":"-","args":[{"op":"-","args":[{"property":"a"},{"op":"-","args":[{"property":"b"},{"property":"c"}]}]},` +
				`{"op":"div","args":[{"op":"*","args":[{"property":"d"},{"op":"^","args":[2,{"op":"^","args":[3,{"op":"*","args":[-1,{"property":"x"}]}]}]}]},5]}]},` +
				`{"op":"*","args":[-1,{"property":"y"}]}]}`},
		{`S_INTERSECTS(geom,BBOX(160.6,-55.95,-170,-25.89))`, `S_INTERSECTS(geom, BBOX(160.6, -55.95, -170, -25.89))`,
			`{"op":"s_intersects","args":[{"property":"geom"},{"bbox":[160.6,-55.95,-170,-25.89]}]}`},
		{`s_within(point z (1 2 3), polygon((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1)))`, `S_WITHIN(POINT Z (1 2 3), POLYGON((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1)))`,
			`{"op":"s_within","args":[{"type":"Point","coordinates":[1,2,3]},{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}]}`},
		{`S_EQUALS(MULTIPOINT(7 50,(10 51)), GEOMETRYCOLLECTION(POINT(1 2),MULTILINESTRING((0 0,1 1),(2 2,3 3))))`,
			`S_EQUALS(MULTIPOINT((7 50), (10 51)), GEOMETRYCOLLECTION(POINT(1 2), MULTILINESTRING((0 0, 1 1), (2 2, 3 3))))`,
			`{"op":"s_equals","args":[{"type":"MultiPoint","coordinates":[[7,50],[10,51]]},{"type":"GeometryCollection","geometries":` +
				`[{"type":"Point","coordinates":[1,2]},{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}]}]}`},
		{`S_DISJOINT(g, MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5))))`, `S_DISJOINT(g, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5))))`,
			`{"op":"s_disjoint","args":[{"property":"g"},{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}]}`},
		{`T_FINISHEDBY(INTERVAL(start,end),interval('2022-01-01','..'))`, `T_FINISHEDBY(INTERVAL(start, end), INTERVAL('2022-01-01', '..'))`,
			`{"op":"t_finishedBy","args":[{"interval":[{"property":"start"},{"property":"end"}]},{"interval":["2022-01-01",".."]}]}`},
		{`A_CONTAINS(layer:ids, ('a')) OR a_equals(x, ())`, `A_CONTAINS(layer:ids, ('a')) OR A_EQUALS(x, ())`,
			`{"op":"or","args":[{"op":"a_contains","args":[{"property":"layer:ids"},["a"]]},{"op":"a_equals","args":[{"property":"x"},[]]}]}`},
		{`"un nom ""à"" part" = été.2 AND div = 1`, `"un nom ""à"" part" = été.2 AND "div" = 1`,
			`{"op":"and","args":[{"op":"=","args":[{"property":"un nom \"à\" part"},{"property":"été.2"}]},{"op":"=","args":[{"property":"div"},1]}]}`},
		{`(a = 1) IS NULL`, ``, `{"op":"isNull","args":[{"op":"=","args":[{"property":"a"},1]}]}`},
		{`near(geom, 5, 'km') = TRUE`, ``, `{"op":"=","args":[{"op":"near","args":[{"property":"geom"},5,"km"]},true]}`},
		{`TRUE`, ``, `true`},
		{`accenti(casei("Name")) = 'x'`, `ACCENTI(CASEI(Name)) = 'x'`, `{"op":"=","args":[{"op":"accenti","args":[{"op":"casei","args":[{"property":"Name"}]}]},"x"]}`},
	}
	for _, tt := range tests {
		fromText, err := ParseText(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		fromJSON, err := ParseJSON(tt.json)
		if err != nil {
			t.Errorf("%s: %v", tt.json, err)
			continue
		}
		if diff := cmp.Diff(fromText, fromJSON, ignorePlaces); diff != "" {
			t.Errorf("%s: text and JSON differ:\n%s", tt.text, diff)
		}
		want := tt.canonical
		if want == "" {
			want = tt.text
		}
		if got := Text(fromJSON); got != want {
			t.Errorf("Text gives\n%s, want\n%s", got, want)
		}
		if got := strings.ReplaceAll(JSON(fromText), `\u003c`, "<"); got != strings.ReplaceAll(tt.json, `\u003c`, "<") {
			t.Errorf("JSON gives\n%s, want\n%s", got, tt.json)
		}
	}
}

func TestTextErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "the filter is empty"},
		{"  ", "the filter is empty"},
		{"a = ", "column 5: expected a property, a value or a function, found the end of the filter"},
		{"é = 'x' b", `column 9: expected AND, OR or the end of the filter, found "b"`},
		{"a = 'x", "column 5: a text begins here and has no end"},
		{`a = "x`, "column 5: a name begins here and has no end"},
		{"a ! b", "column 3: the character '!' has no meaning here"},
		{"a = 1e999", "column 5: the number 1e999 is too large"},
		{"a = 1x", "column 6: the character 'x' cannot be part of a number"},
		{"a IN ()", "column 7: expected a property, a value or a function"},
		{"a IN (1, 2", `column 11: expected "," or ")", found the end`},
		{"a BETWEEN 1 OR 2", `column 13: expected "AND", found "OR"`},
		{"a IS 1", `column 6: expected "NULL", found "1"`},
		{"a NOT = 1", `column 3: expected AND, OR or the end of the filter, found "NOT"`},
		{"null = 1", "column 1: expected a property"},
		{"DATE('2022-13-01') = a", "column 6: expected a date as"},
		{"TIMESTAMP('2022-12-01') = a", "column 11: expected a time in UTC"},
		{"T_AFTER(a, INTERVAL('..', 5))", "column 27: an interval ends at"},
		{"S_INTERSECTS(g, POINT(1))", `column 24: expected a number, found ")"`},
		{"S_INTERSECTS(g, POINT(1 2 3 4))", `column 29: expected ")", found "4"`},
		{"S_INTERSECTS(g, LINESTRING(1 2))", "column 27: a line has two positions or more, found 1"},
		{"S_INTERSECTS(g, LINESTRING(1 2, 1 2 3))", "column 33: the positions of a geometry have all"},
		{"S_INTERSECTS(g, POLYGON((0 0, 1 1, 1 0, 0 1)))", "column 25: the last position of a ring is its first"},
		{"S_INTERSECTS(g, BBOX(1,2,3))", "column 17: a BBOX has four or six coordinates, found 3"},
		{"S_INTERSECTS(g)", `column 15: expected ",", found ")"`},
		{strings.Repeat("(", 100) + "a" + strings.Repeat(")", 100), "column 65: the filter is nested more than 64 levels deep"},
		{strings.Repeat("NOT ", 100) + "a", "nested more than 64"},
		{"a = 1" + strings.Repeat("+1", 100), "nested more than 64"},
		{"a = " + strings.Repeat("-", 100) + "x", "nested more than 64"},
		{strings.Repeat("a ", MaxText/2) + "b", "bytes, more than"},
		{"a IN (" + strings.Repeat("1,", 3000) + "1)", "more than 2000 parts"},
		{"a = '\x80'", "not valid UTF-8"},
	}
	for _, tt := range tests {
		_, err := ParseText(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60s: %v, want %s", tt.text, err, tt.want)
			continue
		}
		if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
			t.Errorf("%.60s: kind %v", tt.text, k)
		}
	}
}
