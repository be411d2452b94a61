package storetest

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"puy/geo"
	"puy/store"
)

// wantEditError compares an error of Edit: which edit, of what kind, and that
// it names a field.
func wantEditError(t *testing.T, what string, err error, index int, kind geo.ErrorKind, field string) {
	t.Helper()
	wantKind(t, what, err, kind)
	var edit *store.EditError
	if !errors.As(err, &edit) || edit.Index != index {
		t.Errorf("%s: %v is not an EditError of index %d", what, err, index)
	}
	if field != "" && err != nil && !strings.Contains(err.Error(), `"`+field+`"`) {
		t.Errorf("%s: %v does not name the field %q", what, err, field)
	}
}

// refused edits, after two edits that are good, and compares the error. Nothing
// may have changed.
func (e *editing) refused(t *testing.T, what string, edit store.Edit, kind geo.ErrorKind, field string) {
	t.Helper()
	ctx := testContext(t)
	was := e.current(t, e.st)
	revision, err := e.st.Revision(ctx)
	must(t, err)
	good := *e.rows[0].Clone()
	good.ID = "good"
	_, err = e.st.Edit(ctx, e.id, []store.Edit{create(good), replace(e.feature(e.rows[0].ID, "good")), edit, remove(e.rows[1].ID)})
	wantEditError(t, what, err, 2, kind, field)
	if diff := diffRecords(was, e.current(t, e.other)); diff != "" {
		t.Errorf("%s changed the version:\n%s", what, diff)
	}
	if got, err := e.st.Revision(ctx); err != nil || got != revision {
		t.Errorf("%s: revision %d after %d, %v", what, got, revision, err)
	}
	if got, _ := changes(t, e.st, e.id, was.Number, was.Edits); len(got) != 0 {
		t.Errorf("%s: changes %v", what, got)
	}
	e.check(t)
}

