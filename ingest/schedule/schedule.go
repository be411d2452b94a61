package schedule

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/store"
)

// Store is what keeps the datasets and the state of their refreshes.
type Store interface {
	Datasets(ctx context.Context) ([]store.Dataset, error)
	Refreshes(ctx context.Context) ([]store.Refresh, error)
	// ClaimRefresh gives holder the lease of a dataset whose refresh is due and
	// that nobody holds, and tells whether it did.
	ClaimRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (store.Refresh, bool, error)
	// KeepRefresh prolongs a lease; false where holder has none any more.
	KeepRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (bool, error)
	// PutRefresh keeps a state and ends the lease of holder.
	PutRefresh(ctx context.Context, r store.Refresh, holder string) error
}

// Options of a schedule.
type Options struct {
	// Refresh brings one dataset up to date, keeps how that went, and ends the
	// lease of holder, as ingest.Refresh does.
	Refresh  func(ctx context.Context, d catalog.Dataset, holder string) (*ingest.Report, error)
	AtOnce   int           // how many refreshes run at once; 0 for 2
	Deadline time.Duration // of one refresh; 0 for an hour
	Lease    time.Duration // after which another process takes over from one that died; 0 for two minutes
	Poll     time.Duration // how often the store is asked for what is due; 0 for 15 seconds
	Log      *slog.Logger  // nil: slog.Default
}

// Run refreshes what is due until ctx ends, and returns when all that it began
// has ended. A store that does not answer is asked again.
func Run(ctx context.Context, st Store, opt Options) {
	opt.AtOnce = cmp.Or(opt.AtOnce, 2)
	opt.Deadline = cmp.Or(opt.Deadline, time.Hour)
	opt.Lease = cmp.Or(opt.Lease, 2*time.Minute)
	opt.Poll = cmp.Or(opt.Poll, 15*time.Second)
	opt.Log = cmp.Or(opt.Log, slog.Default())
	r := &runner{Options: opt, store: st, holder: rand.Text(), running: map[string]bool{}, ended: make(chan struct{}, 1)}
	for ctx.Err() == nil {
		wait, err := r.begin(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("the schedule cannot be read", "error", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-r.ended:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	r.group.Wait()
}

type runner struct {
	Options
	store  Store
	holder string
	group  sync.WaitGroup
	ended  chan struct{} // told of each refresh that ends

	mu      sync.Mutex
	running map[string]bool
}

// due is a dataset with the time of its next refresh.
type due struct {
	dataset catalog.Dataset
	at      time.Time
}

// begin starts what is due, as far as there is room, and tells when to look again.
func (r *runner) begin(ctx context.Context) (wait time.Duration, err error) {
	list, err := r.list(ctx)
	if err != nil {
		return r.Poll, err
	}
	now := time.Now()
	for _, d := range list {
		if d.at.After(now) {
			return min(r.Poll, d.at.Sub(now)), nil
		}
		if !r.reserve(d.dataset.ID) {
			continue
		}
		_, claimed, err := r.store.ClaimRefresh(ctx, d.dataset.ID, r.holder, r.Lease)
		if err != nil || !claimed { // another process has it, or has had it
			r.release(d.dataset.ID)
			if err != nil {
				return r.Poll, err
			}
			continue
		}
		r.group.Go(func() { r.run(ctx, d.dataset) })
	}
	return r.Poll, nil
}

// list gives the datasets that have a schedule, the longest due first.
func (r *runner) list(ctx context.Context) ([]due, error) {
	datasets, err := r.store.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	states, err := r.store.Refreshes(ctx)
	if err != nil {
		return nil, err
	}
	next := make(map[string]time.Time, len(states))
	for _, s := range states {
		next[s.Dataset] = s.Next
	}
	var list []due
	for _, d := range datasets {
		if d.Source.Every > 0 && !d.Source.IsArchive() {
			list = append(list, due{d.Dataset, next[d.ID]})
		}
	}
	slices.SortStableFunc(list, func(a, b due) int { return a.at.Compare(b.at) })
	return list, nil
}

// reserve tells whether there is room to refresh a dataset here, and takes it.
func (r *runner) reserve(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[id] || len(r.running) >= r.AtOnce {
		return false
	}
	r.running[id] = true
	return true
}

func (r *runner) release(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, id)
}

var errLost = errors.New("another process has taken the refresh over")

// run refreshes one dataset that this process has claimed.
func (r *runner) run(ctx context.Context, d catalog.Dataset) {
	defer func() {
		r.release(d.ID)
		select {
		case r.ended <- struct{}{}:
		default:
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeout(ctx, r.Deadline)
	defer stop()
	r.group.Go(func() { r.keep(ctx, d.ID, cancel) })
	began := time.Now()
	report, err := r.refresh(ctx, d)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	r.tell(d.ID, report, err, time.Since(began))
}

// refresh turns a panic, which only this dataset's source has caused, into an
// error: the server goes on.
func (r *runner) refresh(ctx context.Context, d catalog.Dataset) (report *ingest.Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = geo.Errorf(geo.KindInternal, "the refresh broke: %v", p)
			state := store.Refresh{Dataset: d.ID, Tried: time.Now().UTC(), Failures: 1, Error: err.Error(), Next: time.Now().UTC().Add(max(time.Duration(d.Source.Every), time.Hour))}
			err = errors.Join(err, r.store.PutRefresh(context.WithoutCancel(ctx), state, r.holder))
		}
	}()
	return r.Refresh(ctx, d, r.holder)
}

// keep prolongs the lease of a dataset until ctx ends. A store that does not
// answer, as one file does during a load, is no reason to stop.
func (r *runner) keep(ctx context.Context, id string, cancel context.CancelCauseFunc) {
	ticks := time.NewTicker(r.Lease / 3)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		kept, err := r.store.KeepRefresh(ctx, id, r.holder, r.Lease)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.Log.Warn("a refresh could not be held", "dataset", id, "error", err)
		} else if !kept {
			cancel(errLost)
			return
		}
	}
}

// tell logs how a refresh ended.
func (r *runner) tell(id string, report *ingest.Report, err error, took time.Duration) {
	log := r.Log.With("dataset", id, "seconds", took.Seconds())
	switch {
	case err != nil && report != nil && report.Held:
		log.Warn("a refresh is held for a person", "rows", report.Rows, "error", err)
	case err != nil:
		log.Warn("a refresh failed", "error", err)
	case report != nil && report.Skipped:
		log.Info("a source has not changed")
	case report != nil && report.Version != nil:
		log.Info("a dataset was refreshed", "version", report.Version.Number, "rows", report.Version.Rows, "rejected", report.Rejected)
	}
}
