package storetest

import (
	"fmt"
	"slices"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/store/delta"
)

// testComparison looks at what a version says of where features differ.
func testComparison(t *testing.T, s *suite) {
	put(t, s.st, "d")
	schema := geo.Schema{Fields: fields("a", geo.TypeText, "b", geo.TypeInteger, "gone", geo.TypeText), Geometry: geo.GeometryPoint}
	first := load(t, s.st, "d", &table{schema, []geo.Feature{
		row("1", "POINT (1 1)", geo.Text("x"), geo.Integer(1), geo.Text("y")), row("2", "POINT (2 2)", geo.Text("x"), geo.Integer(2), geo.Value{}),
		row("3", "", geo.Text("x"), geo.Integer(3), geo.Value{}), row("4", "", geo.Text("x"), geo.Integer(4), geo.Value{})}})
	if first.Comparison != nil || !first.Keyed {
		t.Errorf("the first version: keyed %v, comparison %+v", first.Keyed, first.Comparison)
	}
	next := geo.Schema{Fields: fields("b", geo.TypeInteger, "new", geo.TypeText, "a", geo.TypeText), Geometry: geo.GeometryPoint}
	v := load(t, s.st, "d", &table{next, []geo.Feature{
		row("1", "POINT (1 1)", geo.Integer(1), geo.Value{}, geo.Text("x")),
		row("2", "POINT (2 3)", geo.Integer(20), geo.Text("n"), geo.Text("x")),
		row("3", "POINT (3 3)", geo.Integer(30), geo.Value{}, geo.Text("x")),
		row("5", "", geo.Integer(5), geo.Value{}, geo.Text("x"))}})
	want := &catalog.Comparison{Base: 1, Unchanged: 0, Geometry: 2,
		Fields: []catalog.FieldCount{{Field: "b", Rows: 2}, {Field: "new", Rows: 1}, {Field: "gone", Rows: 1}}}
	for name, got := range map[string]catalog.Version{"Commit": v, "Versions": versionByNumber(t, s.reopen(t), "d", 2)} {
		if diff := diffRecords(want, got.Comparison); diff != "" || got.Modified != 3 || got.Added != 1 || got.Removed != 1 {
			t.Errorf("%s: +%d −%d ~%d (-want +got):\n%s", name, got.Added, got.Removed, got.Modified, diff)
		}
	}
	_, err := s.st.Rollback(testContext(t), "d")
	must(t, err)
	v = load(t, s.st, "d", texts("1", "2"))
	if v.Comparison == nil || v.Comparison.Base != 1 || v.Removed != 2 {
		t.Errorf("after a rollback: −%d, %+v", v.Removed, v.Comparison)
	}
	put(t, s.st, "u")
	for range 2 {
		if v := loadSpec(t, s.st, "u", store.LoadSpec{Schema: schema}, nil); v.Keyed || v.Comparison != nil {
			t.Errorf("without keys: %v, %+v", v.Keyed, v.Comparison)
		}
	}
}

// between gives what delta.Between does, as texts.
func between(t *testing.T, st store.Store, id string, from, to, after int64, most int) []string {
	t.Helper()
	kept, err := st.Versions(testContext(t), id)
	must(t, err)
	versions := delta.Versions{Dataset: id, Kept: kept}
	for i := range kept {
		if kept[i].Number == from {
			versions.From = &kept[i]
		}
		if kept[i].Number == to {
			versions.To = &kept[i]
		}
	}
	var list []string
	last := after
	for c, err := range delta.Between(testContext(t), st, versions, after) {
		must(t, err)
		if c.FID <= last {
			t.Errorf("fid %d follows %d", c.FID, last)
		}
		last = c.FID
		if (c.Before == nil) != (c.Kind == store.Added) || (c.After == nil) != (c.Kind == store.Removed) {
			t.Errorf("%s is %s, from %v to %v", c.ID, c.Kind, c.Before, c.After)
		}
		text := fmt.Sprint(c.Kind, " ", c.ID)
		if c.Kind == store.Modified {
			text += fmt.Sprint(" ", c.Fields, c.Geometry)
		}
		if list = append(list, text); len(list) == most {
			break
		}
	}
	return list
}

