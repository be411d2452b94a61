package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"puy/catalog"
	"puy/store"
)

// watchTime is how soon a change must be told.
const watchTime = 2 * time.Second

// watcher keeps the newest revision that was there when Watch called.
type watcher struct {
	seen  atomic.Int64
	calls atomic.Int64
	ended chan struct{}
}

func watch(ctx context.Context, st store.Store) *watcher {
	w := &watcher{ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		st.Watch(ctx, func() {
			w.calls.Add(1)
			if n, err := st.Revision(ctx); err == nil {
				w.seen.Store(max(n, w.seen.Load()))
			}
		})
	}()
	return w
}

// await tells whether a call came while the revision was n or later.
func (w *watcher) await(n int64, within time.Duration) bool {
	for end := time.Now().Add(within); w.seen.Load() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func testWatch(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	e := s.edit(t, "d", places("a", "b", "c"), true)
	watchers := map[string]*watcher{"same handle": watch(ctx, e.st), "other handle": watch(ctx, e.other), "a second one": watch(ctx, e.st)}
	for name, w := range watchers { // until it listens
		for start := time.Now(); w.calls.Load() == 0; {
			put(t, s.st, "other")
			if w.await(1, 100*time.Millisecond); time.Since(start) > 20*time.Second {
				t.Fatalf("%s is never called", name)
			}
		}
	}
	steps := []struct {
		name string
		do   func()
	}{
		{"PutPortal", func() { must(t, s.st.PutPortal(ctx, catalog.Portal{PublicURL: "https://example.org"})) }},
		{"PutDataset", func() { must(t, s.st.PutDataset(ctx, catalog.Dataset{ID: "d", Theme: "x"})) }},
		{"Edit", func() { e.apply(t, replace(e.feature("a", "x"))) }},
		{"create", func() { e.apply(t, create(place("", ""))) }},
		{"delete", func() { e.apply(t, remove("b")) }},
		{"load", func() { e.load(t, places("a", "b")) }},
		{"another load", func() { load(t, e.other, "other", texts("x")) }},
		{"rollback", func() { _, err := s.st.Rollback(ctx, "d"); must(t, err) }},
	}
	for _, step := range steps {
		step.do()
		n, err := s.st.Revision(ctx)
		must(t, err)
		for name, w := range watchers {
			if !w.await(n, watchTime) {
				t.Errorf("%s: the %s was not called within %v", step.name, name, watchTime)
			}
		}
	}
	cancel()
	for name, w := range watchers {
		select {
		case <-w.ended:
		case <-time.After(watchTime):
			t.Errorf("the %s does not end with its context", name)
		}
	}
	ended := watch(ctx, s.st)
	select {
	case <-ended.ended:
	case <-time.After(watchTime):
		t.Error("Watch does not end when its context has ended before")
	}
}

// testWatchAndClose closes a store that is watched.
func testWatchAndClose(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	st := s.open(t)
	w := watch(ctx, st)
	must(t, st.Close())
	put(t, s.st, "d")
	cancel()
	select {
	case <-w.ended:
	case <-time.After(watchTime):
		t.Error("Watch of a closed store does not end with its context")
	}
}
