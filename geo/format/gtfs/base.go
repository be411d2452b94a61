package gtfs

import (
	"errors"
	"fmt"
	"io"

	"puy/geo"
	"puy/geo/format"
)

// base is what the layers of a feed share.
type base struct {
	feed   *feed
	layer  format.Layer
	fields fields
	rows   *table // that the layer is read from
}

// Layer tells what the reader gives.
func (b *base) Layer() format.Layer { return b.layer }

// Offset tells the bytes of the table that were read.
func (b *base) Offset() (done, total int64) {
	if b.rows == nil {
		return 0, 0
	}
	return b.rows.done, b.rows.size
}

// Close closes the archive.
func (b *base) Close() error {
	var err error
	if b.rows != nil {
		err = b.rows.close()
	}
	return errors.Join(err, b.feed.archive.Close())
}

// begin completes the layer and stands before the first row of the table name, whose
// ids are those of the features.
func (b *base) begin(name, key string, kind geo.GeometryType) error {
	b.layer.Schema.Fields, b.layer.Schema.Key = b.fields.list, key
	if b.layer.Schema.Geometry = kind; b.feed.opt.Geometry == format.NoGeometryColumn {
		b.layer.Schema.Geometry, b.layer.Bounds = geo.GeometryNone, geo.EmptyBounds()
	}
	text := b.feed.texts[name]
	b.layer.Encoding = text.Encoding
	b.layer.Trail.BOM = text.BOM
	b.layer.Warnings = append(b.feed.notes.warnings(), text.Warnings()...)
	t, err := b.feed.table(name)
	if t == nil && err == nil {
		err = io.EOF
	}
	b.rows = t
	return err
}

// row reads the next row of the table: its fields, and its id from the cell id.
func (b *base) row(f *geo.Feature, id int) ([]geo.Problem, error) {
	if err := b.rows.next(); err != nil {
		return nil, err
	}
	t := b.rows
	f.FID, f.ID, f.Geometry = t.row, "", geo.Geometry{}
	if t.records.Unclosed() {
		return []geo.Problem{problem(t.row, "", t.cell(len(t.cells)-1), geo.RuleSyntax, "a quote that is not closed before the end of the file")}, nil
	}
	if !t.fits() {
		return []geo.Problem{columns(t)}, nil
	}
	var problems []geo.Problem
	f.Values, problems = b.fields.read(t, f.Values)
	if len(t.cell(id)) == 0 {
		problems = append(problems, geo.Problem{Row: t.row, Column: b.layer.Schema.Key, Rule: geo.RuleMissingKey})
	}
	if problems == nil {
		f.ID = b.fields.texts.String(t.cell(id))
	}
	return problems, nil
}

func columns(t *table) geo.Problem {
	return geo.Problem{Row: t.row, Rule: geo.RuleColumns, Detail: fmt.Sprintf("%d cells where the header has %d", len(t.cells), len(t.names))}
}

// bad is a row whose geometry cannot be accepted.
func bad(row int64, why string) error {
	return &format.BadRow{Problems: []geo.Problem{{Row: row, Rule: geo.RuleGeometry, Detail: why}}}
}

func rejected(problems []geo.Problem) error {
	if problems == nil {
		return nil
	}
	return &format.BadRow{Problems: problems}
}
