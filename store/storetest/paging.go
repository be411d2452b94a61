package storetest

import (
	"fmt"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
)

// mixed is a table with repeating values in every kind of field that a query filters.
func mixed(n int) *table {
	tb := &table{schema: geo.Schema{Geometry: geo.GeometryPoint,
		Fields: fields("name", geo.TypeText, "n", geo.TypeInteger, "day", geo.TypeDate, "tags", geo.TypeTextArray)}}
	for i := range n {
		f := row(fmt.Sprint("k", i), fmt.Sprintf("POINT (%d %d)", i%20, i%7), geo.Text(fmt.Sprint("name ", i%5)), geo.Integer(int64(i%3)),
			geo.Date(int64(19000+i%11)), geo.TextArray([]string{"all", fmt.Sprint("t", i%4)}))
		if i%6 == 0 {
			f.Geometry = geo.Geometry{}
		}
		if i%8 == 0 {
			f.Values[2] = geo.Value{}
		}
		tb.rows = append(tb.rows, f)
	}
	return tb
}

func testPaging(t *testing.T, s *suite) {
	tb := mixed(250)
	rows := loaded(t, s.st, "d", tb)
	filters := []store.Query{{}, {Where: []store.Condition{{Field: "n", Value: geo.Integer(1)}}}, {Bounds: &geo.Bounds{MaxX: 6, MaxY: 3}}}
	for _, filter := range filters {
		want := selected(tb.schema, rows, filter)
		for _, size := range []int64{1, 7, 50, 249, 250, 1000} {
			if size == 1 && len(want) > 200 {
				continue
			}
			q, pages := filter, []geo.Feature(nil)
			q.Limit = size
			for {
				page := all(t, s.st, "d", q)
				if int64(len(page)) > size {
					t.Fatalf("%d features on a page of %d", len(page), size)
				}
				pages = append(pages, page...)
				if int64(len(page)) < size {
					break
				}
				q.After = page[len(page)-1].FID
			}
			same(t, fmt.Sprintf("pages of %d of %+v", size, filter), tb.schema, pages, want)
		}
		for _, offset := range []int64{0, 1, 100, 249, 250, 9999} {
			q := filter
			q.Offset, q.Limit = offset, 5
			check(t, s.st, "d", tb.schema, rows, q)
			q.Limit = 0
			check(t, s.st, "d", tb.schema, rows, q)
			q.After = rows[10].FID
			check(t, s.st, "d", tb.schema, rows, q)
		}
	}
	for _, after := range []int64{-1, 0, rows[249].FID - 1, rows[249].FID, 1 << 62} {
		check(t, s.st, "d", tb.schema, rows, store.Query{After: after})
	}
	t.Run("FIDs", func(t *testing.T) {
		lists := [][]int64{{}, {rows[5].FID}, {rows[9].FID, rows[3].FID, rows[3].FID, 0, -1, 1 << 60}}
		var every []int64
		for i := range rows {
			every = append(every, rows[len(rows)-1-i].FID)
		}
		for _, fids := range append(lists, every) {
			check(t, s.st, "d", tb.schema, rows, store.Query{FIDs: fids})
			check(t, s.st, "d", tb.schema, rows, store.Query{FIDs: fids, Limit: 2, After: rows[3].FID, Where: []store.Condition{{Field: "n", Value: geo.Integer(0)}}})
		}
	})
	t.Run("Older version", func(t *testing.T) {
		load(t, s.st, "d", texts("other"))
		check(t, s.st, "d", tb.schema, rows, store.Query{Version: 1, After: rows[3].FID, Limit: 4})
		got := all(t, s.st, "d", store.Query{Version: 2})
		if len(got) != 1 || got[0].ID != "other" {
			t.Errorf("version 2 holds %v", got)
		}
	})
}

