package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
)

// versioned is n rows that all say of which version they are, long enough that
// no buffer holds them all.
func versioned(n, version int) *table {
	tb := &table{schema: geo.Schema{Fields: fields("version", geo.TypeInteger, "text", geo.TypeText), Geometry: geo.GeometryPoint}}
	for i := range n {
		tb.rows = append(tb.rows, row(fmt.Sprint("k", i), "POINT (3 45)", geo.Integer(int64(version)), geo.Text(fmt.Sprintf("%0200d", i))))
	}
	return tb
}

// testSnapshot commits so many versions while one is read that it is dropped.
func testSnapshot(t *testing.T, s *suite) {
	const n = 20000
	put(t, s.st, "d")
	load(t, s.st, "d", versioned(n, 1))
	for name, q := range map[string]store.Query{"current": {}, "by number": {Version: 1}} {
		first := versionOf(t, s.st, "d")
		if q.Version != 0 {
			q.Version = first
		}
		seen := 0
		for f, err := range s.st.Features(testContext(t), "d", q) {
			if err != nil {
				t.Fatalf("%s: after %d features: %v", name, seen, err)
			}
			if f.Values[0].Integer() != first {
				t.Fatalf("%s: feature %d is of version %d, not %d", name, seen, f.Values[0].Integer(), first)
			}
			if seen++; seen == 10 {
				for range 4 {
					next := versionOf(t, s.st, "d") + 1
					load(t, s.st, "d", versioned(100, int(next)))
				}
			}
		}
		want := n
		if first > 1 {
			want = 100
		}
		if seen != want {
			t.Errorf("%s: %d features, want %d", name, seen, want)
		}
	}
	_, err := collect(t, s.st, "d", store.Query{Version: 1})
	wantKind(t, "the dropped version, once it is read to its end", err, geo.KindNotFound)
}

func versionOf(t testing.TB, st store.Store, id string) int64 {
	t.Helper()
	d, err := st.Dataset(testContext(t), id)
	must(t, err)
	return d.Current.Number
}

func testCancel(t *testing.T, s *suite) {
	put(t, s.st, "d")
	load(t, s.st, "d", versioned(50000, 1))
	t.Run("while reading", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		seen, failed := 0, error(nil)
		for _, err := range s.st.Features(ctx, "d", store.Query{}) {
			if err != nil {
				failed = err
				break
			}
			if seen++; seen == 100 {
				cancel()
			}
		}
		if failed == nil || seen == 50000 {
			t.Fatalf("%d features and no error after the context ended", seen)
		}
		if !errors.Is(failed, context.Canceled) {
			t.Errorf("the error does not tell that the context was cancelled: %v", failed)
		}
	})
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for _, err := range s.st.Features(ctx, "d", store.Query{}) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		if _, err := s.st.Dataset(ctx, "d"); !errors.Is(err, context.Canceled) {
			t.Errorf("Dataset: %v", err)
		}
		if _, _, err := s.st.Count(ctx, "d", store.Query{}, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("Count: %v", err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		defer cancel()
		var failed error
		for _, err := range s.st.Features(ctx, "d", store.Query{}) {
			if failed = err; err != nil {
				break
			}
			time.Sleep(100 * time.Microsecond)
		}
		if !errors.Is(failed, context.DeadlineExceeded) {
			t.Errorf("got %v", failed)
		}
	})
	t.Run("load", func(t *testing.T) {
		tb := versioned(10, 2)
		ctx, cancel := context.WithCancel(context.Background())
		l, err := s.st.Begin(ctx, "d", tb.spec())
		must(t, err)
		write(t, l, tb.rows)
		cancel()
		_, err = l.Commit(ctx, store.Outcome{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Commit: %v", err)
		}
		l.Abort()
		if v := versionOf(t, s.st, "d"); v != 1 {
			t.Errorf("version %d is current", v)
		}
	})
	n, _, err := s.st.Count(testContext(t), "d", store.Query{}, 0)
	if err != nil || n != 50000 {
		t.Errorf("afterwards: %d, %v", n, err)
	}
	load(t, s.st, "d", versioned(10, 2))
}

