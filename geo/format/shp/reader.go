package shp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// reader is a format.Reader of one layer.
type reader struct {
	files   *collection
	shapes  shapes       // nil in a table, and after its last
	table   *tableReader // nil where there is none, and after its last
	layer   format.Layer
	columns []*column // by field
	charset charset
	texts   format.Interner
	spatial bool
	row     int64
	last    int64 // rows of the longer file
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the geometries of a Shapefile are not in columns")
	}
	c, err := find(src)
	if err != nil {
		return nil, err
	}
	r := &reader{files: c}
	if err := r.open(ctx, opt); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) open(ctx context.Context, opt format.Options) error {
	l, err := r.files.choose(opt.Layer)
	if err != nil {
		return err
	}
	seen, err := scan(ctx, l)
	if err != nil {
		return err
	}
	r.last = max(seen.shapes, seen.records)
	r.layer = format.Layer{Name: l.name, Count: seen.rows(), Bounds: geo.EmptyBounds(), Warnings: seen.warnings}
	r.layer.Schema.Fields = []geo.Field{}
	if l.dbf != nil {
		if r.table, err = openTable(l.dbf); err != nil {
			return err
		}
		if err := r.describe(l, seen, opt); err != nil {
			return err
		}
	}
	if l.shp == nil {
		return nil
	}
	if seen.indexed {
		r.shapes, err = openIndexed(l)
	} else {
		r.shapes, err = openSequence(l)
	}
	if err != nil {
		r.shapes = nil // not an interface around nothing
		return err
	}
	if r.spatial = opt.Geometry != format.NoGeometryColumn; r.spatial {
		r.layer.Schema.Geometry, r.layer.Bounds = seen.geometry, seen.bounds
		return r.system(l, opt)
	}
	return nil
}

// system finds the CRS, and whether there are heights.
func (r *reader) system(l *layerFiles, opt format.Options) error {
	s, err := openSequence(l)
	if err != nil {
		return err
	}
	r.layer.Schema.HasZ = s.head.kind.hasZ()
	if err := s.close(); err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot read %s: %w", s.name, err)
	}
	r.layer.CRS = opt.CRS
	text := l.prj.text()
	if opt.CRS != crs.Unknown || text == "" {
		return nil
	}
	code, ok := crs.ParseWKT(text)
	if !ok {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Rule: geo.RuleUnknownCRS, Value: geo.ClipValue(strings.Join(strings.Fields(text), " "))})
		return nil
	}
	r.layer.CRS = code
	return nil
}

