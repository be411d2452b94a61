package gpkg

import (
	"context"
	"slices"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// Commit copies the load into the store and makes it the current version.
func (l *load) Commit(ctx context.Context, out store.Outcome) (catalog.Version, error) {
	ctx, cancel := l.store.within(ctx)
	defer cancel()
	what := "complete the load of " + l.id
	if l.ended {
		return catalog.Version{}, geo.Errorf(geo.KindInternal, "the load of %s has ended already", l.id)
	}
	v, err := l.commit(ctx, out)
	if err != nil {
		return catalog.Version{}, l.store.fail(ctx, what, err)
	}
	// The version stands whatever happens from here on; a checkpoint that meets readers is made by a later one.
	l.store.tellWatchers()
	l.conn.ExecContext(ctx, "PRAGMA busy_timeout = 100")
	l.conn.ExecContext(ctx, "PRAGMA main.wal_checkpoint(TRUNCATE)")
	l.Abort()
	return v.Version, nil
}

func (l *load) commit(ctx context.Context, out store.Outcome) (*version, error) {
	if _, _, err := l.duplicates(ctx, 0); err != nil {
		return nil, err
	}
	if l.spec.Schema.Spatial() {
		if _, err := l.conn.ExecContext(ctx, "CREATE INDEX load.rows_void ON rows (fid) WHERE geom IS NULL"); err != nil {
			return nil, err
		}
	}
	for _, statement := range []string{"COMMIT", "BEGIN IMMEDIATE"} {
		over := l.store.waits()
		_, err := l.conn.ExecContext(ctx, statement)
		if over(); err != nil {
			return nil, err
		}
	}
	v, err := l.publish(ctx, out)
	if err == nil {
		_, err = l.conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		// With a context of its own: this one may have ended.
		l.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return nil, err
	}
	return v, nil
}

// publish does all that belongs to the one transaction.
func (l *load) publish(ctx context.Context, out store.Outcome) (*version, error) {
	d, err := findDataset(ctx, l.conn, l.id)
	if err == nil {
		err = checkRemoved(d)
	}
	if err != nil {
		return nil, err
	}
	if err := checkFree(ctx, l.conn, d); err != nil {
		return nil, err
	}
	var old, broken *version // the current version: as it was, or no longer fit to be read
	if d.current != 0 {
		if old, err = l.store.version(ctx, l.conn, d, d.current); err != nil {
			return nil, err
		}
		good, err := fits(ctx, l.conn, d, old)
		if err != nil {
			return nil, err
		}
		if !good {
			old, broken = nil, old
		}
	}
	v := &version{keyed: l.spec.Keyed, columns: l.table.Columns, key: versionKey{d.number, d.lastVersion + 1}}
	v.Version = catalog.Version{Number: v.key.number, Loaded: time.Now().UTC().Truncate(time.Microsecond), Source: l.spec.Source, Checksum: l.spec.Checksum,
		Rows: l.rows, Extent: l.extent, Time: l.span, Schema: l.spec.Schema, Rejected: out.Rejected, Compared: old != nil && v.keyed && old.keyed, Keyed: v.keyed}

	p := publication{ctx: ctx, x: l.conn, d: d}
	if broken != nil {
		if err := p.rescueKeys(broken, rescued); err != nil {
			return nil, err
		}
	}
	moved, err := l.assignFIDs(ctx, d, old, broken != nil)
	if err != nil {
		return nil, err
	}
	switch {
	case old != nil:
		err = p.demote(old)
	case broken != nil:
		err = p.discard(broken)
	default:
		// An entry that another program left without its table.
		err = gp.Unregister(ctx, l.conn, v.table(d))
	}
	if err != nil {
		return nil, err
	}
	d.current = v.Number
	if err := l.copyRows(ctx, v, d, moved); err != nil {
		return nil, err
	}
	if v.Schema.Spatial() {
		if err := gp.CreateRTree(ctx, l.conn, v.table(d).RTree(), l.boxes); err != nil {
			return nil, err
		}
	}
	if broken != nil {
		if err := p.keepRescued(v, rescued); err != nil {
			return nil, err
		}
	}
	if old != nil && old.keyed {
		if v.keyed {
			if err := p.compare(old, v); err != nil {
				return nil, err
			}
		}
		if err := p.keepKeys(old, v); err != nil {
			return nil, err
		}
	}
	if v.keyed {
		if err := p.passFIDs(d.entry.ID); err != nil {
			return nil, err
		}
	}
	return v, p.record(v, out)
}

// rescued is the table of the keys that were saved from a broken version.
const rescued = "load.known"

// assignFIDs gives each row the fid that its key has had before, or the next
// one; in the table load.map, unless every row keeps its number as its fid
// (moved is false): when there was no key before, and where nothing moved.
func (l *load) assignFIDs(ctx context.Context, d *dataset, old *version, rescue bool) (moved bool, err error) {
	if !l.spec.Keyed || d.nextFID == 1 {
		return false, nil
	}
	if _, err := l.conn.ExecContext(ctx, "CREATE TABLE load.map (row INTEGER PRIMARY KEY, fid INTEGER)"); err != nil {
		return false, err
	}
	if old != nil && old.keyed {
		table, _ := old.names(d)
		// A copy that another program made of a row has the same feature id: the row itself comes first.
		_, err := l.conn.ExecContext(ctx, "INSERT OR IGNORE INTO load.map SELECT r.fid, o.fid FROM load.rows r JOIN main."+gp.Quote(table)+" o ON o.feature_id = r.feature_id")
		if err != nil {
			return false, err
		}
	}
	next := d.nextFID
	if rescue {
		_, err := l.conn.ExecContext(ctx, "INSERT INTO load.map SELECT r.fid, k.fid FROM load.rows r JOIN "+rescued+" k ON k.id = r.feature_id")
		if err != nil {
			return false, err
		}
		if err := l.conn.QueryRowContext(ctx, "SELECT max(?, 1 + coalesce((SELECT max(fid) FROM "+rescued+"), 0))", next).Scan(&next); err != nil {
			return false, err
		}
	}
	var gone bool
	if err := l.conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM puy_keys WHERE dataset = ?)", d.number).Scan(&gone); err != nil {
		return false, err
	}
	if gone && !rescue {
		_, err := l.conn.ExecContext(ctx, `INSERT OR IGNORE INTO load.map SELECT r.fid, k.fid
FROM load.rows r JOIN puy_keys k ON k.dataset = ? AND k.id = r.feature_id`, d.number)
		if err != nil {
			return false, err
		}
	}
	if old != nil && old.keyed { // other programs may have added rows
		table, _ := old.names(d)
		if err := l.conn.QueryRowContext(ctx, "SELECT max(?, 1 + coalesce((SELECT max(fid) FROM main."+gp.Quote(table)+"), 0))", next).Scan(&next); err != nil {
			return false, err
		}
	}
	_, err = l.conn.ExecContext(ctx, `INSERT INTO load.map SELECT r.fid, ? - 1 + row_number() OVER (ORDER BY r.fid)
FROM load.rows r WHERE NOT EXISTS (SELECT 1 FROM load.map m WHERE m.row = r.fid)`, next)
	if err != nil {
		return false, err
	}
	err = l.conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM load.map WHERE fid != row)").Scan(&moved)
	if err != nil || !moved {
		return false, err
	}
	if _, err := l.conn.ExecContext(ctx, "CREATE INDEX load.map_fid ON map (fid, row)"); err != nil {
		return false, err
	}
	return true, l.moveBoxes(ctx)
}

