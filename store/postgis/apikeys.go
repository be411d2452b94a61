package postgis

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// PutAPIKey implements store.Store.
func (s *Store) PutAPIKey(ctx context.Context, k store.APIKey) error {
	if err := k.Check(); err != nil {
		return err
	}
	ctx, done := s.bind(ctx)
	defer done()
	var expires *time.Time
	if !k.Expires.IsZero() {
		expires = &k.Expires
	}
	datasets := k.Datasets
	if datasets == nil {
		datasets = []string{}
	}
	tag, err := s.pool.Exec(ctx, "INSERT INTO puy.api_keys (name, hash, last, created, expires, datasets, edit, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
		k.Name, k.Hash[:], k.Last, k.Created, expires, datasets, k.Edit, k.Note)
	if err == nil && tag.RowsAffected() == 0 {
		return geo.Errorf(geo.KindConflict, "there is already a key called %q", k.Name)
	}
	return fail(ctx, err, "keep the key %q", k.Name)
}

const selectAPIKeys = "SELECT name, hash, last, created, expires, datasets, edit, note FROM puy.api_keys "

// APIKeys implements store.Store.
func (s *Store) APIKeys(ctx context.Context) ([]store.APIKey, error) {
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, selectAPIKeys+"ORDER BY name")
	if err != nil {
		return nil, fail(ctx, err, "list the keys")
	}
	list, err := pgx.CollectRows(rows, scanAPIKey)
	return list, fail(ctx, err, "list the keys")
}

// APIKey implements store.Store.
func (s *Store) APIKey(ctx context.Context, hash [sha256.Size]byte) (store.APIKey, error) {
	ctx, done := s.bind(ctx)
	defer done()
	rows, err := s.pool.Query(ctx, selectAPIKeys+"WHERE hash = $1", hash[:])
	if err != nil {
		return store.APIKey{}, fail(ctx, err, "look a key up")
	}
	k, err := pgx.CollectOneRow(rows, scanAPIKey)
	if err == pgx.ErrNoRows {
		return store.APIKey{}, geo.Errorf(geo.KindNotFound, "there is no such key")
	}
	return k, fail(ctx, err, "look a key up")
}

// RemoveAPIKey implements store.Store.
func (s *Store) RemoveAPIKey(ctx context.Context, name string) error {
	ctx, done := s.bind(ctx)
	defer done()
	if !storable(name) {
		return geo.Errorf(geo.KindNotFound, "there is no key called %q", name)
	}
	tag, err := s.pool.Exec(ctx, "DELETE FROM puy.api_keys WHERE name = $1", name)
	if err == nil && tag.RowsAffected() == 0 {
		return geo.Errorf(geo.KindNotFound, "there is no key called %q", name)
	}
	return fail(ctx, err, "remove the key %q", name)
}

func scanAPIKey(row pgx.CollectableRow) (k store.APIKey, err error) {
	var hash []byte
	var expires *time.Time
	if err := row.Scan(&k.Name, &hash, &k.Last, &k.Created, &expires, &k.Datasets, &k.Edit, &k.Note); err != nil {
		return k, err
	}
	copy(k.Hash[:], hash)
	k.Created = k.Created.UTC()
	if expires != nil {
		k.Expires = expires.UTC()
	}
	if len(k.Datasets) == 0 {
		k.Datasets = nil
	}
	return k, nil
}
