package postgis

import (
	"context"
	"strings"

	"puy/catalog"
	"puy/geo"
)

// compare fills in what the version changed, and makes the table that says of
// which features. A current version that no longer fits counts as absent.
func (l *load) compare(ctx context.Context, current *int64, v *catalog.Version) error {
	if current == nil {
		return nil
	}
	before, err := readTable(ctx, l.tx, l.t.dataset, *current)
	if err != nil {
		return err
	}
	good, err := before.fits(ctx, l.tx)
	if err != nil {
		return err
	}
	if !good {
		return l.discard(ctx, before)
	}
	if !l.t.keyed || !before.keyed {
		return nil
	}
	list := l.t.differences()
	tests := unequal(l.t, before)
	// A key has the same fid in all keyed versions.
	tag, err := l.tx.Exec(ctx, "CREATE TABLE "+list+` AS
		SELECT coalesce(n.fid, o.fid) AS fid,
			CASE WHEN o.fid IS NULL THEN 'added' WHEN n.fid IS NULL THEN 'removed' ELSE 'modified' END COLLATE "C" AS kind,
			coalesce(n.id, o.id) AS id
		FROM `+l.t.name()+" n FULL JOIN "+before.name()+" o ON n.fid = o.fid WHERE n.fid IS NULL OR o.fid IS NULL OR "+tests.any())
	if err != nil {
		return err
	}
	for _, sql := range []string{"ALTER TABLE " + list + " ADD PRIMARY KEY (fid)", "ANALYZE " + list} {
		if _, err := l.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	v.Compared, l.t.compared, l.before = true, true, *current
	v.Comparison = &catalog.Comparison{Base: *current, Unchanged: v.Rows}
	if tag.RowsAffected() == 0 {
		return nil
	}
	err = l.tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE kind = 'added'), count(*) FILTER (WHERE kind = 'removed'),
		count(*) FILTER (WHERE kind = 'modified') FROM `+list).Scan(&v.Added, &v.Removed, &v.Modified)
	if err != nil || v.Modified == 0 {
		v.Comparison.Unchanged -= v.Added
		return err
	}
	v.Comparison.Unchanged -= v.Added + v.Modified
	var counts []int64
	err = l.tx.QueryRow(ctx, "SELECT "+tests.counts()+" FROM "+list+" d JOIN "+l.t.name()+" n ON n.fid = d.fid JOIN "+before.name()+
		" o ON o.fid = d.fid WHERE d.kind = 'modified'").Scan(&counts)
	for i, n := range counts {
		switch {
		case n == 0:
		case i == len(tests.fields):
			v.Comparison.Geometry = n
		default:
			v.Comparison.Fields = append(v.Comparison.Fields, catalog.FieldCount{Field: tests.fields[i], Rows: n})
		}
	}
	return err
}

// inequality is the conditions that the row n of a new table differs from the
// row o of an old one: one a field, and then that of the geometry if there is one.
type inequality struct {
	fields []string
	tests  []string
}

func (q *inequality) any() string { return "(" + strings.Join(append(q.tests, "false"), " OR ") + ")" }

// counts gives in how many rows each condition holds, as an array: a row has
// less room than a table has fields.
func (q *inequality) counts() string {
	counts := make([]string, len(q.tests))
	for i, test := range q.tests {
		counts[i] = "count(*) FILTER (WHERE " + test + ")"
	}
	return "ARRAY[" + strings.Join(counts, ", ") + "]::bigint[]"
}

// unequal compares fields of the same name.
func unequal(n, o *table) *inequality {
	q := &inequality{}
	add := func(field, test string) { q.fields, q.tests = append(q.fields, field), append(q.tests, test) }
	for i, f := range n.schema.Fields {
		column := "n." + quote(n.columns[i])
		j := o.schema.Index(f.Name)
		switch {
		case j < 0:
			add(f.Name, column+" IS NOT NULL")
		case o.schema.Fields[j].Type != f.Type:
			add(f.Name, column+"::text IS DISTINCT FROM o."+quote(o.columns[j])+"::text")
		default:
			add(f.Name, column+" IS DISTINCT FROM o."+quote(o.columns[j]))
		}
	}
	for j, f := range o.schema.Fields {
		if n.schema.Index(f.Name) < 0 {
			add(f.Name, "o."+quote(o.columns[j])+" IS NOT NULL")
		}
	}
	switch {
	case n.schema.Spatial() && o.schema.Spatial():
		q.tests = append(q.tests, unequalGeometry(n.schema.Geometry, o.schema.Geometry))
	case n.schema.Spatial():
		q.tests = append(q.tests, "n.geom IS NOT NULL")
	case o.schema.Spatial():
		q.tests = append(q.tests, "o.geom IS NOT NULL")
	}
	return q
}

// unequalGeometry compares what a publisher sent: one part as itself and as
// the multi-part kind that a column demands is the same.
func unequalGeometry(n, o geo.GeometryType) string {
	left, right := "n.geom", "o.geom"
	if n != o && n.Multi() == o.Multi() {
		left, right = "ST_Multi(n.geom)", "ST_Multi(o.geom)"
	}
	return left + "::bytea IS DISTINCT FROM " + right + "::bytea"
}