// moveBoxes gives the boxes, which are in the order of rows, their fids.
func (l *load) moveBoxes(ctx context.Context) error {
	if len(l.boxes) == 0 {
		return nil
	}
	rows, err := l.conn.QueryContext(ctx, "SELECT row, fid FROM load.map ORDER BY row")
	if err != nil {
		return err
	}
	defer rows.Close()
	for next := 0; next < len(l.boxes) && rows.Next(); {
		var row, fid int64
		if err := rows.Scan(&row, &fid); err != nil {
			return err
		}
		if l.boxes[next].FID == row {
			l.boxes[next].FID = fid
			next++
		}
	}
	return rows.Err()
}

// copyRows makes the table of the current version and its indexes.
func (l *load) copyRows(ctx context.Context, v *version, d *dataset, moved bool) error {
	t := v.table(d)
	table := gp.Quote(t.Name)
	indexes := v.indexes(t.Name)
	if _, err := l.conn.ExecContext(ctx, t.CreateTable("main."+table)); err != nil {
		return err
	}
	if !moved {
		// Between tables of one form SQLite copies whole records, and whole indexes.
		statements := append(indexes, "INSERT INTO main."+table+" SELECT * FROM load.rows")
		return execAll(ctx, l.conn, append(statements, v.sortIndex(t.Name)...)...)
	}
	columns := "m.fid"
	if t.Schema.Spatial() {
		columns += ", r.geom"
	}
	columns += ", r.feature_id"
	for _, name := range t.Columns {
		columns += ", r." + gp.Quote(name)
	}
	statement := "INSERT INTO main." + table + " SELECT " + columns + " FROM load.map m CROSS JOIN load.rows r ON r.fid = m.row ORDER BY m.fid"
	return execAll(ctx, l.conn, slices.Concat([]string{statement}, indexes, v.sortIndex(t.Name))...)
}

// indexes gives the statements that index v's table, called name: by feature
// id, and the rows without geometry, which a spatial query must find.
func (v *version) indexes(name string) []string {
	var list []string
	suffix := v.key.oldName()[len("puy_v"):]
	if v.keyed {
		list = append(list, "CREATE INDEX main.puy_id"+suffix+" ON "+gp.Quote(name)+" (feature_id)")
	}
	if v.Schema.Spatial() {
		list = append(list, "CREATE INDEX main.puy_void"+suffix+" ON "+gp.Quote(name)+" (fid) WHERE geom IS NULL")
	}
	return list
}

func execAll(ctx context.Context, x gp.Execer, statements ...string) error {
	for _, statement := range statements {
		if _, err := x.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
