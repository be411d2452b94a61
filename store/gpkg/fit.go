package gpkg

import (
	"context"
	"slices"
	"strings"

	gp "puy/geo/format/gpkg"

	"puy/geo"
)

// Other programs can alter, drop and replace the tables of versions. This file
// tells whether a table is still what the version's record says.

// tableState is what the file holds under the name of a version's table.
type tableState struct {
	columns map[string]bool // by name in lower case; empty where there is no table
	key     string          // the column that is the primary key, in lower case
}

func readTable(ctx context.Context, q queryer, table string) (tableState, error) {
	s := tableState{columns: make(map[string]bool)}
	rows, err := q.QueryContext(ctx, `SELECT c.name, c.pk FROM sqlite_schema s JOIN pragma_table_info(s.name, 'main') c
WHERE s.type = 'table' AND s.name = ? COLLATE NOCASE`, table)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var pk int
		if err := rows.Scan(&name, &pk); err != nil {
			return s, err
		}
		name = strings.ToLower(name)
		s.columns[name] = true
		if pk == 1 {
			s.key = name
		}
	}
	return s, rows.Err()
}

// hasKeys tells whether fids and feature ids can be read.
func (s tableState) hasKeys() bool { return s.key == fidColumn && s.columns[idColumn] }

// holds tells whether the columns of v are there; more may be.
func (s tableState) holds(v *version) bool {
	if s.key != fidColumn || v.keyed && !s.columns[idColumn] || v.Schema.Spatial() && !s.columns[geometryColumn] {
		return false
	}
	return !slices.ContainsFunc(v.columns, func(name string) bool { return !s.columns[strings.ToLower(name)] })
}

// fits tells whether the table of v can be read as v, and what edits it is
// logged while it is the current one.
func fits(ctx context.Context, q queryer, d *dataset, v *version) (bool, error) {
	good, err := readable(ctx, q, d, v)
	if err != nil || !good || v.Number != d.current {
		return good, err
	}
	names := make([]string, len(triggerNames))
	for i, name := range triggerNames {
		names[i] = gp.QuoteText(name + d.entry.ID)
	}
	var n int
	err = q.QueryRowContext(ctx, "SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE AND name IN ("+strings.Join(names, ", ")+")",
		d.entry.ID).Scan(&n)
	return n == len(v.triggers(d)), err
}

// readable tells whether the table of v has its columns and its R-tree.
func readable(ctx context.Context, q queryer, d *dataset, v *version) (bool, error) {
	table, rtree := v.names(d)
	state, err := readTable(ctx, q, table)
	if err != nil || !state.holds(v) || !v.Schema.Spatial() {
		return err == nil && state.holds(v), err
	}
	var good bool
	err = q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN (?1, ?1 || '_node', ?1 || '_rowid', ?1 || '_parent')) = 4
