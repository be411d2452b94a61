package storetest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
)

// check compares a query, and its count, with the model.
func check(t testing.TB, st store.Store, id string, schema geo.Schema, rows []geo.Feature, q store.Query) {
	t.Helper()
	want := selected(schema, rows, q)
	same(t, fmt.Sprintf("%+v", q), schema, all(t, st, id, q), want)
	unpaged := q
	unpaged.After, unpaged.Offset, unpaged.Limit = 0, 0, 0
	total := int64(len(selected(schema, rows, unpaged)))
	n, exact, err := st.Count(testContext(t), id, q, 0)
	if err != nil || n != total || !exact {
		t.Errorf("Count %+v: %d, %v, %v; want %d", q, n, exact, err, total)
	}
}

func testFeature(t *testing.T, s *suite) {
	tb := texts("a", "A", "a/b?c#d e%20", "é", "e\u0301", "日本\U0001F30B", "'", `"`, "\\", "1", "01", "x\ny", " ")
	want := loaded(t, s.st, "d", tb)
	for i := range want {
		f, err := s.st.Feature(testContext(t), "d", want[i].ID)
		must(t, err)
		same(t, "Feature "+want[i].ID, tb.schema, []geo.Feature{*f}, want[i:i+1])
	}
	for _, id := range []string{"", "b", "a ", "É", "2", "001", "%", "a'b"} {
		_, err := s.st.Feature(testContext(t), "d", id)
		wantKind(t, fmt.Sprintf("Feature %q", id), err, geo.KindNotFound)
	}
	first, err := s.st.Feature(testContext(t), "d", "a")
	must(t, err)
	second, err := s.st.Feature(testContext(t), "d", "A")
	must(t, err)
	if first == second || first.Values[0] == second.Values[0] {
		t.Error("two features share their values")
	}
}

func testWhere(t *testing.T, s *suite) {
	day, noon := geo.Date(19000), geo.DateTime(time.Date(2024, 1, 1, 12, 0, 0, 1000, time.UTC))
	types := []struct {
		typ    geo.FieldType
		values []geo.Value
		misses []geo.Value
	}{
		{geo.TypeText, []geo.Value{geo.Text("a"), geo.Text("A"), geo.Text("é"), geo.Text(""), geo.Text("a'b"), geo.Text("%"), geo.Text("a ")},
			[]geo.Value{geo.Text("b"), geo.Text("e\u0301"), geo.Text("_"), geo.Text("' OR 1=1 --"), geo.Text("null")}},
		{geo.TypeInteger, []geo.Value{geo.Integer(0), geo.Integer(1), geo.Integer(math.MaxInt64), geo.Integer(math.MinInt64)},
			[]geo.Value{geo.Integer(2), geo.Integer(math.MaxInt64 - 1)}},
		{geo.TypeNumber, []geo.Value{geo.Number(0.1), geo.Number(0), geo.Number(1e300), geo.Number(-2)},
			[]geo.Value{geo.Number(math.Nextafter(0.1, 1)), geo.Number(1)}},
		{geo.TypeBoolean, []geo.Value{geo.Boolean(true), geo.Boolean(false)}, nil},
		{geo.TypeDate, []geo.Value{day, geo.Date(-1), geo.Date(0)}, []geo.Value{geo.Date(19001)}},
		{geo.TypeDateTime, []geo.Value{noon, geo.DateTime(time.Unix(-1, 0))}, []geo.Value{geo.DateTime(time.UnixMicro(noon.Micros() + 1))}},
		{geo.TypeTextArray, []geo.Value{geo.TextArray([]string{"a", "é"}), geo.TextArray([]string{"a,é"}), geo.TextArray(nil), geo.TextArray([]string{""}),
			geo.TextArray([]string{`"a"`, "a", "a"})}, nil},
		{geo.TypeJSON, []geo.Value{geo.JSON(`{"a":1}`), geo.JSON("[]")}, []geo.Value{geo.JSON(`{"a":2}`)}},
	}
	for i, tt := range types {
		t.Run(tt.typ.String(), func(t *testing.T) {
			id := fmt.Sprint("w", i)
			tb := &table{schema: geo.Schema{Fields: fields("other", geo.TypeText, "v", tt.typ)}}
			for j, v := range append(append([]geo.Value{{}, {}}, tt.values...), tt.values...) {
				tb.rows = append(tb.rows, row(fmt.Sprint(j), "", geo.Text(fmt.Sprint(j%2)), v))
			}
			rows := loaded(t, s.st, id, tb)
			asked := append(append([]geo.Value{{}}, tt.values...), tt.misses...)
			if tt.typ == geo.TypeTextArray {
				asked = []geo.Value{{}, geo.Text("a"), geo.Text("é"), geo.Text("a,é"), geo.Text(""), geo.Text(`"a"`), geo.Text("b"), geo.Text("A"), geo.Text("%")}
			}
			for _, v := range asked {
				check(t, s.st, id, tb.schema, rows, store.Query{Where: []store.Condition{{Field: "v", Value: v}}})
				check(t, s.st, id, tb.schema, rows, store.Query{Fields: []string{"other"}, Limit: 1,
					Where: []store.Condition{{Field: "v", Value: v}, {Field: "other", Value: geo.Text("1")}}})
			}
		})
	}
}

