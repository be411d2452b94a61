package postgis

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// drainable is how many rows that are still to come are read to their end when
// a caller breaks off: cheaper than to tell the server.
const drainable = 1000

// reading is what stream is to read.
type reading struct {
	versionName
	build   func(*table) (sql string, args []any, err error)
	limit   int64 // of rows; 0 for all
	bounded bool  // StatementTimeout ends it
	shaped  bool  // the statement is another where a row has no geometry
}

// stream resolves the version, runs the statement that build gives for its
// table and calls each with the binary values of each row until it gives false.
func (s *Store) stream(ctx context.Context, read reading, each func(raw [][]byte) (bool, error)) error {
	id, limit := read.dataset, read.limit
	allowed := time.Duration(0)
	if read.bounded {
		allowed = s.opt.StatementTimeout
	}
	var patience store.Patience
	ctx = patience.Begin(ctx, allowed, limit > 0)
	defer patience.End()
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done(): // which the closing of the store ends too
		return fail(ctx, ctx.Err(), "read %q", id)
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fail(ctx, err, "read %q", id)
	}
	defer conn.Release()
	for attempt := 0; ; attempt++ {
		t, turn := s.tables.find(read.versionName)
		if known := t != nil && (!read.shaped || t.shapeless); !known || attempt > 0 {
			if t, err = s.resolve(ctx, conn, id, read.version); err != nil {
				return fail(ctx, err, "read %q", id)
			}
			s.tables.name(read.versionName, t, turn)
		}
		sql, args, err := read.build(t)
		if err != nil {
			return err
		}
		started := false
		rows, err := conn.Query(ctx, sql, append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
		if err == nil {
			started, err = readRows(ctx, conn.Conn(), rows, limit, func(raw [][]byte) (bool, error) {
				patience.Lend()
				defer patience.Back()
				return each(raw)
			})
		}
		// The version was dropped after it was resolved: there is a newer one, or it is not found.
		if sqlState(err) == codeUndefinedTable && !started && attempt < 3 {
			continue
		}
		if err == nil {
			return nil
		}
		conn.Release() // it may be closed, and another one is wanted
		if store.IsTooSlow(context.Cause(ctx)) {
			s.tellSlow(id, allowed, sql, args)
			return store.TooSlow(id, allowed)
		}
		return t.explain(ctx, s.pool, id, fail(ctx, err, "read %q", id))
	}
}

func readRows(ctx context.Context, conn *pgx.Conn, rows pgx.Rows, limit int64, each func([][]byte) (bool, error)) (started bool, err error) {
	defer rows.Close()
	for n := 0; rows.Next(); n++ {
		started = true
		more, err := each(rows.RawValues())
		if err != nil || !more {
			if limit <= 0 || limit-int64(n)-1 > drainable {
				breakOff(ctx, conn, rows)
			}
			return started, err
		}
		// Rows that have arrived would be given for long after the end of ctx.
		if n&63 == 63 && ctx.Err() != nil {
			return started, ctx.Err()
		}
	}
	return started, rows.Err()
}

// breakOff ends a query on the server, so that the connection can be used
// again; it is closed where that does not succeed at once.
func breakOff(ctx context.Context, conn *pgx.Conn, rows pgx.Rows) {
	if ctx.Err() != nil {
		return // the connection's own handler is at it
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := conn.PgConn().CancelRequest(ctx)
	if err == nil {
		rows.Close()
		err = rows.Err()
	}
	// If the query ended first, the request may still end the next one.
	if sqlState(err) != codeQueryCanceled {
		conn.Close(ctx)
	}
}

// Features implements store.Store.
func (s *Store) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		ctx, done := s.bind(ctx)
		defer done()
		if err := s.features(ctx, id, q, func(f *geo.Feature) bool { return yield(f, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

func (s *Store) features(ctx context.Context, id string, q store.Query, each func(*geo.Feature) bool) error {
	var d decoder
	build := func(t *table) (string, []any, error) {
		b, fields, err := t.selectFeatures(&q)
		if err != nil {
			return "", nil, err
		}
		d = newDecoder(t, fields)
		return b.String(), b.args, nil
	}
	read := reading{versionName{id, q.Version}, build, q.Limit, q.Bounded(), q.Bounds != nil}
	return s.stream(ctx, read, func(raw [][]byte) (bool, error) {
		if err := d.decode(raw); err != nil {
			return false, err
		}
		return each(&d.f), nil
	})
}

// Feature implements store.Store.
func (s *Store) Feature(ctx context.Context, id, featureID string) (*geo.Feature, error) {
	ctx, done := s.bind(ctx)
	defer done()
	var d decoder
	var found *geo.Feature
	build := func(t *table) (string, []any, error) {
		fields, err := t.project(nil)
		if err != nil {
			return "", nil, err
		}
		d = newDecoder(t, fields)
		b := t.selectFrom(fields, true)
		b.WriteString(" WHERE id = " + b.bind(featureID) + "::text")
		if !t.keyed {
			// The ids of unkeyed versions are the texts of their fids, and have no index.
			b.WriteString(" AND fid = " + b.bind(integerOf(featureID)) + "::bigint")
		}
		return b.String(), b.args, nil
	}
	if !storable(featureID) {
		return nil, noFeature(id, featureID)
	}
	err := s.stream(ctx, reading{versionName{id, 0}, build, 1, true, false}, func(raw [][]byte) (bool, error) {
		if err := d.decode(raw); err != nil {
			return false, err
		}
		found = d.f.Clone()
		return false, nil
	})
	if err == nil && found == nil {
		err = noFeature(id, featureID)
	}
	return found, err
}

func noFeature(id, featureID string) error {
	return geo.Errorf(geo.KindNotFound, "dataset %q has no feature %q", id, featureID)
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, id string, q store.Query, atMost int64) (n int64, exact bool, err error) {
	ctx, done := s.bind(ctx)
	defer done()
	build := func(t *table) (string, []any, error) {
		b := &statement{}
		b.WriteString("SELECT count(*)::bigint FROM (SELECT FROM " + t.name())
		if err := t.where(b, &q); err != nil {
			return "", nil, err
		}
		if atMost > 0 {
			b.WriteString(" LIMIT " + b.bind(atMost+1))
		}
		b.WriteString(") c")
		return b.String(), b.args, nil
	}
	err = s.stream(ctx, reading{versionName{id, q.Version}, build, 1, true, q.Bounds != nil}, func(raw [][]byte) (bool, error) {
		n = int64(bigEndian.Uint64(raw[0]))
		return true, nil
	})
	if atMost > 0 && n > atMost {
		return atMost, false, err
	}
	return n, err == nil, err
}
