package kml

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"puy/geo"
)

const (
	maxDepth = 100      // of elements in each other
	maxToken = 64 << 20 // bytes of one token, as the coordinates of a line
	maxText  = 64 << 20 // bytes of the text of one element
)

// scanner gives the tokens of a document.
type scanner struct {
	xml   *xml.Decoder
	meter *meter
	name  string
	open  []xml.Name // the elements around the place where it stands
	ended bool       // the root was read
}

// meter lets so many bytes through for each token.
type meter struct {
	r    io.Reader
	left int
}

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, geo.Errorf(geo.KindLimit, "one element takes more than %d MB", maxToken>>20)
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	return n, err
}

// newScanner reads r, which is UTF-8 whatever the document declares.
func newScanner(r io.Reader, name string) *scanner {
	m := &meter{r: r, left: maxToken}
	d := xml.NewDecoder(m)
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return &scanner{xml: d, meter: m, name: name}
}

// next gives the next start, end or text, and io.EOF after the root's end. What
// follows the root is not looked at, as some programs leave remains there.
func (s *scanner) next() (xml.Token, error) {
	for {
		if s.ended {
			return nil, io.EOF
		}
		s.meter.left = maxToken
		t, err := s.xml.RawToken()
		if err != nil {
			return nil, s.fail(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if s.open = append(s.open, t.Name); len(s.open) > maxDepth {
				return nil, geo.Errorf(geo.KindLimit, "%s, line %d: elements are nested more than %d deep", s.name, s.line(), maxDepth)
			}
			return t, nil
		case xml.EndElement:
			last := len(s.open) - 1
			if last < 0 || s.open[last] != t.Name {
				return nil, geo.Errorf(geo.KindInvalid, "%s is not valid XML at line %d: </%s> closes what was not opened", s.name, s.line(), t.Name.Local)
			}
			s.open = s.open[:last]
			s.ended = last == 0
			return t, nil
		case xml.CharData:
			return t, nil
		}
	}
}

func (s *scanner) line() int { line, _ := s.xml.InputPos(); return line }

func (s *scanner) fail(err error) error {
	if errors.Is(err, io.EOF) {
		if len(s.open) == 0 {
			return io.EOF
		}
		return geo.Errorf(geo.KindInvalid, "%s breaks off at line %d", s.name, s.line())
	}
	if g, ok := errors.AsType[*geo.Error](err); ok {
		return geo.Errorf(g.Kind, "%s, line %d: %s", s.name, s.line(), g.Message)
	}
	return geo.Errorf(geo.KindInvalid, "%s is not valid XML at line %d: %w", s.name, s.line(), err)
}

// skip passes over the element whose start was the last token.
func (s *scanner) skip() error { return s.each(func(xml.StartElement) error { return s.skip() }, nil) }

// each calls child at the start of each child of the element whose start was the
// last token, and text for text between them. Child must take the child's end.
func (s *scanner) each(child func(xml.StartElement) error, text func([]byte) error) error {
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return geo.Errorf(geo.KindInvalid, "%s breaks off at line %d", s.name, s.line())
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = child(t)
		case xml.EndElement:
			return nil
		case xml.CharData:
			if text != nil {
				err = text(t)
			}
		}
		if err != nil {
			return err
		}
	}
}

// text gives the text in an element, that of its children included.
func (s *scanner) text() (string, error) {
	var b strings.Builder
	err := s.appendText(&b)
	return strings.TrimSpace(b.String()), err
}

func (s *scanner) appendText(b *strings.Builder) error {
	return s.each(func(e xml.StartElement) error {
		if e.Name.Local == "br" || e.Name.Local == "p" {
			b.WriteByte('\n')
		}
		return s.appendText(b)
	}, func(text []byte) error {
		if b.Len()+len(text) > maxText {
			return geo.Errorf(geo.KindLimit, "%s, line %d: a text takes more than %d MB", s.name, s.line(), maxText>>20)
		}
		b.Write(text)
		return nil
	})
}

// attribute gives the attribute called name, without a namespace, of e.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// declaredEncoding gives the encoding in the XML declaration that head starts with.
func declaredEncoding(head []byte) string {
	text := strings.TrimSpace(strings.TrimPrefix(string(head[:min(len(head), 200)]), "\ufeff"))
	if !strings.HasPrefix(text, "<?xml") {
		return ""
	}
	text, _, _ = strings.Cut(text, "?>")
	_, rest, found := strings.Cut(text, "encoding")
	if rest = strings.TrimLeft(rest, " \t="); !found || len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	label, _, _ := strings.Cut(rest[1:], rest[:1])
	label = strings.ToLower(strings.TrimSpace(label))
	// UTF-8 is found by looking, since many declare it of text that is not.
	if _, err := htmlindex.Get(label); err != nil || label == "utf-8" || label == "utf8" || strings.HasPrefix(label, "utf-16") {
		return ""
	}
	return label
}
