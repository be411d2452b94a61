package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/store"
)

// refreshing is a store that remembers refreshes, beside what store.Store asks for.
type refreshing interface {
	Refreshes(ctx context.Context) ([]store.Refresh, error)
	Refresh(ctx context.Context, dataset string) (store.Refresh, error)
	PutRefresh(ctx context.Context, r store.Refresh, holder string) error
	ClaimRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (store.Refresh, bool, error)
	KeepRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (bool, error)
}

func testRefreshes(t *testing.T, s *suite) {
	ctx := testContext(t)
	st, ok := s.st.(refreshing)
	if !ok {
		t.Fatal("the store remembers no refreshes")
	}
	revision, err := s.st.Revision(ctx)
	must(t, err)
	if r, err := st.Refresh(ctx, "a"); err != nil || r != (store.Refresh{Dataset: "a"}) {
		t.Errorf("before the first: %+v, %v", r, err)
	}
	claim := func(holder string, want bool) store.Refresh {
		t.Helper()
		r, got, err := st.ClaimRefresh(ctx, "a", holder, time.Hour)
		if err != nil || got != want {
			t.Errorf("%s claims: %v, %v", holder, got, err)
		}
		return r
	}
	keep := func(holder string, lease time.Duration, want bool) {
		t.Helper()
		if got, err := st.KeepRefresh(ctx, "a", holder, lease); err != nil || got != want {
			t.Errorf("%s keeps: %v, %v", holder, got, err)
		}
	}
	claim("one", true)
	claim("two", false)
	keep("one", time.Hour, true)
	keep("two", time.Hour, false)

	at := time.Date(2026, 11, 23, 10, 0, 0, 123456000, time.UTC)
	full := store.Refresh{Dataset: "a", Tried: at, Succeeded: at.Add(time.Second), Next: at.Add(time.Hour), Failures: 3, Error: "l'été\x00 \"fini\"",
		Held: &store.Held{Since: at, Rows: 7}, ETag: `W/"x"`, Modified: "Mon", Checksum: "abc"}
	wantKind(t, "of another's lease", st.PutRefresh(ctx, full, "two"), geo.KindConflict)
	must(t, st.PutRefresh(ctx, full, "one"))
	wantKind(t, "of a lease that has ended", st.PutRefresh(ctx, full, "one"), geo.KindConflict)
	if r := claim("two", true); cmp.Diff(full, r) != "" { // that was due long ago
		t.Error(cmp.Diff(full, r))
	}
	keep("two", -time.Second, true)
	claim("three", true) // two is late
	keep("two", time.Hour, false)

	full.Next = time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	must(t, st.PutRefresh(ctx, full, ""))
	keep("three", time.Hour, true)
	must(t, st.PutRefresh(ctx, full, "three"))
	claim("one", false) // it is not due
	must(t, st.PutRefresh(ctx, store.Refresh{Dataset: "0", Error: "b"}, ""))
	list, err := st.Refreshes(ctx)
	if diff := cmp.Diff([]store.Refresh{{Dataset: "0", Error: "b"}, full}, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if now, err := s.st.Revision(ctx); err != nil || now != revision {
		t.Errorf("what is remembered of refreshes changes the catalogue: %d, then %d, %v", revision, now, err)
	}
	claimAtOnce(t, st)
}

// claimAtOnce lets many claim the same: one gets it.
func claimAtOnce(t *testing.T, st refreshing) {
	t.Helper()
	ctx := testContext(t)
	for _, id := range []string{"x", "y", "z"} {
		var group sync.WaitGroup
		var claimed atomic.Int32
		for i := range 8 {
			group.Go(func() {
				_, got, err := st.ClaimRefresh(ctx, id, string(rune('a'+i)), time.Hour)
				if err != nil {
					t.Error(err)
				}
				if got {
					claimed.Add(1)
				}
			})
		}
		group.Wait()
		if n := claimed.Load(); n != 1 {
			t.Errorf("%d have claimed %s", n, id)
		}
	}
}
