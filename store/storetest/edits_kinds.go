package storetest

import (
	"fmt"
	"testing"

	"puy/geo"
	"puy/store"
)

// places is a table of points, of which the third of each three has none.
func places(ids ...string) *table {
	tb := &table{schema: geo.Schema{Fields: fields("name", geo.TypeText, "n", geo.TypeInteger), Geometry: geo.GeometryPoint}}
	for i, id := range ids {
		f := row(id, fmt.Sprintf("POINT (%d.125 %d.5)", i, 40+i%9), geo.Text("<"+id+">"), geo.Integer(int64(i)))
		if i%3 == 2 {
			f.Geometry = geo.Geometry{}
		}
		tb.rows = append(tb.rows, f)
	}
	return tb
}

func place(id, geometry string) geo.Feature {
	return row(id, geometry, geo.Text("new"), geo.Integer(-1))
}

func testEdits(t *testing.T, s *suite) {
	t.Run("One by one", func(t *testing.T) {
		e := s.edit(t, "one", places("a", "b", "c", "d"), true)
		e.apply(t, create(place("e", "POINT (-1 -2)")))
		e.apply(t, create(place("f", "")))
		e.apply(t, replace(e.feature("a", "changed")))
		moved := e.feature("b", "moved")
		moved.Geometry = shape("POINT (100 50)")
		e.apply(t, replace(moved))
		gone := e.feature("d", "no place")
		gone.Geometry = geo.Geometry{}
		e.apply(t, replace(gone))
		found := e.feature("c", "placed")
		found.Geometry = shape("POINT (7 7)")
		e.apply(t, replace(found))
		e.apply(t, remove("b")) // the extent stays
		e.apply(t, remove("f"))
		e.apply(t, replace(place("a", "POINT EMPTY")))
	})
	t.Run("Together", func(t *testing.T) {
		e := s.edit(t, "many", places("a", "b", "c", "d"), true)
		e.apply(t, create(place("e", "POINT (1 1)")), replace(e.feature("a", "x")), remove("b"), remove("c"), create(place("g", "")))
		e.apply(t, create(place("h", "POINT (2 2)")), replace(place("h", "POINT (3 3)")), remove("h"))
		e.apply(t, remove("a"), create(place("a", "POINT (4 4)")))
		e.apply(t, replace(place("d", "POINT (5 5)")), replace(place("d", "POINT (6 6)")))
	})
	t.Run("Fids", func(t *testing.T) {
		e := s.edit(t, "fids", places("a", "b", "c"), true)
		e.load(t, places("b", "d"))
		e.apply(t, create(place("a", "POINT (1 1)")), create(place("new", "")), create(place("c", "")))
		e.apply(t, remove("new"), remove("b"))
		e.apply(t, create(place("other", "")))
		e.apply(t, create(place("b", "")), create(place("new", "")))
		ids := e.apply(t, create(place("", "POINT (8 8)")), create(place("", "")))
		e.apply(t, replace(place(ids[0], "POINT (9 9)")), remove(ids[1]))
		e.apply(t, create(place("", "")))
	})
	t.Run("Ids that are numbers", func(t *testing.T) {
		e := s.edit(t, "numbers", places("3", "2", "9"), true)
		for range 8 { // the fids that would follow are the ids of others
			e.apply(t, create(place("", "")))
		}
	})
	t.Run("Awkward ids", func(t *testing.T) {
		ids := []string{"é", "e\u0301", "a b", "a/b", `"`, "'", "%", "\U0001F30B", " ", "A", "a"}
		e := s.edit(t, "awkward", places(ids...), true)
		for i, id := range ids {
			e.apply(t, replace(e.feature(id, fmt.Sprint("changed ", i))))
		}
		for _, id := range ids {
			e.apply(t, remove(id))
			e.apply(t, create(place(id, "")))
		}
	})
	t.Run("Unkeyed", func(t *testing.T) {
		e := s.edit(t, "unkeyed", places("", "", "", ""), false)
		last := e.rows[3].ID
		e.apply(t, replace(e.feature(e.rows[1].ID, "changed")), remove(e.rows[0].ID), remove(last))
		ids := e.apply(t, create(place("", "POINT (1 1)")), create(place("", "")))
		if ids[0] == last {
			t.Error("a new feature has the id of one that is gone")
		}
		e.apply(t, remove(ids[1]))
		e.apply(t, create(place("", "")))
		_, err := s.st.Edit(testContext(t), "unkeyed", []store.Edit{create(place("mine", ""))})
		wantEditError(t, "an id of one's own", err, 0, geo.KindInvalid, "")
	})
	t.Run("Without geometry", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Fields: fields("name", geo.TypeText)}, rows: []geo.Feature{row("a", "", geo.Text("x")), row("b", "", geo.Text("y"))}}
		e := s.edit(t, "plain", tb, true)
		e.apply(t, create(row("c", "", geo.Value{})), replace(row("a", "", geo.Text("z"))), remove("b"))
	})
	t.Run("From nothing", func(t *testing.T) {
		e := s.edit(t, "nothing", places(), true)
		e.apply(t, create(place("a", "POINT (3 45)")))
		e.apply(t, remove("a"))
	})
	t.Run("Parts", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Fields: fields("name", geo.TypeText), Geometry: geo.GeometryMultiPolygon, HasZ: true},
			rows: []geo.Feature{row("a", "MULTIPOLYGON Z (((0 0 1, 4 0 1, 4 4 1, 0 0 1)))", geo.Text("x"))}}
		e := s.edit(t, "parts", tb, true)
		e.apply(t, create(row("b", "POLYGON Z ((0 0 1, 4 0 2, 4 5 3, 0 0 1))", geo.Text("y"))))
		e.apply(t, replace(row("a", "POLYGON Z ((0 0 1, -4 0 2, -4 -5 3, 0 0 1))", geo.Text("y"))))
	})
	t.Run("No edits", func(t *testing.T) {
		e := s.edit(t, "none", places("a"), true)
		ids, err := s.st.Edit(testContext(t), "none", nil)
		if v := e.current(t, s.st); err != nil || len(ids) != 0 || v.Edits != 0 || !v.Edited.IsZero() {
			t.Errorf("%v, %v; edits %d, %v", ids, err, v.Edits, v.Edited)
		}
	})
	t.Run("Thousands", func(t *testing.T) {
		const n = 3000
		e := s.edit(t, "thousands", places("a"), true)
		var edits []store.Edit
		for i := range n {
			edits = append(edits, create(place(fmt.Sprint("k", i), fmt.Sprintf("POINT (%d %d)", i%360-180, i%180-90))))
		}
		_, err := s.st.Edit(testContext(t), "thousands", edits)
		must(t, err)
		v := e.current(t, e.other)
		got, last := changes(t, e.other, "thousands", 1, 0)
		if v.Rows != n+1 || len(got) != n || last != v.Edits {
			t.Errorf("%d rows, %d changes up to edit %d of %d", v.Rows, len(got), last, v.Edits)
		}
	})
}

