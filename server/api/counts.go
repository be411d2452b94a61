package api

import (
	"cmp"
	"context"
	"sync"
	"time"

	"puy/store"
)

const (
	countAtMost   = 100_000                // how far a filtered count goes
	countPatience = 300 * time.Millisecond // how long it may take, unless Options say otherwise
	countsKept    = 2048
)

// counts remembers how many features match a query of one version, so that
// only the first of many pages counts.
type counts struct {
	patience time.Duration // how long one may take

	mu    sync.Mutex
	known map[string]counted
}

type counted struct {
	n     int64
	exact bool
}

func newCounts(patience time.Duration) *counts {
	return &counts{patience: cmp.Or(patience, countPatience), known: map[string]counted{}}
}

// of counts what matches q of a dataset; exact is false where that is too much
// work. Key tells queries apart, and versions.
func (c *counts) of(ctx context.Context, rows Rows, dataset string, q store.Query, key string) (n int64, exact bool) {
	c.mu.Lock()
	known, ok := c.known[key]
	c.mu.Unlock()
	if ok {
		return known.n, known.exact
	}
	limited, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	n, exact, err := rows.Count(limited, dataset, q, countAtMost)
	if err != nil {
		// A count is a courtesy: the page does not fail for want of it.
		n, exact = 0, false
	}
	if ctx.Err() != nil || err != nil && limited.Err() == nil { // it may go better the next time
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= countsKept {
		clear(c.known) // dearer than eviction once in a while, and simpler
	}
	c.known[key] = counted{n, exact}
	return n, exact
}
