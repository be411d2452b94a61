package storetest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"puy/geo"
	"puy/store"
)

// fidsByKey loads one version and gives the fid of each key.
func fidsByKey(t testing.TB, st store.Store, id string, tb *table) map[string]int64 {
	t.Helper()
	load(t, st, id, tb)
	fids := make(map[string]int64)
	last := int64(0)
	for _, f := range all(t, st, id, store.Query{}) {
		if f.FID <= last {
			t.Errorf("fid %d follows %d", f.FID, last)
		}
		last = f.FID
		fids[f.ID] = f.FID
		if f.Values[0] != geo.Text("<"+f.ID+">") {
			t.Errorf("key %q has the values of another: %v", f.ID, f.Values)
		}
	}
	if len(fids) != len(tb.rows) {
		t.Errorf("%d keys, want %d", len(fids), len(tb.rows))
	}
	return fids
}

func testFIDs(t *testing.T, s *suite) {
	many := make([]string, 3000)
	for i := range many {
		many[i] = fmt.Sprint("k", i)
	}
	shuffled := append([]string(nil), many...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	tests := []struct {
		name     string
		versions [][]string
	}{
		{"same rows", [][]string{{"a", "b", "c"}, {"a", "b", "c"}}},
		{"other order", [][]string{{"a", "b", "c"}, {"c", "a", "b"}, {"b", "c", "a"}}},
		{"row in front", [][]string{{"a", "b"}, {"new", "a", "b"}, {"newer", "new", "a", "b"}}},
		{"row at the end", [][]string{{"a", "b"}, {"a", "b", "new"}}},
		{"row removed", [][]string{{"a", "b", "c"}, {"b", "c"}, {"c"}}},
		{"gone and back", [][]string{{"a", "b"}, {"b"}, {"new", "a", "b"}}},
		{"gone for longer than versions are kept", [][]string{{"a", "b"}, {"b"}, {"b", "c"}, {"d", "b"}, {"e", "b"}, {"f", "a", "b", "c"}}},
		{"all gone and back", [][]string{{"a", "b"}, {}, {"c"}, {"b", "a", "c"}}},
		{"all other", [][]string{{"a", "b"}, {"c", "d", "e"}}},
		{"keys that look alike", [][]string{{"é", "e\u0301", "E", "e", " e", "e ", "1", "01", "1.0"}, {"e ", "1.0", "E", "e\u0301", "01", "é", " e", "1", "e"}}},
		{"empty key", [][]string{{"", "a"}, {"a", ""}}},
		{"many shuffled", [][]string{many, shuffled, shuffled[100:], many}},
		{"many, a few moved", [][]string{many, append(append([]string{"x"}, many[:2900]...), "y")}},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := fmt.Sprint("f", i)
			put(t, s.st, id)
			known, owner := make(map[string]int64), make(map[int64]string)
			for n, keys := range tt.versions {
				for key, fid := range fidsByKey(t, s.reopen(t), id, texts(keys...)) {
					if had, ok := known[key]; ok && had != fid {
						t.Fatalf("version %d: key %q had fid %d, now %d", n+1, key, had, fid)
					}
					if had, ok := owner[fid]; ok && had != key {
						t.Fatalf("version %d: fid %d was of key %q, now of %q", n+1, fid, had, key)
					}
					known[key], owner[fid] = fid, key
				}
			}
		})
	}
	t.Run("after rollback", func(t *testing.T) {
		put(t, s.st, "r")
		first := fidsByKey(t, s.st, "r", texts("a", "b"))
		second := fidsByKey(t, s.st, "r", texts("b", "c"))
		_, err := s.st.Rollback(testContext(t), "r")
		must(t, err)
		third := fidsByKey(t, s.st, "r", texts("d", "c", "b", "a"))
		if third["a"] != first["a"] || third["b"] != first["b"] || third["c"] != second["c"] {
			t.Errorf("fids changed: %v, %v, then %v", first, second, third)
		}
		for _, fid := range []int64{first["a"], first["b"], second["c"]} {
			if third["d"] == fid {
				t.Errorf("the fid of d was another's: %v", third)
			}
		}
	})
	t.Run("kept by an unkeyed version between", func(t *testing.T) {
		put(t, s.st, "u")
		first := fidsByKey(t, s.st, "u", texts("a", "b"))
		tb := texts("", "", "")
		for range 4 {
			loadSpec(t, s.st, "u", store.LoadSpec{Schema: tb.schema}, tb.rows)
		}
		then := fidsByKey(t, s.st, "u", texts("c", "b", "a"))
		if then["a"] != first["a"] || then["b"] != first["b"] || then["c"] == first["a"] || then["c"] == first["b"] {
			t.Errorf("fids were %v, then %v", first, then)
		}
	})
}

