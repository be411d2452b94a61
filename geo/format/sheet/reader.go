package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/place"
)

// Cell is a cell with its text: of numbers in decimal form, of dates as ISO 8601
// writes them, of truth values "true" and "false".
type Cell struct {
	Text  []byte
	Typed bool // it is no text in the file
}

// Rows gives the lines of a worksheet.
type Rows interface {
	// Next gives the cells of the next line up to the last one with a value, valid
	// until the next call. Lines without a value may be left out. io.EOF ends.
	Next() ([]Cell, error)
	// Odd tells, after the last line, what was left out of it.
	Odd() []geo.Problem
	Offset() (done, total int64)
	Close() error
}

// Open reads the rows that open starts for the schema of the layer called name, and
// stands at the first row below the header.
func Open(ctx context.Context, name string, opt format.Options, open func() (Rows, error)) (format.Reader, error) {
	t := &table{ctx: ctx, opt: opt, open: open}
	if err := t.head(); err != nil {
		return nil, err
	}
	if err := t.scan(); err != nil {
		return nil, err
	}
	found := t.geometry.Choose(opt.CRS)
	r := &reader{ctx: ctx, place: found.Place}
	schema := geo.Schema{Geometry: found.Type, HasZ: found.HasZ, Fields: []geo.Field{}}
	for i, name := range t.names {
		c := column{name: name, notation: t.finders[i].Notation(), field: len(schema.Fields)}
		if found.Pairs(i) && opt.Types[name] == geo.TypeNull {
			c.notation = format.Notation{Type: geo.TypeText}
		}
		if found.Consumed(i) || i >= t.named && t.finders[i].Empty() {
			c.field = -1
		} else {
			schema.Fields = append(schema.Fields, geo.Field{Name: name, Type: c.notation.Type})
		}
		r.columns = append(r.columns, c)
	}
	trail := found.Trail(t.names, opt.CRS)
	trail.Header, trail.Notations = t.header.lines, map[string]format.Notation{}
	for _, c := range r.columns {
		if c.field >= 0 {
			trail.Notations[c.name] = c.notation
		}
	}
	r.layer = format.Layer{Name: name, Schema: schema, CRS: found.CRS, Count: t.rows, Bounds: found.Bounds, Warnings: t.warnings, Trail: trail}
	var err error
	if r.rows, err = t.start(); err != nil {
		return nil, err
	}
	return r, nil
}

// table is what the first readings find.
type table struct {
	ctx      context.Context
	opt      format.Options
	open     func() (Rows, error)
	header   header
	names    []string
	named    int // columns that the header has
	finders  []format.CellFinder
	geometry *place.Finder
	rows     int64
	warnings []geo.Problem
}

// head looks at the first lines.
func (t *table) head() error {
	rows, err := t.open()
	if err != nil {
		return err
	}
	defer rows.Close()
	var lines [][]Cell
	for len(lines) < lookahead {
		cells, err := next(rows)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		line := make([]Cell, min(len(cells), maxColumns))
		for i := range line {
			line[i] = Cell{Text: bytes.Clone(cells[i].Text), Typed: cells[i].Typed}
		}
		lines = append(lines, line)
	}
	t.header = findHeader(lines)
	t.names = slices.Clone(t.header.names)
	t.named = len(t.names)
	if t.header.above > 0 {
		t.warnings = append(t.warnings, geo.Problem{Value: geo.ClipValue(t.header.title), Rule: geo.RuleIgnored,
			Detail: fmt.Sprintf("%d lines above the header", t.header.above)})
	}
	if len(lines) > 0 && t.named == 0 {
		t.warnings = append(t.warnings, geo.Problem{Rule: geo.RuleIgnored, Detail: "no header was found: the columns have numbers"})
		for i := range lines[0] {
			t.names = append(t.names, fmt.Sprintf("column_%d", i+1))
		}
	}
	for _, name := range t.names {
		t.finders = append(t.finders, t.finder(name))
	}
	t.geometry, err = place.NewFinder(slices.Clone(t.names), t.opt)
	return err
}

func (t *table) finder(name string) format.CellFinder {
	return format.NewCellFinder(name, t.opt.Types[name], byte(t.opt.Decimal), false)
}