func testProjection(t *testing.T, s *suite) {
	tb := mixed(20)
	rows := loaded(t, s.st, "d", tb)
	lists := [][]string{nil, {}, {"name"}, {"tags", "day", "n", "name"}, {"n", "name"}, {"day"}, {"n", "n"}}
	for _, list := range lists {
		for _, noGeometry := range []bool{false, true} {
			check(t, s.st, "d", tb.schema, rows, store.Query{Fields: list, NoGeometry: noGeometry})
			check(t, s.st, "d", tb.schema, rows, store.Query{Fields: list, NoGeometry: noGeometry, Limit: 3,
				Where: []store.Condition{{Field: "name", Value: geo.Text("name 1")}}, Bounds: &geo.Bounds{MaxX: 9, MaxY: 9}})
		}
	}
	for _, list := range [][]string{{"none"}, {"name", "none"}, {"NAME"}, {"fid"}, {"geom"}, {""}} {
		_, err := collect(t, s.st, "d", store.Query{Fields: list})
		wantKind(t, fmt.Sprint("fields ", list), err, geo.KindInvalid)
	}
}

func testCount(t *testing.T, s *suite) {
	tb := mixed(100)
	loaded(t, s.st, "d", tb)
	zero := []store.Condition{{Field: "n", Value: geo.Integer(0)}} // 34 rows
	tests := []struct {
		q      store.Query
		atMost int64
		n      int64
		exact  bool
	}{
		{store.Query{}, 0, 100, true},
		{store.Query{}, 1000, 100, true},
		{store.Query{}, 101, 100, true},
		{store.Query{}, 100, 100, true},
		{store.Query{}, 99, 99, false},
		{store.Query{}, 1, 1, false},
		{store.Query{After: 50, Offset: 10, Limit: 5}, 0, 100, true},
		{store.Query{Where: zero}, 0, 34, true},
		{store.Query{Where: zero}, 34, 34, true},
		{store.Query{Where: zero}, 33, 33, false},
		{store.Query{Where: zero, Limit: 1, Offset: 90}, 40, 34, true},
		{store.Query{FIDs: []int64{}}, 10, 0, true},
		{store.Query{Where: []store.Condition{{Field: "n", Value: geo.Integer(9)}}}, 1, 0, true},
	}
	for _, tt := range tests {
		n, exact, err := s.st.Count(testContext(t), "d", tt.q, tt.atMost)
		if err != nil || n != tt.n || exact != tt.exact {
			t.Errorf("Count(%+v, %d) = %d, %v, %v; want %d, %v", tt.q, tt.atMost, n, exact, err, tt.n, tt.exact)
		}
	}
}

func testCombined(t *testing.T, s *suite) {
	tb := mixed(300)
	rows := loaded(t, s.st, "d", tb)
	from, to := geo.Date(19002).Time(), geo.Date(19008).Time().Add(5*time.Hour)
	boxes := []*geo.Bounds{nil, {MinX: 3, MaxX: 11, MaxY: 5}, {MinX: 15, MaxX: 2, MaxY: 90}}
	wheres := [][]store.Condition{nil, {{Field: "n", Value: geo.Integer(2)}}, {{Field: "tags", Value: geo.Text("t1")}, {Field: "name", Value: geo.Text("name 3")}}}
	times := []*store.TimeFilter{nil, {Field: "day", Interval: geo.Interval{Start: from, End: to}}}
	fids := [][]int64{nil, {rows[1].FID, rows[8].FID, rows[113].FID, rows[3].FID, rows[158].FID}}
	for i, box := range boxes {
		for _, where := range wheres {
			for _, time := range times {
				for _, list := range fids {
					q := store.Query{Version: 1, Bounds: box, SpatialOnly: i == 1, Where: where, Time: time, FIDs: list}
					check(t, s.st, "d", tb.schema, rows, q)
					q.Fields, q.NoGeometry, q.After, q.Offset, q.Limit = []string{"day", "name"}, true, rows[2].FID, 1, 3
					check(t, s.st, "d", tb.schema, rows, q)
				}
			}
		}
	}
}
