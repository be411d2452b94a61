package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
)

func testValues(t *testing.T, s *suite) {
	day := func(year int, month time.Month, d int) geo.Value {
		return geo.Date(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	moment := func(year int, month time.Month, d, h, m, sec, micro int) geo.Value {
		return geo.DateTime(time.Date(year, month, d, h, m, sec, micro*1000, time.UTC))
	}
	long := strings.Repeat("à l'été, \"ça\" va\\ ", 20000)
	tests := []struct {
		typ    geo.FieldType
		values []geo.Value
	}{
		{geo.TypeText, []geo.Value{geo.Text(""), geo.Text(" "), geo.Text("a'b\"c\\d\n\r\n\te,;|"), geo.Text("\\N"), geo.Text("\\."),
			geo.Text("NULL"), geo.Text("é e\u0301 日本 \U0001F30B\U0001F469\u200d\U0001F52C \u00a0\ufeff"), geo.Text("\x01\x7f"), geo.Text(long),
			geo.Text("123"), geo.Text("2024-01-01"), geo.Text("{a,b}"), geo.Text("$1 %s ? :x"), geo.Text("'; DROP TABLE x; --")}},
		{geo.TypeInteger, []geo.Value{geo.Integer(0), geo.Integer(-1), geo.Integer(math.MaxInt64), geo.Integer(math.MinInt64),
			geo.Integer(1<<53 + 1), geo.Integer(-(1<<53 + 1)), geo.Integer(1 << 31)}},
		{geo.TypeNumber, []geo.Value{geo.Number(0), geo.Number(0.1), geo.Number(-1.0 / 3), geo.Number(math.MaxFloat64), geo.Number(math.SmallestNonzeroFloat64),
			geo.Number(math.Nextafter(1, 2)), geo.Number(1e21), geo.Number(3), geo.Number(-5e-324), geo.Number(9007199254740993)}},
		{geo.TypeBoolean, []geo.Value{geo.Boolean(true), geo.Boolean(false)}},
		{geo.TypeDate, []geo.Value{day(1970, 1, 1), day(1969, 12, 31), day(1900, 2, 28), day(1, 1, 1), day(9999, 12, 31), day(2024, 2, 29), day(1582, 10, 10)}},
		{geo.TypeDateTime, []geo.Value{moment(1970, 1, 1, 0, 0, 0, 0), moment(1969, 12, 31, 23, 59, 59, 999999), moment(2024, 2, 29, 12, 30, 0, 1),
			moment(1, 1, 1, 0, 0, 0, 0), moment(9999, 12, 31, 23, 59, 59, 999999), moment(2024, 3, 31, 1, 30, 0, 0), moment(1850, 6, 1, 5, 6, 7, 800000)}},
		{geo.TypeTextArray, []geo.Value{geo.TextArray(nil), geo.TextArray([]string{""}), geo.TextArray([]string{"a", "", "a"}),
			geo.TextArray([]string{`a"b`, "c,d", "{e}", `f\g`, "NULL", "h\ni", "é\U0001F30B", "<b>"}), geo.TextArray(strings.Split(strings.Repeat("mot ", 5000), " "))}},
		{geo.TypeJSON, []geo.Value{geo.JSON("null"), geo.JSON("true"), geo.JSON(`"text \u00e9 \" é \ud83c\udf0b"`), geo.JSON("0"), geo.JSON("-12.50"),
			geo.JSON("12345678901234567890123456789.123456789"), geo.JSON("1e-30"), geo.JSON("[]"), geo.JSON("{}"),
			geo.JSON(`{"a":{"b":[1,2,{"c":null}],"é":"\n"},"":[[[[[[]]]]]],"z":false}`), geo.JSON(`[1, 1.0, "1"]`)}},
		{geo.TypeNull, nil},
	}
	// A null first and last, so that no store can find the type from the first row.
	var everything []geo.Field
	for _, tt := range tests {
		everything = append(everything, geo.Field{Name: tt.typ.String(), Type: tt.typ})
	}
	for i, tt := range tests {
		t.Run(tt.typ.String(), func(t *testing.T) {
			tb := &table{schema: geo.Schema{Fields: fields("before", geo.TypeInteger, "v", tt.typ, "after", geo.TypeText)}}
			values := append(append([]geo.Value{{}}, tt.values...), geo.Value{})
			for j, v := range values {
				tb.rows = append(tb.rows, row(fmt.Sprint(j), "", geo.Integer(int64(j)), v, geo.Text("end")))
			}
			want := loaded(t, s.st, fmt.Sprint("t", i), tb)
			for j := range want {
				f, err := s.st.Feature(testContext(t), fmt.Sprint("t", i), want[j].ID)
				must(t, err)
				same(t, "Feature", tb.schema, []geo.Feature{*f}, want[j:j+1])
			}
		})
	}
	t.Run("all in one row", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Fields: everything, Geometry: geo.GeometryPoint}}
		for n := range 30 {
			f := row(fmt.Sprint("é", n), "POINT (1 2)", make([]geo.Value, len(everything))...)
			for i, tt := range tests {
				if len(tt.values) > 0 && (n+i)%7 != 0 {
					f.Values[i] = tt.values[n%len(tt.values)]
				}
			}
			tb.rows = append(tb.rows, f)
		}
		loaded(t, s.st, "every", tb)
		tb2 := *tb
		if v := load(t, s.st, "every", &tb2); v.Modified+v.Added+v.Removed != 0 {
			t.Errorf("the same rows again: +%d −%d ~%d", v.Added, v.Removed, v.Modified)
		}
		adopt(t, s.st, "every", tb)
	})
	t.Run("many fields", func(t *testing.T) {
		tb := &table{}
		f := row("k", "")
		for i := range 300 {
			tb.schema.Fields = append(tb.schema.Fields, geo.Field{Name: fmt.Sprint("f", i), Type: geo.TypeInteger})
			f.Values = append(f.Values, geo.Integer(int64(i)))
		}
		tb.rows = []geo.Feature{f}
		loaded(t, s.st, "wide", tb)
		got := all(t, s.st, "wide", store.Query{Fields: []string{"f299"}})
		if len(got) != 1 || len(got[0].Values) != 1 || got[0].Values[0].Integer() != 299 {
			t.Errorf("got %v", got)
		}
	})
}

