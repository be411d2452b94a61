package postgis_test

import (
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
