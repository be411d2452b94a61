package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// check parses a schema and checks rows of texts against it; an empty text is null.
// Faults are told as "row column rule[=fix]", warnings with a "?" at the end.
func check(t *testing.T, source string, columns string, rows ...string) []string {
	t.Helper()
	s, err := Parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return checkWith(t, s, geo.GeometryNone, columns, rows...)
}

func checkWith(t *testing.T, s *Schema, g geo.GeometryType, columns string, rows ...string) []string {
	t.Helper()
	table := geo.Schema{Geometry: g}
	for name := range strings.SplitSeq(columns, "|") {
		table.Fields = append(table.Fields, geo.Field{Name: name, Type: geo.TypeText})
	}
	c, faults, _ := NewChecker(s, &table)
	for i, row := range rows {
		f := geo.Feature{FID: int64(i + 1)}
		if g != geo.GeometryNone {
			var err error
			if f.Geometry, err = geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{3.08, 45.77})); err != nil {
				t.Fatal(err)
			}
		}
		for cell := range strings.SplitSeq(row, "|") {
			v := geo.Value{}
			if cell != "" {
				v = geo.Text(cell)
			}
			f.Values = append(f.Values, v)
		}
		faults = c.Row(&f, faults)
	}
	var told []string
	for _, f := range append(faults, c.End()...) {
		line := fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Rule)
		if f.Fix != "" {
			line += "=" + f.Fix
		}
		if f.Warning {
			line += "?"
		}
		if f.Message.FR == "" || f.Message.EN == "" || strings.Contains(f.Message.FR+f.Message.EN, "%!") {
			t.Errorf("%s: the sentence is %q", line, f.Message)
		}
		told = append(told, line)
	}
	return told
}

