package gpkg

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// TestSortByKey looks at the plans of pages in the order of the key: they read the
// index from where they begin, and sort nothing.
func TestSortByKey(t *testing.T) {
	for _, typ := range []geo.FieldType{geo.TypeText, geo.TypeInteger} {
		s, err := Open(t.Context(), filepath.Join(t.TempDir(), "puy.gpkg"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		value := func(i int) geo.Value {
			if typ == geo.TypeText {
				return geo.Text(fmt.Sprint("k", i))
			}
			return geo.Integer(int64(i))
		}
		loadKeyed(t, s, geo.Schema{Key: "nom", Fields: []geo.Field{{Name: "nom", Type: typ}, {Name: "n", Type: geo.TypeInteger}}}, value)
		for _, descending := range []bool{false, true} {
			for _, after := range []int64{0, 3} {
				q := store.Query{Limit: 2, Sort: []store.Order{{Field: "nom", Descending: descending}}, After: after}
				if after > 0 {
					q.AfterValues = []geo.Value{value(int(after))}
				}
				plan := strings.ReplaceAll(planOf(t, s, q), "COVERING ", "")
				if !strings.Contains(plan, "USING INDEX puy_key_") || strings.Contains(plan, "TEMP B-TREE") || (after > 0) != strings.Contains(plan, "SEARCH t USING INDEX") {
					t.Errorf("%v, descending %v, after %d:\n%s", typ, descending, after, plan)
				}
			}
		}
		if plan := planOf(t, s, store.Query{Limit: 2, Sort: []store.Order{{Field: "n"}}}); !strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("a field without an index is not sorted:\n%s", plan)
		}
	}
}

// loadKeyed loads nine rows whose key is value of 1 to 9.
func loadKeyed(t *testing.T, s *Store, schema geo.Schema, value func(i int) geo.Value) {
	t.Helper()
	if err := s.PutDataset(t.Context(), catalog.Dataset{ID: "d", Key: schema.Key}); err != nil {
		t.Fatal(err)
	}
	l, err := s.Begin(t.Context(), "d", store.LoadSpec{Schema: schema, Keyed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i := 1; i <= 9; i++ {
		if err := l.Write(t.Context(), &geo.Feature{FID: int64(i), ID: value(i).String(), Values: []geo.Value{value(i), geo.Integer(7)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Duplicates(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), store.Outcome{}); err != nil {
		t.Fatal(err)
	}
}

// planOf gives the plan of the statement for q.
func planOf(t *testing.T, s *Store, q store.Query) (plan string) {
	t.Helper()
	err := s.view(t.Context(), "explain", func(ctx context.Context, tx *sql.Tx) error {
		d, v, err := s.find(ctx, tx, "d", 0)
		if err != nil {
			return err
		}
		sel, err := s.selection(ctx, tx, d, v, q)
		if err != nil {
			return err
		}
		defer sel.release()
		query, args, err := sel.statement(q, "t.fid")
		if err == nil {
			plan, err = s.plan(ctx, slowQuery{"d", 0, query, args})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
