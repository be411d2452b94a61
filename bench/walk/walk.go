package walk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options of one walk.
type Options struct {
	Clients int           // at once, each with a connection of its own; 0 means 1
	Count   int           // requests at most; 0 means one for each place
	Time    time.Duration // no request begins later; 0 means no limit
	Repeat  bool          // begin anew at the end of the places until Count or Time
	// Bust names a query parameter that every request gives another value, for
	// servers and caches that cannot be told to keep nothing.
	Bust string
	// Plain asks for no compression.
	Plain bool
}

// maxRequests bounds the memory of a walk.
const maxRequests = 5_000_000

// Run asks for the places in their order and gives the figures. Answers other
// than 200 and 204 count as failed; a server that does not answer at all is an error.
func Run(ctx context.Context, t Template, places []Place, opt Options) (Figures, error) {
	addresses := make([]string, len(places))
	for i, p := range places {
		addresses[i] = t.Expand(p)
	}
	return Ask(ctx, addresses, opt)
}

// Ask asks for addresses in their order, as Run does.
func Ask(ctx context.Context, addresses []string, opt Options) (Figures, error) {
	opt.Clients = max(opt.Clients, 1)
	if opt.Count <= 0 {
		opt.Count = len(addresses)
		if opt.Repeat {
			opt.Count = maxRequests
		}
	}
	opt.Count = min(opt.Count, maxRequests)
	if !opt.Repeat {
		opt.Count = min(opt.Count, len(addresses))
	}
	if len(addresses) == 0 {
		return Figures{}, fmt.Errorf("there is nothing to ask for")
	}
	var next atomic.Int64
	var group sync.WaitGroup
	walkers := make([]walker, opt.Clients)
	start := time.Now()
	for i := range walkers {
		group.Go(func() { walkers[i].walk(ctx, addresses, &next, start, opt) })
	}
	group.Wait()
	elapsed := time.Since(start)
	all := walker{}
	for i := range walkers {
		w := &walkers[i]
		all.took = append(all.took, w.took...)
		all.bytes, all.failed, all.empty = all.bytes+w.bytes, all.failed+w.failed, all.empty+w.empty
		if all.err == nil {
			all.err = w.err
		}
	}
	if err := ctx.Err(); err != nil {
		return Figures{}, err
	}
	if len(all.took) == 0 {
		return Figures{}, fmt.Errorf("%s: %w", addresses[0], all.err)
	}
	slices.Sort(all.took)
	f := Figures{Requests: len(all.took), Failed: all.failed, Empty: all.empty, Bytes: all.bytes, Seconds: elapsed.Seconds(),
		P50: milliseconds(Percentile(all.took, 50)), P99: milliseconds(Percentile(all.took, 99)), Max: milliseconds(all.took[len(all.took)-1])}
	if all.err != nil {
		f.Failure = all.err.Error()
	}
	return f, nil
}

type walker struct {
	took          []time.Duration
	bytes         int64
	failed, empty int
	err           error // the first
}

func (w *walker) walk(ctx context.Context, addresses []string, next *atomic.Int64, start time.Time, opt Options) {
	c := client{ctx: ctx, plain: opt.Plain}
	defer c.close()
	refused := 0
	for ctx.Err() == nil && refused < 3 {
		begin := time.Now()
		i := int(next.Add(1) - 1)
		if i >= opt.Count || opt.Time > 0 && begin.Sub(start) >= opt.Time {
			return
		}
		address := addresses[i%len(addresses)]
		if opt.Bust != "" {
			address = bust(address, opt.Bust, begin.UnixNano())
		}
		status, size, _, err := c.get(address, io.Discard)
		switch {
		case err != nil:
			w.fail(err)
			w.failed++
			refused++
			continue
		case status == http.StatusNoContent || status == http.StatusOK && size == 0:
			w.empty++
		case status != http.StatusOK:
			w.fail(fmt.Errorf("%s: status %d", address, status))
			w.failed++
		}
		refused = 0
		w.took = append(w.took, time.Since(begin))
		w.bytes += size
	}
}

func (w *walker) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func bust(address, name string, n int64) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + url.QueryEscape(name) + "=" + strconv.FormatInt(n, 36)
}
