package gpkg

import (
	"context"
	"database/sql"
	"slices"
	"time"

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
	return p.move(v, t.Name, t.RTree(), v.key.oldName(), v.key.oldName()+"_rtree")
}

// promote shows a hidden version under the dataset's id.
func (p *publication) promote(v *version) error {
	t := v.table(p.d)
	if err := p.move(v, v.key.oldName(), v.key.oldName()+"_rtree", t.Name, t.RTree()); err != nil {
		return err
	}
	return p.register(v)
}

func (p *publication) move(v *version, table, rtree, newTable, newRTree string) error {
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
	if err := p.noteCurrent(v.Number); err != nil {
		return err
	}
	if _, err := p.prune(p.d.entry.Keep, time.Now()); err != nil {
		return err
	}
	if err := p.register(v); err != nil {
		return err
	}
	return countRevision(p.ctx, p.x)
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
		if err := p.noteCurrent(before.Number); err != nil {
			return err
		}
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
