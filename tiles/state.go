package tiles

import (
	"puy/catalog"
	"puy/geo"
	"puy/tiles/overlay"
	"puy/tiles/snapshot"
)

// state is what an edition is at one moment: a snapshot and what has changed
// since. It is not changed once it is made.
type state struct {
	step    uint64 // counts the states of an edition
	edits   int64  // that it contains at least
	tag     string // of the version with these edits
	base    *base
	over    *overlay.Overlay
	journal journal
}

// base is an open snapshot. What may change is guarded by Service.mu.
type base struct {
	path    string
	edits   int64 // that it contains at least
	snap    *snapshot.Snapshot
	users   int
	retired bool // nothing new is cut from it
	remove  bool // the file goes with the last user
}

func tagOfEdits(v catalog.Version, edits int64) string {
	v.Edits = edits
	return v.Tag()
}

// hold keeps a snapshot open until release. It fails where that has been closed.
func (s *Service) hold(b *base) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.snap == nil {
		return nil, geo.Errorf(geo.KindUnavailable, "the snapshot of these tiles has just been replaced")
	}
	b.users++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if b.users--; b.retired && b.users == 0 {
			s.drop(b)
		}
	}, nil
}

// retireBase closes a snapshot once nobody uses it. s.mu is held.
func (s *Service) retireBase(b *base, remove bool) {
	b.retired, b.remove = true, remove
	if b.users == 0 {
		s.drop(b)
	}
}

// drop closes a snapshot. s.mu is held.
func (s *Service) drop(b *base) {
	if b.snap != nil {
		if err := b.snap.Close(); err != nil {
			s.log.Error("a tile snapshot cannot be closed", "path", b.path, "err", err)
		}
		b.snap = nil
	}
	if b.remove {
		s.removeFile(b.path)
	}
}

// put makes next the state of e, unless e has been replaced meanwhile. Who calls
// it holds e.updating.
func (s *Service) put(e *edition, next *state) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.retired {
		return replaced(e)
	}
	old := e.state.Load()
	e.state.Store(next)
	if old != nil && old.base != next.base {
		s.retireBase(old.base, true)
	}
	return nil
}

func replaced(e *edition) error {
	return geo.Errorf(geo.KindUnavailable, "version %d of %s has just been replaced", e.version.Number, e.id)
}
