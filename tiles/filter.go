package tiles

import (
	"context"
	"slices"

	"puy/geo"
	"puy/tiles/fidset"
	"puy/tiles/snapshot"
)

// maxFiltered is how many features a filter may select.
const maxFiltered = 5_000_000

// manyChanges may make a filter that selected too much select less.
const manyChanges = 10_000

// filterKey names what a filter selects of one edition.
type filterKey struct {
	edition uint64
	filter  string
}

// filterFlight names what it selects after so many edits.
type filterFlight struct {
	filterKey
	edits int64
}

// selection is what a filter selects. It is not changed once it is made.
type selection struct {
	set   *fidset.Set
	edits int64 // that it knows at least
}

// selected gives the fids that a filter selects, nil for the zero Filter. It
// knows the edits of st at least.
func (s *Service) selected(ctx context.Context, e *edition, st *state, f *Filter) (*fidset.Set, error) {
	if f.IsZero() {
		return nil, nil
	}
	key := filterKey{e.serial, f.key()}
	sel, ok := s.sets.GetIfPresent(key)
	if !ok || sel.edits < st.edits {
		var err error
		sel, err = s.filters.do(ctx, filterFlight{key, st.edits}, func(ctx context.Context) (*selection, error) { return s.decide(ctx, e, st, f, key) })
		if err != nil {
			return nil, err
		}
	}
	if sel.set == s.tooMany {
		return nil, geo.Errorf(geo.KindInvalid, "the filter selects more than %d features of %s, which is too many for tiles: narrow it, or leave it out", maxFiltered, e.id)
	}
	return sel.set, nil
}

// decide asks the source, once for all who wait: of all features, or where an
// earlier answer is known, of those that have changed since.
func (s *Service) decide(ctx context.Context, e *edition, st *state, f *Filter, key filterKey) (*selection, error) {
	select {
	case s.filtering <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-s.filtering }()
	old, ok := s.sets.GetIfPresent(key)
	if ok && old.edits >= st.edits {
		return old, nil
	}
	var (
		fids  []int64
		known bool
		err   error
	)
	if ok {
		fids, known = st.journal.since(old.edits)
	}
	sel := &selection{edits: st.edits}
	switch {
	case !known:
		sel.set, err = s.evaluate(ctx, e, f)
	case old.set != s.tooMany:
		sel.set, err = s.amend(ctx, e, f, old.set, fids)
	case len(fids) < manyChanges:
		return old, nil
	default:
		sel.set, err = s.evaluate(ctx, e, f)
	}
	if err != nil {
		return nil, err
	}
	s.sets.Set(key, sel)
	if ok && sel.set != s.tooMany && snapshot.Whole(old.set) != snapshot.Whole(sel.set) {
		err = s.forget(e) // every tile shows another choice of its features
	}
	return sel, err
}

// evaluate asks for all. More than maxFiltered features are s.tooMany, which is
// remembered as any other answer.
func (s *Service) evaluate(ctx context.Context, e *edition, f *Filter) (*fidset.Set, error) {
	var b fidset.Builder
	for fid, err := range s.source.Filter(ctx, e.id, e.version.Number, *f, nil) {
		if err != nil {
			return nil, err
		}
		if err := b.Add(fid); err != nil {
			return nil, err
		}
		if b.Len() > maxFiltered {
			return s.tooMany, nil
		}
	}
	return b.Set(), nil
}

// amend asks for the features that have changed.
func (s *Service) amend(ctx context.Context, e *edition, f *Filter, set *fidset.Set, changed []int64) (*fidset.Set, error) {
	var selected []int64
	for some := range slices.Chunk(changed, fidsAtOnce) {
		for fid, err := range s.source.Filter(ctx, e.id, e.version.Number, *f, some) {
			if err != nil {
				return nil, err
			}
			selected = append(selected, fid)
		}
	}
	set, err := set.With(changed, selected)
	if err == nil && set.Len() > maxFiltered {
		return s.tooMany, nil
	}
	return set, err
}