// testBetween compares each pair of kept versions, edited and rolled back, with
// a comparison in memory, which what stores keep of their loads must not change.
func testBetween(t *testing.T, s *suite) {
	put(t, s.st, "d")
	must(t, s.st.PutDataset(testContext(t), catalog.Dataset{ID: "d", Keep: catalog.Keep{Versions: 10}, Editable: true}))
	rows := func(change func(i int, f *geo.Feature) bool) *table {
		tb := texts()
		for i := range 2500 {
			f := row(fmt.Sprint("k", i), fmt.Sprintf("POINT (%d 45)", i%90), geo.Text(fmt.Sprint(i)))
			if change == nil || change(i, &f) {
				tb.rows = append(tb.rows, f)
			}
		}
		return tb
	}
	every := func(n int, value string) func(i int, f *geo.Feature) bool {
		return func(i int, f *geo.Feature) bool {
			if i%n == 0 {
				f.Values[0] = geo.Text(value)
			}
			if i%n == 1 {
				f.Geometry = geo.Geometry{}
			}
			return i%n != 2
		}
	}
	load(t, s.st, "d", rows(nil))
	load(t, s.st, "d", rows(every(3, "two")))
	edit := func(id, value string) {
		f, err := s.st.Feature(testContext(t), "d", id)
		must(t, err)
		f.Values[0] = geo.Text(value)
		_, err = s.st.Edit(testContext(t), "d", []store.Edit{{Kind: store.Replace, Feature: *f}})
		must(t, err)
	}
	edit("k7", "edited in 2")
	load(t, s.st, "d", rows(every(5, "three")))
	_, err := s.st.Rollback(testContext(t), "d")
	must(t, err)
	edit("k10", "edited after rollback")
	load(t, s.st, "d", rows(every(7, "four")))
	edit("k1", "edited in 4")
	for _, from := range []int64{1, 2, 3, 4} {
		for _, to := range []int64{1, 2, 3, 4} {
			want := expected(all(t, s.st, "d", store.Query{Version: from}), all(t, s.st, "d", store.Query{Version: to}))
			got := between(t, s.st, "d", from, to, 0, 0)
			if !slices.Equal(want, got) {
				t.Errorf("%d to %d: %d changes, want %d: %v and so on, want %v", from, to, len(got), len(want), got[:min(8, len(got))], want[:min(8, len(want))])
			}
			if from == to && len(got) > 0 || from != to && len(got) < 100 {
				t.Errorf("%d to %d: %d changes", from, to, len(got))
			}
			if page := between(t, s.st, "d", from, to, 0, 10); from != to && !slices.Equal(page, want[:10]) {
				t.Errorf("%d to %d: the first ten are %v", from, to, page)
			}
		}
	}
	// Without a version in between, what it changed is not known any more.
	if _, err := s.st.Prune(testContext(t), "d", catalog.Keep{Versions: 1}); err != nil {
		t.Fatal(err)
	}
	load(t, s.st, "d", rows(nil))
	want := expected(all(t, s.st, "d", store.Query{Version: 4}), all(t, s.st, "d", store.Query{Version: 5}))
	if got := between(t, s.st, "d", 4, 5, 0, 0); !slices.Equal(want, got) {
		t.Errorf("4 to 5: %d changes, want %d", len(got), len(want))
	}
}

// expected compares versions of one text field and a geometry.
func expected(from, to []geo.Feature) []string {
	type found struct {
		fid  int64
		text string
	}
	var list []found
	was := make(map[string]geo.Feature)
	for _, f := range from {
		was[f.ID] = f
	}
	for _, f := range to {
		old, known := was[f.ID]
		delete(was, f.ID)
		names := []string{}
		if old.Values != nil && old.Values[0] != f.Values[0] {
			names = append(names, "name")
		}
		moved := old.Geometry.IsNull() != f.Geometry.IsNull()
		switch {
		case !known:
			list = append(list, found{f.FID, "added " + f.ID})
		case len(names) > 0 || moved:
			list = append(list, found{f.FID, fmt.Sprint("modified ", f.ID, " ", names, moved)})
		}
	}
	for _, f := range was {
		list = append(list, found{f.FID, "removed " + f.ID})
	}
	slices.SortFunc(list, func(a, b found) int { return int(a.fid - b.fid) })
	var texts []string
	for _, f := range list {
		texts = append(texts, f.text)
	}
	return texts
}
