package gpkg

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// Portal gives what PutPortal kept last, or the zero Portal.
func (s *Store) Portal(ctx context.Context) (p catalog.Portal, err error) {
	err = s.view(ctx, "read the portal", func(ctx context.Context, tx *sql.Tx) error {
		var entry []byte
		err := tx.QueryRowContext(ctx, "SELECT entry FROM puy_portal").Scan(&entry)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		return json.Unmarshal(entry, &p)
	})
	return p, err
}

// PutPortal replaces the portal's entry.
func (s *Store) PutPortal(ctx context.Context, p catalog.Portal) error {
	entry, err := json.Marshal(p)
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot write the portal as JSON: %w", err)
	}
	return s.change(ctx, "keep the portal", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "REPLACE INTO puy_portal VALUES (1, ?)", string(entry))
		return err
	})
}

// dataset is a row of puy_datasets.
type dataset struct {
	number      int64
	entry       catalog.Dataset
	current     int64 // 0 without a version
	lastVersion int64
	nextFID     int64
}

const selectDataset = "SELECT number, entry, coalesce(current, 0), last_version, next_fid FROM puy_datasets "

func scanDataset(row interface{ Scan(...any) error }) (*dataset, error) {
	var d dataset
	var entry []byte
	if err := row.Scan(&d.number, &entry, &d.current, &d.lastVersion, &d.nextFID); err != nil {
		return nil, err
	}
	return &d, json.Unmarshal(entry, &d.entry)
}

// queryer reads: *sql.Tx or *sql.Conn.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// findDataset gives the dataset with the id or, if there is none, the alias name.
func findDataset(ctx context.Context, q queryer, name string) (*dataset, error) {
	d, err := scanDataset(q.QueryRowContext(ctx, selectDataset+"WHERE id = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		d, err = scanDataset(q.QueryRowContext(ctx, selectDataset+
			"WHERE EXISTS (SELECT 1 FROM json_each(aliases) WHERE value = ?) ORDER BY id LIMIT 1", name))
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, geo.Errorf(geo.KindNotFound, "there is no dataset %q", name)
	}
	return d, err
}

// Datasets gives all datasets by id.
func (s *Store) Datasets(ctx context.Context) (list []store.Dataset, err error) {
	err = s.view(ctx, "list the datasets", func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, selectDataset+"ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		var found []*dataset
		for rows.Next() {
			d, err := scanDataset(rows)
			if err != nil {
				return err
			}
			found = append(found, d)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, d := range found {
			full, err := s.withCurrent(ctx, tx, d)
			if err != nil {
				return err
			}
			list = append(list, full)
		}
		return nil
	})
	return list, err
}

// Dataset gives one dataset by its id or one of its aliases.
func (s *Store) Dataset(ctx context.Context, id string) (full store.Dataset, err error) {
	err = s.view(ctx, "read a dataset", func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		full, err = s.withCurrent(ctx, tx, d)
		return err
	})
	return full, err
}

func (s *Store) withCurrent(ctx context.Context, q queryer, d *dataset) (store.Dataset, error) {
	full := store.Dataset{Dataset: d.entry}
	if d.current == 0 {
		return full, nil
	}
	v, err := s.version(ctx, q, d, d.current)
	if err != nil {
		return full, err
	}
	record := v.Version
	full.Current = &record
	return full, nil
}

// PutDataset creates a dataset, or replaces its entry and with it what its
// layer is called in other programs.
func (s *Store) PutDataset(ctx context.Context, entry catalog.Dataset) error {
	for _, id := range append([]string{entry.ID}, entry.Aliases...) {
		if err := catalog.CheckID(id); err != nil {
			return err
		}
	}
	text, err := json.Marshal(entry)
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot write dataset %s as JSON: %w", entry.ID, err)
	}
	aliases := []byte("[]")
	if len(entry.Aliases) > 0 {
		if aliases, err = json.Marshal(entry.Aliases); err != nil {
			return geo.Errorf(geo.KindInvalid, "cannot write the aliases of %s as JSON: %w", entry.ID, err)
		}
	}
	return s.change(ctx, "keep dataset "+entry.ID, func(ctx context.Context, tx *sql.Tx) error {
		if err := rename(ctx, tx, &entry); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO puy_datasets (id, entry, aliases) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, aliases = excluded.aliases`, entry.ID, string(text), string(aliases))
		if err != nil {
			return err
		}
		if entry.Removed {
			d, err := findDataset(ctx, tx, entry.ID)
			if err != nil {
				return err
			}
			p := publication{ctx, tx, d}
			return p.clear()
		}
		title, err := identifier(ctx, tx, &entry)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
			title, entry.Description.In("fr"), entry.ID)
		return err
	})
}

// identifier gives a dataset's title, with its id where another layer has the
// same title.
func identifier(ctx context.Context, q queryer, entry *catalog.Dataset) (string, error) {
	title := entry.Title.In("fr")
	if title == "" {
		return entry.ID, nil
	}
	var taken bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM gpkg_contents WHERE identifier = ? AND table_name != ?)", title, entry.ID).Scan(&taken)
	if taken {
		title += " (" + entry.ID + ")"
	}
	return title, err
}

// Forget drops a dataset that has never had a version, and leaves any other. It is
// no error where there is none.
func (s *Store) Forget(ctx context.Context, id string) error {
	return s.change(ctx, "forget dataset "+id, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM puy_datasets WHERE id = ? AND last_version = 0 AND NOT coalesce(json_extract(entry, '$.removed'), 0)", id)
		return err
	})
}
