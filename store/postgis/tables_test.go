package postgis_test

import (
	"slices"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// TestVersionsOfRenamed has another program rename a dataset and give its former
// id to a new one with as many versions: a reader that asks for a version by number
// finds that of the new one as soon as it has seen the revision.
func TestVersionsOfRenamed(t *testing.T) {
	url := pgtest.Database(t)
	reader, writer := open(t, url), open(t, url)
	first := loadRows(t, writer, "d", pointSchema, points(t, 1, 3)...)
	look := func(id string) (ids []string, err error) {
		for f, err := range reader.Features(t.Context(), id, store.Query{Version: first.Number, Limit: 1}) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, f.ID)
		}
		return ids, nil
	}
	follow := func() {
		t.Helper()
		if _, err := reader.Revision(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := func(id, feature string) {
		t.Helper()
		for range 2 { // the second time without looking the version up
			if got, err := look(id); err != nil || len(got) != 1 || got[0] != feature {
				t.Fatalf("version %d of %q begins with %q, %v; want %q", first.Number, id, got, err, feature)
			}
		}
	}
	follow()
	want("d", "k1")

	if err := writer.PutDataset(t.Context(), catalog.Dataset{ID: "e", Aliases: []string{"d"}}); err != nil {
		t.Fatal(err)
	}
	follow()
	want("e", "k1")
	if got, err := look("d"); geo.KindOf(err) != geo.KindNotFound {
		t.Fatalf("the former id gives %q, %v", got, err)
	}
	if v := loadRows(t, writer, "d", pointSchema, points(t, 7, 9)...); v.Number != first.Number {
		t.Fatalf("the new dataset begins with version %d", v.Number)
	}
	follow()
	want("d", "k7")
	want("e", "k1")

	// What this process itself drops is gone at once.
	for range 2 {
		loadRows(t, reader, "e", pointSchema, points(t, 1, 3)...)
	}
	want("e", "k1")
	if _, err := reader.Prune(t.Context(), "e", catalog.Keep{Versions: 1}); err != nil {
		t.Fatal(err)
	}
	if got, err := look("e"); geo.KindOf(err) != geo.KindNotFound {
		t.Fatalf("a version that was dropped gives %q, %v", got, err)
	}
}

// TestVersionsOfOthers has another program edit, roll back and prune a version that
// a reader asks for by number: the reader, which is told of nothing, sees each at once.
func TestVersionsOfOthers(t *testing.T) {
	url := pgtest.Database(t)
	reader, writer := open(t, url), open(t, url)
	loadRows(t, writer, "d", pointSchema, points(t, 1, 3)...)
	second := loadRows(t, writer, "d", pointSchema, points(t, 1, 3)...)
	if _, err := reader.Revision(t.Context()); err != nil {
		t.Fatal(err)
	}
	far := geo.Bounds{MinX: 100, MinY: 10, MaxX: 101, MaxY: 11}
	names := func(q store.Query) (names []string, err error) {
		q.Version = second.Number
		for f, err := range reader.Features(t.Context(), "d", q) {
			if err != nil {
				return nil, err
			}
			names = append(names, f.ID+" "+f.Values[0].String())
		}
		return names, nil
	}
	want := func(what string, q store.Query, want ...string) {
		t.Helper()
		for range 2 { // the second time without looking the version up
			if got, err := names(q); err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s: %q, %v; want %q", what, got, err, want)
			}
		}
	}
	want("whole", store.Query{}, "k1 x", "k2 x", "k3 x")
	want("a box where nothing is", store.Query{Bounds: &far})

	edited := geo.Feature{ID: "k2", Values: []geo.Value{geo.Text("y"), geo.Integer(2)}}
	if _, err := writer.Edit(t.Context(), "d", []store.Edit{{Kind: store.Replace, Feature: edited}}); err != nil {
		t.Fatal(err)
	}
	want("edited", store.Query{}, "k1 x", "k2 y", "k3 x")
	want("a box, and what has lost its geometry", store.Query{Bounds: &far}, "k2 y")

	if _, err := writer.Rollback(t.Context(), "d"); err != nil {
		t.Fatal(err)
	}
	if got, err := names(store.Query{}); err == nil && !slices.Equal(got, []string{"k1 x", "k2 y", "k3 x"}) {
		t.Errorf("after the rollback: %q", got)
	}
	loadRows(t, writer, "d", pointSchema, points(t, 1, 3)...) // a prune keeps what was rolled back until then
	if dropped, err := writer.Prune(t.Context(), "d", catalog.Keep{Versions: 1}); err != nil || len(dropped) != 2 {
		t.Fatal(dropped, err)
	}
	for _, q := range []store.Query{{}, {Bounds: &far}, {Limit: 1}} {
		if got, err := names(q); geo.KindOf(err) != geo.KindNotFound {
			t.Errorf("a version that another program dropped gives %q, %v", got, err)
		}
	}
}
