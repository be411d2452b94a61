// Package named finds the fields of rows whose cells are texts with names, as in
// XML: which names there are, and of which type all cells of a name are.
package named

import (
	"slices"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
)

const (
	// MaxCells bounds the cells of one row, and the fields of a layer.
	MaxCells = 4096
	// MaxText bounds the bytes of all cells of one row.
	MaxText = 32 << 20
	// maxName bounds the bytes of a name.
	maxName = 1000
)

// Row is the cells of one row, in the order of the file.
type Row struct {
	cells []cell
	size  int
}

type cell struct{ name, text string }

// Reset empties the row.
func (r *Row) Reset() { r.cells, r.size = r.cells[:0], 0 }

// Len gives the number of cells.
func (r *Row) Len() int { return len(r.cells) }

// Cut drops all cells but the first n.
func (r *Row) Cut(n int) {
	for _, c := range r.cells[n:] {
		r.size -= len(c.name) + len(c.text)
	}
	r.cells = r.cells[:n]
}

// Set adds a cell, unless it is blank or an earlier one has its name.
func (r *Row) Set(name, text string) {
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	if text = strings.TrimSpace(text); text == "" || r.Full() || r.Get(name) != "" {
		return
	}
	r.size += len(name) + len(text)
	r.cells = append(r.cells, cell{name, text})
}

// Get gives the text of the cell called name, or "".
func (r *Row) Get(name string) string {
	for i := range r.cells {
		if r.cells[i].name == name {
			return r.cells[i].text
		}
	}
	return ""
}

// Full tells whether the row holds as much as it may; further cells are not kept.
func (r *Row) Full() bool { return len(r.cells) >= MaxCells || r.size > MaxText }

// Finder looks at all rows of a layer.
type Finder struct {
	types map[string]geo.FieldType
	list  []found
	index map[string]int
	more  bool
}

type found struct {
	name  string
	cells format.CellFinder
}

// NewFinder makes a Finder; types are declared ones by name.
func NewFinder(types map[string]geo.FieldType) *Finder {
	return &Finder{types: types, index: map[string]int{}}
}

// Add looks at one row.
func (f *Finder) Add(r *Row) {
	for _, c := range r.cells {
		i, ok := f.index[c.name]
		if !ok {
			if len(f.list) >= MaxCells {
				f.more = true
				continue
			}
			i = len(f.list)
			f.index[c.name] = i
			f.list = append(f.list, found{c.name, format.NewCellFinder(c.name, f.types[c.name], '.', false)})
		}
		f.list[i].cells.Add([]byte(c.text))
	}
}

// Arrange puts the fields with these names first and last, in that order; the others
// stay between them in the order in which they were found.
func (f *Finder) Arrange(first, last []string) {
	place := make(map[string]int, len(first)+len(last))
	for i, name := range first {
		place[name] = i - len(first)
	}
	for i, name := range last {
		place[name] = i + 1
	}
	slices.SortStableFunc(f.list, func(a, b found) int { return place[a.name] - place[b.name] })
	for i := range f.list {
		f.index[f.list[i].name] = i
	}
}

// Columns gives the fields that were found.
func (f *Finder) Columns() *Columns {
	c := &Columns{index: f.index, Fields: make([]geo.Field, len(f.list))}
	for i := range f.list {
		n := f.list[i].cells.Notation()
		c.notations = append(c.notations, n)
		c.Fields[i] = geo.Field{Name: f.list[i].name, Type: n.Type}
	}
	if f.more {
		c.Warnings = []geo.Problem{{Rule: geo.RuleIgnored, Detail: "fields after the first " + strconv.Itoa(MaxCells)}}
	}
	return c
}

// Columns reads rows for the fields of a layer.
type Columns struct {
	Fields    []geo.Field
	Warnings  []geo.Problem
	notations []format.Notation
	index     map[string]int
	texts     format.Interner
}

// Values sets values to those of r, reusing the slice, and tells which cells do not
// fit their fields, for the row with that number.
func (c *Columns) Values(r *Row, row int64, values []geo.Value) ([]geo.Value, []geo.Problem) {
	if cap(values) < len(c.Fields) {
		values = make([]geo.Value, len(c.Fields))
	}
	values = values[:len(c.Fields)]
	clear(values)
	var problems []geo.Problem
	for _, cell := range r.cells {
		i, ok := c.index[cell.name]
		if !ok {
			continue
		}
		if c.notations[i].Type == geo.TypeText {
			values[i] = geo.Text(c.texts.String([]byte(cell.text)))
			continue
		}
		if values[i], ok = c.notations[i].Parse([]byte(cell.text)); !ok {
			problems = append(problems, geo.Problem{Row: row, Column: cell.name, Rule: geo.RuleType, Value: geo.ClipValue(cell.text), Detail: "expected " + c.notations[i].Type.String()})
		}
	}
	return values, problems
}
