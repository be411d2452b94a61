package gpkg

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"puy/geo"
	"puy/store"
)

// refreshLayout is made in any store that lacks it: it says nothing of what
// others read, so that the layout keeps its number.
const refreshLayout = `CREATE TABLE IF NOT EXISTS puy_refreshes (
  dataset TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  next INTEGER NOT NULL,
  holder TEXT,
  until INTEGER) WITHOUT ROWID`

// Refreshes gives what is known of the refreshes of all datasets, by id.
func (s *Store) Refreshes(ctx context.Context) (list []store.Refresh, err error) {
	err = s.view(ctx, "list the refreshes", func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT dataset, state FROM puy_refreshes ORDER BY dataset")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRefresh(rows)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		return rows.Err()
	})
	return list, err
}

// Refresh gives what is known of the refreshes of one dataset.
func (s *Store) Refresh(ctx context.Context, dataset string) (r store.Refresh, err error) {
	err = s.view(ctx, "look up a refresh", func(ctx context.Context, tx *sql.Tx) error {
		r, err = scanRefresh(tx.QueryRowContext(ctx, "SELECT dataset, state FROM puy_refreshes WHERE dataset = ?", dataset))
		if errors.Is(err, sql.ErrNoRows) {
			r, err = store.Refresh{Dataset: dataset}, nil
		}
		return err
	})
	return r, err
}

// PutRefresh keeps r and ends the lease of holder; KindConflict where another
// has it. Holder may be "" for whoever has none, and leaves that of others.
func (s *Store) PutRefresh(ctx context.Context, r store.Refresh, holder string) error {
	state, err := json.Marshal(r)
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a refresh as JSON: %w", err)
	}
	return s.note(ctx, "keep a refresh", func(ctx context.Context, tx *sql.Tx) error {
		if holder == "" {
			_, err := tx.ExecContext(ctx, `INSERT INTO puy_refreshes (dataset, state, next) VALUES (?, ?, ?)
				ON CONFLICT (dataset) DO UPDATE SET state = excluded.state, next = excluded.next`, r.Dataset, string(state), r.Next.UnixMicro())
			return err
		}
		done, err := tx.ExecContext(ctx, "UPDATE puy_refreshes SET state = ?, next = ?, holder = NULL, until = NULL WHERE dataset = ? AND holder = ?",
			string(state), r.Next.UnixMicro(), r.Dataset, holder)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, geo.Errorf(geo.KindConflict, "another process refreshes %q by now", r.Dataset))
		}
		return nil
	})
}

// ClaimRefresh gives holder the lease of a dataset whose refresh is due and that
// nobody holds, and tells whether it did.
func (s *Store) ClaimRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (r store.Refresh, claimed bool, err error) {
	err = s.note(ctx, "claim a refresh", func(ctx context.Context, tx *sql.Tx) error {
		now := time.Now()
		r, err = scanRefresh(tx.QueryRowContext(ctx, `INSERT INTO puy_refreshes (dataset, state, next, holder, until) VALUES (?1, '{}', ?4, ?2, ?3)
			ON CONFLICT (dataset) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE puy_refreshes.next <= ?4 AND (puy_refreshes.until IS NULL OR puy_refreshes.until < ?4)
			RETURNING dataset, state`, dataset, holder, now.Add(lease).UnixMicro(), now.UnixMicro()))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		claimed = err == nil
		return err
	})
	return r, claimed && err == nil, err
}

// KeepRefresh prolongs the lease of holder; false where it has none any more.
func (s *Store) KeepRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (kept bool, err error) {
	err = s.note(ctx, "hold a refresh", func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE puy_refreshes SET until = ? WHERE dataset = ? AND holder = ?", time.Now().Add(lease).UnixMicro(), dataset, holder)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		kept = n > 0
		return err
	})
	return kept, err
}

// note runs fn in a transaction that writes what is no part of the catalogue,
// so that the revision stays.
func (s *Store) note(ctx context.Context, what string, fn func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := s.within(ctx)
	defer cancel()
	over := s.waits()
	tx, err := s.write.BeginTx(ctx, nil)
	over()
	if err != nil {
		return s.fail(ctx, what, err)
	}
	defer tx.Rollback()
	if err := fn(ctx, tx); err != nil {
		return s.fail(ctx, what, err)
	}
	if err := tx.Commit(); err != nil {
		return s.fail(ctx, what, err)
	}
	return nil
}

func scanRefresh(row interface{ Scan(...any) error }) (r store.Refresh, err error) {
	var dataset string
	var state []byte
	if err := row.Scan(&dataset, &state); err != nil {
		return r, err
	}
	err = json.Unmarshal(state, &r)
	r.Dataset = dataset
	return r, err
}
