package postgis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// Refreshes gives what is known of the refreshes of all datasets, by id.
func (s *Store) Refreshes(ctx context.Context) ([]store.Refresh, error) {
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, "SELECT dataset, state FROM puy.refreshes ORDER BY dataset")
	if err != nil {
		return nil, fail(ctx, err, "list the refreshes")
	}
	list, err := pgx.CollectRows(rows, scanRefresh)
	return list, fail(ctx, err, "list the refreshes")
}

// Refresh gives what is known of the refreshes of one dataset.
func (s *Store) Refresh(ctx context.Context, dataset string) (store.Refresh, error) {
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, "SELECT dataset, state FROM puy.refreshes WHERE dataset = $1", dataset)
	if err != nil {
		return store.Refresh{}, fail(ctx, err, "look up the refreshes of %q", dataset)
	}
	r, err := pgx.CollectOneRow(rows, scanRefresh)
	if err == pgx.ErrNoRows {
		return store.Refresh{Dataset: dataset}, nil
	}
	return r, fail(ctx, err, "look up the refreshes of %q", dataset)
}

// PutRefresh keeps r and ends the lease of holder; KindConflict where another
// has it. Holder may be "" for whoever has none, and leaves that of others.
func (s *Store) PutRefresh(ctx context.Context, r store.Refresh, holder string) error {
	state, err := json.Marshal(r)
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a refresh as JSON: %w", err)
	}
	ctx, done := s.bind(ctx)
	defer done()
	if holder == "" {
		_, err := s.pool.Exec(ctx, `INSERT INTO puy.refreshes (dataset, state, next) VALUES ($1, $2, $3)
			ON CONFLICT (dataset) DO UPDATE SET state = excluded.state, next = excluded.next`, r.Dataset, state, r.Next)
		return fail(ctx, err, "keep the refresh of %q", r.Dataset)
	}
	tag, err := s.pool.Exec(ctx, "UPDATE puy.refreshes SET state = $2, next = $3, holder = NULL, until = NULL WHERE dataset = $1 AND holder = $4",
		r.Dataset, state, r.Next, holder)
	if err == nil && tag.RowsAffected() == 0 {
		return geo.Errorf(geo.KindConflict, "another process refreshes %q by now", r.Dataset)
	}
	return fail(ctx, err, "keep the refresh of %q", r.Dataset)
}

// ClaimRefresh gives holder the lease of a dataset whose refresh is due and that
// nobody holds, and tells whether it did. The database's clock decides.
func (s *Store) ClaimRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (store.Refresh, bool, error) {
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, `INSERT INTO puy.refreshes AS r (dataset, holder, until) VALUES ($1, $2, clock_timestamp() + $3::interval)
		ON CONFLICT (dataset) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE r.next <= clock_timestamp() AND (r.until IS NULL OR r.until < clock_timestamp())
		RETURNING dataset, state`, dataset, holder, lease)
	if err != nil {
		return store.Refresh{}, false, fail(ctx, err, "claim the refresh of %q", dataset)
	}
	r, err := pgx.CollectOneRow(rows, scanRefresh)
	if err == pgx.ErrNoRows {
		return store.Refresh{}, false, nil
	}
	return r, err == nil, fail(ctx, err, "claim the refresh of %q", dataset)
}

// KeepRefresh prolongs the lease of holder; false where it has none any more.
func (s *Store) KeepRefresh(ctx context.Context, dataset, holder string, lease time.Duration) (bool, error) {
	ctx, done := s.bind(ctx)
	defer done()
	tag, err := s.pool.Exec(ctx, "UPDATE puy.refreshes SET until = clock_timestamp() + $3::interval WHERE dataset = $1 AND holder = $2", dataset, holder, lease)
	return err == nil && tag.RowsAffected() > 0, fail(ctx, err, "hold the refresh of %q", dataset)
}

func scanRefresh(row pgx.CollectableRow) (r store.Refresh, err error) {
	var dataset string
	var state []byte
	if err := row.Scan(&dataset, &state); err != nil {
		return r, err
	}
	err = json.Unmarshal(state, &r)
	r.Dataset = dataset
	return r, err
}
