package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
)

// Prune implements store.Store.
func (s *Store) Prune(ctx context.Context, id string, keep catalog.Keep) (dropped []catalog.Version, err error) {
	if !storable(id) {
		return nil, noDataset(id)
	}
	ctx, done := s.bind(ctx)
	defer done()
	defer s.tables.forget()
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		d, err := holdDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		if dropped, err = d.prune(ctx, tx, keep, time.Now()); err != nil || len(dropped) == 0 {
			return err
		}
		return raiseRevision(ctx, tx)
	})
	if err != nil {
		return nil, fail(ctx, err, "prune %q", id)
	}
	s.sweep(ctx)
	return dropped, nil
}

// held is a dataset that nobody else changes while a transaction lasts.
type held struct {
	number  int32
	id      string
	current *int64
	keyed   *int64
	entry   catalog.Dataset
}

// holdDataset finds a dataset and keeps loads and edits from it.
func holdDataset(ctx context.Context, tx pgx.Tx, id string) (*held, error) {
	var d held
	var doc []byte
	var free bool
	err := tx.QueryRow(ctx, "SELECT number, pg_try_advisory_xact_lock($2, number) FROM puy.datasets WHERE id = $1", id, int32(loadLock)).Scan(&d.number, &free)
	switch {
	case err == pgx.ErrNoRows:
		return nil, noDataset(id)
	case err != nil:
		return nil, err
	case !free:
		return nil, geo.Errorf(geo.KindConflict, "a load of dataset %q is running", id)
	}
	err = tx.QueryRow(ctx, "SELECT id, current, keyed, doc FROM puy.datasets WHERE number = $1 FOR NO KEY UPDATE", d.number).Scan(&d.id, &d.current, &d.keyed, &doc)
	if err == nil {
		err = json.Unmarshal(doc, &d.entry)
	}
	return &d, err
}

// prune drops the versions that keep does not keep.
func (d *held) prune(ctx context.Context, tx pgx.Tx, keep catalog.Keep, now time.Time) ([]catalog.Version, error) {
	kept, err := versionsOf(ctx, tx, d.id)
	if err != nil {
		return nil, err
	}
	current := int64(0)
	if d.current != nil {
		current = *d.current
	}
	dropped := keep.Drops(kept, current, now)
	for i := range dropped {
		if d.keyed != nil && dropped[i].Number == *d.keyed {
			if err := d.keepKeys(ctx, tx); err != nil {
				return nil, err
			}
		}
		if err := dropVersion(ctx, tx, d.number, dropped[i].Number); err != nil {
			return nil, err
		}
	}
	return dropped, nil
}

// keepKeys notes the fids of all keys that only the table d.keyed has, which
// is not the current one.
func (d *held) keepKeys(ctx context.Context, tx pgx.Tx) error {
	t := &table{dataset: d.number, version: *d.keyed}
	good, err := t.hasKeys(ctx, tx)
	if err != nil {
		return err
	}
	if good {
		_, err = tx.Exec(ctx, "INSERT INTO puy.keys (dataset, id, fid) SELECT $1, id, fid FROM "+t.name()+" ON CONFLICT DO NOTHING", d.number)
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "UPDATE puy.datasets SET keyed = NULL WHERE number = $1", d.number)
	return err
}

// dropVersion takes a version out of the catalogue, and notes its tables for
// sweep: dropping them here would wait for whoever still reads them.
func dropVersion(ctx context.Context, tx pgx.Tx, dataset int32, number int64) error {
	if _, err := tx.Exec(ctx, "DELETE FROM puy.versions WHERE dataset = $1 AND number = $2", dataset, number); err != nil {
		return err
	}
	t := &table{dataset: dataset, version: number}
	_, err := tx.Exec(ctx, "INSERT INTO puy.garbage (name) VALUES ($1), ($2) ON CONFLICT DO NOTHING", t.plainName(), t.plainDifferences())
	return err
}

// retire drops what the dataset does not keep beside the new version.
func (l *load) retire(ctx context.Context) error {
	d, err := holdDataset(ctx, l.tx, l.id)
	if err == nil {
		_, err = d.prune(ctx, l.tx, d.entry.Keep, time.Now())
	}
	return err
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
