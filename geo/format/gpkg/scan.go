package gpkg

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"puy/geo"
)

// column is one column of a source and what the whole file showed of it.
type column struct {
	name     string
	declared string // the type's name in upper case, without a length
	json     bool   // the schema extension says that it holds JSON
	field    geo.Field

	seen                               bool
	integers, reals, texts, blobs      bool
	noBoolean, fraction                bool
	noDate, noTime, noJSON, noTextList bool
}

// cell takes what the driver gives without a copy; it is valid until the next row.
type cell struct{ value driver.Value }

// Scan keeps src.
func (c *cell) Scan(src any) error {
	c.value = src
	return nil
}

// viewLimit is how long a view may take to compute all its rows.
const viewLimit = time.Minute

// columns reads the columns of s; primary is the integer primary key, or "".
func (f *file) columns(ctx context.Context, s source) (list []*column, primary string, err error) {
	rows, err := f.conn.QueryContext(ctx, "SELECT name, upper(type), pk FROM pragma_table_xinfo(?) WHERE hidden != 1", s.name)
	if err != nil {
		return nil, "", f.errorf(ctx, err)
	}
	defer rows.Close()
	keys := 0
	for rows.Next() {
		c := &column{}
		var pk int
		if err := rows.Scan(&c.name, &c.declared, &pk); err != nil {
			return nil, "", f.errorf(ctx, err)
		}
		c.declared, _, _ = strings.Cut(c.declared, "(")
		c.declared = strings.TrimSpace(c.declared)
		if pk > 0 {
			if keys++; isInteger(c.declared) {
				primary = c.name
			}
		}
		list = append(list, c)
	}
	if keys != 1 {
		primary = ""
	}
	return list, primary, rows.Err()
}

// describe adds the titles and media types of the schema extension.
func (f *file) describe(ctx context.Context, s source, list []*column) error {
	exists, err := f.exists(ctx, "gpkg_data_columns")
	if err != nil || !exists {
		return err
	}
	rows, err := f.conn.QueryContext(ctx, `SELECT column_name, coalesce(title, ''), coalesce(description, ''), coalesce(mime_type, '')
FROM gpkg_data_columns WHERE table_name = ? COLLATE NOCASE AND column_name IS NOT NULL LIMIT 10000`, s.name)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, title, description, mime string
		if err := rows.Scan(&name, &title, &description, &mime); err != nil {
			return err
		}
		for _, c := range list {
			if strings.EqualFold(c.name, name) {
				c.field.Title.FR, c.field.Description.FR = title, description
				c.json = strings.EqualFold(mime, "application/json")
			}
		}
	}
	return rows.Err()
}

// look reads the whole source once: the types of all columns, the kinds of
// geometry, the number of rows.
func (f *file) look(ctx context.Context, s source, list []*column) (g geometries, count int64, err error) {
	if s.view {
		// The driver can only interrupt a statement before its first row, so all rows are computed in one step first.
		ctx, cancel := context.WithTimeout(ctx, viewLimit)
		defer cancel()
		terms := []string{"0"}
		for _, c := range list {
			terms = append(terms, "(typeof("+Quote(c.name)+") = '')")
		}
		var n int64
		query := "SELECT count(*) FROM (SELECT 1 FROM " + Quote(s.name) + " WHERE " + strings.Join(terms, " + ") + " = 0)"
		if err := f.conn.QueryRowContext(ctx, query).Scan(&n); err != nil {
			if ctx.Err() == context.DeadlineExceeded {
				return g, 0, geo.Errorf(geo.KindLimit, "the view %s of %s takes longer than %v", s.name, f.name, viewLimit)
			}
			return g, 0, f.errorf(ctx, err)
		}
	}
	exprs := []string{"NULL"}
	if s.geometry != "" {
		exprs[0] = "CASE typeof(" + Quote(s.geometry) + ") WHEN 'blob' THEN substr(" + Quote(s.geometry) + ", 1, 77) ELSE NULL END"
	}
	for _, c := range list {
		exprs = append(exprs, "+"+Quote(c.name)) // the sign hides the declared type, after which the driver would parse dates
	}
	rows, err := f.conn.QueryContext(ctx, "SELECT "+strings.Join(exprs, ", ")+" FROM "+Quote(s.name))
	if err != nil {
		return g, 0, f.errorf(ctx, err)
	}
	defer rows.Close()
	cells, dest := newCells(len(exprs))
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return g, 0, f.errorf(ctx, err)
		}
		count++
		if blob, ok := cells[0].value.([]byte); ok {
			g.look(blob)
		}
		for i, c := range list {
			c.look(cells[i+1].value)
		}
	}
	if err := rows.Err(); err != nil {
		return g, 0, f.errorf(ctx, fmt.Errorf("after row %d: %w", count, err))
	}
	return g, count, nil
}

