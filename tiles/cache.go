package tiles

import "sync/atomic"

// A cached tile is not evicted when something changes: it bears the step of each
// dataset that it was cut from, and whoever asks for it looks whether a later
// step touched it. So a change costs nothing for the tiles that nobody asks for,
// however many zooms, tilesets and tile matrix sets they are of, and a cut that
// began before a change cannot pass for a later one, whenever it is cached. A tile
// of the present step is told by one comparison.

// cached is a tile in the cache.
type cached struct {
	tile Tile
	at   atomic.Pointer[stamp] // nil: it is stale
}

// stamp tells how far the datasets of an assembly were, in the order of its
// layers. It is shared by what was cut from it.
type stamp struct{ steps []uint64 }

// Stats tells what a Service has done since its start.
type Stats struct {
	Changes uint64 // features that changed in place
	Stale   uint64 // tiles of the cache, each in one coding, that were asked for after a change had touched them
	Folds   uint64 // snapshots that took the place of another and its changes
}

// Stats gives the present figures.
func (s *Service) Stats() Stats {
	return Stats{Changes: s.stats.changes.Load(), Stale: s.stats.stale.Load(), Folds: s.stats.folds.Load()}
}

type counters struct{ changes, stale, folds atomic.Uint64 }

// cached gives a tile that nothing in a has touched since it was cut.
func (t *Tileset) cached(a *assembly, key tileKey) (Tile, bool) {
	s := t.service
	if s.cache == nil {
		return Tile{}, false
	}
	c, ok := s.cache.GetIfPresent(key)
	if !ok {
		return Tile{}, false
	}
	if at := c.at.Load(); at != a.stamp && !t.holds(a, key, c, at) {
		return Tile{}, false
	}
	tile := c.tile
	tile.Version = a.version
	return tile, true
}

// holds tells whether a tile that was cut at another time is still what it would
// be, and remembers the answer.
func (t *Tileset) holds(a *assembly, key tileKey, c *cached, at *stamp) bool {
	if at == nil {
		return false
	}
	frame, err := t.frame(int(key.z), int(key.x), int(key.y))
	if err != nil {
		return false
	}
	newer := true
	for i, st := range a.states {
		if at.steps[i] > st.step {
			newer = false
		} else if at.steps[i] < st.step && st.journal.touched(at.steps[i], &frame) {
			if c.at.CompareAndSwap(at, nil) {
				t.service.stats.stale.Add(1)
			}
			return false
		}
	}
	if newer {
		c.at.CompareAndSwap(at, a.stamp)
	}
	return true
}

// keep caches a tile that was cut from a.
func (s *Service) keep(a *assembly, key tileKey, tile Tile) {
	if s.cache == nil {
		return
	}
	c := &cached{tile: tile}
	c.at.Store(a.stamp)
	s.cache.Set(key, c)
}
