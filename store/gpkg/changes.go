package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// Triggers on the table of a current version log what any program edits. They
// fire once a row, so each row edited counts as an edit of its own.

// keptChanges is how many edits of a version the log holds.
const keptChanges = 100_000

// triggerNames are the beginnings of the names of a table's triggers.
var triggerNames = [...]string{"puy_insert_", "puy_update_", "puy_move_", "puy_delete_", "puy_grow_", "puy_keys_"}

// triggers gives the statements that make the triggers of v's table as the
// current version. Like those of the R-tree, they call ST_ functions only where
// a statement inserts rows or sets geometries: programs without these functions
// can delete, and edit tables without geometry.
func (v *version) triggers(d *dataset) []string {
	version := fmt.Sprintf("dataset = %d AND version = %d", v.key.dataset, v.key.number)
	count := func(rows string) string {
		return "UPDATE puy_edits SET edits = edits + 1, edited = CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER), rows = rows" + rows +
			" WHERE " + version + ";\n"
	}
	log := func(fid, before, after string) string {
		return fmt.Sprintf("INSERT INTO puy_changes SELECT dataset, version, edits, %s, %s, %s FROM puy_edits WHERE %s;\n", fid, before, after, version)
	}
	was, is, grow := "NULL", "NULL", ""
	if v.Schema.Spatial() {
		was, is = head("OLD."+geometryColumn), head("NEW."+geometryColumn)
		grow = growth("NEW."+geometryColumn, version)
	}
	keep := "UPDATE puy_datasets SET next_fid = OLD.fid + 1 WHERE number = " + fmt.Sprint(d.number) + " AND next_fid <= OLD.fid;\n"
	end := fmt.Sprintf("DELETE FROM puy_changes WHERE %s AND edit <= (SELECT edits FROM puy_edits WHERE %[1]s) - %d;\n", version, keptChanges) +
		"UPDATE puy_revision SET number = number + 1;\n"
	table := d.entry.ID
	var list []string
	add := func(name, event, when, body string) {
		if when != "" {
			when = " WHEN " + when
		}
		list = append(list, "CREATE TRIGGER "+gp.Quote(name+table)+" AFTER "+event+" ON "+gp.Quote(table)+when+" BEGIN\n"+body+"END")
	}
	add("puy_insert_", "INSERT", "", count(" + 1")+log("NEW.fid", "NULL", is)+grow+end)
	add("puy_update_", "UPDATE", "OLD.fid = NEW.fid", count("")+log("NEW.fid", was, is)+end)
	add("puy_move_", "UPDATE", "OLD.fid != NEW.fid",
		count("")+log("OLD.fid", was, "NULL")+count("")+log("NEW.fid", "NULL", is)+keep+end)
	add("puy_delete_", "DELETE", "", count(" - 1")+log("OLD.fid", was, "NULL")+keep+end)
	if grow != "" {
		add("puy_grow_", "UPDATE OF "+geometryColumn, "NEW."+geometryColumn+" NOTNULL", grow)
	}
	if v.keyed { // a key that another program deletes keeps its fid as well
		add("puy_keys_", "DELETE", "OLD.feature_id IS NOT NULL",
			fmt.Sprintf("INSERT OR IGNORE INTO puy_keys VALUES (%d, OLD.feature_id, OLD.fid);\n", d.number))
	}
	return list
}

// Of a geometry the log keeps the head, which tells its box: header and
// envelope, and what follows where that is short. A long one without an
// envelope, which some programs write, leaves an empty head.
const (
	longestHead = 8 + 64
	shortBlob   = 128
)

func head(geometry string) string {
	return fmt.Sprintf("CASE WHEN length(%[1]s) <= %[2]d THEN %[1]s WHEN substr(hex(substr(%[1]s, 4, 1)), 2) NOT IN ('0', '1') THEN substr(%[1]s, 1, %[3]d) ELSE x'' END",
		geometry, shortBlob, longestHead)
}

// headBounds reads what head kept; whole is the box of all features. What is
// no geometry has no box.
func headBounds(head any, whole geo.Bounds) geo.Bounds {
	blob, ok := head.([]byte)
	if ok && len(blob) == 0 {
		return whole
	}
	b, err := gp.BlobBounds(blob)
	if err != nil {
		return geo.EmptyBounds()
	}
	return b
}

// growth extends the version's box by a geometry.
func growth(geometry, version string) string {
	sql := "UPDATE puy_edits SET "
	outside := "min_x IS NULL"
	for i, side := range [...]struct{ column, pick, function, beyond, none string }{
		{"min_x", "min", "ST_MinX", "<", "1e999"}, {"min_y", "min", "ST_MinY", "<", "1e999"},
		{"max_x", "max", "ST_MaxX", ">", "-1e999"}, {"max_y", "max", "ST_MaxY", ">", "-1e999"},
	} {
		if i > 0 {
			sql += ", "
		}
		value := side.function + "(" + geometry + ")"
		sql += fmt.Sprintf("%[1]s = %[2]s(coalesce(%[1]s, %[3]s), %[4]s)", side.column, side.pick, side.none, value)
		outside += fmt.Sprintf(" OR %s %s %s", value, side.beyond, side.column)
	}
	return sql + " WHERE " + version + " AND NOT ST_IsEmpty(" + geometry + ") AND (" + outside + ");\n"
}

// Changes streams the log of a kept version after one of its edits.
func (s *Store) Changes(ctx context.Context, id string, number, after int64) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		err := s.view(ctx, "read the changes of "+id, func(ctx context.Context, tx *sql.Tx) error {
			d, err := findDataset(ctx, tx, id)
			if err != nil {
				return err
			}
			v, err := s.version(ctx, tx, d, number)
			if err != nil {
				return err
			}
			return eachChange(ctx, tx, d, v, max(0, after), func(c store.Change) bool { return yield(c, nil) })
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(store.Change{}, err)
		}
	}
}

func eachChange(ctx context.Context, tx *sql.Tx, d *dataset, v *version, after int64, fn func(store.Change) bool) error {
	if after >= v.Edits {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT edit, fid, before_head, after_head FROM puy_changes
WHERE dataset = ? AND version = ? AND edit > ? ORDER BY edit`, d.number, v.Number, after)
	if err != nil {
		return err
	}
	defer rows.Close()
	last := after
	for rows.Next() {
		var c store.Change
		var before, became cell
		if err := rows.Scan(&c.Edit, &c.FID, &before, &became); err != nil {
			return err
		}
		if c.Edit != last+1 {
			break
		}
		c.Before, c.After, last = headBounds(before.value, v.Extent), headBounds(became.value, v.Extent), c.Edit
		if !fn(c) {
			return errStopped
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if last != v.Edits {
		return geo.Errorf(geo.KindConflict, "which features of version %d of the dataset %q changed after its edit %d is not known any more", v.Number, d.entry.ID, after)
	}
	return nil
}