func testDuplicates(t *testing.T, s *suite) {
	tests := []struct {
		name   string
		ids    []string
		atMost int
		n      int64
		first  []store.Duplicate
		stay   []int // positions
	}{
		{"none", []string{"a", "b"}, 10, 0, nil, []int{0, 1}},
		{"one", []string{"a", "b", "a"}, 10, 1, []store.Duplicate{{ID: "a", Row: 3, First: 1}}, []int{0, 1}},
		{"several of one", []string{"x", "a", "a", "a"}, 10, 2,
			[]store.Duplicate{{ID: "a", Row: 3, First: 2}, {ID: "a", Row: 4, First: 2}}, []int{0, 1}},
		{"in the order of rows", []string{"b", "a", "a", "b"}, 10, 2,
			[]store.Duplicate{{ID: "a", Row: 3, First: 2}, {ID: "b", Row: 4, First: 1}}, []int{0, 1}},
		{"at most one told", []string{"b", "a", "a", "b"}, 1, 2, []store.Duplicate{{ID: "a", Row: 3, First: 2}}, []int{0, 1}},
		{"none told", []string{"a", "a"}, 0, 1, nil, []int{0}},
		{"not alike enough", []string{"a", "A", "a ", "á"}, 10, 0, nil, []int{0, 1, 2, 3}},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := fmt.Sprint("d", i)
			put(t, s.st, id)
			for version := 1; version <= 2; version++ {
				tb := texts(tt.ids...)
				for j := range tb.rows {
					tb.rows[j].Values[0] = geo.Text(fmt.Sprint("row ", j))
				}
				l := begin(t, s.st, id, tb.spec())
				write(t, l, tb.rows)
				n, first, err := l.Duplicates(testContext(t), tt.atMost)
				must(t, err)
				if n != tt.n {
					t.Errorf("%d duplicates, want %d", n, tt.n)
				}
				if diff := diffRecords(tt.first, first); diff != "" {
					t.Errorf("first (-want +got):\n%s", diff)
				}
				if v := commit(t, l); v.Rows != int64(len(tt.stay)) || v.Modified != 0 || v.Added != 0 {
					t.Errorf("version: %+v", v)
				}
				var stay []geo.Feature
				for _, j := range tt.stay {
					stay = append(stay, tb.rows[j])
				}
				adopt(t, s.st, id, &table{tb.schema, stay})
			}
		})
	}
}

func testUnkeyed(t *testing.T, s *suite) {
	put(t, s.st, "d")
	for version, rows := range []int{3, 5, 2} {
		tb := texts(make([]string, rows)...)
		for i := range tb.rows {
			tb.rows[i].Values[0] = geo.Text(fmt.Sprint("v", version, "r", i))
			tb.rows[i].ID = "ignored or not, never kept"
		}
		v := loadSpec(t, s.st, "d", store.LoadSpec{Schema: tb.schema}, tb.rows)
		if v.Compared || v.Added+v.Removed+v.Modified != 0 || v.Rows != int64(rows) {
			t.Errorf("an unkeyed version: %+v", v)
		}
		got := all(t, s.st, "d", store.Query{})
		for i := range got {
			if got[i].ID != strconv.FormatInt(got[i].FID, 10) {
				t.Errorf("fid %d has the ID %q", got[i].FID, got[i].ID)
			}
			if i < len(tb.rows) {
				tb.rows[i].ID = got[i].ID
			}
		}
		for _, want := range adopt(t, s.st, "d", tb) {
			f, err := s.st.Feature(testContext(t), "d", want.ID)
			must(t, err)
			same(t, "Feature "+want.ID, tb.schema, []geo.Feature{*f}, []geo.Feature{want})
		}
		for _, id := range []string{"0" + got[0].ID, "+" + got[0].ID, " " + got[0].ID, "x", "", "-1", "99999999999999999999"} {
			_, err := s.st.Feature(testContext(t), "d", id)
			wantKind(t, fmt.Sprintf("Feature %q", id), err, geo.KindNotFound)
		}
		if list, err := differences(testContext(t), s.st, "d", v.Number); err != nil || len(list) != 0 {
			t.Errorf("differences %v, %v", list, err)
		}
	}
}
