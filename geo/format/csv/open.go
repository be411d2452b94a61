package csv

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/place"
)

// column is one column of the table.
type column struct {
	name     string
	notation format.Notation
	field    int // its place among the fields, or -1
}

// table is what the first pass finds.
type table struct {
	text     format.Text
	sniffed  sniffed
	names    []string
	headless bool // the first line holds values
	finders  []format.CellFinder
	geometry *place.Finder
	rows     int64
}

// open reads src once for its schema and stands at the first row.
func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	t, err := scan(ctx, src, opt)
	if err != nil {
		return nil, err
	}
	found := t.geometry.Choose(opt.CRS)
	r := &reader{ctx: ctx, place: found.Place}
	schema := geo.Schema{Geometry: found.Type, HasZ: found.HasZ}
	for i, name := range t.names {
		c := column{name: name, notation: t.finders[i].Notation(), field: len(schema.Fields)}
		nameless := strings.HasPrefix(name, "column_") && i == len(t.names)-1 && t.finders[i].Empty()
		if found.Pairs(i) && opt.Types[name] == geo.TypeNull {
			c.notation = format.Notation{Type: geo.TypeText} // 3,45 is not a number here
		}
		if found.Consumed(i) || nameless {
			c.field = -1
		} else {
			schema.Fields = append(schema.Fields, geo.Field{Name: name, Type: c.notation.Type})
		}
		r.columns = append(r.columns, c)
	}
	trail := found.Trail(t.names, opt.CRS)
	trail.BOM = t.text.BOM
	if !t.headless {
		trail.Header = t.sniffed.skip + 1
	}
	trail.Notations = map[string]format.Notation{}
	for _, c := range r.columns {
		if c.field >= 0 {
			trail.Notations[c.name] = c.notation
		}
	}
	base := path.Base(strings.ReplaceAll(src.Name(), `\`, "/"))
	name, _, _ := strings.Cut(base, ".")
	r.layer = format.Layer{Name: name, Schema: schema, CRS: found.CRS, Count: t.rows, Bounds: found.Bounds, Encoding: t.text.Encoding,
		Delimiter: delimiterName(t.sniffed.delimiter, len(t.names)), Warnings: t.text.Warnings(), Trail: trail}
	if r.file, r.splitter, err = t.start(src); err != nil {
		return nil, err
	}
	if !t.headless {
		if _, err := r.splitter.next(); err != nil {
			r.file.Close()
			return nil, err
		}
	}
	return r, nil
}

// start opens src at its header.
func (t *table) start(src *format.Source) (*format.SourceReader, *splitter, error) {
	file, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	decoded, err := t.text.Reader(file)
	s := newSplitter(decoded, t.sniffed.delimiter, src.WindowSize())
	for range t.sniffed.skip {
		if err == nil {
			_, err = s.next()
		}
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, s, nil
}

// scan is the first pass.
func scan(ctx context.Context, src *format.Source, opt format.Options) (*table, error) {
	text, err := format.FindText(ctx, src, opt.Encoding)
	if err != nil {
		return nil, err
	}
	t := &table{text: text}
	var delimiter byte
	if opt.Delimiter != 0 {
		if delimiter, err = delimiterByte(opt.Delimiter); err != nil {
			return nil, err
		}
	}
	if opt.Decimal != 0 && opt.Decimal != '.' && opt.Decimal != ',' {
		return nil, geo.Errorf(geo.KindInvalid, "%q cannot be the decimal sign of a table", opt.Decimal)
	}
	head, whole, err := decodedHead(src, text)
	if err != nil {
		return nil, err
	}
	t.sniffed = sniff(head, whole, delimiter)
	file, s, err := t.start(src)
	if errors.Is(err, io.EOF) {
		return nil, geo.Errorf(geo.KindInvalid, "%s has no header", src.Name())
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	header, err := s.next()
	if errors.Is(err, io.EOF) || err == nil && s.unclosed {
		return nil, geo.Errorf(geo.KindInvalid, "%s has no header", src.Name())
	}
	if err != nil {
		return nil, err
	}
	if t.headless = opt.Header == format.HeaderNone || opt.Header == "" && headless(head, t.sniffed); t.headless {
		t.names = make([]string, len(header))
		format.NameColumns(t.names)
	} else {
		t.names = headerNames(header)
	}
	for _, name := range t.names {
		t.finders = append(t.finders, format.NewCellFinder(name, opt.Types[name], byte(opt.Decimal), t.sniffed.delimiter == ','))
	}
	if t.geometry, err = place.NewFinder(t.names, opt); err != nil {
		return nil, err
	}
	if t.headless { // its first line counts
		file.Close()
		if file, s, err = t.start(src); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	return t, t.read(ctx, s)
}

// read takes all rows.
func (t *table) read(ctx context.Context, s *splitter) error {
	for {
		if t.rows%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		cells, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.rows++
		if !fits(cells, len(t.names)) || s.unclosed {
			continue
		}
		for i := range t.names {
			t.finders[i].Add(cells[i])
		}
		t.geometry.Add(cells)
	}
}

// decodedHead gives the decoded start of src; whole tells that it is all of it.
func decodedHead(src *format.Source, text format.Text) (head []byte, whole bool, err error) {
	file, err := src.Open()
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	decoded, err := text.Reader(file)
	if err != nil {
		return nil, false, err
	}
	head = make([]byte, format.HeadSize)
	n, err := io.ReadFull(decoded, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, false, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", src.Name(), err)
	}
	return head[:n], err != nil, nil
}

// fits tells whether a row has as many cells as the header, but for blank ones at
// its end.
func fits(cells [][]byte, columns int) bool {
	if len(cells) < columns {
		return false
	}
	for _, extra := range cells[columns:] {
		for _, b := range extra {
			if b != ' ' && b != '\t' {
				return false
			}
		}
	}
	return true
}
