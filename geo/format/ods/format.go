package ods

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/markup"
	"puy/geo/format/sheet"
)

const (
	content   = "content.xml"
	maxTables = 1000
)

// Format describes OpenDocument spreadsheets.
func Format() format.Format {
	return format.Format{
		Name:       "ods",
		Title:      "OpenDocument (ODS)",
		MediaType:  "application/vnd.oasis.opendocument.spreadsheet",
		Extensions: []string{".ods"},
		Detect:     func(name string, head []byte) bool { return archive.IsZip(head) && strings.HasSuffix(name, ".ods") },
		Holds:      func(names []string) bool { return slices.Contains(names, content) },
		Open:       open,
		Layers:     layers,
	}
}

// document is an open spreadsheet.
type document struct {
	name    string
	archive *archive.Archive
	entry   archive.Entry
}

func openDocument(src *format.Source) (*document, error) {
	a, err := archive.Open(src)
	if err != nil {
		return nil, err
	}
	for _, e := range a.Entries {
		if e.Name == content {
			return &document{name: src.Name(), archive: a, entry: e}, nil
		}
	}
	a.Close()
	return nil, geo.Errorf(geo.KindInvalid, "%s has no spreadsheet inside", src.Name())
}

// scan starts at the first table.
func (d *document) scan() (*markup.Scanner, *part, error) {
	r, err := d.entry.Open()
	if err != nil {
		return nil, nil, err
	}
	p := &part{ReadCloser: r, size: d.entry.Size}
	s := markup.New(p, d.name)
	for {
		t, err := s.Next()
		if err != nil {
			p.Close()
			if errors.Is(err, io.EOF) {
				err = geo.Errorf(geo.KindInvalid, "%s is an OpenDocument file, but not a spreadsheet", d.name)
			}
			return nil, nil, err
		}
		e, isStart := t.(xml.StartElement)
		if !isStart {
			continue
		}
		switch e.Name.Local {
		case "document-content", "body":
		case "spreadsheet":
			return s, p, nil
		default:
			if err := s.Skip(); err != nil {
				p.Close()
				return nil, nil, err
			}
		}
	}
}

// part is an entry that is read.
type part struct {
	io.ReadCloser
	done, size int64
}

func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.done += int64(n)
	return n, err
}

// errFound ends a search.
var errFound = errors.New("found")

// tables gives the names of the tables up to one for which last is true.
func (d *document) tables(last func(name string) bool) ([]string, error) {
	s, p, err := d.scan()
	if err != nil {
		return nil, err
	}
	defer p.Close()
	var names []string
	err = s.Each(func(e xml.StartElement) error {
		if e.Name.Local == "table" && len(names) < maxTables {
			name := markup.Attribute(e, "name")
			if names = append(names, name); last(name) {
				return errFound
			}
		}
		return s.Skip()
	}, nil)
	if errors.Is(err, errFound) {
		err = nil
	}
	return names, err
}

func layers(_ context.Context, src *format.Source) ([]string, error) {
	d, err := openDocument(src)
	if err != nil {
		return nil, err
	}
	defer d.archive.Close()
	return d.tables(func(string) bool { return false })
}

func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	d, err := openDocument(src)
	if err != nil {
		return nil, err
	}
	r, err := d.open(ctx, opt)
	if err != nil {
		d.archive.Close()
		return nil, err
	}
	return &reader{Reader: r, archive: d.archive}, nil
}

func (d *document) open(ctx context.Context, opt format.Options) (format.Reader, error) {
	names, err := d.tables(func(name string) bool { return opt.Layer == "" || name == opt.Layer })
	if err != nil {
		return nil, err
	}
	table := 0
	if opt.Layer != "" {
		table = slices.Index(names, opt.Layer)
	}
	switch {
	case len(names) == 0:
		return nil, geo.Errorf(geo.KindInvalid, "%s has no table", d.name)
	case table < 0:
		return nil, geo.Errorf(geo.KindInvalid, "%s has no table %q", d.name, opt.Layer).WithHint("the tables are: %s", strings.Join(names, ", "))
	}
	return sheet.Open(ctx, names[table], opt, func() (sheet.Rows, error) { return d.rows(table) })
}

// reader closes the document with the table.
type reader struct {
	format.Reader
	archive *archive.Archive
}

func (r *reader) Close() error {
	err := r.Reader.Close()
	if e := r.archive.Close(); err == nil {
		err = e
	}
	return err
}
