package shp

import (
	"context"
	"errors"
	"fmt"
	"io"

	"puy/geo"
)

// findings is what a pass over a whole layer tells.
type findings struct {
	shapes, records int64 // in the two files
	gone            int64 // records that were deleted, of the rows
	geometry        geo.GeometryType
	bounds          geo.Bounds
	columns         []found
	text            evidence
	indexed         bool // the main file is to be read by its index
	warnings        []geo.Problem
}

func (f *findings) warn(rule geo.Rule, detail string, args ...any) {
	f.warnings = append(f.warnings, geo.Problem{Rule: rule, Detail: fmt.Sprintf(detail, args...)})
}

// scan looks at all shapes and records.
func scan(ctx context.Context, l *layerFiles) (*findings, error) {
	f := &findings{bounds: geo.EmptyBounds()}
	gone, err := f.scanTable(ctx, l)
	if err != nil {
		return nil, err
	}
	if l.shp == nil {
		return f, nil
	}
	if err := f.scanMain(ctx, l, gone); err != nil {
		return nil, err
	}
	if l.dbf == nil {
		f.warn(geo.RuleIgnored, "there is no .dbf: the shapes have no attributes")
	} else if f.shapes != f.records {
		f.warn(geo.RuleIgnored, "the .shp has %d shapes and the .dbf has %d records; those without a partner are kept", f.shapes, f.records)
	}
	return f, nil
}

// rows gives the number of rows that a reader gives.
func (f *findings) rows() int64 { return max(f.shapes, f.records) - f.gone }

// scanTable reads the table, and gives the numbers of the deleted records (0 is
// the first), of which there are few.
func (f *findings) scanTable(ctx context.Context, l *layerFiles) (gone map[int64]bool, err error) {
	if l.dbf == nil {
		return nil, nil
	}
	t, err := openTable(l.dbf)
	if err != nil {
		return nil, err
	}
	defer t.close()
	f.columns = make([]found, len(t.head.columns))
	for i := range t.head.columns {
		f.text.see(t.head.columns[i].raw, len(t.head.columns[i].raw) >= 10)
	}
	gone = map[int64]bool{}
	for {
		if t.row%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		record, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if record[0] == deleted {
			f.gone++
			if len(gone) < 1<<20 {
				gone[t.row-1] = true
			}
			continue
		}
		for i := range t.head.columns {
			c := &t.head.columns[i]
			if c.letter == 'C' {
				cell := c.cell(record)
				f.text.see(cell, filled(cell))
			} else if c.readable(&t.head) {
				c.see(c.cell(record), &t.head, &f.columns[i])
			}
		}
	}
	f.records = t.row
	if t.goesOn() {
		f.warn(geo.RuleIgnored, "the .dbf goes on after the %d records that its header states", t.head.count)
	}
	return gone, nil
}

// scanMain reads the main file: in the order of its records if these follow one
// another, or by its index where they do not.
func (f *findings) scanMain(ctx context.Context, l *layerFiles, gone map[int64]bool) error {
	s, err := openSequence(l)
	if err != nil {
		return err
	}
	defer s.close()
	head := s.head
	if l.shx == nil {
		f.warn(geo.RuleIgnored, "there is no .shx; the shapes were read without it")
	} else if s.index, err = openIndex(l.shx); err != nil {
		f.warn(geo.RuleIgnored, "the .shx is damaged and was not used")
		s.index = nil
	}
	index := s.index
	defer func() { _ = index.close() }()
	failed := f.scanShapes(ctx, s, gone)
	if index != nil && (failed != nil || !index.exhausted()) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := f.tryIndex(ctx, l, gone, failed, index); err != nil {
			return err
		}
	} else if failed != nil {
		return failed
	}
	if f.geometry == geo.GeometryNone {
		f.geometry = head.kind.geometry()
	}
	return nil
}

// tryIndex decides between the order of the file, in which reading failed or not,
// and the index, which says something else.
func (f *findings) tryIndex(ctx context.Context, l *layerFiles, gone map[int64]bool, failed error, index *indexReader) error {
	r, err := openIndexed(l)
	if err != nil {
		return err
	}
	defer r.close()
	n, ok := r.plausible()
	usable := ok && n > 0 && (failed != nil || index.differs && (l.dbf == nil || n == f.records))
	if !usable {
		if failed != nil {
			return failed
		}
		f.warn(geo.RuleIgnored, "the .shx does not fit the .shp and was not used")
		return nil
	}
	again, err := openIndexed(l)
	if err != nil {
		return err
	}
	defer again.close()
	f.indexed, f.shapes, f.geometry, f.bounds = true, 0, geo.GeometryNone, geo.EmptyBounds()
	f.warn(geo.RuleIgnored, "the records of the .shp do not follow one another; they were read by the .shx")
	return f.scanShapes(ctx, again, gone)
}

func (f *findings) scanShapes(ctx context.Context, s shapes, gone map[int64]bool) error {
	for {
		if f.shapes%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		b, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f.shapes++
		if gone[f.shapes-1] {
			continue
		}
		g, err := decodeShape(b, false)
		if err != nil { // Read tells; the layer is spatial nevertheless
			continue
		}
		f.geometry = f.geometry.Merge(g.Type())
		if box := g.Bounds(); !box.IsEmpty() {
			f.bounds = f.bounds.Extend(box.MinX, box.MinY).Extend(box.MaxX, box.MaxY)
		}
	}
}
