package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// retire takes the versions that are no longer kept out of the catalogue, and
// notes their tables for sweep: dropping them here would wait for whoever
// still reads them.
func (l *load) retire(ctx context.Context) error {
	rows, err := l.tx.Query(ctx, `DELETE FROM puy.versions WHERE dataset = $1 AND number <=
		(SELECT number FROM puy.versions WHERE dataset = $1 ORDER BY number DESC OFFSET $2 LIMIT 1) RETURNING number`, l.t.dataset, keptVersions)
	if err != nil {
		return err
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := l.discardTables(ctx, &table{dataset: l.t.dataset, version: number}); err != nil {
			return err
		}
	}
	return nil
}

// sweep drops the tables in puy.garbage that nobody reads at this moment. What
// cannot be dropped now, for whatever reason, stays for the next sweep.
func (s *Store) sweep(ctx context.Context) {
	rows, err := s.pool.Query(ctx, "SELECT name FROM puy.garbage ORDER BY name")
	if err != nil {
		return
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return
	}
	for _, name := range names {
		s.sweepTable(ctx, name)
	}
}

func (s *Store) sweepTable(ctx context.Context, name string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		table := pgx.Identifier{"puy", name}.Sanitize()
		var exists bool
		if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&exists); err != nil {
			return err
		}
		if exists {
			if _, err := tx.Exec(ctx, "LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE NOWAIT"); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "DROP TABLE "+table); err != nil {
				return err
			}
		}
		var k tableKey
		if n, _ := fmt.Sscanf(name, "v_%d_%d", &k.dataset, &k.version); n == 2 {
			for _, sql := range []string{
				"DELETE FROM puy.changes c USING puy.edits p WHERE c.batch = p.batch AND p.dataset = $1 AND p.version = $2",
				"DELETE FROM puy.edits WHERE dataset = $1 AND version = $2",
			} {
				if _, err := tx.Exec(ctx, sql, k.dataset, k.version); err != nil {
					return err
				}
			}
		}
		_, err := tx.Exec(ctx, "DELETE FROM puy.garbage WHERE name = $1", name)
		return err
	})
}
