package gpkg

import (
	"context"
	"database/sql"
	"errors"

	"puy/catalog"
)

// rename gives the dataset that bears an alias of entry as its id the id of
// entry, where that is not taken: with its versions, its layer and its API keys.
func rename(ctx context.Context, tx *sql.Tx, entry *catalog.Dataset) error {
	if _, err := scanDataset(tx.QueryRowContext(ctx, selectDataset+"WHERE id = ?", entry.ID)); !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, old := range entry.Aliases {
		d, err := scanDataset(tx.QueryRowContext(ctx, selectDataset+"WHERE id = ?", old))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return err
		}
		p := publication{ctx, tx, d}
		return p.rename(entry)
	}
	return nil
}

func (p *publication) rename(entry *catalog.Dataset) error {
	old := p.d.entry.ID
	if err := checkFree(p.ctx, p.x, &dataset{entry: *entry}); err != nil {
		return err
	}
	var shown *version
	if p.d.current != 0 {
		kept, err := readVersions(p.ctx, p.x, "WHERE v.dataset = ? AND number = ?", p.d.number, p.d.current)
		if err != nil {
			return err
		}
		for _, v := range kept {
			good, err := fits(p.ctx, p.x, p.d, v)
			if err != nil {
				return err
			}
			if good {
				shown = v
			}
		}
	}
	if shown != nil {
		if err := p.demote(shown); err != nil {
			return err
		}
	}
	if err := p.exec("UPDATE puy_datasets SET id = ? WHERE id = ?", entry.ID, old); err != nil {
		return err
	}
	// Ids have no character that JSON escapes.
	if err := p.exec("UPDATE puy_api_keys SET datasets = replace(datasets, ?, ?)", `"`+old+`"`, `"`+entry.ID+`"`); err != nil {
		return err
	}
	p.d.entry = *entry
	if shown == nil {
		return nil
	}
	return p.promote(shown)
}
