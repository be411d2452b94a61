package kml

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/pieces"
)

// column is a field that is being found.
type column struct {
	key                   key
	cells                 format.CellFinder
	filled                bool // some cell is not blank
	notInteger, notNumber bool
	notBoolean            bool
	name, title, schema   string
	notation              format.Notation
}

// columns finds the fields of all rows.
type columns struct {
	list    []*column
	byKey   map[key]int
	dropped bool // there were more than maxCells
}

// own lists the elements of KML that are fields, in the order of the fields.
var own = [...]string{"id", "name", "description", "address", "phoneNumber", "snippet", "folder", "when", "begin", "end"}

func newColumns() *columns { return &columns{byKey: map[key]int{}} }

// add looks at one cell.
func (c *columns) add(k key, text string, types map[string]geo.FieldType) {
	i, ok := c.byKey[k]
	if !ok {
		if len(c.list) >= maxCells {
			c.dropped = true
			return
		}
		i = len(c.list)
		c.byKey[k] = i
		c.list = append(c.list, &column{key: k, cells: format.NewCellFinder(k.name, types[k.name], '.', false)})
	}
	col, b := c.list[i], []byte(text)
	col.cells.Add(b)
	if b = bytes.TrimSpace(b); len(b) == 0 {
		return
	}
	col.filled = true
	if !col.notInteger {
		_, ok := integer(b)
		col.notInteger = !ok
	}
	if col.notInteger && !col.notNumber {
		_, size, ok := pieces.Number(b)
		col.notNumber = !ok || size != len(b)
	}
	if !col.notBoolean {
		_, ok := boolean(b)
		col.notBoolean = !ok
	}
}

func integer(b []byte) (int64, bool) {
	if n, ok := format.ParseInteger(b); ok {
		return n, true
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}

func boolean(b []byte) (v, ok bool) {
	switch string(bytes.ToLower(b)) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// finish orders the columns, names them and decides on their types. Fields that a
// schema declares are there even if no row has them.
func (c *columns) finish(d *schemas, folders bool, types map[string]geo.FieldType) []*column {
	var out []*column
	for _, name := range own {
		i, ok := c.byKey[key{true, name}]
		if ok && c.list[i].filled && (name != "folder" || folders) {
			out = append(out, c.list[i])
		}
	}
	for _, f := range d.fields {
		i, ok := c.byKey[key{name: f.name}]
		switch {
		case ok:
			c.list[i].schema, c.list[i].title = f.typ, f.title
			out = append(out, c.list[i])
			delete(c.byKey, key{name: f.name})
		case !strings.EqualFold(f.name, "name") && !strings.EqualFold(f.name, "description"): // which programs declare for their own elements
			out = append(out, &column{key: key{name: f.name}, schema: f.typ, title: f.title})
		}
	}
	for _, col := range c.list {
		if _, waits := c.byKey[col.key]; waits && !col.key.own {
			out = append(out, col)
		}
	}
	used := map[string]bool{}
	for i, col := range out {
		if col.name = strings.TrimSpace(col.key.name); col.name == "" {
			col.name = "column_" + strconv.Itoa(i+1)
		}
		for base, n := col.name, 2; used[col.name]; n++ {
			col.name = base + "_" + strconv.Itoa(n)
		}
		used[col.name] = true
		if declared := types[col.name]; declared != geo.TypeNull {
			col.notation = format.Notation{Type: declared, Decimal: '.', DayFirst: true, Declared: true}
		} else {
			col.notation = col.find()
		}
	}
	return out
}

// find decides on a type: that of the schema if all cells fit it, and what all
// cells are where there is no schema. KML has no dates, so texts may be dates.
func (c *column) find() format.Notation {
	of := func(t geo.FieldType) format.Notation {
		return format.Notation{Type: t, Decimal: '.', Declared: true}
	}
	found := c.cells.Notation()
	switch c.schema {
	case "int", "uint", "short", "ushort", "long", "ulong":
		switch {
		case !c.notInteger:
			return of(geo.TypeInteger)
		case !c.notNumber:
			return of(geo.TypeNumber)
		}
		return of(geo.TypeText)
	case "float", "double":
		if !c.notNumber {
			return of(geo.TypeNumber)
		}
		return of(geo.TypeText)
	case "bool", "boolean":
		if !c.notBoolean {
			return of(geo.TypeBoolean)
		}
		return of(geo.TypeText)
	}
	switch {
	case !c.filled:
		return of(geo.TypeText)
	case c.schema == "" && !c.key.own:
		return found
	case c.key.own && c.key.name != "when" && c.key.name != "begin" && c.key.name != "end", found.DayFirst:
		return of(geo.TypeText)
	}
	switch found.Type {
	case geo.TypeDate, geo.TypeDateTime, geo.TypeTextArray, geo.TypeJSON:
		return found
	}
	return of(geo.TypeText)
}

// value reads a cell.
func (c *column) value(text string) (geo.Value, bool) {
	b := []byte(text)
	if v, ok := c.notation.Parse(b); ok {
		return v, true
	}
	// The schema's own spellings: zeros before integers, numbers as .5 and +1.
	b = bytes.TrimSpace(b)
	switch c.notation.Type {
	case geo.TypeInteger:
		n, ok := integer(b)
		return geo.Integer(n), ok
	case geo.TypeNumber:
		x, size, ok := pieces.Number(b)
		return geo.Number(x), ok && size == len(b) && !math.IsNaN(x)
	}
	return geo.Value{}, false
}
