package parquet

import (
	"errors"
	"io"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/parquet/columns"
	"puy/geo/format/place"
)

// sampleRows is how many rows are looked at for a geometry among the columns of a
// table without one of geometries.
const sampleRows = 1000

// cells is a geometry that is spelled in columns of text or numbers.
type cells struct {
	place place.Place
	names []string
	field []int // by column of the place: its field
	at    []int // by field: its column of the place, or -1
	texts [][]byte
}

// isText tells whether name is that of a column of text.
func isText(f *columns.File, name string) bool {
	for _, n := range f.Root.Children {
		if n.Name == name && n.Flat() && n.Kind == columns.KindText {
			return true
		}
	}
	return false
}

// findCells looks for a geometry as it is looked for in text: first in some rows,
// and then in all rows of the columns that it seems to be in.
func (r *reader) findCells(opt format.Options) error {
	c := &cells{at: make([]int, len(r.fields))}
	for i, f := range r.fields {
		c.at[i] = -1
		if f.node.Flat() && (f.natural == geo.TypeText || f.natural == geo.TypeNumber || f.natural == geo.TypeInteger) {
			c.at[i] = len(c.names)
			c.names, c.field = append(c.names, f.node.Name), append(c.field, i)
		}
	}
	c.texts = make([][]byte, len(c.names))
	all := make([]int, len(c.names))
	for i := range all {
		all[i] = i
	}
	sample, err := r.findIn(c, all, sampleRows, opt)
	if err != nil {
		return err
	}
	found, err := r.findIn(c, sample.Columns(), r.file.Rows, opt)
	if err != nil || len(found.Columns()) == 0 {
		return err
	}
	c.place = found.Place
	for i := range r.fields {
		column := c.at[i]
		r.fields[i].hidden = column >= 0 && found.Consumed(column)
	}
	r.cells = c
	r.layer.Schema.Geometry, r.layer.Schema.HasZ = found.Type, found.HasZ
	r.layer.CRS, r.layer.Bounds = found.CRS, found.Bounds
	return nil
}

// findIn shows the first rows of some of the columns to a finder.
func (r *reader) findIn(c *cells, some []int, rows int64, opt format.Options) (found place.Found, err error) {
	finder, err := place.NewFinder(c.names, opt)
	if err != nil || len(some) == 0 {
		return found, err
	}
	var nodes []*columns.Node
	for _, column := range some {
		nodes = append(nodes, r.fields[c.field[column]].node)
	}
	list := r.file.Read(nodes)
	defer list.Close()
	texts := make([][]byte, len(c.names))
	for row := range rows {
		if row%1024 == 0 {
			if err := r.ctx.Err(); err != nil {
				return found, err
			}
		}
		if err := list.Next(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return found, err
		}
		for i, column := range list.Columns {
			var raw columns.Value
			there, err := column.Value(&raw)
			if err != nil {
				return found, err
			}
			text := texts[some[i]][:0]
			if there && column.Node.Kind == columns.KindBinary {
				text = append(text, raw.Bytes...)
			} else if there {
				if v, ok := column.Node.Scalar(raw); ok {
					text = v.Append(text)
				}
			}
			texts[some[i]] = text
		}
		finder.Add(texts)
	}
	return finder.Choose(opt.CRS), nil
}

// keep keeps the value of a field for the geometry.
func (c *cells) keep(field int, v geo.Value) {
	if column := c.at[field]; column >= 0 {
		c.texts[column] = v.Append(c.texts[column][:0])
	}
}

// read gives the geometry of the row, or which column is wrong and why.
func (c *cells) read() (g geo.Geometry, name, value, wrong string) {
	g, column, wrong := c.place.Read(c.texts)
	if wrong == "" {
		return g, "", "", ""
	}
	return geo.Geometry{}, c.names[column], string(c.texts[column]), wrong
}
