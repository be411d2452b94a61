package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/eval"
	"puy/store"
)

// filtered is a table in which every type has nulls, extremes and near misses.
func filtered() *table {
	tb := &table{schema: geo.Schema{Geometry: geo.GeometryAny, Fields: fields("name", geo.TypeText, "other", geo.TypeText, "n", geo.TypeInteger,
		"x", geo.TypeNumber, "yes", geo.TypeBoolean, "day", geo.TypeDate, "at", geo.TypeDateTime, "until", geo.TypeDateTime, "tags", geo.TypeTextArray,
		"doc", geo.TypeJSON, "void", geo.TypeNull)}}
	names := []string{"", "a", "A", "é", "É", "e\u0301", "Straße", "STRASSE", "Chișinău", "CHIȘINĂU", "Chisinau", "50%", "50 m", "a_b", "axb", `a\b`, "a*b?[c]",
		"日本", "\U0001F30B", "İ", "i̇", "ﬁn", "FIN", "it's", "København", "Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ", "2024-01-02"}
	numbers := []float64{0, 1, -1, 0.5, -2.5, 1e150, 1e151, 1e-151, math.MaxFloat64, 7, 3, 1 << 53}
	integers := []int64{0, 1, -1, 5, 7, -7, 10, math.MaxInt64, math.MinInt64, 1<<53 + 1}
	moments := []string{"2024-01-02T00:00:00Z", "2024-01-02T12:00:00Z", "2024-01-02T23:59:59.999999Z", "2024-01-03T00:00:00Z", "1969-12-31T23:59:59.5Z",
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2022-04-16T10:13:19Z"}
	tags := [][]string{nil, {"a"}, {"a", "b"}, {"b", "a", "a"}, {"é", "x,y"}, {`"`, ""}}
	shapes := []string{"POINT (1 1)", "POINT (0 0)", "POINT (5 5)", "LINESTRING (0 0, 10 10)", "LINESTRING (0 0, 4 0)", "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))",
		"POLYGON ((4 0, 8 0, 8 4, 4 4, 4 0))", "POLYGON ((2 2, 6 2, 6 6, 2 6, 2 2))", "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))", "MULTIPOINT ((0 0), (9 9))",
		"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((170 0, 175 0, 175 5, 170 5, 170 0)))", "LINESTRING (-175 1, -172 3)", "MULTILINESTRING ((0 2, 4 2), (9 9, 9 8))",
		"GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 4 4))", "GEOMETRYCOLLECTION (POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0)), POINT (20 20))", "POINT (-180 90)", "LINESTRING EMPTY"}
	at := func(list []string, i int) geo.Value {
		if i%5 == 4 {
			return geo.Value{}
		}
		t, err := time.Parse(time.RFC3339Nano, list[i%len(list)])
		if err != nil {
			panic(err)
		}
		return geo.DateTime(t)
	}
	for i := range 240 {
		null := func(n int, v geo.Value) geo.Value {
			if i%n == n-1 {
				return geo.Value{}
			}
			return v
		}
		text := ""
		if i%7 != 6 {
			text = shapes[i%len(shapes)]
		}
		moment := at(moments, i)
		day := geo.Value{}
		if !moment.IsNull() && i%3 > 0 {
			day = geo.Date(int64(math.Floor(float64(moment.Micros()) / 86400e6)))
		}
		tb.rows = append(tb.rows, row(fmt.Sprint(i), text, null(11, geo.Text(names[i%len(names)])), null(9, geo.Text(names[i*5%len(names)])),
			null(7, geo.Integer(integers[i%len(integers)])), null(13, geo.Number(numbers[i%len(numbers)])), null(3, geo.Boolean(i%2 == 0)), day, moment,
			at(moments, i*3+1), null(8, geo.TextArray(tags[i%len(tags)])), null(2, geo.JSON(`{"a":1}`)), geo.Value{}))
	}
	return tb
}

// Filters gives a table with values that are hard to filter, and filters for it:
// for whoever stands before a store.
func Filters() (schema geo.Schema, rows []geo.Feature, filters []string) {
	tb := filtered()
	for _, c := range filterCases {
		filters = append(filters, c.text)
	}
	return tb.schema, tb.rows, filters
}

// checkFilter compares what a store selects with what package eval does.
func checkFilter(t testing.TB, st store.Store, schema geo.Schema, rows []geo.Feature, e cql2.Expr) (n int) {
	t.Helper()
	f, err := eval.Compile(e, &schema)
	if err != nil {
		t.Errorf("%s: %v", cql2.Text(e), err)
		return 0
	}
	var want []int64
	for i := range rows {
		if f.Match(&rows[i]) {
			want = append(want, rows[i].FID)
		}
	}
	q := store.Query{Filter: e, Fields: []string{}, NoGeometry: true}
	compareFIDs(t, st, q, want)
	if len(want) > 2 { // paged
		q.After, q.Offset, q.Limit = want[0], 1, 2
		compareFIDs(t, st, q, want[2:min(4, len(want))])
	}
	count, exact, err := st.Count(testContext(t), "d", store.Query{Filter: e}, 0)
	if err != nil || !exact || count != int64(len(want)) {
		t.Errorf("%s: Count gives %d, %v, %v; want %d", cql2.Text(e), count, exact, err, len(want))
	}
	return len(want)
}

func compareFIDs(t testing.TB, st store.Store, q store.Query, want []int64) {
	t.Helper()
	var got []int64
	for f, err := range st.Features(testContext(t), "d", q) {
		if err != nil {
			t.Errorf("%s: %v", cql2.Text(q.Filter), err)
			return
		}
		got = append(got, f.FID)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: selects %v, want %v", cql2.Text(q.Filter), got, want)
	}
}

func parseFilter(t testing.TB, text string) cql2.Expr {
	t.Helper()
	e, err := cql2.ParseText(text)
	must(t, err)
	return e
}

func testFilter(t *testing.T, s *suite) {
	tb := filtered()
	rows := loaded(t, s.st, "d", tb)
	for _, tt := range filterCases {
		if n := checkFilter(t, s.st, tb.schema, rows, parseFilter(t, tt.text)); (n > 0) != tt.some {
			t.Errorf("%s: selects %d of %d", tt.text, n, len(rows))
		}
	}
	t.Run("As large as they may be", func(t *testing.T) {
		deep := strings.Repeat("NOT (n = 1 OR ", 30) + "n = 5" + strings.Repeat(")", 30)
		wide := "n = 5" + strings.Repeat(" OR x = 7", 600)
		list := "name IN ('a'" + strings.Repeat(", 'é'", 900) + ")"
		sum := "n" + strings.Repeat(" + x", 55) + " > 0"
		for _, text := range []string{deep, wide, list, sum} {
			checkFilter(t, s.st, tb.schema, rows, parseFilter(t, text))
		}
	})
	t.Run("With the rest of a query", func(t *testing.T) {
		box := geo.Bounds{MinX: -1, MinY: -1, MaxX: 5, MaxY: 5}
		for _, q := range []store.Query{{Bounds: &box}, {SpatialOnly: true}, {Where: []store.Condition{{Field: "yes", Value: geo.Boolean(true)}}}, {FIDs: []int64{1, 2, 3, 50}},
			{Time: &store.TimeFilter{Field: "at", Interval: geo.Interval{Start: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)}}}} {
			q.Filter = parseFilter(t, "n > 0 AND NOT S_DISJOINT(geom, BBOX(0, 0, 3, 3))")
			f, err := eval.Compile(q.Filter, &tb.schema)
			must(t, err)
			var want []int64
			for i := range rows {
				if matches(tb.schema, &rows[i], q) && f.Match(&rows[i]) {
					want = append(want, rows[i].FID)
				}
			}
			q.Fields, q.NoGeometry = []string{}, true
			compareFIDs(t, s.st, q, want)
		}
	})
	t.Run("Errors", func(t *testing.T) {
		for _, text := range []string{"missing = 1", "name = 1", "doc = 'a'", "geom = 'a'", "LIKE('a')", "S_INTERSECTS(geom, POINT(90 180))"} {
			e, err := cql2.ParseText(text)
			if err != nil {
				continue
			}
			_, err = collect(t, s.st, "d", store.Query{Filter: e})
			wantKind(t, text, err, geo.KindInvalid)
			_, _, err = s.st.Count(testContext(t), "d", store.Query{Filter: e}, 0)
			wantKind(t, text, err, geo.KindInvalid)
		}
	})
	t.Run("Generated", func(t *testing.T) {
		g := newFilterGenerator(tb.schema)
		for range 400 {
			checkFilter(t, s.st, tb.schema, rows, g.condition(3))
			if t.Failed() {
				return
			}
		}
	})
}