// next gives the next line that holds a value.
func next(rows Rows) ([]Cell, error) {
	for {
		cells, err := rows.Next()
		if err != nil || width(cells) > 0 {
			return cells, err
		}
	}
}

// start opens the sheet below its header.
func (t *table) start() (Rows, error) {
	rows, err := t.open()
	if err != nil {
		return nil, err
	}
	for range t.header.lines {
		if _, err := next(rows); err != nil {
			rows.Close()
			return nil, err
		}
	}
	return rows, nil
}

// scan reads all rows.
func (t *table) scan() error {
	rows, err := t.start()
	if err != nil {
		return err
	}
	defer rows.Close()
	known := len(t.names)
	var cells [][]byte
	for {
		if t.rows%1024 == 0 {
			if err := t.ctx.Err(); err != nil {
				return err
			}
		}
		line, err := next(rows)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		t.rows++
		for len(t.names) < len(line) && width(line[len(t.names):]) > 0 {
			if len(t.names) == maxColumns {
				return geo.Errorf(geo.KindLimit, "row %d has more than %d columns", t.rows, maxColumns)
			}
			name := fmt.Sprintf("column_%d", len(t.names)+1)
			t.names, t.finders = append(t.names, name), append(t.finders, t.finder(name))
		}
		cells = spread(cells, line, len(t.names))
		for i := range t.names {
			t.finders[i].Add(cells[i])
		}
		t.geometry.Add(cells[:known])
	}
	format.NameColumns(t.names)
	t.warnings = append(t.warnings, rows.Odd()...)
	return nil
}

// spread gives the texts of n cells, those that the line does not have empty.
func spread(cells [][]byte, line []Cell, n int) [][]byte {
	cells = cells[:0]
	for i := range n {
		if i < len(line) {
			cells = append(cells, line[i].Text)
		} else {
			cells = append(cells, nil)
		}
	}
	return cells
}

// column is one column of the table.
type column struct {
	name     string
	notation format.Notation
	field    int // its place among the fields, or -1
}

// reader gives the rows.
type reader struct {
	ctx      context.Context
	layer    format.Layer
	rows     Rows
	columns  []column
	place    place.Place
	cells    [][]byte
	row      int64
	interner format.Interner
	problems []geo.Problem
}

func (r *reader) Layer() format.Layer { return r.layer }

func (r *reader) Offset() (done, total int64) { return r.rows.Offset() }

func (r *reader) Close() error { return r.rows.Close() }

func (r *reader) Read(f *geo.Feature) error {
	if r.row%1024 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	line, err := next(r.rows)
	if err != nil {
		return err
	}
	r.row++
	r.problems = nil
	f.FID, f.ID = r.row, ""
	n := len(r.layer.Schema.Fields)
	if cap(f.Values) < n {
		f.Values = make([]geo.Value, n)
	}
	f.Values = f.Values[:n]
	clear(f.Values)
	r.cells = spread(r.cells, line, len(r.columns))
	for i := range r.columns {
		if c := &r.columns[i]; c.field >= 0 && len(r.cells[i]) > 0 {
			f.Values[c.field] = r.value(c, r.cells[i])
		}
	}
	g, column, wrong := r.place.Read(r.cells)
	if wrong != "" {
		r.problem(geo.RuleGeometry, r.columns[column].name, r.cells[column], wrong)
	}
	f.Geometry = g
	if r.problems != nil {
		return &format.BadRow{Problems: r.problems}
	}
	return nil
}

func (r *reader) value(c *column, cell []byte) geo.Value {
	if c.notation.Type == geo.TypeText {
		if !utf8.Valid(cell) || bytes.IndexByte(cell, 0) >= 0 {
			r.problem(geo.RuleEncoding, c.name, cell, "")
			return geo.Value{}
		}
		return geo.Text(r.interner.String(cell))
	}
	v, ok := c.notation.Parse(cell)
	if !ok {
		r.problem(geo.RuleType, c.name, cell, "not of type "+c.notation.Type.String())
		return geo.Value{}
	}
	return v
}

func (r *reader) problem(rule geo.Rule, column string, value []byte, detail string) {
	value = bytes.ToValidUTF8(value[:min(len(value), 400)], []byte(string(utf8.RuneError)))
	r.problems = append(r.problems, geo.Problem{Row: r.row, Column: column, Rule: rule, Value: geo.ClipValue(string(value)), Detail: detail})
}