func newCells(n int) ([]cell, []any) {
	cells, dest := make([]cell, n), make([]any, n)
	for i := range cells {
		dest[i] = &cells[i]
	}
	return cells, dest
}

// geometries is what the whole file shows of the geometry column.
type geometries struct {
	kind geo.GeometryType
	hasZ bool
}

func (g *geometries) look(blob []byte) {
	h, err := parseHeader(blob)
	if err != nil || len(h.wkb) < 5 {
		return
	}
	code := uint32(h.wkb[1]) | uint32(h.wkb[2])<<8
	if h.wkb[0] == 0 {
		code = uint32(h.wkb[4]) | uint32(h.wkb[3])<<8
	}
	if kind := geo.GeometryType(code % 1000); kind >= geo.GeometryPoint && kind <= geo.GeometryGeometryCollection {
		g.kind = g.kind.Merge(kind)
		g.hasZ = g.hasZ || code/1000 == 1 || code/1000 == 3
	}
}

// look notes the type of one value.
func (c *column) look(v driver.Value) {
	switch x := v.(type) {
	case nil:
		return
	case int64:
		c.integers = true
		c.noBoolean = c.noBoolean || x != 0 && x != 1
	case float64:
		c.reals = true
		_, whole := Decode(geo.TypeInteger, x)
		c.fraction = c.fraction || !whole
	case string:
		c.texts = true
		c.lookText(x)
	case []byte:
		c.blobs = true
	}
	c.seen = true
}

func (c *column) lookText(s string) {
	is := func(t geo.FieldType) bool { _, ok := decodeText(t, s); return ok }
	switch {
	case c.declared == "DATE" || c.declared == "DATETIME" || c.declared == "TIMESTAMP":
		c.noDate = c.noDate || !is(geo.TypeDate)
		c.noTime = c.noTime || !is(geo.TypeDateTime)
	case c.json && !c.noJSON:
		c.noJSON = !json.Valid([]byte(s))
		c.noTextList = c.noTextList || !is(geo.TypeTextArray)
	}
}

func isInteger(declared string) bool {
	switch declared {
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT":
		return true
	}
	return false
}

// resolve gives the column's type: the declared one where all values fit, else
// the narrowest that they do fit. Keep is false for a column of binary values.
func (c *column) resolve() (t geo.FieldType, keep bool) {
	observed := func() geo.FieldType { // of values that are not all text
		switch {
		case c.texts || c.blobs:
			return geo.TypeText
		case c.fraction:
			return geo.TypeNumber
		}
		return geo.TypeInteger
	}
	numeric := c.integers || c.reals
	switch {
	case c.blobs && !c.texts && !numeric, !c.seen && c.declared == "BLOB":
		return geo.TypeNull, false
	case c.declared == "BOOLEAN":
		if c.texts || c.blobs || c.noBoolean || c.reals {
			return observed(), true
		}
		return geo.TypeBoolean, true
	case isInteger(c.declared):
		return observed(), true
	case c.declared == "FLOAT" || c.declared == "DOUBLE" || c.declared == "REAL" || c.declared == "DOUBLE PRECISION":
		if c.texts || c.blobs {
			return geo.TypeText, true
		}
		return geo.TypeNumber, true
	case c.declared == "DATE" && !numeric && !c.blobs && !c.noDate:
		return geo.TypeDate, true
	case (c.declared == "DATE" || c.declared == "DATETIME" || c.declared == "TIMESTAMP") && !numeric && !c.blobs && !c.noTime:
		return geo.TypeDateTime, true
	case c.json && c.texts && !numeric && !c.blobs && !c.noTextList && !c.noJSON:
		return geo.TypeTextArray, true
	case c.json && !numeric && !c.blobs && !c.noJSON:
		return geo.TypeJSON, true
	case numeric && c.declared != "TEXT":
		if c.reals && !c.texts && !c.blobs {
			return geo.TypeNumber, true
		}
		return observed(), true
	}
	return geo.TypeText, true
}