// testFilterIndex looks that a filter's box does not change what is selected of
// a table large enough for indexes to matter.
func testFilterIndex(t *testing.T, s *suite) {
	tb := &table{schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: fields("n", geo.TypeInteger)}}
	for i := range 12_000 {
		f := row(fmt.Sprint(i), "", geo.Integer(int64(i%10)))
		if i%1000 > 0 {
			g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{float64(i%360) - 180, float64(i%180) - 90}))
			must(t, err)
			f.Geometry = g
		}
		tb.rows = append(tb.rows, f)
	}
	rows := loaded(t, s.st, "d", tb)
	for _, text := range []string{"S_INTERSECTS(geom, BBOX(0, 0, 3, 3))", "S_WITHIN(geom, BBOX(-180, -90, 180, 90)) AND n = 3", "S_INTERSECTS(geom, BBOX(170, -90, -170, 90))",
		"S_DISJOINT(geom, BBOX(-170, -80, 170, 80))", "S_EQUALS(geom, POINT(5 5))", "NOT S_INTERSECTS(geom, BBOX(-100, -80, 170, 80)) OR n = 4", "S_INTERSECTS(geom, POLYGON((0 0, 90 0, 0 45, 0 0)))"} {
		checkFilter(t, s.st, tb.schema, rows, parseFilter(t, text))
	}
}