func testBreak(t *testing.T, s *suite) {
	put(t, s.st, "d")
	load(t, s.st, "d", versioned(20000, 1))
	for i := range 200 {
		for _, err := range s.st.Features(testContext(t), "d", store.Query{}) {
			must(t, err)
			break
		}
		for _, err := range s.st.Differences(testContext(t), "d", 1, 0) {
			must(t, err)
			break
		}
		if i%50 == 0 {
			if _, err := s.st.Revision(testContext(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
	load(t, s.st, "d", versioned(10, 2))
	if got := all(t, s.st, "d", store.Query{}); len(got) != 10 {
		t.Errorf("%d features, want 10", len(got))
	}
}

// testConcurrency has readers on two handles, on datasets that two writers load.
func testConcurrency(t *testing.T, s *suite) {
	const n, versions = 500, 6
	other := s.reopen(t)
	ids := []string{"one", "two"}
	for _, id := range ids {
		put(t, s.st, id)
		load(t, s.st, id, versioned(n, 1))
	}
	ctx, stop := context.WithCancel(testContext(t))
	var readers, writers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			st := []store.Store{s.st, other}[i%2]
			for ctx.Err() == nil {
				if err := readOneVersion(ctx, st, ids[i/2%2], n); err != nil && ctx.Err() == nil {
					t.Errorf("reader %d: %v", i, err)
					return
				}
			}
		})
	}
	for _, id := range ids {
		writers.Go(func() {
			for v := 2; v <= versions; v++ {
				tb := versioned(n, v)
				if v%2 == 0 {
					slices.Reverse(tb.rows) // so that every row takes another place
				}
				l, err := s.st.Begin(ctx, id, tb.spec())
				if err != nil {
					t.Errorf("Begin: %v", err)
					return
				}
				for j := range tb.rows {
					tb.rows[j].FID = int64(j + 1)
					if err := l.Write(ctx, &tb.rows[j]); err != nil {
						t.Errorf("Write: %v", err)
					}
				}
				if _, _, err := l.Duplicates(ctx, 1); err != nil {
					t.Errorf("Duplicates: %v", err)
				}
				if got, err := l.Commit(ctx, store.Outcome{}); err != nil || got.Modified != n {
					t.Errorf("Commit: %+v, %v", got, err)
				}
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	for _, id := range ids {
		if v := versionOf(t, other, id); v != versions {
			t.Errorf("%s is at version %d, want %d", id, v, versions)
		}
	}
}

func readOneVersion(ctx context.Context, st store.Store, id string, n int) error {
	seen, version := 0, int64(0)
	for f, err := range st.Features(ctx, id, store.Query{}) {
		if err != nil {
			return err
		}
		if seen++; version == 0 {
			version = f.Values[0].Integer()
		}
		if got := f.Values[0].Integer(); got != version {
			return fmt.Errorf("feature %d is of version %d, not %d", seen, got, version)
		}
	}
	if seen != n {
		return fmt.Errorf("%d features, want %d", seen, n)
	}
	if _, err := st.Feature(ctx, id, "k7"); err != nil {
		return err
	}
	_, _, err := st.Count(ctx, id, store.Query{Where: []store.Condition{{Field: "version", Value: geo.Integer(2)}}}, 0)
	return err
}

func testClose(t *testing.T, s *suite) {
	put(t, s.st, "d")
	load(t, s.st, "d", versioned(50000, 1))
	st := s.open(t)
	seen, failed := 0, error(nil)
	for _, err := range st.Features(testContext(t), "d", store.Query{}) {
		if err != nil {
			failed = err
			break
		}
		if seen++; seen == 5 {
			closed := make(chan error, 1)
			go func() { closed <- st.Close() }()
			select {
			case err := <-closed:
				must(t, err)
			case <-time.After(10 * time.Second):
				t.Fatal("Close waits for a query in flight")
			}
		}
	}
	if failed == nil {
		t.Errorf("a query in flight gave all of %d features after Close", seen)
	}
	if _, err := st.Datasets(testContext(t)); err == nil {
		t.Error("a closed store answers")
	}
	if n := len(all(t, s.st, "d", store.Query{Limit: 3})); n != 3 {
		t.Errorf("another handle gives %d features, want 3", n)
	}
}
