package xlsx

import (
	"context"
	"io"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/sheet"
)

// Format describes workbooks.
func Format() format.Format {
	return format.Format{
		Name:       "xlsx",
		Title:      "Excel (XLSX)",
		MediaType:  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		Extensions: []string{".xlsx", ".xlsm"},
		Detect:     func(name string, head []byte) bool { return archive.IsZip(head) && strings.HasSuffix(name, ".xlsx") },
		Holds:      holds,
		Open:       open,
		Layers:     layers,
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			return newWriter(w, layer)
		},
	}
}

func holds(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		lower := strings.ToLower(name)
		return strings.HasPrefix(lower, "xl/") && strings.HasSuffix(lower, ".xml")
	})
}

func layers(_ context.Context, src *format.Source) ([]string, error) {
	b, err := openBook(src)
	if err != nil {
		return nil, err
	}
	defer b.close()
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return names, nil
}

func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	b, err := openBook(src)
	if err != nil {
		return nil, err
	}
	s, err := b.choose(opt.Layer)
	if err == nil {
		err = b.load(ctx)
	}
	if err != nil {
		b.close()
		return nil, err
	}
	r, err := sheet.Open(ctx, s.name, opt, func() (sheet.Rows, error) { return b.rows(s) })
	if err != nil {
		b.close()
		return nil, err
	}
	return &reader{Reader: r, book: b}, nil
}

// reader closes the workbook with the worksheet.
type reader struct {
	format.Reader
	book *book
}

func (r *reader) Close() error {
	err := r.Reader.Close()
	if e := r.book.close(); err == nil {
		err = e
	}
	return err
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
