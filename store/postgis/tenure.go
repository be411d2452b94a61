package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
)

// noteCurrent notes that a version is current from now on. The time is that of
// the statement: a transaction may have begun long ago.
func noteCurrent(ctx context.Context, tx pgx.Tx, dataset int32, version int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO puy.tenures (dataset, since, version) VALUES ($1, clock_timestamp(), $2)
		ON CONFLICT (dataset, since) DO UPDATE SET version = excluded.version`, dataset, version)
	return err
}

// AsOf implements store.Store.
func (s *Store) AsOf(ctx context.Context, id string, at time.Time) (int64, error) {
	if !storable(id) {
		return 0, noDataset(id)
	}
	ctx, done := s.bind(ctx)
	defer done()
	var version *int64
	err := s.pool.QueryRow(ctx, `SELECT (SELECT t.version FROM puy.tenures t WHERE t.dataset = d.number AND t.since <= $2 ORDER BY t.since DESC LIMIT 1)
		FROM puy.datasets d WHERE d.id = $1`, id, at).Scan(&version)
	switch {
	case err == pgx.ErrNoRows:
		return 0, noDataset(id)
	case err != nil:
		return 0, fail(ctx, err, "read the versions of %q", id)
	case version == nil:
		return 0, geo.Errorf(geo.KindNotFound, "dataset %q had no version at %s", id, at.UTC().Format(time.RFC3339))
	}
	return *version, nil
}