// testEditsAndQueries queries rows that came to a place, lost it or went.
func testEditsAndQueries(t *testing.T, s *suite) {
	ids := make([]string, 60)
	for i := range ids {
		ids[i] = fmt.Sprint("k", i)
	}
	e := s.edit(t, "d", places(ids...), true)
	queries := func() {
		t.Helper()
		for _, box := range []geo.Bounds{{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}, {MinX: 69, MinY: 9, MaxX: 71, MaxY: 11},
			{MinX: 5, MinY: 40, MaxX: 20, MaxY: 45}, {MinX: 170, MinY: -20, MaxX: -170, MaxY: 20}, {MinX: -9, MinY: -9, MaxX: -8, MaxY: -8}} {
			for _, spatialOnly := range []bool{false, true} {
				for _, limit := range []int64{0, 7} {
					check(t, s.st, "d", e.schema, e.rows, store.Query{Bounds: &box, SpatialOnly: spatialOnly, Limit: limit})
				}
				check(t, e.other, "d", e.schema, e.rows, store.Query{Version: 1, Bounds: &box, SpatialOnly: spatialOnly})
			}
		}
		check(t, s.st, "d", e.schema, e.rows, store.Query{Where: []store.Condition{{Field: "n", Value: geo.Integer(-1)}}})
		check(t, s.st, "d", e.schema, e.rows, store.Query{SpatialOnly: true, After: 10, Limit: 5})
		for _, id := range []string{"k2", "k3", "k5", "new"} {
			f, err := e.other.Feature(testContext(t), "d", id)
			if at := e.find(id); at < 0 {
				wantKind(t, "Feature "+id, err, geo.KindNotFound)
			} else if must(t, err); f != nil {
				same(t, "Feature "+id, e.schema, []geo.Feature{*f}, e.rows[at:at+1])
			}
		}
	}
	queries()
	e.apply(t, replace(place("k2", "POINT (70 10)")), replace(place("k3", "")), replace(place("k4", "POINT EMPTY")), replace(place("k6", "POINT (180 5)")))
	queries()
	e.apply(t, remove("k5"), remove("k9"), create(place("new", "POINT (70.5 10.5)")), create(place("newer", "")), remove("k8"))
	queries()
	e.apply(t, replace(place("k2", "")), replace(place("k3", "POINT (-8.5 -8.5)")), remove("new"))
	queries()
}
