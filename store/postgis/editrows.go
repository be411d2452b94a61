package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"puy/geo"
)

// editRows is an array of rows of a table in binary form, as array_send and
// record_send write it (PostgreSQL source, src/backend/utils/adt): a statement
// unpacks it with unnest. So values are encoded once, for COPY and for edits.
type editRows struct {
	e     *editor
	buf   []byte
	n     uint32
	row   []byte // scratch: a row of COPY
	parts [][]byte
}

// arrayHead is one dimension, no nulls, the type, the count, the first index.
const arrayHead = 20

func (e *editor) newRows() *editRows { return &editRows{e: e} }

// add appends the row of f, whose FID and ID are set.
func (r *editRows) add(f *geo.Feature) (err error) {
	if !f.Geometry.Finite() {
		return geo.Errorf(geo.KindInvalid, "a coordinate is not a finite number")
	}
	if r.e.heights && !f.Geometry.IsNull() && !f.Geometry.HasZ() {
		return geo.Errorf(geo.KindInvalid, "a geometry without heights in a dataset whose geometries have them")
	}
	if r.row, err = r.e.t.appendFields(r.row[:0], f); err != nil {
		return err
	}
	// The row as COPY takes it: a count, then a length and bytes each.
	r.parts = r.parts[:0]
	for rest := r.row[2:]; len(rest) > 0; {
		size := 4
		if n := int32(bigEndian.Uint32(rest)); n > 0 {
			size += int(n)
		}
		r.parts, rest = append(r.parts, rest[:size]), rest[size:]
	}
	if r.buf == nil {
		r.buf = append(r.buf, 0, 0, 0, 1, 0, 0, 0, 0)
		r.buf = bigEndian.AppendUint32(r.buf, r.e.rowType)
		r.buf = append(r.buf, 0, 0, 0, 0, 0, 0, 0, 1)
	}
	at := len(r.buf)
	r.buf = append(r.buf, 0, 0, 0, 0)
	r.buf = bigEndian.AppendUint32(r.buf, uint32(len(r.e.columns)))
	for _, c := range r.e.columns {
		r.buf = bigEndian.AppendUint32(r.buf, c.oid)
		if c.from < 0 {
			r.buf = append(r.buf, nullLength...)
		} else {
			r.buf = append(r.buf, r.parts[c.from]...)
		}
	}
	setLength(r.buf, at)
	r.n++
	return nil
}

// write inserts the rows, or replaces those of the same fid, and empties r.
func (e *editor) write(ctx context.Context, r *editRows, insert bool) error {
	if r.n == 0 {
		return nil
	}
	bigEndian.PutUint32(r.buf[arrayHead-8:], r.n)
	from := " FROM unnest($1::" + e.t.name() + "[]) AS u"
	var sql string
	if insert {
		sql = "INSERT INTO " + e.t.name() + " (" + e.t.columnList("") + ") SELECT " + e.t.columnList("u.") + from
	} else {
		set := "id = u.id"
		for _, c := range e.t.columns {
			set += ", " + quote(c) + " = u." + quote(c)
		}
		if e.t.schema.Spatial() {
			set += ", geom = u.geom"
		}
		sql = "UPDATE " + e.t.name() + " AS f SET " + set + from + " WHERE f.fid = u.fid"
	}
	result := e.tx.Conn().PgConn().ExecParams(ctx, sql, [][]byte{r.buf}, nil, []int16{pgx.BinaryFormatCode}, nil).Read()
	r.buf, r.n = nil, 0
	return result.Err
}
