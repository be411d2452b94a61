package gpkg_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"puy/catalog"
	"puy/geo"
	format "puy/geo/format/gpkg"
	"puy/store"
)

// TestSortWhatDoesNotFit pages, a row at a time, through values that another
// program wrote and that are read as null: each row comes once.
func TestSortWhatDoesNotFit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy.gpkg")
	s := open(t, path)
	defer s.Close()
	if err := s.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	fields := []geo.Field{{Name: "text", Type: geo.TypeText}, {Name: "integer", Type: geo.TypeInteger}, {Name: "number", Type: geo.TypeNumber},
		{Name: "boolean", Type: geo.TypeBoolean}, {Name: "date", Type: geo.TypeDate}, {Name: "at", Type: geo.TypeDateTime}}
	l, err := s.Begin(t.Context(), "d", store.LoadSpec{Schema: geo.Schema{Fields: fields}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	const rows = 12
	for i := range rows {
		if err := l.Write(t.Context(), &geo.Feature{FID: int64(i + 1), Values: make([]geo.Value, len(fields))}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), store.Outcome{}); err != nil {
		t.Fatal(err)
	}
	db, err := format.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, row := range []string{"'b', 2, 0.5, 1, '2024-01-02', '2024-01-01T10:00:00.000Z'", "x'00', 'b', 'b', 'b', 'b', 'b'", "x'ff', 1.5, 9e999, 2, '2024-02-31', '2024-02-31T00:00:00Z'",
		"'a', 1, -9e999, 0, '2024-01-01', '2024-01-01 11:00:00+01:00'", "5, 1e300, x'31', 0.5, 20240101, 20240101", "'', x'31', 1, x'00', '2024-1-1', ''",
		"'B', -1, -0.5, '1', '', '2024-01-01T10:00:00Z'", "'é', '7', '7', 'true', 'now', 'now'"} {
		run(t, db, "UPDATE d SET (text, integer, number, boolean, date, at) = ("+row+") WHERE fid = "+strconv.Itoa(i+2))
	}
	for at, field := range fields {
		for _, descending := range []bool{false, true} {
			q := store.Query{Sort: []store.Order{{Field: field.Name, Descending: descending}}}
			var whole, paged []int64
			for f, err := range s.Features(t.Context(), "d", q) {
				if err != nil {
					t.Fatal(err)
				}
				whole = append(whole, f.FID)
			}
			q.Limit = 1
			for more := true; more && len(paged) <= rows; {
				more = false
				for f, err := range s.Features(t.Context(), "d", q) {
					if err != nil {
						t.Fatal(err)
					}
					paged, more = append(paged, f.FID), true
					q.After, q.AfterValues = f.FID, []geo.Value{f.Values[at]}
				}
			}
			if !slices.Equal(whole, paged) || len(paged) != rows {
				t.Errorf("%s, descending %v: by pages %v, whole %v", field.Name, descending, paged, whole)
			}
		}
	}
}
