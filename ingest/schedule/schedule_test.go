package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/schedule"
	"puy/store"
)

// memory is a schedule.Store of a fake clock.
type memory struct {
	mu       sync.Mutex
	datasets []store.Dataset
	states   map[string]store.Refresh
	holders  map[string]string
	until    map[string]time.Time
	broken   bool
}

func newMemory(every time.Duration, ids ...string) *memory {
	m := &memory{states: map[string]store.Refresh{}, holders: map[string]string{}, until: map[string]time.Time{}}
	for _, id := range ids {
		m.datasets = append(m.datasets, store.Dataset{Dataset: catalog.Dataset{ID: id, Source: catalog.Source{URL: "x", Every: catalog.Every(every)}}})
	}
	return m
}

func (m *memory) Datasets(context.Context) ([]store.Dataset, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return nil, errors.New("gone")
	}
	return slices.Clone(m.datasets), nil
}

func (m *memory) Refreshes(context.Context) (list []store.Refresh, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.states {
		list = append(list, s)
	}
	return list, nil
}

func (m *memory) ClaimRefresh(_ context.Context, id, holder string, lease time.Duration) (store.Refresh, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.states[id].Next.After(time.Now()) || m.until[id].After(time.Now()) {
		return store.Refresh{}, false, nil
	}
	m.holders[id], m.until[id] = holder, time.Now().Add(lease)
	return m.states[id], true, nil
}

func (m *memory) KeepRefresh(_ context.Context, id, holder string, lease time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holders[id] != holder {
		return false, nil
	}
	m.until[id] = time.Now().Add(lease)
	return true, nil
}

func (m *memory) PutRefresh(_ context.Context, r store.Refresh, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holders[r.Dataset] != holder {
		return geo.Errorf(geo.KindConflict, "lost")
	}
	m.states[r.Dataset] = r
	delete(m.holders, r.Dataset)
	delete(m.until, r.Dataset)
	return nil
}

// diary notes when what was refreshed, as "2m a"; each takes as long as took says.
type diary struct {
	mu    sync.Mutex
	store *memory
	began time.Time
	took  time.Duration
	now   map[string]int
	most  int // at once
	text  []string
}

func (d *diary) refresh(ctx context.Context, set catalog.Dataset, holder string) (*ingest.Report, error) {
	d.mu.Lock()
	d.text = append(d.text, fmt.Sprintf("%v %s", time.Since(d.began), set.ID))
	if d.now[set.ID]++; d.now[set.ID] > 1 {
		d.text = append(d.text, "twice at once "+set.ID)
	}
	sum := 0
	for _, n := range d.now {
		sum += n
	}
	d.most = max(d.most, sum)
	d.mu.Unlock()
	select {
	case <-time.After(d.took):
	case <-ctx.Done():
	}
	d.mu.Lock()
	d.now[set.ID]--
	d.mu.Unlock()
	state := store.Refresh{Dataset: set.ID, Next: time.Now().Add(time.Duration(set.Source.Every))}
	return &ingest.Report{Skipped: true}, errors.Join(ctx.Err(), d.store.PutRefresh(ctx, state, holder))
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name    string
		every   time.Duration
		took    time.Duration
		ids     []string
		runners int
		until   time.Duration
		most    int
		want    string
	}{
		{"one dataset", time.Hour, time.Minute, []string{"a"}, 1, 3 * time.Hour, 1, "0s a, 1h1m0s a, 2h2m0s a"},
		{"a run longer than the time between two", 10 * time.Minute, 15 * time.Minute, []string{"a"}, 1, time.Hour, 1, "0s a, 25m0s a, 50m0s a"},
		{"no more at once than asked for", time.Hour, time.Minute, []string{"a", "b", "c", "d"}, 1, time.Hour, 2, "0s a, 0s b, 1m0s c, 1m0s d"},
		{"two that share a store", time.Hour, time.Minute, []string{"a", "b", "c"}, 2, 2 * time.Hour, 3, "0s a, 0s b, 0s c, 1h1m0s a, 1h1m0s b, 1h1m0s c"},
		{"a run of many leases", 3 * time.Hour, time.Hour, []string{"a"}, 2, 3 * time.Hour, 1, "0s a"},
		{"no schedule", 0, time.Minute, []string{"a"}, 1, time.Hour, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(test.every, test.ids...)
				d := &diary{store: m, began: time.Now(), took: test.took, now: map[string]int{}}
				ctx, cancel := context.WithTimeout(t.Context(), test.until)
				defer cancel()
				var group sync.WaitGroup
				for range test.runners {
					group.Go(func() {
						schedule.Run(ctx, m, schedule.Options{Refresh: d.refresh, Log: slog.New(slog.DiscardHandler), Deadline: 2 * time.Hour})
					})
				}
				group.Wait()
				slices.SortStableFunc(d.text, func(a, b string) int { // those of one moment
					x, y, _ := strings.Cut(a, " ")
					v, w, _ := strings.Cut(b, " ")
					if x != v {
						return 0
					}
					return strings.Compare(y, w)
				})
				if got := strings.Join(d.text, ", "); got != test.want || d.most != test.most {
					t.Errorf("got %s, %d at once; want %s, %d", got, d.most, test.want, test.most)
				}
			})
		})
	}
}

