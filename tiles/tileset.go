package tiles

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"puy/geo"
	"puy/tiles/snapshot"
)

// Tileset gives the tiles of one Query. Its methods may be called from many
// goroutines.
type Tileset struct {
	service *Service
	query   Query

	mu  sync.Mutex
	now atomic.Pointer[assembly]
}

// assembly is a Tileset with its datasets at one moment.
type assembly struct {
	serial   uint64 // of the versions; never used again
	editions []*edition
	states   []*state
	stamp    *stamp
	version  string
}

// maxTilesets bounds how many Tilesets are remembered, not how many there are.
const maxTilesets = 4096

// Tileset gives the Tileset of q, the same one for queries that mean the same.
// KindInvalid for a query that cannot be answered whatever the data, KindNotFound
// for an encoding that the service does not have.
func (s *Service) Tileset(q Query) (*Tileset, error) {
	q, err := q.checked()
	if err != nil {
		return nil, err
	}
	if !s.Encodes(q.Encoding) {
		return nil, geo.Errorf(geo.KindNotFound, "there are no tiles of this encoding")
	}
	key := q.key()
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tilesets[key]; ok {
		return t, nil
	}
	if len(s.tilesets) >= maxTilesets {
		clear(s.tilesets)
	}
	t := &Tileset{service: s, query: q}
	s.tilesets[key] = t
	return t, nil
}

// Encodes tells whether the service makes tiles of an encoding.
func (s *Service) Encodes(e Encoding) bool { return e == MVT || e == MLT && s.mlt != nil }

// current gives the assembly of the current versions.
func (t *Tileset) current(ctx context.Context) (*assembly, error) {
	a := t.now.Load()
	same := a != nil
	for i := range t.query.Layers {
		e, st, err := t.service.current(ctx, t.query.Layers[i].Dataset)
		if err != nil {
			return nil, err
		}
		same = same && a.editions[i] == e && a.states[i] == st
	}
	if same {
		return a, nil
	}
	return t.assemble(ctx)
}

func (t *Tileset) assemble(ctx context.Context) (*assembly, error) {
	fresh := &assembly{stamp: &stamp{}}
	for i := range t.query.Layers {
		e, st, err := t.service.current(ctx, t.query.Layers[i].Dataset)
		if err != nil {
			return nil, err
		}
		fresh.editions, fresh.states = append(fresh.editions, e), append(fresh.states, st)
		fresh.stamp.steps = append(fresh.stamp.steps, st.step)
		if i > 0 {
			fresh.version += "."
		}
		fresh.version += st.tag
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.now.Load()
	if old != nil && slices.Equal(old.editions, fresh.editions) {
		if slices.Equal(old.states, fresh.states) {
			return old, nil
		}
		fresh.serial = old.serial
	} else {
		fresh.serial = t.service.nextSerial()
	}
	t.now.Store(fresh)
	return fresh, nil
}

// Tile gives a tile of the current versions: matrix z counts from the coarsest,
// x and y are column and row from the north-west. KindNotFound for a dataset that
// does not exist or has no geometry, and for a tile that the set has not.
func (t *Tileset) Tile(ctx context.Context, z, x, y int, coding Coding) (Tile, error) {
	if err := t.check(z, x, y); err != nil {
		return Tile{}, err
	}
	s := t.service
	for attempt := 0; ; attempt++ {
		a, err := t.current(ctx)
		if err != nil {
			return Tile{}, err
		}
		key := tileKey{a.serial, uint8(z), coding, uint32(x), uint32(y)}
		if tile, ok := t.cached(a, key); ok {
			return tile, nil
		}
		tile, err := s.encodings.do(ctx, flightKey{key, a.stamp}, func(ctx context.Context) (Tile, error) { return t.encode(ctx, a, key) })
		if err != nil && attempt < 2 && a.outdated(s) {
			continue // a new version or snapshot came meanwhile and took this one's data along
		}
		return tile, err
	}
}

func (t *Tileset) check(z, x, y int) error {
	if set := t.query.Set; set != nil {
		if z >= 0 && z < len(set.Matrices) && set.Matrices[z].Has(x, y) {
			return nil
		}
	} else if z >= 0 && z <= MaxZoom && x >= 0 && y >= 0 && x>>z == 0 && y>>z == 0 {
		return nil
	}
	return geo.Errorf(geo.KindNotFound, "there is no tile %d/%d/%d", z, x, y)
}

// frame gives the square that a tile shows.
func (t *Tileset) frame(z, x, y int) (snapshot.Frame, error) {
	set := t.query.Set
	if set == nil {
		return snapshot.Mercator(z, x, y)
	}
	m := &set.Matrices[z]
	west, north := m.Corner(x, y)
	return snapshot.Planar(set.Transform(), west, north, m.Span()), nil
}

func (a *assembly) outdated(s *Service) bool {
	for i, e := range a.editions {
		if s.outdated(e) || e.state.Load().base != a.states[i].base {
			return true
		}
	}
	return false
}

// errSlow is why a cut ends that takes too long.
var errSlow = errors.New("the tile took too long to cut")
