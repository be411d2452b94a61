package cql2

import (
	"strings"
	"testing"

	"puy/geo"
)

func TestJSONErrors(t *testing.T) {
	tests := []struct{ json, want string }{
		{``, "column 1: the JSON ends too early"},
		{`{"op":"="`, "column 10: expected , or }"},
		{`true false`, "column 6: something follows the filter"},
		{`null`, "column 1: null is not a value"},
		{`{"op":"=","args":[1,2],"x":1}`, `column 24: the member "x" does not go with "op"`},
		{`{"op":"=","op":"<","args":[1,2]}`, `column 11: the member "op" is there twice`},
		{`{"op":"=","args":[1]}`, `column 18: the operator "=" has 2 arguments, found 1`},
		{`{"op":"and","args":[true]}`, `column 20: the operator "and" has two arguments or more, found 1`},
		{`{"op":"in","args":[1,[]]}`, "column 22: the second argument of \"in\" is an array of one value or more"},
		{`{"op":"in","args":[1,2]}`, "column 22: the second argument"},
		{`{"op":"isNull","args":{"property":"a"}}`, "wants its arguments in an array"},
		{`{"op":5,"args":[]}`, "column 7: the member \"op\" is the name of an operator"},
		{`{"op":"a b","args":[]}`, `column 7: "a b" is not the name of an operator or function`},
		{`{"property":5}`, `column 13: the member "property" is a string, found a number`},
		{`{"property":""}`, "column 13: a name is empty"},
		{`{"property":"a","x":1}`, `column 17: the member "x" does not go with "property"`},
		{`{"date":"2024-02-30"}`, "column 9: expected a date as 2024-12-31"},
		{`{"timestamp":"2024-02-20"}`, "column 14: expected a time in UTC"},
		{`{"interval":["..","x"]}`, `column 19: expected a date, a time in UTC or ".."`},
		{`{"interval":[".."]}`, "an interval has two ends, found 1"},
		{`{"interval":["..",5]}`, "column 19: an interval ends at"},
		{`{"type":"Circle","coordinates":[1,2]}`, `column 9: "Circle" is not a type of geometry`},
		{`{"type":"Point"}`, `column 1: a Point has an array "coordinates"`},
		{`{"type":"Point","coordinates":[1]}`, "column 31: a position has two or three coordinates, found 1"},
		{`{"type":"Point","coordinates":[1,"2"]}`, "column 34: a coordinate is a number, found a string"},
		{`{"type":"LineString","coordinates":[[1,2]]}`, "a line has two positions or more"},
		{`{"type":"LineString","coordinates":[1,2]}`, "expected a position"},
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}`, "column 34: a ring has four positions or more, found 3"},
		{`{"bbox":[1,2,3]}`, "column 9: a bbox has four or six coordinates, found 3"},
		{`{"a":1}`, "column 1: expected an object with one of op, property"},
		{`"` + "\x01" + `"`, "a string is not valid JSON"},
		{`"\u0001"`, "may not hold the control character"},
		{`01`, "is not valid JSON"},
		{`1e999`, "the number 1e999 is too large"},
		{strings.Repeat(`{"op":"not","args":[`, 100) + `true` + strings.Repeat(`]}`, 100), "nested more than 64 levels deep"},
		{strings.Repeat("[", 1000), "nested more than 64 levels deep"},
		{`{"op":"a_equals","args":[[` + strings.Repeat("1,", 3000) + `1],[]]}`, "more than 2000 parts"},
		{`{"type":"LineString","coordinates":[` + strings.Repeat("[1,2],", 3000) + `[1,2]]}`, "more than 2000 positions"},
		{`"` + strings.Repeat("a", MaxJSON) + `"`, "bytes, more than"},
	}
	for _, tt := range tests {
		_, err := ParseJSON(tt.json)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.70s: %v, want %s", tt.json, err, tt.want)
			continue
		}
		if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
			t.Errorf("%.70s: kind %v", tt.json, k)
		}
	}
}