// describe makes the fields of the table's columns.
func (r *reader) describe(l *layerFiles, seen *findings, opt format.Options) error {
	var warnings []geo.Problem
	var err error
	h := &r.table.head
	r.charset, warnings, err = findCharset(opt.Encoding, l.cpg.text(), h.ldid, seen.text)
	if err != nil {
		return err
	}
	r.layer.Encoding = r.charset.name
	used := map[string]bool{}
	for i := range h.columns {
		c := &h.columns[i]
		name, ok := r.charset.text(c.raw, len(c.raw) >= 10)
		if c.name = strings.ToValidUTF8(string(name), "\ufffd"); c.name == "" || !ok && r.charset.strict {
			c.name = "column_" + strconv.Itoa(i+1)
		}
		for base, n := c.name, 2; used[c.name]; n++ {
			c.name = base + "_" + strconv.Itoa(n)
		}
		used[c.name] = true
		if !c.readable(h) {
			if c.letter != '0' { // where FoxPro notes which cells are null
				warnings = append(warnings, geo.Problem{Column: c.name, Rule: geo.RuleIgnored,
					Detail: "a column of type " + strconv.QuoteRune(rune(c.letter)) + ", whose values are not in the .dbf, was left out"})
			}
			continue
		}
		field := geo.Field{Name: c.name, Type: c.fieldType(seen.columns[i])}
		if declared, ok := opt.Types[c.name]; ok && declared != geo.TypeNull {
			field.Type = declared
		}
		r.layer.Schema.Fields = append(r.layer.Schema.Fields, field)
		r.columns = append(r.columns, c)
	}
	r.layer.Warnings = append(r.layer.Warnings, warnings...)
	return nil
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset spreads the file's bytes evenly over its rows.
func (r *reader) Offset() (done, total int64) {
	if r.last == 0 {
		return r.files.size, r.files.size
	}
	return int64(float64(r.files.size) * float64(r.row) / float64(r.last)), r.files.size
}

// Close closes all files.
func (r *reader) Close() error {
	var errs []error
	if r.shapes != nil {
		errs = append(errs, r.shapes.close())
	}
	if r.table != nil {
		errs = append(errs, r.table.close())
	}
	return errors.Join(append(errs, r.files.close())...)
}

// Read gives the next row that is not deleted. Its FID is the number of its record.
func (r *reader) Read(f *geo.Feature) error {
	for {
		if r.row == r.last {
			return io.EOF
		}
		r.row++
		shape, record, err := r.next()
		if err != nil {
			return err
		}
		if record != nil && record[0] == deleted {
			continue
		}
		f.FID, f.ID, f.Geometry, f.Values = r.row, "", geo.Geometry{}, f.Values[:0]
		var problems []geo.Problem
		if r.spatial && shape != nil {
			if f.Geometry, err = decodeShape(shape, true); err != nil {
				problems = append(problems, geo.Problem{Row: r.row, Rule: geo.RuleGeometry, Detail: err.Error()})
			}
		}
		for i, c := range r.columns {
			if record == nil {
				f.Values = append(f.Values, geo.Value{})
				continue
			}
			v, problem := r.value(c, c.cell(record), r.layer.Schema.Fields[i].Type)
			if problem != nil {
				problem.Row, problem.Column = r.row, c.name
				problems = append(problems, *problem)
			}
			f.Values = append(f.Values, v)
		}
		if problems != nil {
			return &format.BadRow{Problems: problems}
		}
		return nil
	}
}

// next gives the shape and the record of the next row; nil where a file has ended.
func (r *reader) next() (shape, record []byte, err error) {
	if r.shapes != nil {
		if shape, err = r.shapes.next(); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		} else if err != nil {
			shape = nil
		}
	}
	if r.table != nil {
		if record, err = r.table.next(); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		} else if err != nil {
			record = nil
		}
	}
	return shape, record, nil
}

// value reads a cell for a field of type want. Text without a character is null.
func (r *reader) value(c *column, cell []byte, want geo.FieldType) (geo.Value, *geo.Problem) {
	natural := geo.TypeText
	text := cell
	if c.letter == 'C' {
		full := filled(cell)
		if i := bytes.IndexByte(cell, 0); i >= 0 {
			text = cell[:i]
		}
		if text = bytes.TrimRight(text, " "); len(text) == 0 {
			return geo.Value{}, nil
		}
		decoded, ok := r.charset.text(text, full)
		if !ok {
			return geo.Value{}, &geo.Problem{Rule: geo.RuleEncoding, Value: geo.ClipValue(strconv.QuoteToASCII(string(text))), Detail: r.charset.name}
		}
		text = decoded
	} else {
		v, ok := c.value(cell, &r.table.head)
		if ok && v.IsNull() || ok && v.Type() == want {
			return v, nil
		}
		if natural = v.Type(); ok && want == geo.TypeNumber && natural == geo.TypeInteger {
			return geo.Number(v.Number()), nil
		}
		if text = blank(cell); c.letter != 'N' && c.letter != 'F' && ok {
			text = v.Append(nil)
		}
		if !ok && want == geo.TypeText {
			decoded, ok := r.charset.text(text, false)
			if !ok {
				return geo.Value{}, &geo.Problem{Rule: geo.RuleEncoding, Value: geo.ClipValue(strconv.QuoteToASCII(string(text)))}
			}
			text = decoded
		}
	}
	if want == geo.TypeText {
		return geo.Text(r.texts.String(text)), nil
	}
	v, ok := format.Notation{Type: want, Decimal: '.', DayFirst: true, Declared: true}.Parse(text)
	if !ok {
		return geo.Value{}, &geo.Problem{Rule: geo.RuleType, Value: geo.ClipValue(strings.ToValidUTF8(string(text), "\ufffd")), Detail: "expected " + want.String()}
	}
	return v, nil
}