// A process that dies leaves a lease, which another waits for.
func TestRunTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(time.Hour, "a")
		m.ClaimRefresh(t.Context(), "a", "the dead", 2*time.Minute)
		d := &diary{store: m, began: time.Now(), now: map[string]int{}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		schedule.Run(ctx, m, schedule.Options{Refresh: d.refresh, Log: slog.New(slog.DiscardHandler)})
		if got := strings.Join(d.text, ", "); got != "2m0s a" {
			t.Error(got)
		}
	})
}

// One whose lease was taken stops, and its end changes nothing.
func TestRunStopsWhenItsLeaseIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(time.Hour, "a")
		d := &diary{store: m, began: time.Now(), took: 30 * time.Minute, now: map[string]int{}}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		time.AfterFunc(5*time.Minute, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.holders["a"], m.until["a"] = "another", time.Now().Add(time.Hour)
		})
		var log strings.Builder
		schedule.Run(ctx, m, schedule.Options{Refresh: d.refresh, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if _, known := m.states["a"]; known || !strings.Contains(log.String(), "another process has taken the refresh over") {
			t.Errorf("%v, %s", m.states, &log)
		}
	})
}

// What one source does must not end the server, and a store that is away for
// some time must not end the schedule.
func TestRunGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(time.Hour, "bad", "good", "slow")
		m.broken = true
		time.AfterFunc(50*time.Second, func() { m.mu.Lock(); m.broken = false; m.mu.Unlock() })
		d := &diary{store: m, began: time.Now(), now: map[string]int{}}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		refresh := func(ctx context.Context, set catalog.Dataset, holder string) (*ingest.Report, error) {
			switch set.ID {
			case "bad":
				panic("index out of range")
			case "slow":
				<-ctx.Done()
				state := store.Refresh{Dataset: set.ID, Error: ctx.Err().Error(), Next: time.Now().Add(time.Hour)}
				return nil, errors.Join(ctx.Err(), m.PutRefresh(context.WithoutCancel(ctx), state, holder))
			}
			return d.refresh(ctx, set, holder)
		}
		var log strings.Builder
		schedule.Run(ctx, m, schedule.Options{Refresh: refresh, AtOnce: 3, Deadline: 10 * time.Minute, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if got := strings.Join(d.text, ", "); got != "1m0s good, 1h1m0s good" {
			t.Error(got)
		}
		if s := m.states["bad"]; s.Failures != 1 || !strings.Contains(s.Error, "index out of range") || !strings.Contains(log.String(), "the schedule cannot be read") {
			t.Errorf("%+v, %s", s, &log)
		}
		if s := m.states["slow"]; s.Error != context.DeadlineExceeded.Error() {
			t.Errorf("%+v", s)
		}
	})
}
