package csv

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/place"
)

// reader gives the rows: the second pass.
type reader struct {
	ctx      context.Context
	layer    format.Layer
	file     *format.SourceReader
	splitter *splitter
	columns  []column
	place    place.Place
	row      int64
	interner format.Interner
	problems []geo.Problem
}

func (r *reader) Layer() format.Layer { return r.layer }

func (r *reader) Offset() (done, total int64) { return r.file.Offset() }

func (r *reader) Close() error { return r.file.Close() }

func (r *reader) Read(f *geo.Feature) error {
	if r.row%4096 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	cells, err := r.splitter.next()
	if err != nil {
		return err
	}
	r.row++
	r.problems = nil
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	if n := len(r.layer.Schema.Fields); cap(f.Values) < n {
		f.Values = make([]geo.Value, n)
	} else {
		f.Values = f.Values[:n]
		clear(f.Values)
	}
	switch {
	case r.splitter.unclosed:
		r.problem(geo.RuleSyntax, "", cells[len(cells)-1], "a quote that is not closed before the end of the file")
	case !fits(cells, len(r.columns)):
		r.problem(geo.RuleColumns, "", nil, fmt.Sprintf("%d cells where the header has %d", len(cells), len(r.columns)))
	default:
		r.values(f, cells)
	}
	if r.problems != nil {
		return &format.BadRow{Problems: r.problems}
	}
	return nil
}

func (r *reader) problem(rule geo.Rule, column string, value []byte, detail string) {
	value = value[:min(len(value), 400)]
	r.problems = append(r.problems, geo.Problem{Row: r.row, Column: column, Rule: rule,
		Value: geo.ClipValue(strings.ToValidUTF8(string(value), string(utf8.RuneError))), Detail: detail})
}

func (r *reader) values(f *geo.Feature, cells [][]byte) {
	for i := range r.columns {
		c := &r.columns[i]
		cell := cells[i]
		if c.field < 0 || len(cell) == 0 {
			continue
		}
		if c.notation.Type == geo.TypeText {
			if !utf8.Valid(cell) || bytes.IndexByte(cell, 0) >= 0 {
				r.problem(geo.RuleEncoding, c.name, cell, "")
				continue
			}
			f.Values[c.field] = geo.Text(r.interner.String(cell))
			continue
		}
		v, ok := c.notation.Parse(cell)
		if !ok {
			r.problem(geo.RuleType, c.name, cell, "not of type "+c.notation.Type.String())
			continue
		}
		f.Values[c.field] = v
	}
	g, column, wrong := r.place.Read(cells)
	if wrong != "" {
		r.problem(geo.RuleGeometry, r.columns[column].name, cells[column], wrong)
	}
	f.Geometry = g
}
