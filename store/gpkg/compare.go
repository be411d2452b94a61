package gpkg

import (
	"database/sql"
	"strings"

	gp "puy/geo/format/gpkg"

	"puy/catalog"
	"puy/store"
)

// compare counts and keeps what v changed since old; both are keyed, so a key
// has one fid in both.
func (p *publication) compare(old, v *version) error {
	was, _ := old.names(p.d)
	before, after := "main."+gp.Quote(was), "main."+gp.Quote(p.d.entry.ID)
	changed := func(kind store.DifferenceKind, query string) (int64, error) {
		result, err := p.x.ExecContext(p.ctx, "INSERT OR IGNORE INTO puy_differences SELECT ?, ?, "+query, p.d.number, v.Number, string(kind))
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	var err error
	if v.Added, err = changed(store.Added, "n.fid, ?, n.feature_id FROM "+after+" n WHERE n.fid NOT IN (SELECT fid FROM "+before+")"); err != nil {
		return err
	}
	if v.Removed, err = changed(store.Removed, "o.fid, ?, o.feature_id FROM "+before+" o WHERE o.feature_id IS NOT NULL AND o.fid NOT IN (SELECT fid FROM "+after+")"); err != nil {
		return err
	}
	tests := differs(old, v)
	if len(tests.tests) > 0 {
		v.Modified, err = changed(store.Modified, "n.fid, ?, n.feature_id FROM "+before+" o CROSS JOIN "+after+" n ON n.fid = o.fid WHERE "+strings.Join(tests.tests, " OR "))
		if err != nil {
			return err
		}
	}
	v.Comparison = &catalog.Comparison{Base: old.Number, Unchanged: v.Rows - v.Added - v.Modified}
	if v.Modified == 0 {
		return nil
	}
	return p.countFields(v, before, after, tests)
}

// fieldsAtOnce bounds the columns of one statement, of which SQLite has 2,000.
const fieldsAtOnce = 500

// countFields counts in how many of the modified features each field differs.
func (p *publication) countFields(v *version, before, after string, q *inequality) error {
	for start := 0; start < len(q.tests); start += fieldsAtOnce {
		tests := q.tests[start:min(start+fieldsAtOnce, len(q.tests))]
		counts, dest := make([]sql.NullInt64, len(tests)), make([]any, len(tests))
		for i := range counts {
			dest[i] = &counts[i]
		}
		err := p.x.QueryRowContext(p.ctx, "SELECT sum("+strings.Join(tests, "), sum(")+") FROM puy_differences d CROSS JOIN "+after+
			" n ON n.fid = d.fid CROSS JOIN "+before+" o ON o.fid = d.fid WHERE d.dataset = ? AND d.version = ? AND d.kind = ?",
			p.d.number, v.Number, string(store.Modified)).Scan(dest...)
		if err != nil {
			return err
		}
		for i, n := range counts {
			switch {
			case n.Int64 == 0:
			case start+i == len(q.fields):
				v.Comparison.Geometry = n.Int64
			default:
				v.Comparison.Fields = append(v.Comparison.Fields, catalog.FieldCount{Field: q.fields[start+i], Rows: n.Int64})
			}
		}
	}
	return nil
}

// inequality is the conditions that the rows o and n of two versions differ: one
// a field, and then that of the geometry if there is one.
type inequality struct {
	fields []string
	tests  []string
}

// differs compares fields of one name by value, and a field or geometry that
// only one of the versions has with null.
func differs(old, v *version) *inequality {
	q := &inequality{}
	add := func(field, test string) { q.fields, q.tests = append(q.fields, field), append(q.tests, test) }
	for i, f := range v.Schema.Fields {
		if j := old.Schema.Index(f.Name); j >= 0 {
			add(f.Name, "n."+gp.Quote(v.columns[i])+" IS NOT o."+gp.Quote(old.columns[j]))
		} else {
			add(f.Name, "n."+gp.Quote(v.columns[i])+" IS NOT NULL")
		}
	}
	for j, f := range old.Schema.Fields {
		if v.Schema.Index(f.Name) < 0 {
			add(f.Name, "o."+gp.Quote(old.columns[j])+" IS NOT NULL")
		}
	}
	switch {
	case old.Schema.Spatial() && v.Schema.Spatial():
		q.tests = append(q.tests, "n.geom IS NOT o.geom")
	case old.Schema.Spatial():
		q.tests = append(q.tests, "o.geom IS NOT NULL")
	case v.Schema.Spatial():
		q.tests = append(q.tests, "n.geom IS NOT NULL")
	}
	return q
}