func testEditErrors(t *testing.T, s *suite) {
	ctx := testContext(t)
	t.Run("Schema", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: fields("name", geo.TypeText, "int", geo.TypeInteger, "num", geo.TypeNumber,
			"yes", geo.TypeBoolean, "day", geo.TypeDate, "at", geo.TypeDateTime, "tags", geo.TypeTextArray, "doc", geo.TypeJSON)}}
		values := func() []geo.Value {
			return []geo.Value{geo.Text("x"), geo.Integer(1), geo.Number(1.5), geo.Boolean(true), geo.Date(1), geo.DateTime(geo.Date(1).Time()), geo.TextArray(nil), geo.JSON("{}")}
		}
		tb.rows = []geo.Feature{row("a", "POINT (1 2)", values()...), row("b", "", values()...)}
		e := s.edit(t, "schema", tb, true)
		for i, f := range tb.schema.Fields {
			for j, v := range values() {
				if i == j || f.Name == "num" && v.Type() == geo.TypeInteger {
					continue
				}
				bad := row("c", "POINT (1 2)", values()...)
				bad.Values[i] = v
				e.refused(t, fmt.Sprintf("%v in %s", v.Type(), f.Name), create(bad), geo.KindInvalid, f.Name)
			}
		}
		with := func(change func(f *geo.Feature)) geo.Feature {
			f := row("a", "POINT (1 2)", values()...)
			change(&f)
			return f
		}
		for _, tt := range []struct {
			name, field string
			change      func(f *geo.Feature)
		}{
			{"NUL", "name", func(f *geo.Feature) { f.Values[0] = geo.Text("a\x00b") }},
			{"not UTF-8", "name", func(f *geo.Feature) { f.Values[0] = geo.Text("a\xff") }},
			{"not JSON", "doc", func(f *geo.Feature) { f.Values[7] = geo.JSON("{") }},
			{"too few values", "", func(f *geo.Feature) { f.Values = f.Values[:3] }},
			{"no values", "", func(f *geo.Feature) { f.Values = nil }},
			{"too many values", "", func(f *geo.Feature) { f.Values = append(f.Values, geo.Value{}) }},
			{"another kind of geometry", "", func(f *geo.Feature) { f.Geometry = shape("LINESTRING (0 0, 1 1)") }},
			{"parts", "", func(f *geo.Feature) { f.Geometry = shape("MULTIPOINT ((0 0), (1 1))") }},
			{"a height", "", func(f *geo.Feature) { f.Geometry = shape("POINT Z (1 2 3)") }},
			{"not a number", "", func(f *geo.Feature) { f.Geometry.T().FlatCoords()[0] = math.NaN() }},
			{"infinite", "", func(f *geo.Feature) { f.Geometry.T().FlatCoords()[1] = math.Inf(1) }},
		} {
			e.refused(t, "replace: "+tt.name, replace(with(tt.change)), geo.KindInvalid, tt.field)
			created := with(tt.change)
			created.ID = "c"
			e.refused(t, "create: "+tt.name, create(created), geo.KindInvalid, tt.field)
		}
		for _, id := range []string{"a\x00", "a\xff"} {
			e.refused(t, fmt.Sprintf("id %q", id), create(row(id, "", values()...)), geo.KindInvalid, "")
		}
		e.refused(t, "no kind", store.Edit{Feature: row("a", "", values()...)}, geo.KindInvalid, "")
		e.refused(t, "unknown kind", store.Edit{Kind: 9, Feature: row("a", "", values()...)}, geo.KindInvalid, "")
		good := row("c", "POINT (1 2)", values()...)
		good.Values[2] = geo.Integer(3)
		if _, err := s.st.Edit(ctx, "schema", []store.Edit{create(good)}); err != nil {
			t.Errorf("an integer in a field of numbers: %v", err)
		} else if f, err := s.st.Feature(ctx, "schema", "c"); err != nil || f.Values[2] != geo.Number(3) {
			t.Errorf("an integer in a field of numbers reads as %+v, %v", f, err)
		}
	})
	t.Run("Geometry of a table without", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Fields: fields("name", geo.TypeText)}, rows: []geo.Feature{row("a", "", geo.Text("x")), row("b", "", geo.Text("y"))}}
		e := s.edit(t, "plain", tb, true)
		e.refused(t, "a point", replace(row("a", "POINT (1 2)", geo.Text("x"))), geo.KindInvalid, "")
	})
	t.Run("State", func(t *testing.T) {
		e := s.edit(t, "state", places("a", "b", "c"), true)
		e.apply(t, remove("c"))
		e.refused(t, "create what exists", create(place("b", "")), geo.KindConflict, "")
		e.refused(t, "create twice", create(place("good", "")), geo.KindConflict, "")
		e.refused(t, "replace nothing", replace(place("x", "")), geo.KindNotFound, "")
		e.refused(t, "delete nothing", remove("x"), geo.KindNotFound, "")
		e.refused(t, "replace what was deleted", replace(place("c", "")), geo.KindNotFound, "")
		e.refused(t, "delete what was deleted", remove("c"), geo.KindNotFound, "")
		for _, f := range e.rows { // a fid is no id
			e.refused(t, "delete by fid", remove(fmt.Sprint(f.FID)), geo.KindNotFound, "")
		}
	})
	t.Run("Expect", func(t *testing.T) {
		e := s.edit(t, "expect", places("a", "b", "c", "d"), true)
		seen, err := e.other.Feature(ctx, "expect", "b")
		must(t, err)
		expecting := func(edit store.Edit, change func(f *geo.Feature)) store.Edit {
			edit.Expect = seen.Clone()
			if change != nil {
				change(edit.Expect)
			}
			return edit
		}
		for what, change := range map[string]func(f *geo.Feature){
			"another value":    func(f *geo.Feature) { f.Values[1] = geo.Integer(77) },
			"null":             func(f *geo.Feature) { f.Values[0] = geo.Value{} },
			"another place":    func(f *geo.Feature) { f.Geometry = shape("POINT (1 2)") },
			"no place":         func(f *geo.Feature) { f.Geometry = geo.Geometry{} },
			"too few values":   func(f *geo.Feature) { f.Values = f.Values[:1] },
			"an empty feature": func(f *geo.Feature) { *f = geo.Feature{} },
		} {
			e.refused(t, "replace expecting "+what, expecting(replace(place("b", "")), change), geo.KindConflict, "")
			e.refused(t, "delete expecting "+what, expecting(remove("b"), change), geo.KindConflict, "")
		}
		e.refused(t, "expect what is gone", expecting(remove("x"), nil), geo.KindNotFound, "")
		e.apply(t, expecting(replace(place("b", "POINT (9 9)")), nil))
		e.refused(t, "the state before", expecting(replace(place("b", "")), nil), geo.KindConflict, "")
		seen, err = e.other.Feature(ctx, "expect", "b")
		must(t, err)
		e.apply(t, expecting(replace(place("b", "POINT (8 8)")), nil), replace(place("b", "")))
		seen, err = s.st.Feature(ctx, "expect", "b")
		must(t, err)
		e.apply(t, expecting(remove("b"), nil))
	})
	t.Run("Names", func(t *testing.T) {
		put(t, s.st, "empty")
		for _, id := range []string{"absent", "empty"} {
			_, err := s.st.Edit(ctx, id, []store.Edit{create(place("a", ""))})
			wantKind(t, "Edit "+id, err, geo.KindNotFound)
			for _, err := range s.st.Changes(ctx, id, 1, 0) {
				wantKind(t, "Changes "+id, err, geo.KindNotFound)
			}
		}
	})
}
