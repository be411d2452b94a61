package xls

import (
	"context"
	"errors"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/sheet"
	"puy/geo/format/xls/cfb"
)

// Format describes workbooks.
func Format() format.Format {
	return format.Format{
		Name:       "xls",
		Title:      "Excel 97–2003 (XLS)",
		MediaType:  "application/vnd.ms-excel",
		Extensions: []string{".xls"},
		Detect:     func(name string, head []byte) bool { return cfb.Is(head) && strings.HasSuffix(name, ".xls") },
		Open:       open,
		Layers:     layers,
	}
}

func layers(ctx context.Context, src *format.Source) ([]string, error) {
	b, err := openBook(ctx, src, false)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return names, b.close()
}

func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	b, err := openBook(ctx, src, true)
	if err != nil {
		return nil, err
	}
	r, err := b.openSheet(ctx, opt)
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return &reader{Reader: r, book: b}, nil
}

func (b *book) openSheet(ctx context.Context, opt format.Options) (format.Reader, error) {
	s, err := b.choose(opt.Layer)
	if err != nil {
		return nil, err
	}
	found, err := b.survey(ctx, s)
	if err != nil {
		return nil, err
	}
	return sheet.Open(ctx, s.name, opt, func() (sheet.Rows, error) { return b.rows(found) })
}

// choose gives the worksheet with a name, or the first one.
func (b *book) choose(name string) (worksheet, error) {
	var names []string
	for _, s := range b.sheets {
		if s.name == name || name == "" {
			return s, nil
		}
		names = append(names, s.name)
	}
	return worksheet{}, geo.Errorf(geo.KindInvalid, "%s has no worksheet %q", b.name, name).WithHint("the worksheets are: %s", strings.Join(names, ", "))
}

// reader closes the workbook with the worksheet.
type reader struct {
	format.Reader
	book *book
}

func (r *reader) Close() error { return errors.Join(r.Reader.Close(), r.book.close()) }