func TestTableSchema(t *testing.T) {
	one := func(field string) string { return `{"fields":[` + field + `]}` }
	tests := []struct {
		name, schema, columns string
		rows                  []string
		want                  []string
	}{
		{"required", one(`{"name":"a","constraints":{"required":true}}`), "a", []string{"x", "", "  "}, []string{"2 a required", "3 a required"}},
		{"a required flag as text", one(`{"name":"a","constraints":{"required":"true"}}`), "a", []string{""}, []string{"1 a required"}},
		{"missing values", `{"missingValues":["","N/A"],"fields":[{"name":"a","type":"integer","constraints":{"required":true}}]}`, "a", []string{"N/A", "1"}, []string{"1 a required"}},
		{"missing column", one(`{"name":"a","constraints":{"required":true}},{"name":"b"}`), "b", nil, []string{"0 a missing-column"}},
		{"extra column", one(`{"name":"a"}`), "a|z", nil, []string{"0 z extra-column?"}},
		{"column in capitals", one(`{"name":"nom_loc"}`), "NOM_LOC", nil, []string{"0 NOM_LOC old-spelling=nom_loc?"}},
		{"column cut by Shapefile", one(`{"name":"type_accroche"}`), "TYPE_ACCRO", nil, []string{"0 TYPE_ACCRO old-spelling=type_accroche?"}},
		{"integer", one(`{"name":"a","type":"integer"}`), "a", []string{"12", "1.5", "douze"}, []string{"2 a type", "3 a type"}},
		{"number", one(`{"name":"a","type":"number"}`), "a", []string{"1.5", "-2e3", "1,5", "x"}, []string{"3 a type=1.5", "4 a type"}},
		{"boolean", one(`{"name":"a","type":"boolean"}`), "a", []string{"true", "0", "vrai", "peut-être"}, []string{"3 a type=true", "4 a type"}},
		{"boolean words", one(`{"name":"a","type":"boolean","trueValues":["oui"],"falseValues":["non"]}`), "a", []string{"oui", "true"}, []string{"2 a type=oui"}},
		{"date", one(`{"name":"a","type":"date"}`), "a", []string{"2024-02-29", "2023-02-29", "29/02/2024"}, []string{"2 a type", "3 a type=2024-02-29"}},
		{"date of a form", one(`{"name":"a","type":"date","format":"%d/%m/%Y"}`), "a", []string{"29/02/2024", "2024-02-29"}, []string{"2 a type"}},
		{"year", one(`{"name":"a","type":"year"}`), "a", []string{"2024", "20245"}, []string{"2 a type"}},
		{"month and time", one(`{"name":"a","type":"yearmonth"},{"name":"b","type":"time"}`), "a|b", []string{"2024-05|08:30:00", "2024-13|8h30"}, []string{"2 a type", "2 b type"}},
		{"geopoint", one(`{"name":"a","type":"geopoint","format":"array"}`), "a", []string{"[3.08,45.77]", `{"lon":3,"lat":45}`, "ici", "[3.08,145.77]"}, []string{"3 a type", "4 a type"}},
		{"an unknown type", one(`{"name":"a","type":"colour"}`), "a", []string{"x"}, []string{"0  unchecked?"}},
		{"email, uri, uuid", one(`{"name":"a","format":"email"},{"name":"b","format":"uri"},{"name":"c","format":"uuid"}`), "a|b|c",
			[]string{"a@b.fr|https://x.fr|0d1ad1e0-7a1e-4d0a-9f70-0a7a3ddb7f57", "a(at)b|x.fr|17", " a@b.fr||"},
			[]string{"2 a format", "2 b format", "2 c format", "3 a format=a@b.fr"}},
		{"enum", one(`{"name":"a","constraints":{"enum":["PISTE CYCLABLE","Élevé"]}}`), "a", []string{"PISTE CYCLABLE", "piste cyclable ", "eleve", "ROUTE"},
			[]string{"2 a enum=PISTE CYCLABLE", "3 a enum=Élevé", "4 a enum"}},
		{"an enumeration whose values fold alike", one(`{"name":"a","constraints":{"enum":["A","a"]}}`), "a", []string{"a", "Á"}, []string{"2 a enum"}},
		{"a pattern is of the whole value", one(`{"name":"a","constraints":{"pattern":"[0-9]{5}"}}`), "a", []string{"63000", "630001", "63 000"}, []string{"2 a pattern", "3 a pattern=63000"}},
		{"a pattern that cannot be", one(`{"name":"a","constraints":{"pattern":"(?=x)y"}}`), "a", []string{"z"}, []string{"0  unchecked?"}},
		{"bounds", one(`{"name":"a","type":"number","constraints":{"minimum":0,"maximum":"10"}}`), "a", []string{"0", "10", "-0.1", "10.1"}, []string{"3 a minimum", "4 a maximum"}},
		{"bounds of dates", one(`{"name":"a","type":"date","constraints":{"minimum":"2020-01-01"}}`), "a", []string{"2020-01-01", "2019-12-31"}, []string{"2 a minimum"}},
		{"lengths are of characters", one(`{"name":"a","constraints":{"minLength":2,"maxLength":3}}`), "a", []string{"éàü", "é", "éàüö"}, []string{"2 a min-length", "3 a max-length"}},
		{"unique", one(`{"name":"a","constraints":{"unique":true}}`), "a", []string{"1", "", "2", "1", ""}, []string{"4 a unique"}},
		{"primary key", `{"primaryKey":["a","b"],"fields":[{"name":"a"},{"name":"b"}]}`, "a|b", []string{"1|2", "12|", "1|2", "2|1"}, []string{"3 a, b primary-key"}},
		{"foreign key in the file, before and after", `{"fields":[{"name":"id"},{"name":"parent"}],"foreignKeys":[{"fields":"parent","reference":{"resource":"","fields":"id"}}]}`,
			"id|parent", []string{"1|3", "2|1", "3|", "4|9"}, []string{"4 parent foreign-key"}},
		{"foreign key in another file", `{"fields":[{"name":"a"}],"foreignKeys":[{"fields":"a","reference":{"resource":"lines","fields":"id"}}]}`, "a", nil, []string{"0  unchecked?"}},
		{"a data package", `{"resources":[{"name":"x","schema":{"fields":[{"name":"a","constraints":{"required":true}}]}}]}`, "a", []string{""}, []string{"1 a required"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, check(t, tt.schema, tt.columns, tt.rows...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestJSONSchema(t *testing.T) {
	tests := []struct {
		name, schema, columns string
		rows                  []string
		want                  []string
	}{
		{"the features of a collection", `{"type":"object","properties":{"features":{"type":"array","items":{"properties":{"properties":{
			"required":["id"],"properties":{"id":{"type":"string"},"com":{"type":"string","pattern":"^\\d{5}"}}}}}}}}`,
			"id|com", []string{"1|63000", "|6300", "2|630001"}, []string{"2 id required", "2 com pattern"}},
		{"a list of rows with references", `{"type":"array","items":{"$ref":"#/$defs/row"},"$defs":{"row":{"properties":{"a":{"$ref":"#/$defs/n"}}},"n":{"type":"integer","minimum":1}}}`,
			"a", []string{"1", "0", "x"}, []string{"2 a minimum", "3 a type"}},
		{"wrapped lists and nested objects", `{"properties":{"marches":{"properties":{"marche":{"type":"array","items":{"required":["acheteur"],"properties":{
			"acheteur":{"required":["id"],"properties":{"id":{"type":"string"}}},"lieu":{"required":["code"],"properties":{"code":{"type":"string"}}}}}}}}}}`,
			"acheteur_id|lieu_code", []string{"1|", "|2"}, []string{"2 acheteur.id required"}},
		{"allOf", `{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"enum":["x",null]}}}]}`, "a|b", []string{"|x", "1|y"}, []string{"1 a required", "2 b enum"}},
		{"anyOf", `{"properties":{"a":{"anyOf":[{"type":"integer"},{"enum":["inconnu"]},{"type":"null"}]}}}`, "a", []string{"4", "inconnu", "autre"}, []string{"3 a type"}},
		{"null is a type", `{"properties":{"a":{"type":["number","null"]}}}`, "a", []string{"", "1.5", "x"}, []string{"3 a type"}},
		{"exclusive bounds of draft 4 and 6", `{"properties":{"a":{"type":"number","minimum":0,"exclusiveMinimum":true},"b":{"type":"number","exclusiveMaximum":1}}}`,
			"a|b", []string{"0.1|0.9", "0|1"}, []string{"2 a minimum", "2 b maximum"}},
		{"formats", `{"properties":{"a":{"type":"string","format":"date"},"b":{"type":"string","format":"uri"}}}`, "a|b", []string{"2024-05-01|https://a.fr", "mai|a"}, []string{"2 a type", "2 b format"}},
		{"const", `{"properties":{"a":{"const":"x"}}}`, "a", []string{"x", "y"}, []string{"2 a enum"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, check(t, tt.schema, tt.columns, tt.rows...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat(`{"properties":{"a":`, 100) + `{}` + strings.Repeat(`}}`, 100)
	for name, tt := range map[string]struct {
		text string
		kind geo.ErrorKind
	}{
		"nothing":               {"", geo.KindInvalid},
		"not JSON":              {"<html>", geo.KindInvalid},
		"no field":              {`{"fields":[]}`, geo.KindInvalid},
		"a nameless field":      {`{"fields":[{}]}`, geo.KindInvalid},
		"a field twice":         {`{"fields":[{"name":"a"},{"name":"a"}]}`, geo.KindInvalid},
		"a key of nothing":      {`{"primaryKey":"b","fields":[{"name":"a"}]}`, geo.KindInvalid},
		"a negative length":     {`{"fields":[{"name":"a","constraints":{"minLength":-1}}]}`, geo.KindInvalid},
		"a reference to itself": {`{"$ref":"#"}`, geo.KindLimit},
		"a reference nowhere":   {`{"$ref":"#/x"}`, geo.KindInvalid},
		"nested too deep":       {deep, geo.KindLimit},
		"too many fields":       {`{"fields":[` + strings.Repeat(`{"name":"a"},`, maxFields) + `{"name":"b"}]}`, geo.KindLimit},
		"too large":             {strings.Repeat(" ", MaxFile+1), geo.KindLimit},
	} {
		if _, err := Parse([]byte(tt.text)); geo.KindOf(err) != tt.kind || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzParse reads any bytes as a schema and checks rows of any text with it.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"fields":[{"name":"a","type":"integer","constraints":{"pattern":"\\d","enum":[1,2],"minimum":0}}],"primaryKey":"a"}`), "1")
	f.Add([]byte(`{"properties":{"a":{"anyOf":[{"$ref":"#/$defs/x"}],"items":{"enum":["b"]}}},"$defs":{"x":{"type":["string","null"]}}}`), "x")
	f.Add([]byte(`{"fields":[{"name":"a"}],"custom_checks":[{"name":"sum-columns-value","params":{"column":"a","columns":["a"]}}]}`), "[3,45]")
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		s, err := Parse(data)
		if err != nil {
			if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
				t.Fatalf("%v is of kind %s", err, k)
			}
			return
		}
		table := geo.Schema{Fields: []geo.Field{{Name: s.Fields[0].Name}, {Name: "a"}}}
		c, _, _ := NewChecker(s, &table)
		for _, v := range []geo.Value{geo.Text(value), {}, geo.Integer(3), geo.TextArray([]string{value}), geo.JSON("[1]"), geo.Boolean(true)} {
			c.Row(&geo.Feature{FID: 1, Values: []geo.Value{v, v}}, nil)
		}
		c.End()
	})
}
