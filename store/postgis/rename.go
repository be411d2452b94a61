package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
)

// rename gives the dataset that bears an alias of d as its id the id of d,
// where that is not taken: with its versions, its view and its API keys.
func rename(ctx context.Context, tx pgx.Tx, d *catalog.Dataset) error {
	if len(d.Aliases) == 0 {
		return nil
	}
	var old string
	err := tx.QueryRow(ctx, `SELECT id FROM puy.datasets WHERE id = ANY ($2) AND NOT EXISTS (SELECT FROM puy.datasets WHERE id = $1)
		ORDER BY array_position($2, id) LIMIT 1`, d.ID, d.Aliases).Scan(&old)
	if err == pgx.ErrNoRows {
		return nil
	} else if err != nil {
		return err
	}
	before, err := holdDataset(ctx, tx, old)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		"UPDATE puy.datasets SET id = $1 WHERE id = $2",
		"UPDATE puy.api_keys SET datasets = array_replace(datasets, $2, $1) WHERE $2 = ANY (datasets)",
	} {
		if _, err := tx.Exec(ctx, sql, d.ID, old); err != nil {
			return err
		}
	}
	if before.current == nil {
		return nil
	}
	// So that views of others that read this one go on reading it.
	_, err = tx.Exec(ctx, "SET LOCAL lock_timeout = '30s'")
	if err == nil {
		_, err = tx.Exec(ctx, "ALTER VIEW IF EXISTS "+pgx.Identifier{"data", old}.Sanitize()+" RENAME TO "+quote(d.ID))
	}
	if err != nil {
		return err
	}
	t, err := readTable(ctx, tx, before.number, *before.current)
	if err != nil {
		return err
	}
	if good, err := t.fits(ctx, tx); err != nil || !good {
		return err // nothing is left to show
	}
	return showVersion(ctx, tx, d.ID, t)
}

// clearDataset drops all versions of a dataset that was removed.
func clearDataset(ctx context.Context, tx pgx.Tx, id string) error {
	d, err := holdDataset(ctx, tx, id)
	if err != nil {
		return err
	}
	kept, err := versionsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for i := range kept {
		if err := dropVersion(ctx, tx, d.number, kept[i].Number); err != nil {
			return err
		}
	}
	if d.current != nil {
		if err := dropView(ctx, tx, id); err != nil {
			return err
		}
	}
	for _, sql := range []string{
		"UPDATE puy.datasets SET current = NULL, keyed = NULL, next_fid = 1 WHERE number = $1",
		"DELETE FROM puy.keys WHERE dataset = $1",
	} {
		if _, err := tx.Exec(ctx, sql, d.number); err != nil {
			return err
		}
	}
	return nil
}

// dropView drops the view of a dataset if it is puy's.
func dropView(ctx context.Context, tx pgx.Tx, id string) error {
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '30s'"); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DROP VIEW IF EXISTS "+pgx.Identifier{"data", id}.Sanitize())
		return err
	})
	if sqlState(err) == codeWrongObjectType {
		return nil
	}
	return err
}
