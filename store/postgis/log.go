package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// logTable has what is written to the table of a version logged from now on.
func logTable(ctx context.Context, tx pgx.Tx, t *table) error {
	_, err := tx.Exec(ctx, "SELECT puy.log_table($1, $2, $3)", t.plainName(), t.keyed, t.schema.Spatial())
	return err
}

// mendLogs gives the triggers of the change log to tables that lack them: those
// that an older puy made, and those whose triggers another program has taken
// away. What cannot be mended now stays for the next time.
func (s *Store) mendLogs(ctx context.Context) {
	rows, err := s.pool.Query(ctx, `SELECT v.dataset, v.number FROM puy.versions v
		JOIN pg_class c ON c.relnamespace = 'puy'::regnamespace AND c.relname = format('v_%s_%s', v.dataset, v.number)
		WHERE v.logged_from IS NULL OR (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'puy\_log\_%' AND t.tgenabled <> 'D') < 4
		ORDER BY v.dataset, v.number`)
	if err != nil {
		return
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k tableKey, err error) {
		return k, row.Scan(&k.dataset, &k.version)
	})
	if err != nil {
		return
	}
	for _, k := range keys {
		s.mendLog(ctx, k)
	}
}

func (s *Store) mendLog(ctx context.Context, k tableKey) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		t, err := readTable(ctx, tx, k.dataset, k.version)
		if err != nil {
			return err
		}
		if good, err := t.fits(ctx, tx); err != nil || !good {
			return err
		}
		if err := logTable(ctx, tx, t); err != nil {
			return err
		}
		var first bool
		if err := tx.QueryRow(ctx, "SELECT logged_from IS NULL FROM puy.versions WHERE dataset = $1 AND number = $2", k.dataset, k.version).Scan(&first); err != nil {
			return err
		}
		if !first { // whatever was written without the triggers
			_, err := tx.Exec(ctx, "INSERT INTO puy.edits (dataset, version, recount, shapeless) VALUES ($1, $2, true, 1)", k.dataset, k.version)
			return err
		}
		shapeless := "0"
		if t.schema.Spatial() {
			shapeless = "count(*) FILTER (WHERE geom IS NULL)"
			// Where all had a geometry, nulls have no index that is good for them.
			if _, err := tx.Exec(ctx, "CREATE INDEX IF NOT EXISTS "+quote(t.plainName()+"_fid_idx")+" ON "+t.name()+" (fid) WHERE geom IS NULL"); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "UPDATE puy.versions SET logged_from = edits, (rows, shapeless) = (SELECT count(*), "+shapeless+" FROM "+t.name()+
			") WHERE dataset = $1 AND number = $2", k.dataset, k.version)
		return err
	})
}