func testGeometries(t *testing.T, s *suite) {
	tests := []struct {
		typ    geo.GeometryType
		z      bool
		shapes []string
	}{
		{geo.GeometryPoint, false, []string{"POINT (3.08 45.78)", "", "POINT EMPTY", "POINT (-180 -90)", "POINT (0.1 0.30000000000000004)"}},
		{geo.GeometryPoint, true, []string{"POINT Z (3.08 45.78 401.5)", "", "POINT Z (0 0 -0.001)", "POINT Z EMPTY"}},
		{geo.GeometryPoint, true, []string{"POINT Z (1 2 3)", "POINT (1 2)", "POINT EMPTY"}},
		{geo.GeometryLineString, false, []string{"LINESTRING (0 0, 1 1, 1 1, 2 0)", "LINESTRING EMPTY", ""}},
		{geo.GeometryLineString, true, []string{"LINESTRING Z (0 0 1, 1 1 2)", "LINESTRING Z (5 5 5, 6 6 6)"}},
		{geo.GeometryPolygon, false, []string{"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))", "POLYGON ((0 0, 0 1, 1 1, 0 0))", "POLYGON EMPTY"}},
		{geo.GeometryPolygon, true, []string{"POLYGON Z ((0 0 1, 4 0 1, 4 4 2, 0 0 1))"}},
		{geo.GeometryMultiPoint, false, []string{"MULTIPOINT ((1 2), (3 4))", "POINT (1 2)", "MULTIPOINT EMPTY"}},
		{geo.GeometryMultiPoint, true, []string{"MULTIPOINT Z ((1 2 3), (3 4 5))", "POINT Z (1 2 3)"}},
		{geo.GeometryMultiLineString, false, []string{"MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))", "LINESTRING (0 0, 1 1)", "MULTILINESTRING EMPTY", ""}},
		{geo.GeometryMultiLineString, true, []string{"LINESTRING Z (0 0 1, 1 1 2)", "MULTILINESTRING Z ((0 0 1, 1 1 2))"}},
		{geo.GeometryMultiPolygon, false, []string{"MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)), ((9 9, 9 8, 8 8, 9 9), (8.9 8.8, 8.9 8.7, 8.8 8.8, 8.9 8.8)))",
			"POLYGON ((0 0, 4 0, 4 4, 0 0))", "MULTIPOLYGON EMPTY"}},
		{geo.GeometryMultiPolygon, true, []string{"POLYGON Z ((0 0 1, 4 0 1, 4 4 2, 0 0 1))", "", "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)))"}},
		{geo.GeometryGeometryCollection, false, []string{"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))", "GEOMETRYCOLLECTION EMPTY",
			"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (1 2)), MULTIPOINT ((3 3)))"}},
		{geo.GeometryGeometryCollection, true, []string{"GEOMETRYCOLLECTION Z (POINT Z (1 2 3))"}},
		{geo.GeometryAny, false, []string{"POINT (1 2)", "MULTIPOINT ((1 2))", "LINESTRING (0 0, 1 1)", "POLYGON ((0 0, 0 1, 1 1, 0 0))",
			"GEOMETRYCOLLECTION (POINT (1 2))", "", "POLYGON EMPTY"}},
		{geo.GeometryAny, true, []string{"POINT Z (1 2 3)", "LINESTRING (0 0, 1 1)", "POLYGON Z ((0 0 1, 0 1 1, 1 1 1, 0 0 1))", ""}},
		{geo.GeometryAny, true, []string{"POINT Z (1 2 3)", "LINESTRING Z (0 0 1, 1 1 1)"}},
		{geo.GeometryNone, false, []string{"", ""}},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprint(tt.typ, " z ", tt.z), func(t *testing.T) {
			tb := &table{schema: geo.Schema{Fields: fields("n", geo.TypeInteger), Geometry: tt.typ, HasZ: tt.z}}
			for j, text := range tt.shapes {
				tb.rows = append(tb.rows, row(fmt.Sprint(j), text, geo.Integer(int64(j))))
			}
			id := fmt.Sprint("g", i)
			loaded(t, s.st, id, tb)
			if v := load(t, s.st, id, tb); v.Modified != 0 {
				t.Errorf("the same geometries again: %d modified", v.Modified)
			}
			// In another order, so that rows take new places.
			for j := range tb.rows {
				tb.rows[j], tb.rows[len(tb.rows)-1-j] = tb.rows[len(tb.rows)-1-j], tb.rows[j]
				if j >= len(tb.rows)/2-1 {
					break
				}
			}
			if v := load(t, s.st, id, tb); v.Modified+v.Added+v.Removed != 0 {
				t.Errorf("the same geometries in another order: %+v", v)
			}
		})
	}
}