AND NOT EXISTS (SELECT 1 FROM gpkg_geometry_columns WHERE table_name = ?2 AND (column_name != ?3 COLLATE NOCASE OR srs_id != 4326))`,
		rtree, table, geometryColumn).Scan(&good)
	return good, err
}

// checkFit gives an error of KindConflict where the table of v no longer fits.
// The answer holds until somebody changes the schema of the file.
func (s *Store) checkFit(ctx context.Context, q queryer, d *dataset, v *version) error {
	var schema int64
	if err := q.QueryRowContext(ctx, "PRAGMA main.schema_version").Scan(&schema); err != nil {
		return err
	}
	s.mu.Lock()
	at, known := s.fitting[v.key]
	s.mu.Unlock()
	if known && at == schema {
		return nil
	}
	good, err := fits(ctx, q, d, v)
	if err != nil {
		return err
	}
	if !good {
		return misfit(d, v)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fitting) >= maxCachedVersions {
		clear(s.fitting)
	}
	s.fitting[v.key] = schema
	return nil
}

func misfit(d *dataset, v *version) error {
	return geo.Errorf(geo.KindConflict, "another program has altered or removed the table of the dataset %q, so its version %d cannot be read", d.entry.ID, v.Number).
		WithHint("load the dataset again")
}

// checkFree gives an error of KindConflict where a dataset without a version
// finds that something else has its name.
func checkFree(ctx context.Context, q queryer, d *dataset) error {
	if d.current != 0 {
		return nil
	}
	var taken string
	err := q.QueryRowContext(ctx, "SELECT coalesce((SELECT name FROM main.sqlite_schema WHERE name COLLATE NOCASE IN (?, ?) ORDER BY length(name) LIMIT 1), '')",
		d.entry.ID, (&version{}).table(d).RTree()).Scan(&taken)
	if taken != "" {
		return geo.Errorf(geo.KindConflict, "the store already holds a layer %q that another program made, so the dataset %q cannot be loaded", taken, d.entry.ID).
			WithHint("rename or delete that layer, or give the dataset another id")
	}
	return err
}

// discard removes the current version v, whose table does not fit, with
// whatever stands in its place.
func (p *publication) discard(v *version) error {
	t := v.table(p.d)
	if err := gp.Unregister(p.ctx, p.x, t); err != nil {
		return err
	}
	if err := p.dropTriggers(t.Name); err != nil {
		return err
	}
	for _, name := range []string{t.RTree(), t.Name} {
		if err := p.drop(name); err != nil {
			return err
		}
	}
	return p.forget(v)
}

// drop removes the table or view called name, if there is one.
func (p *publication) drop(name string) error {
	var kinds string
	err := p.x.QueryRowContext(p.ctx, "SELECT coalesce(max(type), '') FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')", name).Scan(&kinds)
	switch {
	case err != nil || kinds == "":
		return err
	case kinds == "view":
		return p.exec("DROP VIEW main." + gp.Quote(name))
	}
	return p.exec("DROP TABLE main." + gp.Quote(name))
}

// forget removes the records of a version whose table is gone.
func (p *publication) forget(v *version) error {
	for _, where := range []string{"puy_versions WHERE dataset = ? AND number = ?", "puy_reports WHERE dataset = ? AND version = ?", "puy_differences WHERE dataset = ? AND version = ?",
		"puy_edits WHERE dataset = ? AND version = ?", "puy_changes WHERE dataset = ? AND version = ?",
		"puy_comparisons WHERE dataset = ? AND version = ?"} {
		if err := p.exec("DELETE FROM "+where, p.d.number, v.Number); err != nil {
			return err
		}
	}
	return nil
}

// rescueKeys makes the table called known of all keys and their fids that can
// still be read: of the kept versions, the newest first, of puy_keys, and of
// what stands in the place of v, which may be anybody's.
func (p *publication) rescueKeys(v *version, known string) error {
	if err := p.exec("CREATE TABLE " + known + " (id TEXT PRIMARY KEY, fid INTEGER UNIQUE) WITHOUT ROWID"); err != nil {
		return err
	}
	kept, err := readVersions(p.ctx, p.x, "WHERE v.dataset = ? AND number != ? AND keyed ORDER BY number DESC", p.d.number, v.Number)
	if err != nil {
		return err
	}
	insert := "INSERT OR IGNORE INTO " + known
	fromTable := func(v *version) error {
		name, _ := v.names(p.d)
		state, err := readTable(p.ctx, p.x, name)
		if err != nil || !state.hasKeys() {
			return err
		}
		return p.exec(insert + " SELECT feature_id, fid FROM main." + gp.Quote(name) + " WHERE typeof(feature_id) = 'text' AND fid > 0 ORDER BY fid")
	}
	for _, k := range kept {
		if err := fromTable(k); err != nil {
			return err
		}
	}
	if err := p.exec(insert+" SELECT id, fid FROM main.puy_keys WHERE dataset = ?", p.d.number); err != nil {
		return err
	}
	return fromTable(v)
}

// keepRescued remembers the rescued keys that the current version v has not.
func (p *publication) keepRescued(v *version, known string) error {
	query := "INSERT OR IGNORE INTO main.puy_keys SELECT ?, k.id, k.fid FROM " + known + " k"
	if v.keyed {
		table := "main." + gp.Quote(p.d.entry.ID)
		query += " WHERE k.fid NOT IN (SELECT fid FROM " + table + ") AND k.id NOT IN (SELECT feature_id FROM " + table + " WHERE feature_id IS NOT NULL)"
	}
	if err := p.exec(query, p.d.number); err != nil {
		return err
	}
	return p.exec("DROP TABLE " + known)
}
