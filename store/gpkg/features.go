package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"iter"
	"math"
	"strconv"
	"strings"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// find gives the dataset and the version that q reads.
func (s *Store) find(ctx context.Context, q queryer, id string, number int64) (*dataset, *version, error) {
	d, err := findDataset(ctx, q, id)
	if err != nil {
		return nil, nil, err
	}
	var v *version
	if number == 0 {
		v, err = s.currentVersion(ctx, q, d)
	} else {
		v, err = s.version(ctx, q, d, number)
	}
	return d, v, err
}

// Features streams the features that match q, by fid.
func (s *Store) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		err := s.view(ctx, "read features of "+id, func(ctx context.Context, tx *sql.Tx) error {
			d, v, err := s.find(ctx, tx, id, q.Version)
			if err != nil {
				return err
			}
			r, err := newRowReader(v, q)
			if err != nil {
				return err
			}
			query, args, err := s.statement(ctx, tx, d, v, q, r.columns)
			if err != nil {
				return err
			}
			return r.each(ctx, tx, query, args, func(f *geo.Feature) bool { return yield(f, nil) })
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// statement gives the SELECT of the columns for q. A query that skips rows
// first makes the set of fids, in its first step, which the context can
// interrupt; then each further step gives a row.
func (s *Store) statement(ctx context.Context, tx *sql.Tx, d *dataset, v *version, q store.Query, columns string) (string, []any, error) {
	scan, err := s.preferScan(ctx, tx, d, v, q)
	if err != nil {
		return "", nil, err
	}
	sel, err := newSelection(v, d, q, scan)
	if err != nil {
		return "", nil, err
	}
	skips := len(sel.conditions) > 0
	if q.After > 0 {
		sel.add("t.fid > ?", q.After)
	}
	where := sel.sql() + " ORDER BY t.fid"
	if q.Limit > 0 || q.Offset > 0 {
		limit := q.Limit
		if limit <= 0 {
			limit = -1
		}
		where += " LIMIT ? OFFSET ?"
		sel.args = append(sel.args, limit, max(0, q.Offset))
	}
	from := " FROM " + sel.table + " t"
	if skips {
		where = " WHERE t.fid IN (SELECT t.fid" + from + where + ") ORDER BY t.fid"
	}
	return "SELECT " + columns + from + where, sel.args, nil
}

// preferScan tells whether so many boxes meet q.Bounds that a scan in the order
// of fids comes to the end of the page sooner than the R-tree lists them all:
// the scan looks at about limit·rows/matches rows, the R-tree at all matches.
func (s *Store) preferScan(ctx context.Context, tx *sql.Tx, d *dataset, v *version, q store.Query) (bool, error) {
	if q.Bounds == nil || q.Limit <= 0 || q.FIDs != nil || !v.Schema.Spatial() || v.Rows < 10000 {
		return false, nil
	}
	even := int64(math.Sqrt(float64(q.Limit+max(0, q.Offset)) * float64(v.Rows)))
	_, rtree := v.names(d)
	found := int64(0)
	for _, b := range q.Bounds.Split() {
		var n int64
		query := "SELECT count(*) FROM (SELECT 1 FROM main." + gp.Quote(rtree) + " r WHERE " + rtreeMeets + " LIMIT ?)"
		if err := tx.QueryRowContext(ctx, query, append(rtreeArgs(b), even)...).Scan(&n); err != nil {
			return false, err
		}
		found += n
	}
	return found >= even, nil
}

// Count counts the features that match q, no further than atMost.
func (s *Store) Count(ctx context.Context, id string, q store.Query, atMost int64) (n int64, exact bool, err error) {
	err = s.view(ctx, "count features of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, v, err := s.find(ctx, tx, id, q.Version)
		if err != nil {
			return err
		}
		sel, err := newSelection(v, d, q, false)
		if err != nil {
			return err
		}
		switch {
		case len(sel.conditions) > 0:
			limit := int64(-1)
			if atMost > 0 {
				limit = atMost + 1
			}
			return tx.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+sel.table+" t"+sel.sql()+" LIMIT ?)", append(sel.args, limit)...).Scan(&n)
		case v.Number == d.current:
			// Triggers keep it right when other programs edit the table.
			return tx.QueryRowContext(ctx, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", d.entry.ID).Scan(&n)
		}
		n = v.Rows
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	if atMost > 0 && n > atMost {
		return atMost, false, nil
	}
	return n, true, nil
}

// Feature gives one feature of the current version by its ID.
func (s *Store) Feature(ctx context.Context, id, featureID string) (found *geo.Feature, err error) {
	err = s.view(ctx, "read a feature of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, v, err := s.find(ctx, tx, id, 0)
		if err != nil {
			return err
		}
		r, err := newRowReader(v, store.Query{})
		if err != nil {
			return err
		}
		from := "SELECT " + r.columns + " FROM main." + gp.Quote(d.entry.ID) + " t WHERE "
		take := func(f *geo.Feature) bool {
			found = f.Clone()
			return true
		}
		if v.keyed {
			if err := r.each(ctx, tx, from+"t.feature_id = ? LIMIT 1", []any{featureID}, take); err != nil || found != nil {
				return err
			}
			from += "t.feature_id IS NULL AND " // added by another program, it has no key
		}
		fid, err := strconv.ParseInt(featureID, 10, 64)
		if err == nil && strconv.FormatInt(fid, 10) == featureID {
			if err := r.each(ctx, tx, from+"t.fid = ?", []any{fid}, take); err != nil {
				return err
			}
		}
		if found == nil {
			return geo.Errorf(geo.KindNotFound, "the dataset %q has no feature %q", id, featureID)
		}
		return nil
	})
	return found, err
}

// rowReader reads rows as features.
type rowReader struct {
	columns string // of the SELECT: fid, feature id, geometry, fields
	types   []geo.FieldType
	cells   []cell
	dest    []any
}

// cell takes what the driver gives without a copy.
type cell struct{ value driver.Value }

// Scan keeps src.
func (c *cell) Scan(src any) error {
	c.value = src
	return nil
}

func newRowReader(v *version, q store.Query) (*rowReader, error) {
	columns := []string{"t.fid", "NULL", "NULL"}
	if v.keyed {
		columns[1] = "t.feature_id"
	}
	if v.Schema.Spatial() && !q.NoGeometry {
		columns[2] = "t.geom"
	}
	r := &rowReader{}
	add := func(column string, f *geo.Field) {
		columns = append(columns, "+"+column) // the sign hides the declared type, after which the driver would parse dates
		r.types = append(r.types, f.Type)
	}
	if q.Fields == nil {
		for i := range v.Schema.Fields {
			add("t."+gp.Quote(v.columns[i]), &v.Schema.Fields[i])
		}
	}
	for _, name := range q.Fields {
		column, field, err := v.column(name)
		if err != nil {
			return nil, err
		}
		add(column, field)
	}
	r.columns = strings.Join(columns, ", ")
	r.cells, r.dest = make([]cell, len(columns)), make([]any, len(columns))
	for i := range r.cells {
		r.dest[i] = &r.cells[i]
	}
	return r, nil
}

// each runs a query and calls fn with one Feature, which it reuses. It gives
// errStopped where fn wants no more.
func (r *rowReader) each(ctx context.Context, tx *sql.Tx, query string, args []any, fn func(*geo.Feature) bool) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	f := &geo.Feature{Values: make([]geo.Value, len(r.types))}
	for rows.Next() {
		if err := rows.Scan(r.dest...); err != nil {
			return err
		}
		if err := r.feature(f); err != nil {
			return err
		}
		if !fn(f) {
			return errStopped
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *rowReader) feature(f *geo.Feature) error {
	f.FID, _ = r.cells[0].value.(int64)
	id, ok := r.cells[1].value.(string)
	if !ok {
		id = strconv.FormatInt(f.FID, 10)
	}
	f.ID, f.Geometry = id, geo.Geometry{}
	if blob, ok := r.cells[2].value.([]byte); ok && len(blob) > 0 {
		g, err := gp.ParseBlob(blob)
		if err != nil {
			return geo.Errorf(geo.KindInternal, "the geometry of feature %s cannot be read: %w", id, err)
		}
		f.Geometry = g
	}
	f.Values = f.Values[:len(r.types)]
	for i, t := range r.types {
		// A value that another program wrote, and that does not fit, reads as null.
		f.Values[i], _ = gp.Decode(t, r.cells[3+i].value)
	}
	return nil
}
