package tiles

import (
	"context"
	"errors"
	"time"

	"puy/geo"
)

const (
	defaultFoldQuiet   = 30 * time.Second
	defaultFoldChanges = 1000
	fewChanges         = 64 // are no reason to fold even where they are all there is
	foldBytes          = 64 << 20
	// A snapshot that takes long to build is built more seldom, so that building
	// takes no more than this share of the time.
	buildShare = 20
)

// planFold sees to it that the overlay of e becomes part of a snapshot: now
// where it has grown, else once nothing has changed for a while.
func (s *Service) planFold(e *edition, st *state) {
	n := st.over.Len()
	switch {
	case n == 0 || s.foldQuiet < 0:
	case n > min(s.foldChanges, max(fewChanges, int(e.version.Rows/8))) || st.over.Bytes() > foldBytes:
		s.foldLater(e, 0, false)
	default:
		s.foldLater(e, max(s.foldQuiet, buildShare*time.Duration(e.buildTook.Load())), false)
	}
}

// foldLater folds e after a while, or now. A fold that is running is followed by
// another one.
func (s *Service) foldLater(e *edition, wait time.Duration, anew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || e.retired {
		return
	}
	e.foldAnew = e.foldAnew || anew
	if e.folding {
		e.foldAgain = true
		return
	}
	if e.timer != nil {
		e.timer.Stop()
	}
	if wait > 0 {
		e.timer = time.AfterFunc(wait, func() { s.foldLater(e, 0, false) })
		return
	}
	e.folding = true
	s.folds.Go(func() { s.foldNow(e) })
}

// foldNow folds e and plans what comes next.
func (s *Service) foldNow(e *edition) {
	s.mu.Lock()
	anew := e.foldAnew
	e.foldAnew, e.foldAgain = false, false
	s.mu.Unlock()
	err := s.fold(s.alive, e, anew)
	if err == nil {
		e.rest.Store(0)
	}
	s.mu.Lock()
	e.folding = false
	again := e.foldAgain || e.foldAnew
	s.mu.Unlock()
	switch {
	case s.alive.Err() != nil || s.outdated(e):
	case err != nil:
		s.log.Error("changes cannot be made part of a tile snapshot", "dataset", e.id, "version", e.version.Number, "err", err)
		s.foldLater(e, retryAfter, anew)
	case again:
		s.planFold(e, e.state.Load())
	}
}

// fold builds a snapshot of what e is now, which takes the place of the old one
// and its overlay; what changes meanwhile is in the new overlay. Tiles go on
// being cut from the old one until then.
//
// Generalisation may differ afterwards: of the zooms where there is any, the
// tiles that the folded changes touched are stale again, and a whole zoom where
// the number of what is drawn differs by more than the changes explain, because
// its thresholds have moved and tile borders would show. Deeper tiles hold what
// they held.
func (s *Service) fold(ctx context.Context, e *edition, anew bool) error {
	v, t, err := s.source.Version(ctx, e.id)
	if err != nil {
		return err
	}
	if !e.is(&v, t) {
		return nil // who asks for the next tile will see
	}
	if !anew {
		if err := s.catchUp(ctx, e, v.Edits); err != nil {
			return err
		}
		if e.state.Load().over.Len() == 0 {
			return nil
		}
	}
	path := e.path(v.Edits)
	if old := e.state.Load().base; old.path == path {
		return nil
	}
	fresh, err := s.make(ctx, e, path, v.Edits)
	if err != nil {
		return err
	}
	e.updating.Lock()
	defer e.updating.Unlock()
	next, err := s.swap(ctx, e, fresh, anew)
	if err == nil {
		err = s.put(e, next)
	}
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.retireBase(fresh, true)
		return err
	}
	s.stats.folds.Add(1)
	s.planFold(e, next)
	return nil
}

// swap gives the state of e on another snapshot. e.updating is held.
func (s *Service) swap(ctx context.Context, e *edition, fresh *base, anew bool) (*state, error) {
	old := e.state.Load()
	st := &state{step: old.step, edits: fresh.edits, tag: tagOfEdits(e.version, fresh.edits), base: fresh, journal: old.journal}
	if anew {
		st.step++
		st.journal = journal{floor: st.step, edits: st.edits}
		next, err := s.advance(ctx, e, st, st.edits, st.edits)
		if errors.Is(err, errTooMany) || geo.KindOf(err) == geo.KindConflict {
			return st, nil // more came than can be followed: the next tile that is asked for begins again
		}
		return next, err
	}
	release, err := s.hold(old.base)
	if err != nil {
		return nil, err
	}
	defer release()
	next, err := s.advance(ctx, e, st, old.edits, old.edits)
	if err != nil {
		return nil, err
	}
	boxes, known := old.journal.boxesSince(old.base.edits)
	next.step++
	next.journal = next.journal.with(batch{step: next.step, edits: next.edits, boxes: boxes, generalised: true})
	changes := int64(2 * old.over.Len())
	for zoom := range next.journal.zooms {
		moved := old.base.snap.Drawn(zoom) - fresh.snap.Drawn(zoom)
		if !known || max(moved, -moved) > changes {
			next.journal.zooms[zoom] = next.step
		}
	}
	return next, nil
}
