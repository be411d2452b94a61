package gpkg_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
	"puy/store/gpkg"
)

// TestSlowReadersLeaveRoom has one reader keep all that there is for streams.
func TestSlowReadersLeaveRoom(t *testing.T) {
	s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "puy.gpkg"), gpkg.Options{Readers: 3, QueryTimeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	loadLines(t, s, lines(10, false))
	limited := store.Query{Limit: 5}
	for _, err := range s.Features(t.Context(), "lines", limited) {
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range s.Features(t.Context(), "lines", limited) {
			if geo.KindOf(err) != geo.KindUnavailable {
				t.Error("a second reader:", err)
			}
		}
		if _, err := s.APIKeys(t.Context()); err != nil {
			t.Error("the keys:", err)
		}
		break
	}
	for _, err := range s.Features(t.Context(), "lines", limited) {
		if err != nil {
			t.Error("afterwards:", err)
		}
	}
}

// TestSlowQueryIsTold searches so many rows that a millisecond cannot suffice.
func TestSlowQueryIsTold(t *testing.T) {
	told := make(chan store.SlowQuery, 2)
	s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "puy.gpkg"), gpkg.Options{QueryTimeout: time.Millisecond, Slow: func(q store.SlowQuery) { told <- q }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	loadLines(t, s, lines(50_000, false))
	q := store.Query{Where: []store.Condition{{Field: "name", Value: geo.Text("rue Secrète")}}, Limit: 10}
	ask := map[string]func() error{
		"count": func() error {
			_, _, err := s.Count(t.Context(), "lines", q, 0)
			return err
		},
		"features": func() (err error) {
			for _, err = range s.Features(t.Context(), "lines", q) {
			}
			return err
		},
	}
	for name, ask := range ask {
		err := ask()
		for range 5 { // the first may end while the file is still being opened
			if !store.IsTooSlow(err) {
				err = ask()
			}
		}
		if !store.IsTooSlow(err) || geo.KindOf(err) != geo.KindLimit {
			t.Fatalf("%s: %v", name, err)
		}
		got := <-told
		if got.Dataset != "lines" || got.Allowed != time.Millisecond || !strings.Contains(got.SQL, "SELECT") || !strings.Contains(got.Plan, "SCAN t") {
			t.Errorf("%s: %+v", name, got)
		}
		if strings.Contains(got.SQL+got.Plan, "Secrète") {
			t.Errorf("%s: a value is told: %+v", name, got)
		}
	}
	n := 0
	for _, err := range s.Features(t.Context(), "lines", store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 50_000 {
		t.Errorf("%d rows", n)
	}
}
