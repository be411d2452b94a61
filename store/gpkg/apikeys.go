package gpkg

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"puy/geo"
	"puy/store"
)

// PutAPIKey keeps a new key.
func (s *Store) PutAPIKey(ctx context.Context, k store.APIKey) error {
	if err := k.Check(); err != nil {
		return err
	}
	datasets := []byte("[]")
	if len(k.Datasets) > 0 {
		var err error
		if datasets, err = json.Marshal(k.Datasets); err != nil {
			return geo.Errorf(geo.KindInvalid, "cannot write the datasets of the key %q as JSON: %w", k.Name, err)
		}
	}
	var expires any
	if !k.Expires.IsZero() {
		expires = k.Expires.UnixMicro()
	}
	return s.change(ctx, "keep a key", func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "INSERT INTO puy_api_keys (name, hash, last, created, expires, datasets, edit, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			k.Name, k.Hash[:], k.Last, k.Created.UnixMicro(), expires, string(datasets), k.Edit, k.Note)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, geo.Errorf(geo.KindConflict, "there is already a key called %q", k.Name))
		}
		return nil
	})
}

const selectAPIKeys = "SELECT name, hash, last, created, expires, datasets, edit, note FROM puy_api_keys "

// APIKeys gives all keys by name.
func (s *Store) APIKeys(ctx context.Context) (list []store.APIKey, err error) {
	err = s.view(ctx, "list the keys", func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, selectAPIKeys+"ORDER BY name")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			k, err := scanAPIKey(rows)
			if err != nil {
				return err
			}
			list = append(list, k)
		}
		return rows.Err()
	})
	return list, err
}

// APIKey gives the key with a hash.
func (s *Store) APIKey(ctx context.Context, hash [sha256.Size]byte) (k store.APIKey, err error) {
	err = s.view(ctx, "look a key up", func(ctx context.Context, tx *sql.Tx) error {
		k, err = scanAPIKey(tx.QueryRowContext(ctx, selectAPIKeys+"WHERE hash = ?", hash[:]))
		if errors.Is(err, sql.ErrNoRows) {
			return geo.Errorf(geo.KindNotFound, "there is no such key")
		}
		return err
	})
	return k, err
}

// RemoveAPIKey forgets the key with a name.
func (s *Store) RemoveAPIKey(ctx context.Context, name string) error {
	return s.change(ctx, "remove a key", func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM puy_api_keys WHERE name = ?", name)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, geo.Errorf(geo.KindNotFound, "there is no key called %q", name))
		}
		return nil
	})
}

func scanAPIKey(row interface{ Scan(...any) error }) (k store.APIKey, err error) {
	var hash, datasets []byte
	var created int64
	var expires sql.NullInt64
	if err := row.Scan(&k.Name, &hash, &k.Last, &created, &expires, &datasets, &k.Edit, &k.Note); err != nil {
		return k, err
	}
	copy(k.Hash[:], hash)
	k.Created = time.UnixMicro(created).UTC()
	if expires.Valid {
		k.Expires = time.UnixMicro(expires.Int64).UTC()
	}
	if err := json.Unmarshal(datasets, &k.Datasets); err != nil || len(k.Datasets) == 0 {
		k.Datasets = nil
		return k, err
	}
	return k, nil
}
