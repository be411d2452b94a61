package tiles

import (
	"context"
	"errors"
	"time"

	"puy/geo"
)

// catchPatience is how long a tile waits for changes that are known to be there.
// After that it is given as it was.
const catchPatience = 1500 * time.Millisecond

// ready gives the state of e with the first `edits` edits in it, or without the
// last of them where they cannot be had soon.
func (s *Service) ready(ctx context.Context, e *edition, edits int64) (*state, error) {
	st := e.state.Load()
	if st != nil && st.edits >= edits {
		return st, nil
	}
	if st == nil {
		_, err := s.builds.do(ctx, e.serial, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.build(ctx, e, edits) })
		if err != nil {
			return nil, err
		}
	}
	for range 2 { // what another waited for may have been an edit less
		st = e.state.Load()
		if st == nil {
			return nil, replaced(e)
		}
		if st.edits >= edits || time.Now().UnixNano() < e.rest.Load() {
			return st, nil
		}
		soon, cancel := context.WithTimeout(ctx, catchPatience)
		_, err := s.updates.do(soon, e.serial, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.catchUp(ctx, e, edits) })
		cancel()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			break
		}
	}
	return e.state.Load(), nil
}

// catchUp brings e up to date.
func (s *Service) catchUp(ctx context.Context, e *edition, edits int64) error {
	e.updating.Lock()
	defer e.updating.Unlock()
	st := e.state.Load()
	if st.edits >= edits {
		return nil
	}
	start := time.Now()
	next, err := s.advance(ctx, e, st, edits, st.edits)
	if errors.Is(err, errTooMany) || geo.KindOf(err) == geo.KindConflict {
		s.log.Info("a tile snapshot is made anew", "dataset", e.id, "version", e.version.Number, "edits", edits, "because", err)
		// Tiles are given as they were until that is done.
		e.rest.Store(time.Now().Add(time.Hour).UnixNano())
		s.foldLater(e, 0, true)
		return err
	}
	if err == nil {
		err = s.put(e, next)
	}
	if err != nil {
		e.rest.Store(time.Now().Add(time.Second).UnixNano())
		s.log.Warn("tiles cannot follow the changes", "dataset", e.id, "version", e.version.Number, "err", err)
		return err
	}
	s.stats.changes.Add(uint64(len(next.journal.batches[len(next.journal.batches)-1].fids)))
	s.log.Debug("tiles follow changes", "dataset", e.id, "version", e.version.Number, "edits", next.edits,
		"overlay", next.over.Len(), "took", time.Since(start).Round(time.Microsecond), "stale", s.stats.stale.Load())
	s.planFold(e, next)
	return nil
}

// forget makes all tiles of e stale that have been cut so far.
func (s *Service) forget(e *edition) error {
	e.updating.Lock()
	defer e.updating.Unlock()
	next := *e.state.Load()
	next.step++
	next.journal.floor = next.step
	return s.put(e, &next)
}
