package decp

import (
	"context"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/named"
	"puy/geo/format/record"
)

// maxRepeated bounds the bytes that the rows of one contract take together.
const maxRepeated = 64 << 20

// reader is a format.Reader of one layer.
type reader struct {
	name    string
	doc     *document
	form    *form
	layer   format.Layer
	columns *named.Columns
	now     *contract
	at      int // the row of now that comes next
	cells   named.Row
	row     int64
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "contracts have no geometry: it cannot be in a column")
	}
	s, err := look(ctx, src, opt, true)
	if err != nil {
		return nil, err
	}
	l, err := s.choose(src.Name(), opt.Layer)
	if err != nil {
		return nil, err
	}
	l.finder.Arrange(l.form.order(), last())
	r := &reader{name: src.Name(), form: l.form, columns: l.finder.Columns()}
	r.layer = format.Layer{Name: l.form.layer, Count: l.rows, Encoding: s.text.Encoding, Bounds: geo.EmptyBounds(), Trail: format.Trail{BOM: s.text.BOM}}
	r.layer.Schema.Fields = r.columns.Fields
	l.form.describe(r.layer.Schema.Fields)
	r.layer.Warnings = append(append(r.columns.Warnings, s.text.Warnings()...), l.warnings...)
	r.doc, err = openDocument(src, s.text, s.xml)
	return r, err
}

// rows flattens the contract with that number in the file.
func (f *form) rows(file string, number int64, n *record.Node) (*contract, error) {
	c := f.flatten(n)
	if len(c.holders) > maxHolders {
		return nil, geo.Errorf(geo.KindLimit, "%s, contract %d (%s): more than %d holders", file, number, geo.ClipValue(c.uid), maxHolders)
	}
	if len(c.holders)*c.size > maxRepeated {
		return nil, geo.Errorf(geo.KindLimit, "%s, contract %d (%s): its %d rows take more than %d MB", file, number, geo.ClipValue(c.uid), len(c.holders), maxRepeated>>20)
	}
	return c, nil
}

// row sets r to the row of a contract for the holder i. What all rows have stays in r
// from the first one on.
func (c *contract) row(i int, r *named.Row) {
	if i == 0 {
		r.Reset()
		for _, v := range c.all {
			r.Set(v.name, v.text)
		}
		c.kept = r.Len()
	}
	r.Cut(c.kept)
	for _, v := range c.holders[i] {
		r.Set(v.name, v.text)
	}
	if i == 0 {
		for _, v := range c.once {
			r.Set(v.name, v.text)
		}
	}
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset tells the bytes that were read.
func (r *reader) Offset() (done, total int64) { return r.doc.file.Offset() }

// Close closes the file.
func (r *reader) Close() error { return r.doc.file.Close() }

// Read gives the next row.
func (r *reader) Read(f *geo.Feature) error {
	for r.now == nil || r.at >= len(r.now.holders) {
		n, concession, err := r.doc.next()
		if err != nil {
			return err
		}
		if concession != (r.form.layer == layerConcessions) {
			continue
		}
		if r.now, err = r.form.rows(r.name, r.doc.count, &n); err != nil {
			return err
		}
		r.at = 0
	}
	r.now.row(r.at, &r.cells)
	r.at++
	r.row++
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	var problems []geo.Problem
	f.Values, problems = r.columns.Values(&r.cells, r.row, f.Values)
	if problems != nil {
		return &format.BadRow{Problems: problems}
	}
	return nil
}
