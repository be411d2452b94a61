package tiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"puy/geo"
	"puy/tiles/fidset"
	"puy/tiles/snapshot"
)

// rawTile is a tile before its coding.
type rawTile struct {
	body     []byte
	features int
}

// encode makes a tile that the cache does not have.
func (t *Tileset) encode(ctx context.Context, a *assembly, key tileKey) (Tile, error) {
	s := t.service
	raw, err := t.raw(ctx, a, key)
	if err != nil {
		return Tile{}, err
	}
	if err := s.begin(ctx); err != nil {
		return Tile{}, err
	}
	defer s.end()
	tile, err := s.tile(raw.body, raw.features, a.version, key.coding)
	if err == nil {
		s.keep(a, key, tile)
	}
	return tile, err
}

// raw takes the tile from another coding that is cached, or cuts it, once for
// all codings that are asked for at the time.
func (t *Tileset) raw(ctx context.Context, a *assembly, key tileKey) (rawTile, error) {
	s := t.service
	for other := range codings {
		sibling := key
		sibling.coding = other
		if tile, ok := t.cached(a, sibling); ok {
			body, err := s.coder.decode(tile.Body, tile.Coding)
			return rawTile{body, tile.Features}, err
		}
	}
	key.coding = Identity
	return s.cuts.do(ctx, flightKey{key, a.stamp}, func(ctx context.Context) (rawTile, error) { return t.cut(ctx, a, key) })
}

func (t *Tileset) cut(ctx context.Context, a *assembly, key tileKey) (rawTile, error) {
	s := t.service
	frame, err := t.frame(int(key.z), int(key.x), int(key.y))
	if err != nil {
		return rawTile{}, err
	}
	keeps := make([]*fidset.Set, len(a.editions))
	for i, e := range a.editions {
		release, err := s.hold(a.states[i].base)
		if err != nil {
			return rawTile{}, err
		}
		defer release()
		if keeps[i], err = s.selected(ctx, e, a.states[i], &t.query.Layers[i].Filter); err != nil {
			return rawTile{}, err
		}
	}
	if err := s.begin(ctx); err != nil {
		return rawTile{}, err
	}
	defer s.end()
	scratch := s.scratch.Get()
	defer s.scratch.Put(scratch)
	buf, ok := s.buffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	defer s.buffers.Put(buf)
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, errSlow)
	defer cancel()
	raw, features := (*buf)[:0], 0
	for i, e := range a.editions {
		layer := &t.query.Layers[i]
		sel := snapshot.Selection{Fields: layer.Fields, Keep: keeps[i]}
		if over := a.states[i].over; over.Len() > 0 {
			sel.Over = over
		}
		var n int
		raw, n, err = a.states[i].base.snap.AppendTile(ctx, raw, layer.Dataset, frame, sel, scratch)
		*buf = raw
		if errors.Is(err, errSlow) {
			s.log.Warn("a tile took too long", "dataset", e.id, "z", key.z, "x", key.x, "y", key.y, "patience", s.patience)
			return rawTile{}, geo.Errorf(geo.KindUnavailable, "tile %d/%d/%d of %s takes too long: %w", key.z, key.x, key.y, e.id, err)
		}
		if err != nil {
			return rawTile{}, fmt.Errorf("tile %d/%d/%d of %s: %w", key.z, key.x, key.y, e.id, err)
		}
		features += n
	}
	if t.query.Encoding == MLT && features > 0 {
		body, err := s.mlt(nil, raw)
		if err != nil {
			return rawTile{}, fmt.Errorf("tile %d/%d/%d as MLT: %w", key.z, key.x, key.y, err)
		}
		return rawTile{body, features}, nil
	}
	return rawTile{bytes.Clone(raw), features}, nil
}

// begin waits for a turn to work, which end gives back.
func (s *Service) begin(ctx context.Context) error {
	select {
	case s.cutting <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Service) end() { <-s.cutting }
