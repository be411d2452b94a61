package gpkg

import (
	"context"
	"database/sql"
)

// migrate brings a file of an earlier layout to this one.
func migrate(ctx context.Context, tx *sql.Tx, found int) error {
	if found < 2 {
		if err := addEdits(ctx, tx); err != nil {
			return err
		}
	}
	if found < 3 {
		if err := execAll(ctx, tx, keyLayout[:]...); err != nil {
			return err
		}
	}
	// The differences of before do not tell fids, by which they are read now.
	statements := append([]string{"DROP TABLE puy_differences", "DROP TABLE IF EXISTS puy_comparisons", "DROP TABLE IF EXISTS puy_tenures"}, versionLayout[:]...)
	return execAll(ctx, tx, append(statements,
		`INSERT OR REPLACE INTO puy_tenures SELECT v.dataset, v.loaded, v.number FROM puy_versions v JOIN puy_datasets d ON d.number = v.dataset
WHERE v.number <= d.current ORDER BY v.number`, "UPDATE puy_revision SET number = number + 1, layout = 4")...)
}

// addEdits makes the log of edits, which layout 1 did not have. What other
// programs added or deleted there is in GDAL's count of rows.
func addEdits(ctx context.Context, tx *sql.Tx) error {
	if err := execAll(ctx, tx, editLayout[:]...); err != nil {
		return err
	}
	err := execAll(ctx, tx, `INSERT INTO puy_edits SELECT v.dataset, v.number, 0, NULL,
coalesce((SELECT feature_count FROM puy_datasets d JOIN gpkg_ogr_contents c ON c.table_name = d.id WHERE d.number = v.dataset AND d.current = v.number), v.rows),
v.min_x, v.min_y, v.max_x, v.max_y FROM puy_versions v`)
	if err != nil {
		return err
	}
	if err := execAll(ctx, tx, versionLayout[1]); err != nil { // which readVersions reads
		return err
	}
	list, err := currentDatasets(ctx, tx)
	if err != nil {
		return err
	}
	for _, d := range list {
		kept, err := readVersions(ctx, tx, "WHERE v.dataset = ? AND number = ?", d.number, d.current)
		if err != nil {
			return err
		}
		for _, v := range kept {
			// One that another program has altered waits for its next load.
			if good, err := readable(ctx, tx, d, v); err != nil || !good {
				if err != nil {
					return err
				}
				continue
			}
			p := publication{ctx, tx, d}
			if err := p.dropTriggers(d.entry.ID); err != nil {
				return err
			}
			if err := execAll(ctx, tx, v.triggers(d)...); err != nil {
				return err
			}
		}
	}
	return nil
}

func currentDatasets(ctx context.Context, tx *sql.Tx) ([]*dataset, error) {
	rows, err := tx.QueryContext(ctx, selectDataset+"WHERE current IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*dataset
	for rows.Next() {
		d, err := scanDataset(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}
