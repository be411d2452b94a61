package live

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"puy/catalog"
	"puy/store"
)

const (
	// interval is how often the store is asked whether anything changed, should
	// Watch not tell, which it does at once.
	interval = 5 * time.Second
	// pause is the least time between two readings, so that heavy editing is read
	// some times a second, not with every edit.
	pause = 100 * time.Millisecond
	// again is how soon a reading that failed is tried again: what was told is not
	// told twice, and one broken connection of a pool is no reason to be late.
	again = 300 * time.Millisecond
)

// patience bounds one round of questions to the store.
const patience = 10 * time.Second

// Source is what a Catalogue needs of a store.
type Source interface {
	Portal(ctx context.Context) (catalog.Portal, error)
	Datasets(ctx context.Context) ([]store.Dataset, error)
	Revision(ctx context.Context) (int64, error)
	Watch(ctx context.Context, changed func())
}

// Catalogue follows a store's catalogue. Its methods may be called from many
// goroutines.
type Catalogue struct {
	source Source
	log    *slog.Logger
	view   atomic.Pointer[View]
	last   atomic.Pointer[outcome]

	mu   sync.Mutex // one refresh at a time
	stop context.CancelFunc
	done chan struct{}
}

// outcome is how the last refresh went.
type outcome struct{ err error }

// New reads the catalogue of s and follows it until Close or the end of ctx.
// It gives the store's error where the first reading fails.
func New(ctx context.Context, s Source, log *slog.Logger) (*Catalogue, error) {
	c := &Catalogue{source: s, log: log, done: make(chan struct{})}
	if err := c.Refresh(ctx); err != nil {
		return nil, err
	}
	ctx, c.stop = context.WithCancel(ctx)
	go c.follow(ctx)
	return c, nil
}

// View gives the catalogue as last read. It never waits and is never nil; what
// it points to does not change.
func (c *Catalogue) View() *View { return c.view.Load() }

// Err tells why the last refresh failed, nil where it did not.
func (c *Catalogue) Err() error { return c.last.Load().err }

// Close stops following. View goes on answering.
func (c *Catalogue) Close() {
	c.stop()
	<-c.done
}

// Refresh reads the catalogue now if the store's revision is another than the
// view's. On an error the view stays.
func (c *Catalogue) Refresh(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.refresh(ctx)
	c.last.Store(&outcome{err})
	return err
}

func (c *Catalogue) refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// The revision is read first: a change meanwhile is then seen next time.
	revision, err := c.source.Revision(ctx)
	if err != nil {
		return err
	}
	if old := c.view.Load(); old != nil && old.Revision == revision {
		return nil
	}
	portal, err := c.source.Portal(ctx)
	if err != nil {
		return err
	}
	datasets, err := c.source.Datasets(ctx)
	if err != nil {
		return err
	}
	c.view.Store(newView(revision, portal, datasets))
	return nil
}

// follow reads the catalogue again when the store tells of a change, and now and
// then: the change of which it could not tell is not to be missed.
func (c *Catalogue) follow(ctx context.Context) {
	defer close(c.done)
	news := make(chan struct{}, 1)
	var watching sync.WaitGroup
	watching.Go(func() {
		c.source.Watch(ctx, func() {
			select {
			case news <- struct{}{}:
			default: // the next reading sees this change as well
			}
		})
	})
	defer watching.Wait()
	failing := false
	wait := func(d time.Duration, news <-chan struct{}) bool {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
		case <-news:
		}
		return true
	}
	for next := interval; wait(next, news); {
		err := c.Refresh(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			c.log.Error("the catalogue cannot be read; the last one is served", "error", err)
		case err == nil && failing:
			c.log.Info("the catalogue can be read again")
		}
		failing = err != nil
		if next = interval; failing {
			next = again
		}
		if !wait(pause, nil) {
			return
		}
	}
}
