package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"strings"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

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
