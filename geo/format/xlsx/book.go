package xlsx

import (
	"context"
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/markup"
	"puy/geo/format/sheet"
)

const maxSheets = 1000

// book is an open workbook.
type book struct {
	name    string
	archive *archive.Archive
	sheets  []worksheet
	strings string // the entry of the shared texts, or ""
	styles  string
	from04  bool // dates count from 1904
	texts   sheet.Texts
	kinds   []sheet.NumberKind // by style
}

// worksheet is a sheet and the entry that it is in.
type worksheet struct{ name, entry string }

func openBook(src *format.Source) (*book, error) {
	a, err := archive.Open(src)
	if err != nil {
		return nil, err
	}
	b := &book{name: src.Name(), archive: a}
	if err := b.open(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *book) close() error {
	b.texts.Close()
	return b.archive.Close()
}

// scan opens an entry, whose name may differ in letter case; nil where it is not there.
func (b *book) scan(entry string) (*markup.Scanner, *part, error) {
	for _, e := range b.archive.Entries {
		if strings.EqualFold(e.Name, strings.TrimPrefix(entry, "/")) {
			r, err := e.Open()
			if err != nil {
				return nil, nil, err
			}
			p := &part{ReadCloser: r, size: e.Size}
			return markup.New(p, b.name+" ("+e.Name+")"), p, nil
		}
	}
	return nil, nil, nil
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

// each calls child for the children of the root of an entry; false means that there
// is no such entry.
func (b *book) each(entry string, child func(s *markup.Scanner, e xml.StartElement) error) (bool, error) {
	s, r, err := b.scan(entry)
	if s == nil || err != nil {
		return false, err
	}
	defer r.Close()
	for {
		t, err := s.Next()
		if err != nil {
			if err == io.EOF {
				err = geo.Errorf(geo.KindInvalid, "%s has no content in %s", b.name, entry)
			}
			return true, err
		}
		if _, isStart := t.(xml.StartElement); isStart {
			return true, s.Each(func(e xml.StartElement) error { return child(s, e) }, nil)
		}
	}
}

// relations gives the targets of the relations of a part, by id and by the last word
// of their type.
func (b *book) relations(of string) (byID, byType map[string]string, err error) {
	byID, byType = map[string]string{}, map[string]string{}
	folder := path.Dir(of)
	_, err = b.each(path.Join(folder, "_rels", path.Base(of)+".rels"), func(s *markup.Scanner, e xml.StartElement) error {
		target := markup.Attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", folder, target)
		}
		if len(byID) < 10*maxSheets {
			byID[markup.Attribute(e, "Id")] = target
			byType[path.Base(markup.Attribute(e, "Type"))] = target
		}
		return s.Skip()
	})
	return byID, byType, err
}

func (b *book) open() error {
	_, byType, err := b.relations("")
	if err != nil {
		return err
	}
	main := byType["officeDocument"]
	if main == "" {
		main = "/xl/workbook.xml"
	}
	byID, byType, err := b.relations(main)
	if err != nil {
		return err
	}
	b.strings, b.styles = byType["sharedStrings"], byType["styles"]
	found, err := b.each(main, func(s *markup.Scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			v := markup.Attribute(e, "date1904")
			b.from04 = v == "1" || v == "true"
		case "sheets":
			return s.Each(func(e xml.StartElement) error {
				target := byID[markup.Attribute(e, "id")]
				if target != "" && strings.Contains(strings.ToLower(target), "worksheet") && len(b.sheets) < maxSheets {
					b.sheets = append(b.sheets, worksheet{markup.Attribute(e, "name"), target})
				}
				return s.Skip()
			}, nil)
		}
		return s.Skip()
	})
	switch {
	case err != nil:
		return err
	case !found:
		return geo.Errorf(geo.KindInvalid, "%s has no workbook inside", b.name)
	case len(b.sheets) == 0:
		return geo.Errorf(geo.KindInvalid, "%s has no worksheet", b.name)
	}
	return nil
}

// load reads the styles and the shared texts.
func (b *book) load(ctx context.Context) error {
	if b.styles != "" {
		if err := b.loadStyles(); err != nil {
			return err
		}
	}
	if b.strings == "" {
		return nil
	}
	n := 0
	_, err := b.each(b.strings, func(s *markup.Scanner, e xml.StartElement) error {
		if n++; n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if e.Name.Local != "si" {
			return s.Skip()
		}
		text, err := richText(s, nil)
		if err != nil {
			return err
		}
		return b.texts.Add(text)
	})
	return err
}

// richText appends the text of the element whose start was the last token: that of
// its runs, without what says how to pronounce it.
func richText(s *markup.Scanner, dst []byte) ([]byte, error) {
	err := s.Each(func(e xml.StartElement) error {
		var err error
		switch e.Name.Local {
		case "t":
			err = s.Each(func(xml.StartElement) error { return s.Skip() }, func(b []byte) error {
				dst = append(dst, b...)
				return nil
			})
		case "r":
			dst, err = richText(s, dst)
		default:
			err = s.Skip()
		}
		if err == nil && len(dst) > markup.MaxText {
			err = s.Limit("a text of more than %d MB", markup.MaxText>>20)
		}
		return err
	}, nil)
	return dst, err
}

func (b *book) loadStyles() error {
	custom := map[string]sheet.NumberKind{}
	_, err := b.each(b.styles, func(s *markup.Scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmts":
			return s.Each(func(e xml.StartElement) error {
				if len(custom) < 1<<16 {
					custom[markup.Attribute(e, "numFmtId")] = sheet.KindOfCode(markup.Attribute(e, "formatCode"))
				}
				return s.Skip()
			}, nil)
		case "cellXfs":
			return s.Each(func(e xml.StartElement) error {
				id := markup.Attribute(e, "numFmtId")
				kind, found := custom[id]
				if !found {
					number, _ := strconv.Atoi(id) // none is 0, which is General
					kind = sheet.BuiltinKind(number)
				}
				if len(b.kinds) < 1<<16 {
					b.kinds = append(b.kinds, kind)
				}
				return s.Skip()
			}, nil)
		}
		return s.Skip()
	})
	return err
}
