package gtfs

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// known is a column that the specification names.
type known struct {
	name   string
	typ    geo.FieldType
	fr, en string
}

// column is a field that a table of the feed has.
type column struct {
	cell     int
	name     string
	notation format.Notation
	field    int
}

// fields are those of a layer on their way: columns of a table, and what is made.
type fields struct {
	list    []geo.Field
	columns []column
	texts   format.Interner
}

// table adds the columns of t: the known ones in their order, so that versions of a feed
// agree, then those of the publisher, as text. Skipped ones become the geometry.
func (f *fields) table(t *table, spec []known, types map[string]geo.FieldType, skipped ...string) {
	taken := map[string]bool{"": true}
	for _, name := range skipped {
		taken[name] = true
	}
	add := func(cell int, name string, typ geo.FieldType, title geo.Localized) {
		n := format.Notation{Type: typ, Decimal: '.', Declared: true}
		if declared := types[name]; declared != geo.TypeNull {
			n.Type = declared
		}
		f.columns = append(f.columns, column{cell, name, n, len(f.list)})
		f.list = append(f.list, geo.Field{Name: name, Type: n.Type, Title: title})
		taken[name] = true
	}
	for _, k := range spec {
		if cell := t.column(k.name); cell >= 0 {
			add(cell, k.name, k.typ, geo.Localized{FR: k.fr, EN: k.en})
		}
	}
	for cell, name := range t.names {
		if !taken[name] {
			add(cell, name, geo.TypeText, geo.Localized{})
		}
	}
}

// made adds a field that no table has under this name, and gives its place.
func (f *fields) made(k known) int {
	for i := range f.list {
		if f.list[i].Name == k.name { // the publisher has one, too
			k.name += "_2"
		}
	}
	f.list = append(f.list, geo.Field{Name: k.name, Type: k.typ, Title: geo.Localized{FR: k.fr, EN: k.en}})
	return len(f.list) - 1
}

// read sets values to the columns of the row, and null for what is made.
func (f *fields) read(t *table, values []geo.Value) ([]geo.Value, []geo.Problem) {
	if cap(values) < len(f.list) {
		values = make([]geo.Value, len(f.list))
	}
	values = values[:len(f.list)]
	clear(values)
	var problems []geo.Problem
	for i := range f.columns {
		c := &f.columns[i]
		cell := t.cell(c.cell)
		if len(cell) == 0 {
			continue
		}
		if !utf8.Valid(cell) || bytes.IndexByte(cell, 0) >= 0 {
			problems = append(problems, problem(t.row, c.name, cell, geo.RuleEncoding, ""))
			continue
		}
		if c.notation.Type == geo.TypeText {
			values[c.field] = geo.Text(f.texts.String(cell))
			continue
		}
		v, ok := c.notation.Parse(cell)
		if !ok {
			problems = append(problems, problem(t.row, c.name, cell, geo.RuleType, "not of type "+c.notation.Type.String()))
			continue
		}
		values[c.field] = v
	}
	return values, problems
}

func problem(row int64, column string, value []byte, rule geo.Rule, detail string) geo.Problem {
	return geo.Problem{Row: row, Column: column, Value: clip(value), Rule: rule, Detail: detail}
}

// clip gives a cell for a Problem.
func clip(cell []byte) string {
	return geo.ClipValue(string(bytes.ToValidUTF8(cell[:min(len(cell), 400)], []byte("\ufffd"))))
}

// names keeps texts of a table, which are bounded together.
type names struct {
	file string
	size int
	all  map[string]string
}

// keep gives b as a text, the same one for the same bytes.
func (n *names) keep(b []byte) (string, error) {
	if s, known := n.all[string(b)]; known {
		return s, nil
	}
	s, err := n.fresh(b)
	if n.all == nil {
		n.all = map[string]string{}
	}
	n.all[s] = s
	return s, err
}

// fresh gives b as a text that is kept for the first time.
func (n *names) fresh(b []byte) (string, error) {
	const overhead = 64
	if n.size += len(b) + overhead; n.size > maxNames+overhead*maxShapes {
		return "", geo.Errorf(geo.KindLimit, "%s has more than %d MB of names and ids", n.file, maxNames>>20)
	}
	return string(bytes.ToValidUTF8(b, []byte("\ufffd"))), nil
}

// number reads a coordinate, with a decimal point or comma.
func number(cell []byte) (float64, bool) {
	f, ok := format.ParseNumber(cell)
	if !ok {
		f, ok = format.ParseCellNumber(cell, ',')
	}
	return f, ok
}

// integer reads a number that is not negative.
func integer(cell []byte) (uint32, bool) {
	n, err := strconv.ParseUint(string(cell), 10, 32)
	return uint32(n), err == nil
}

// civil gives a date as days since 1970.
func civil(year, month, day int) (int32, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	y, m, d := t.Date()
	return int32(t.Unix() / 86400), y == year && int(m) == month && d == day && year > 0
}
