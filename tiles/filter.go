package tiles

import (
	"context"

	"puy/geo"
	"puy/tiles/fidset"
)

// maxFiltered is how many features a filter may select.
const maxFiltered = 5_000_000

// filterKey names what a filter selects of one edition.
type filterKey struct {
	edition uint64
	filter  string
}

// selected gives the fids that a filter selects, nil for the zero Filter.
func (s *Service) selected(ctx context.Context, e *edition, f *Filter) (*fidset.Set, error) {
	if f.IsZero() {
		return nil, nil
	}
	key := filterKey{e.serial, f.key()}
	set, ok := s.sets.GetIfPresent(key)
	if !ok {
		var err error
		if set, err = s.evaluate(ctx, e, f, key); err != nil {
			return nil, err
		}
	}
	if set == s.tooMany {
		return nil, geo.Errorf(geo.KindInvalid, "the filter selects more than %d features of %s, which is too many for tiles: narrow it, or leave it out", maxFiltered, e.id)
	}
	return set, nil
}

// evaluate asks the source, once for all who wait. More than maxFiltered
// features are s.tooMany, which is remembered as any other answer.
func (s *Service) evaluate(ctx context.Context, e *edition, f *Filter, key filterKey) (*fidset.Set, error) {
	return s.filters.do(ctx, key, func(ctx context.Context) (*fidset.Set, error) {
		select {
		case s.filtering <- struct{}{}:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		defer func() { <-s.filtering }()
		var b fidset.Builder
		for fid, err := range s.source.Filter(ctx, e.id, e.version.Number, *f) {
			if err != nil {
				return nil, err
			}
			if err := b.Add(fid); err != nil {
				return nil, err
			}
			if b.Len() > maxFiltered {
				s.sets.Set(key, s.tooMany)
				return s.tooMany, nil
			}
		}
		set := b.Set()
		s.sets.Set(key, set)
		return set, nil
	})
}
