package gpkg

import (
	"context"
	"database/sql"
	"slices"

	gp "puy/geo/format/gpkg"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// execQueryer reads and writes: *sql.Tx or *sql.Conn.
type execQueryer interface {
	queryer
	gp.Execer
}

// publication changes, within a transaction, which version of a dataset is the
// one that other programs see.
type publication struct {
	ctx context.Context
	x   execQueryer
	d   *dataset
}

func (p *publication) exec(query string, args ...any) error {
	_, err := p.x.ExecContext(p.ctx, query, args...)
	return err
}

// demote hides the current version under its own name.
func (p *publication) demote(v *version) error {
	t := v.table(p.d)
	if err := gp.Unregister(p.ctx, p.x, t); err != nil {
		return err
	}
	if err := p.dropTriggers(t.Name); err != nil {
		return err
	}
	return p.rename(v, t.Name, t.RTree(), v.key.oldName(), v.key.oldName()+"_rtree")
}

// promote shows a hidden version under the dataset's id.
func (p *publication) promote(v *version) error {
	t := v.table(p.d)
	if err := p.rename(v, v.key.oldName(), v.key.oldName()+"_rtree", t.Name, t.RTree()); err != nil {
		return err
	}
	return p.register(v)
}

func (p *publication) rename(v *version, table, rtree, newTable, newRTree string) error {
	if err := p.exec("ALTER TABLE main." + gp.Quote(table) + " RENAME TO " + gp.Quote(newTable)); err != nil {
		return err
	}
	if !v.Schema.Spatial() {
		return nil
	}
	return p.exec("ALTER TABLE main." + gp.Quote(rtree) + " RENAME TO " + gp.Quote(newRTree))
}

func (p *publication) register(v *version) error {
	t := v.table(p.d)
	var err error
	if t.Identifier, err = identifier(p.ctx, p.x, &p.d.entry); err != nil {
		return err
	}
	t.Description = p.d.entry.Description.In("fr")
	if err := t.Register(p.ctx, p.x); err != nil {
		return err
	}
	return execAll(p.ctx, p.x, v.triggers(p.d)...)
}

// dropTriggers removes the triggers of the current version's table.
func (p *publication) dropTriggers(table string) error {
	for _, name := range triggerNames {
		if err := p.exec("DROP TRIGGER IF EXISTS " + gp.Quote(name+table)); err != nil {
			return err
		}
	}
	return nil
}

// compare counts and keeps what v changed since old; both are keyed, so a key
// has one fid in both.
func (p *publication) compare(old, v *version) error {
	was, _ := old.names(p.d)
	before, after := "main."+gp.Quote(was), "main."+gp.Quote(p.d.entry.ID)
	insert := "INSERT OR IGNORE INTO puy_differences SELECT ?, ?, ?, "
	changed := func(kind store.DifferenceKind, query string) (int64, error) {
		result, err := p.x.ExecContext(p.ctx, insert+query, p.d.number, v.Number, string(kind))
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	var err error
	if v.Added, err = changed(store.Added, "n.feature_id FROM "+after+" n WHERE n.fid NOT IN (SELECT fid FROM "+before+")"); err != nil {
		return err
	}
	if v.Removed, err = changed(store.Removed, "o.feature_id FROM "+before+" o WHERE o.feature_id IS NOT NULL AND o.fid NOT IN (SELECT fid FROM "+after+")"); err != nil {
		return err
	}
	if condition := differs(old, v); condition != "" {
		v.Modified, err = changed(store.Modified, "n.feature_id FROM "+before+" o CROSS JOIN "+after+" n ON n.fid = o.fid WHERE "+condition)
	}
	return err
}

// differs compares the rows o and n of two versions: fields of one name by
// value, and a field or geometry that only one of them has with null.
func differs(old, v *version) string {
	condition := ""
	or := func(test string) {
		if condition != "" {
			condition += " OR "
		}
		condition += test
	}
	switch {
	case old.Schema.Spatial() && v.Schema.Spatial():
		or("n.geom IS NOT o.geom")
	case old.Schema.Spatial():
		or("o.geom IS NOT NULL")
	case v.Schema.Spatial():
		or("n.geom IS NOT NULL")
	}
	for i, f := range v.Schema.Fields {
		if j := old.Schema.Index(f.Name); j >= 0 {
			or("n." + gp.Quote(v.columns[i]) + " IS NOT o." + gp.Quote(old.columns[j]))
		} else {
			or("n." + gp.Quote(v.columns[i]) + " IS NOT NULL")
		}
	}
	for j, f := range old.Schema.Fields {
		if v.Schema.Index(f.Name) < 0 {
			or("o." + gp.Quote(old.columns[j]) + " IS NOT NULL")
		}
	}
	return condition
}

// keepKeys remembers the fids of keys that old has and the current v has not.
func (p *publication) keepKeys(old, v *version) error {
	was, _ := old.names(p.d)
	if err := p.passFIDs(was); err != nil { // other programs may have added rows
		return err
	}
	query := "INSERT OR IGNORE INTO puy_keys SELECT ?, o.feature_id, o.fid FROM main." + gp.Quote(was) + " o WHERE o.feature_id IS NOT NULL"
	if v.keyed {
		query += " AND o.fid NOT IN (SELECT fid FROM main." + gp.Quote(p.d.entry.ID) + ")"
	}
	return p.exec(query, p.d.number)
}

// passFIDs has the next new feature get a fid above all of a table.
func (p *publication) passFIDs(table string) error {
	return p.exec("UPDATE puy_datasets SET next_fid = 1 + (SELECT max(fid) FROM main."+gp.Quote(table)+
		") WHERE number = ? AND next_fid <= (SELECT max(fid) FROM main."+gp.Quote(table)+")", p.d.number)
}

// record writes the version's record and report, drops versions that are too
// old, and describes the new one.
func (p *publication) record(v *version, out store.Outcome) error {
	if err := writeVersion(p.ctx, p.x, v); err != nil {
		return err
	}
	report := string(out.Report)
	if report == "" {
		report = "null"
	}
	if err := p.exec("INSERT INTO puy_reports VALUES (?,?,?)", p.d.number, v.Number, report); err != nil {
		return err
	}
	if err := p.exec("UPDATE puy_datasets SET current = ?, last_version = ? WHERE number = ?", v.Number, v.Number, p.d.number); err != nil {
		return err
	}
	if err := p.prune(); err != nil {
		return err
	}
	if err := p.register(v); err != nil {
		return err
	}
	return countRevision(p.ctx, p.x)
}

func (p *publication) prune() error {
	kept, err := readVersions(p.ctx, p.x, "WHERE v.dataset = ? ORDER BY number DESC", p.d.number)
	if err != nil || len(kept) <= keptVersions {
		return err
	}
	for _, v := range kept[keptVersions:] {
		table, rtree := v.names(p.d)
		for _, name := range []string{rtree, table} {
			if err := p.drop(name); err != nil {
				return err
			}
		}
		if err := p.forget(v); err != nil {
			return err
		}
	}
	return nil
}

// Rollback makes the newest kept version before the current one current.
func (s *Store) Rollback(ctx context.Context, id string) (result catalog.Version, err error) {
	err = s.change(ctx, "roll back "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		kept, err := readVersions(ctx, tx, "WHERE v.dataset = ? AND number <= ? ORDER BY number DESC", d.number, d.current)
		if err != nil {
			return err
		}
		if len(kept) < 2 {
			return geo.Errorf(geo.KindConflict, "the dataset %q has no version before the current one", id)
		}
		p := publication{ctx, tx, d}
		current, before := kept[0], (*version)(nil)
		for _, v := range kept[1:] {
			good, err := fits(ctx, tx, d, v)
			if err != nil {
				return err
			}
			if good {
				before = v
				break
			}
		}
		if before == nil {
			return misfit(d, kept[1])
		}
		if err := p.replace(current, before); err != nil {
			return err
		}
		result = before.Version
		return p.exec("UPDATE puy_datasets SET current = ? WHERE number = ?", before.Number, d.number)
	})
	return result, err
}

// replace shows before in the place of the version current.
func (p *publication) replace(current, before *version) error {
	const known = "temp.puy_known"
	good, err := fits(p.ctx, p.x, p.d, current)
	if err != nil {
		return err
	}
	if good {
		err = p.demote(current)
	} else if err = p.rescueKeys(current, known); err == nil {
		err = p.discard(current)
	}
	if err != nil {
		return err
	}
	p.d.current = before.Number
	if err := p.promote(before); err != nil {
		return err
	}
	switch {
	case !good:
		return p.keepRescued(before, known)
	case current.keyed:
		return p.keepKeys(current, before)
	}
	return nil
}

// column gives the SQL of the field called name, in a table called t.
func (v *version) column(name string) (column string, field *geo.Field, err error) {
	i := slices.IndexFunc(v.Schema.Fields, func(f geo.Field) bool { return f.Name == name })
	if i < 0 {
		return "", nil, geo.Errorf(geo.KindInvalid, "there is no field %q", name)
	}
	return "t." + gp.Quote(v.columns[i]), &v.Schema.Fields[i], nil
}
