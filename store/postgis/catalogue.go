package postgis

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// Portal implements store.Store.
func (s *Store) Portal(ctx context.Context) (p catalog.Portal, err error) {
	ctx, done := s.bind(ctx)
	defer done()
	var doc []byte
	err = s.pool.QueryRow(ctx, "SELECT doc FROM puy.portal").Scan(&doc)
	if err == pgx.ErrNoRows {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(doc, &p)
	}
	return p, fail(ctx, err, "read the portal")
}

// PutPortal implements store.Store.
func (s *Store) PutPortal(ctx context.Context, p catalog.Portal) error {
	ctx, done := s.bind(ctx)
	defer done()
	doc, err := json.Marshal(p)
	if err == nil {
		err = s.change(ctx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO puy.portal (doc) VALUES ($1) ON CONFLICT (one) DO UPDATE SET doc = excluded.doc", doc)
			return err
		})
	}
	return fail(ctx, err, "keep the portal")
}

// change runs do in a transaction that also raises the revision.
func (s *Store) change(ctx context.Context, do func(pgx.Tx) error) error {
	defer s.tables.forget()
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return raiseRevision(ctx, tx)
	})
}

// raiseRevision comes last in a transaction, since it makes all others wait.
func raiseRevision(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `WITH r AS (UPDATE puy.revision SET number = number + 1 RETURNING number)
		SELECT pg_notify('puy', number::text) FROM r`)
	return err
}

// Revision implements store.Store.
func (s *Store) Revision(ctx context.Context) (n int64, err error) {
	ctx, done := s.bind(ctx)
	defer done()
	if err = s.pool.QueryRow(ctx, "SELECT number FROM puy.revision").Scan(&n); err == nil {
		s.tables.follow(n)
	}
	return n, fail(ctx, err, "read the revision")
}

const selectDatasets = "SELECT d.doc, v.number IS NOT NULL, " + versionColumns + ` FROM puy.datasets d
	LEFT JOIN puy.versions v ON v.dataset = d.number AND v.number = d.current `

// Datasets implements store.Store.
func (s *Store) Datasets(ctx context.Context) ([]store.Dataset, error) {
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, selectDatasets+"ORDER BY d.id")
	if err != nil {
		return nil, fail(ctx, err, "list the datasets")
	}
	list, err := pgx.CollectRows(rows, scanDataset)
	return list, fail(ctx, err, "list the datasets")
}

// Dataset implements store.Store.
func (s *Store) Dataset(ctx context.Context, id string) (store.Dataset, error) {
	if !storable(id) {
		return store.Dataset{}, noDataset(id)
	}
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, selectDatasets+"WHERE d.id = $1 OR $1 = ANY (d.aliases) ORDER BY d.id = $1 DESC, d.number LIMIT 1", id)
	if err != nil {
		return store.Dataset{}, fail(ctx, err, "read dataset %q", id)
	}
	d, err := pgx.CollectOneRow(rows, scanDataset)
	if err == pgx.ErrNoRows {
		return d, noDataset(id)
	}
	return d, fail(ctx, err, "read dataset %q", id)
}

func noDataset(id string) error {
	return geo.Errorf(geo.KindNotFound, "there is no dataset %q", id)
}

func scanDataset(row pgx.CollectableRow) (d store.Dataset, err error) {
	var doc []byte
	var loaded bool
	var v versionRow
	if err := row.Scan(append([]any{&doc, &loaded}, v.targets()...)...); err != nil {
		return d, err
	}
	if err := json.Unmarshal(doc, &d.Dataset); err != nil || !loaded {
		return d, err
	}
	version, err := v.version()
	d.Current = &version
	return d, err
}

// PutDataset implements store.Store.
func (s *Store) PutDataset(ctx context.Context, d catalog.Dataset) error {
	for _, id := range append([]string{d.ID}, d.Aliases...) {
		if err := catalog.CheckID(id); err != nil {
			return err
		}
	}
	ctx, done := s.bind(ctx)
	defer done()
	doc, err := json.Marshal(d)
	if err == nil {
		aliases := d.Aliases
		if aliases == nil {
			aliases = []string{}
		}
		err = s.change(ctx, func(tx pgx.Tx) error {
			if err := rename(ctx, tx, &d); err != nil {
				return err
			}
			// First as if it were there: a conflict would use up a number.
			tag, err := tx.Exec(ctx, "UPDATE puy.datasets SET aliases = $2, doc = $3 WHERE id = $1", d.ID, aliases, doc)
			if err == nil && tag.RowsAffected() == 0 {
				_, err = tx.Exec(ctx, `INSERT INTO puy.datasets (id, aliases, doc) VALUES ($1, $2, $3)
					ON CONFLICT (id) DO UPDATE SET aliases = excluded.aliases, doc = excluded.doc`, d.ID, aliases, doc)
			}
			if err == nil && d.Removed {
				err = clearDataset(ctx, tx, d.ID)
			}
			return err
		})
		if d.Removed && err == nil {
			s.sweep(ctx)
		}
	}
	return fail(ctx, err, "keep dataset %q", d.ID)
}

// Forget drops a dataset that has never had a version, and leaves any other. It is
// no error where there is none.
func (s *Store) Forget(ctx context.Context, id string) error {
	if !storable(id) {
		return nil
	}
	ctx, done := s.bind(ctx)
	defer done()
	err := s.change(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM puy.datasets WHERE id = $1 AND last = 0 AND coalesce(doc->>'removed', 'false') <> 'true'", id)
		return err
	})
	return fail(ctx, err, "forget dataset %q", id)
}
