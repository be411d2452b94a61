package jsontable

import (
	"context"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/record"
	"puy/geo/format/sheet"
)

// reader is a format.Reader of one list.
type reader struct {
	format.Reader
	layer format.Layer
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	s, err := look(ctx, src, opt.Encoding)
	if err != nil {
		return nil, err
	}
	l, err := s.choose(opt.Layer)
	if err != nil {
		return nil, err
	}
	opt.Decimal = 0
	inner, err := sheet.Open(ctx, s.name(l), opt, func() (sheet.Rows, error) {
		f, w, err := start(src, s.text)
		if err != nil {
			return nil, err
		}
		return &rows{list: l, file: f, walker: w}, nil
	})
	if err != nil {
		return nil, err
	}
	r := &reader{inner, inner.Layer()}
	r.layer.Encoding, r.layer.Trail.BOM, r.layer.Trail.Header = s.text.Encoding, s.text.BOM, 0
	r.layer.Warnings = append(r.layer.Warnings, s.warnings(l)...)
	return r, nil
}

// rows gives the rows of a list as lines of a worksheet, the names first.
type rows struct {
	list   *list
	file   *format.SourceReader
	walker *record.Walker
	began  bool
	cells  []sheet.Cell
	text   []byte
}

// Next gives the next line.
func (r *rows) Next() ([]sheet.Cell, error) {
	if !r.began {
		r.began = true
		for _, name := range r.list.columns {
			r.cells = append(r.cells, sheet.Cell{Text: []byte(name)})
		}
		return r.cells, nil
	}
	n, err := r.walker.Next(func(path []string, first byte) record.Action {
		action := decide(path, first)
		if len(path) == 1 && action == record.Enter && path[0] != r.list.key {
			return record.Skip
		}
		return action
	})
	if err != nil {
		return nil, err
	}
	clear(r.cells)
	r.text = r.text[:0]
	cells(&n, func(name string, v *record.Node) {
		i, known := r.list.index[name]
		if !known || r.cells[i].Text != nil {
			return
		}
		begin := len(r.text)
		if v.Scalar() {
			r.text = append(r.text, v.Value()...)
		} else {
			r.text = v.AppendJSON(r.text)
		}
		// A later growth of the buffer leaves what was cut of it as it is.
		r.cells[i] = sheet.Cell{Text: r.text[begin:len(r.text):len(r.text)], Typed: v.Kind != record.Text}
	})
	return r.cells, nil
}

// Odd has nothing to tell.
func (r *rows) Odd() []geo.Problem { return nil }

// Offset tells the bytes that were read.
func (r *rows) Offset() (done, total int64) { return r.file.Offset() }

// Close closes the file.
func (r *rows) Close() error { return r.file.Close() }
