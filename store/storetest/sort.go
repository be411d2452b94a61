package storetest

import (
	"fmt"
	"slices"
	"testing"

	"puy/geo"
	"puy/store"
)

func testSort(t *testing.T, s *suite) {
	tb := filtered()
	rows := loaded(t, s.st, "d", tb)
	for _, name := range []string{"name", "other", "n", "x", "yes", "day", "at", "until"} {
		for _, descending := range []bool{false, true} {
			for _, backward := range []bool{false, true} {
				q := store.Query{Sort: []store.Order{{Field: name, Descending: descending}}, Backward: backward}
				check(t, s.st, "d", tb.schema, rows, q)
				q.Fields, q.NoGeometry, q.Offset, q.Limit = []string{"n"}, true, 3, 100
				check(t, s.st, "d", tb.schema, rows, q)
			}
		}
	}
	for _, q := range []store.Query{{Backward: true}, {Backward: true, After: rows[9].FID, Limit: 4}, {Backward: true, Offset: 2}} {
		check(t, s.st, "d", tb.schema, rows, q)
	}
	for _, order := range [][]store.Order{{{Field: "missing"}}, {{Field: "n"}, {Field: "tags"}}, {{Field: "doc"}}, {{Field: "void"}}, {{Field: "geom"}}, {{Field: ""}}, {{Field: "fid"}}} {
		_, err := collect(t, s.st, "d", store.Query{Sort: order})
		wantKind(t, fmt.Sprintf("sorted by %v", order), err, geo.KindInvalid)
	}
	byN := []store.Order{{Field: "n"}}
	for _, q := range []store.Query{{Sort: byN, After: 1}, {After: 1, AfterValues: []geo.Value{{}}}, {Sort: byN, After: 1, AfterValues: []geo.Value{geo.Text("a")}},
		{Sort: byN, After: 1, AfterValues: []geo.Value{{}, {}}}} {
		_, err := collect(t, s.st, "d", q)
		wantKind(t, fmt.Sprintf("%+v", q), err, geo.KindInvalid)
	}
}

// testSortedPages looks that pages, forward and backward, give the whole.
func testSortedPages(t *testing.T, s *suite) {
	tb := filtered()
	rows := loaded(t, s.st, "d", tb)
	box := geo.Bounds{MinX: -1, MinY: -1, MaxX: 5, MaxY: 5}
	orders := [][]store.Order{nil, {{Field: "name"}}, {{Field: "n", Descending: true}}, {{Field: "x"}}, {{Field: "at", Descending: true}}, {{Field: "day"}},
		{{Field: "yes"}, {Field: "name", Descending: true}}, {{Field: "yes", Descending: true}, {Field: "day"}, {Field: "n", Descending: true}},
		{{Field: "until"}, {Field: "x", Descending: true}, {Field: "other"}}, {{Field: "n"}, {Field: "n", Descending: true}}}
	for _, order := range orders {
		for _, q := range []store.Query{{Sort: order}, {Sort: order, Bounds: &box, Where: []store.Condition{{Field: "yes", Value: geo.Boolean(true)}}}} {
			for _, backward := range []bool{false, true} {
				q.Backward = backward
				for _, size := range []int64{3, 17} {
					pages(t, s.st, tb.schema, rows, q, size)
				}
			}
		}
	}
	t.Run("A place that nobody has", func(t *testing.T) {
		for _, after := range []geo.Value{geo.Text(""), geo.Text("b"), geo.Text("\U0010ffff"), {}} {
			for i := range 4 {
				check(t, s.st, "d", tb.schema, rows, store.Query{Sort: []store.Order{{Field: "name", Descending: i%2 == 1}}, Backward: i > 1,
					After: rows[200].FID, AfterValues: []geo.Value{after}, Limit: 9})
			}
		}
	})
}

func pages(t *testing.T, st store.Store, schema geo.Schema, rows []geo.Feature, q store.Query, size int64) {
	t.Helper()
	want := selected(schema, rows, q)
	if q.Backward { // the model is not believed twice
		forward := q
		forward.Backward = false
		forwards := selected(schema, rows, forward)
		slices.Reverse(forwards)
		same(t, fmt.Sprintf("the model of %+v", q), schema, forwards, want)
	}
	var got []geo.Feature
	for page := q; ; {
		page.Limit = size
		next := all(t, st, "d", page)
		got = append(got, next...)
		if int64(len(next)) < size || len(got) > len(rows) {
			break
		}
		last := &next[len(next)-1]
		page.After, page.AfterValues = last.FID, nil
		for _, o := range q.Sort {
			page.AfterValues = append(page.AfterValues, last.Values[schema.Index(o.Field)])
		}
	}
	same(t, fmt.Sprintf("pages of %d of %+v", size, q), schema, got, want)
}
