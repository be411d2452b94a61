package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strconv"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// find gives the dataset and the version that a query reads, whose table fits.
func (s *Store) find(ctx context.Context, q queryer, id string, number int64) (*dataset, *version, error) {
	d, err := findDataset(ctx, q, id)
	if err != nil {
		return nil, nil, err
	}
	var v *version
	if number == 0 {
		v, err = s.currentVersion(ctx, q, d)
	} else {
		v, err = s.version(ctx, q, d, number)
	}
	if err == nil {
		err = s.checkFit(ctx, q, d, v)
	}
	return d, v, err
}

// Features streams the features that match q.
func (s *Store) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		var patience store.Patience
		allowed := s.allowed(q.Bounded())
		ctx := patience.Begin(ctx, allowed, q.Limit > 0)
		defer patience.End()
		select {
		case s.streaming <- struct{}{}:
			defer func() { <-s.streaming }()
		case <-ctx.Done():
			yield(nil, s.fail(ctx, "read features of "+id, ctx.Err()))
			return
		case <-s.closed.Done():
			yield(nil, s.fail(ctx, "read features of "+id, errClosed))
			return
		}
		err := s.view(ctx, "read features of "+id, func(ctx context.Context, tx *sql.Tx) error {
			d, v, err := s.find(ctx, tx, id, q.Version)
			if err != nil {
				return err
			}
			r, err := newRowReader(v, q)
			if err != nil {
				return err
			}
			sel, err := s.selection(ctx, tx, d, v, q)
			if err != nil {
				return err
			}
			defer sel.release()
			query, args, err := sel.statement(q, r.columns)
			if err != nil {
				return err
			}
			err = r.each(ctx, tx, query, args, func(f *geo.Feature) bool {
				patience.Lend()
				defer patience.Back()
				return yield(f, nil)
			})
			return s.slow(ctx, slowQuery{id, allowed, query, args}, err)
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// Count counts the features that match q, no further than atMost.
func (s *Store) Count(ctx context.Context, id string, q store.Query, atMost int64) (n int64, exact bool, err error) {
	var patience store.Patience
	allowed := s.allowed(true)
	ctx = patience.Begin(ctx, allowed, true)
	defer patience.End()
	err = s.view(ctx, "count features of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, v, err := s.find(ctx, tx, id, q.Version)
		if err != nil {
			return err
		}
		q.Limit = atMost // of what a page would be
		sel, err := s.selection(ctx, tx, d, v, q)
		if err != nil {
			return err
		}
		defer sel.release()
		if len(sel.conditions) == 0 {
			n = v.Rows
			return nil
		}
		limit := int64(-1)
		if atMost > 0 {
			limit = atMost + 1
		}
		query, args := "SELECT count(*) FROM (SELECT 1 FROM "+sel.table+" t"+sel.sql()+" LIMIT ?)", append(sel.args, limit)
		err = tx.QueryRowContext(ctx, query, args...).Scan(&n)
		return s.slow(ctx, slowQuery{id, allowed, query, args}, err)
	})
	if err != nil {
		return 0, false, err
	}
	if atMost > 0 && n > atMost {
		return atMost, false, nil
	}
	return n, true, nil
}

// Feature gives one feature of the current version by its ID.
func (s *Store) Feature(ctx context.Context, id, featureID string) (found *geo.Feature, err error) {
	err = s.view(ctx, "read a feature of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, v, err := s.find(ctx, tx, id, 0)
		if err != nil {
			return err
		}
		r, err := newRowReader(v, store.Query{})
		if err != nil {
			return err
		}
		from := "SELECT " + r.columns + " FROM main." + gp.Quote(d.entry.ID) + " t WHERE "
		take := func(f *geo.Feature) bool {
			found = f.Clone()
			return true
		}
		if v.keyed {
			if err := r.each(ctx, tx, from+"t.feature_id = ? LIMIT 1", []any{featureID}, take); err != nil || found != nil {
				return err
			}
			from += "t.feature_id IS NULL AND " // added by another program, it has no key
		}
		fid, err := strconv.ParseInt(featureID, 10, 64)
		if err == nil && strconv.FormatInt(fid, 10) == featureID {
			if err := r.each(ctx, tx, from+"t.fid = ?", []any{fid}, take); err != nil {
				return err
			}
		}
		if found == nil {
			return geo.Errorf(geo.KindNotFound, "the dataset %q has no feature %q", id, featureID)
		}
		return nil
	})
	return found, err
}
