package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// shelf is a Source whose content the test changes.
type shelf struct {
	mu       sync.Mutex
	revision int64
	datasets []store.Dataset
	err      error
	reads    int
	news     chan struct{}
}

func (s *shelf) Portal(context.Context) (catalog.Portal, error) {
	return catalog.Portal{Title: geo.Localized{FR: "Essai"}}, nil
}

func (s *shelf) Datasets(context.Context) ([]store.Dataset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.datasets, s.err
}

func (s *shelf) Revision(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision, s.err
}

func (s *shelf) Watch(ctx context.Context, changed func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news:
			changed()
		}
	}
}

func (s *shelf) put(err error, datasets ...store.Dataset) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision++
	s.err = err
	s.datasets = datasets
}

func dataset(id string, version int64, change func(*store.Dataset)) store.Dataset {
	d := store.Dataset{Dataset: catalog.Dataset{ID: id}}
	if version > 0 {
		d.Current = &catalog.Version{Number: version}
	}
	if change != nil {
		change(&d)
	}
	return d
}

func ids(datasets []store.Dataset) []string {
	names := []string{}
	for _, d := range datasets {
		names = append(names, d.ID)
	}
	return names
}

func TestViewLeavesOutWhatIsNotPublic(t *testing.T) {
	v := newView(1, catalog.Portal{}, []store.Dataset{
		dataset("velos", 2, func(d *store.Dataset) { d.Aliases = []string{"bus", "cycles"} }),
		dataset("secret", 1, func(d *store.Dataset) { d.Internal = true; d.Aliases = []string{"caché"} }),
		dataset("bus", 1, nil),
		dataset("arbres", 0, nil),
	})
	if diff := cmp.Diff([]string{"arbres", "bus", "velos"}, ids(v.Datasets)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"bus", "velos"}, ids(v.Collections)); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{"velos": "velos", "cycles": "velos", "bus": "bus", "secret": "", "caché": "", "": ""} {
		d, ok := v.Lookup(name)
		if ok != (want != "") || d.ID != want {
			t.Errorf("Lookup(%q) = %q, %v; want %q", name, d.ID, ok, want)
		}
	}
}

func TestCatalogueFollowsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		s.put(nil, dataset("bus", 1, nil))
		c, err := New(t.Context(), s, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		first := c.View()
		if diff := cmp.Diff([]string{"bus"}, ids(first.Datasets)); diff != "" {
			t.Fatal(diff)
		}

		time.Sleep(10 * interval)
		if s.reads != 1 {
			t.Errorf("an unchanged catalogue was read %d times; want 1", s.reads)
		}

		s.put(nil, dataset("bus", 2, nil), dataset("velos", 1, nil))
		time.Sleep(interval + pause + time.Millisecond)
		if diff := cmp.Diff([]string{"bus", "velos"}, ids(c.View().Datasets)); diff != "" {
			t.Error(diff)
		}
		if len(first.Datasets) != 1 {
			t.Error("an old view changed")
		}

		s.put(errors.New("no database"))
		time.Sleep(interval + pause + time.Millisecond)
		if c.Err() == nil || len(c.View().Datasets) != 2 {
			t.Errorf("after a failure: error %v, %d datasets; want an error and the last 2", c.Err(), len(c.View().Datasets))
		}

		s.put(nil)
		if err := c.Refresh(t.Context()); err != nil || len(c.View().Datasets) != 0 || c.Err() != nil {
			t.Errorf("after recovery: %v, %v, %d datasets", err, c.Err(), len(c.View().Datasets))
		}
	})
}

func TestNewGivesTheFirstError(t *testing.T) {
	s := &shelf{}
	s.put(geo.Errorf(geo.KindUnavailable, "no database"))
	if _, err := New(t.Context(), s, slog.New(slog.DiscardHandler)); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("New gave %v; want the store's error", err)
	}
}

// Whatever the store tells of is read at once, however often, but not more often
// than some times a second; and what could not be read is tried again soon.
func TestCatalogueIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{news: make(chan struct{})}
		s.put(nil, dataset("bus", 1, nil))
		c, err := New(t.Context(), s, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s.put(nil, dataset("bus", 2, nil))
		s.news <- struct{}{}
		synctest.Wait()
		if n := c.View().Datasets[0].Current.Number; n != 2 {
			t.Errorf("version %d after the store told of a change", n)
		}
		s.reads = 0
		for i := range int64(1000) {
			s.put(nil, dataset("bus", i+3, nil))
			s.news <- struct{}{}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(pause)
		if n := c.View().Datasets[0].Current.Number; n != 1002 || s.reads > 12 {
			t.Errorf("version %d after 1000 changes in a second, read %d times", n, s.reads)
		}
		time.Sleep(pause)
		s.put(errors.New("a lost connection"))
		s.news <- struct{}{}
		synctest.Wait()
		s.put(nil, dataset("bus", 2000, nil))
		time.Sleep(again + 3*pause)
		if n := c.View().Datasets[0].Current.Number; n != 2000 {
			t.Errorf("version %d after a reading that failed", n)
		}
	})
}