func testTimeFilter(t *testing.T, s *suite) {
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		v, err := time.Parse(time.RFC3339Nano, text)
		must(t, err)
		return v
	}
	moments := []string{"", "1969-12-31T23:59:59.999999Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000001Z", "2024-01-01T23:59:59.999999Z",
		"2024-01-02T00:00:00Z", "2024-06-30T12:00:00Z", "9999-12-31T00:00:00Z", "0001-01-02T00:00:00Z", "1582-10-10T00:00:00Z"}
	tb := &table{schema: geo.Schema{Fields: fields("day", geo.TypeDate, "at", geo.TypeDateTime, "n", geo.TypeInteger)}}
	for i, m := range moments {
		f := row(fmt.Sprint(i), "", geo.Value{}, geo.Value{}, geo.Integer(1))
		if m != "" {
			f.Values[0], f.Values[1] = geo.Date(int64(math.Floor(float64(at(m).Unix())/86400))), geo.DateTime(at(m))
		}
		tb.rows = append(tb.rows, f)
	}
	rows := loaded(t, s.st, "d", tb)
	intervals := [][2]string{{"", ""}, {"2024-01-01T00:00:00Z", ""}, {"", "2024-01-01T00:00:00Z"}, {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"},
		{"2024-01-01T12:00:00Z", "2024-01-01T13:00:00Z"}, {"2024-01-01T12:00:00Z", ""}, {"", "2024-01-01T12:00:00Z"}, {"2024-01-02T01:00:00+01:00", "2024-01-02T01:00:00+01:00"},
		{"2024-01-01T23:30:00-02:00", ""}, {"2024-01-01T23:59:59.9999991Z", ""}, {"", "2024-01-01T00:00:00.0000009Z"}, {"2024-01-01T23:59:59.999999Z", "2024-01-02T00:00:00Z"},
		{"1969-12-31T00:00:00Z", "1969-12-31T23:59:59Z"}, {"", "0001-01-02T00:00:00Z"}, {"9999-12-31T23:00:00Z", ""}}
	for _, field := range []string{"day", "at"} {
		for _, i := range intervals {
			check(t, s.st, "d", tb.schema, rows, store.Query{Time: &store.TimeFilter{Field: field, Interval: geo.Interval{Start: at(i[0]), End: at(i[1])}}})
		}
	}
	_, err := collect(t, s.st, "d", store.Query{Time: &store.TimeFilter{Field: "n", Interval: geo.Interval{Start: at("2024-01-01T00:00:00Z")}}})
	wantKind(t, "a time filter on an integer", err, geo.KindInvalid)
}
