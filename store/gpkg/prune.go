package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"puy/catalog"
	"puy/geo"
)

// Prune drops the versions that keep does not keep.
func (s *Store) Prune(ctx context.Context, id string, keep catalog.Keep) (dropped []catalog.Version, err error) {
	err = s.change(ctx, "prune "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		p := publication{ctx, tx, d}
		dropped, err = p.prune(keep, time.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	return dropped, nil
}

// prune drops the versions that keep does not keep.
func (p *publication) prune(keep catalog.Keep, now time.Time) ([]catalog.Version, error) {
	kept, err := readVersions(p.ctx, p.x, "WHERE v.dataset = ? ORDER BY number DESC", p.d.number)
	if err != nil {
		return nil, err
	}
	records := make([]catalog.Version, len(kept))
	byNumber := make(map[int64]*version, len(kept))
	for i, v := range kept {
		records[i], byNumber[v.Number] = v.Version, v
	}
	dropped := keep.Drops(records, p.d.current, now)
	for i := range dropped {
		if err := p.dropHidden(byNumber[dropped[i].Number]); err != nil {
			return nil, err
		}
	}
	return dropped, nil
}

// dropHidden removes a version that is not current. Its keys are in puy_keys.
func (p *publication) dropHidden(v *version) error {
	table, rtree := v.names(p.d)
	for _, name := range []string{rtree, table} {
		if err := p.drop(name); err != nil {
			return err
		}
	}
	return p.forget(v)
}

// noteCurrent notes that a version is current from now on.
func (p *publication) noteCurrent(number int64) error {
	return p.exec("INSERT OR REPLACE INTO puy_tenures VALUES (?, ?, ?)", p.d.number, time.Now().UnixMicro(), number)
}

// AsOf gives the number of the version that was current at a time.
func (s *Store) AsOf(ctx context.Context, id string, at time.Time) (number int64, err error) {
	err = s.view(ctx, "read the versions of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT version FROM puy_tenures WHERE dataset = ? AND since <= ? ORDER BY since DESC LIMIT 1",
			d.number, at.UnixMicro()).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return geo.Errorf(geo.KindNotFound, "the dataset %q had no version at %s", id, at.UTC().Format(time.RFC3339))
		}
		return err
	})
	return number, err
}

// checkRemoved gives an error of KindConflict for a dataset that was removed.
func checkRemoved(d *dataset) error {
	if d.entry.Removed {
		return geo.Errorf(geo.KindConflict, "the dataset %q was removed", d.entry.ID)
	}
	return nil
}

// clear drops all versions of a dataset that was removed.
func (p *publication) clear() error {
	kept, err := readVersions(p.ctx, p.x, "WHERE v.dataset = ?", p.d.number)
	if err != nil {
		return err
	}
	for _, v := range kept {
		if v.Number == p.d.current {
			err = p.discard(v)
		} else {
			err = p.dropHidden(v)
		}
		if err != nil {
			return err
		}
	}
	if err := p.exec("DELETE FROM puy_keys WHERE dataset = ?", p.d.number); err != nil {
		return err
	}
	return p.exec("UPDATE puy_datasets SET current = NULL, next_fid = 1 WHERE number = ?", p.d.number)
}
