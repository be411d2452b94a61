package tiles

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/overlay"
	"puy/tiles/snapshot"
)

// Change is one feature of a version that was created, changed or deleted in
// place.
type Change struct {
	Edit int64 // which edit of the version this belongs to; counts from 1
	FID  int64
	// Before and After are the boxes of the geometry in longitude, latitude;
	// empty where there was or is none.
	Before, After geo.Bounds
}

const (
	// More changes than these, or more bytes of features, are a new snapshot.
	maxChanged      = 20_000
	maxChangedBytes = 256 << 20
	// What a database is asked at one time.
	fidsAtOnce = 1000
)

// errTooMany says that an overlay would be too large.
var errTooMany = geo.Errorf(geo.KindLimit, "too many features have changed")

// altered is what the source tells of one feature's changes.
type altered struct {
	boxes []clip.Box // where it was and is
	last  int64      // the last edit
}

// advance gives the state that follows st when all changes are in it that the
// source knows of, at least those of the first `want` edits. Of edits up to
// `known` no tile is touched: there was a state with them before. KindConflict
// where the source does not know the changes any more, errTooMany where there
// are too many.
func (s *Service) advance(ctx context.Context, e *edition, st *state, want, known int64) (*state, error) {
	all := map[int64]*altered{}
	edits := max(st.edits, want)
	for c, err := range s.source.Changes(ctx, e.id, e.version.Number, st.edits) {
		if err != nil {
			return nil, err
		}
		a := all[c.FID]
		if a == nil {
			if a = new(altered); len(all) >= maxChanged {
				return nil, errTooMany
			}
			all[c.FID] = a
		}
		for _, bounds := range [...]geo.Bounds{c.Before, c.After} {
			for _, box := range snapshot.GridBoxes(bounds) {
				if !slices.Contains(a.boxes, box) {
					a.boxes = append(a.boxes, box)
				}
			}
		}
		a.last, edits = max(a.last, c.Edit), max(edits, c.Edit)
	}
	now, err := s.present(ctx, e, slices.Sorted(maps.Keys(all)))
	if err != nil {
		return nil, err
	}
	release, err := s.hold(st.base)
	if err != nil {
		return nil, err
	}
	defer release()
	b := batch{step: st.step + 1, edits: edits}
	changes := make([]overlay.Change, 0, len(all))
	for _, fid := range slices.Sorted(maps.Keys(all)) {
		a := all[fid]
		change, boxes := st.replace(uint64(fid), a, now[fid])
		changes = append(changes, change)
		if a.last > known {
			b.fids = append(b.fids, fid)
			b.boxes = append(b.boxes, boxes...)
		}
	}
	next := &state{step: b.step, edits: edits, tag: tagOfEdits(e.version, edits), base: st.base, over: st.over, journal: st.journal.with(b)}
	if len(changes) > 0 {
		next.over = st.over.With(changes)
	}
	if next.over.Len() > maxChanged || next.over.Bytes() > maxChangedBytes {
		return nil, errTooMany
	}
	return next, nil
}

// replace gives the change of one feature for the overlay, drawn from the zoom
// where it is drawn now, and the boxes that it touches.
func (st *state) replace(fid uint64, a *altered, now []*snapshot.Loose) (change overlay.Change, boxes []clip.Box) {
	boxes = slices.Clone(a.boxes)
	add := func(more []clip.Box) {
		for _, box := range more {
			if !slices.Contains(boxes, box) {
				boxes = append(boxes, box)
			}
		}
	}
	change = overlay.Change{FID: fid, Old: overlay.Empty(), Now: now}
	var from byte
	if _, known := st.over.Hidden(fid); known {
		for _, l := range st.over.Now(fid) {
			add(l.Boxes())
			from = l.From
		}
	} else {
		places := a.boxes
		if len(places) > 1 {
			places = append(slices.Clone(places), surrounding(places)) // for what lies on both sides of the antimeridian
		}
		for _, box := range places {
			if found, ok := st.base.snap.Find(box, fid); ok {
				change.Old, from = box, found.From
				add(found.Boxes)
				break
			}
		}
	}
	for _, l := range now {
		l.From = from
		add(l.Boxes())
	}
	return change, boxes
}

// present gives what some features are now.
func (s *Service) present(ctx context.Context, e *edition, fids []int64) (map[int64][]*snapshot.Loose, error) {
	packer, now, bytes := snapshot.NewPacker(), map[int64][]*snapshot.Loose{}, 0
	for some := range slices.Chunk(fids, fidsAtOnce) {
		for f, err := range s.source.Features(ctx, e.id, e.version.Number, some) {
			if err != nil {
				return nil, fmt.Errorf("the features of %s that have changed: %w", e.id, err)
			}
			packed := packer.Pack(f, len(e.version.Schema.Fields))
			for _, l := range packed {
				bytes += l.Bytes()
			}
			if bytes > maxChangedBytes {
				return nil, errTooMany
			}
			if len(packed) > 0 {
				now[f.FID] = packed
			}
		}
	}
	return now, nil
}
