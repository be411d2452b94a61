package markup

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"puy/geo"
)

const (
	maxDepth      = 100      // of elements in each other
	maxToken      = 32 << 20 // bytes of one token, as the coordinates of a line
	maxAttributes = 50_000   // of one element
	// MaxText bounds the bytes of the text of one element.
	MaxText = maxToken
)

// Scanner gives the tokens of a document. Names keep their prefixes, in Space.
type Scanner struct {
	xml   *xml.Decoder
	meter *meter
	name  string
	open  []xml.Name // the elements around the place where it stands
	ended bool       // the root was read
	text  []byte     // of Bytes
}

// meter lets so many bytes, and so many attributes, through for each token.
type meter struct {
	r          io.Reader
	left       int
	attributes int // equals signs since the last "<"
}

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, geo.Errorf(geo.KindLimit, "one element takes more than %d MB", maxToken>>20)
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	since := b[:n]
	if i := bytes.LastIndexByte(since, '<'); i >= 0 {
		since, m.attributes = since[i:], 0
	}
	if m.attributes += bytes.Count(since, []byte{'='}); m.attributes > maxAttributes {
		return 0, geo.Errorf(geo.KindLimit, "one element has more than %d attributes", maxAttributes)
	}
	return n, err
}

// New reads r, which is UTF-8 whatever the document declares. Name is that of the
// file in errors, which are of KindInvalid and KindLimit and tell the line.
func New(r io.Reader, name string) *Scanner {
	m := &meter{r: r, left: maxToken}
	d := xml.NewDecoder(m)
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return &Scanner{xml: d, meter: m, name: name}
}

// Next gives the next start, end or text, and io.EOF after the root's end. What
// follows the root is not looked at, as some programs leave remains there.
func (s *Scanner) Next() (xml.Token, error) {
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
				return nil, s.Limit("elements are nested more than %d deep", maxDepth)
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

// Ended tells whether the root was read to its end.
func (s *Scanner) Ended() bool { return s.ended }

func (s *Scanner) line() int { line, _ := s.xml.InputPos(); return line }

// Limit makes an error of KindLimit that tells the place.
func (s *Scanner) Limit(message string, args ...any) error {
	err := geo.Errorf(geo.KindLimit, message, args...)
	return geo.Errorf(geo.KindLimit, "%s, line %d: %s", s.name, s.line(), err.Sentence())
}

func (s *Scanner) fail(err error) error {
	if errors.Is(err, io.EOF) {
		if len(s.open) == 0 {
			return io.EOF
		}
		return s.brokenOff()
	}
	if g, ok := errors.AsType[*geo.Error](err); ok {
		return geo.Errorf(g.Kind, "%s, line %d: %s", s.name, s.line(), g.Sentence())
	}
	return geo.Errorf(geo.KindInvalid, "%s is not valid XML at line %d: %w", s.name, s.line(), err)
}

func (s *Scanner) brokenOff() error {
	return geo.Errorf(geo.KindInvalid, "%s breaks off at line %d", s.name, s.line())
}

// Skip passes over the element whose start was the last token.
func (s *Scanner) Skip() error { return s.Each(func(xml.StartElement) error { return s.Skip() }, nil) }

// Each calls child at the start of each child of the element whose start was the
// last token, and text, which may be nil, for text between them. Child must take
// the child's end.
func (s *Scanner) Each(child func(xml.StartElement) error, text func([]byte) error) error {
	for {
		t, err := s.Next()
		if errors.Is(err, io.EOF) {
			return s.brokenOff()
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

// Text gives the text in the element whose start was the last token, that of its
// children included, without white space around it.
func (s *Scanner) Text() (string, error) {
	b, err := s.Bytes()
	return string(b), err
}

// Bytes is as Text; what it gives is valid until the next call of either.
func (s *Scanner) Bytes() ([]byte, error) {
	s.text = s.text[:0]
	err := s.appendText()
	return bytes.TrimSpace(s.text), err
}

func (s *Scanner) appendText() error {
	return s.Each(func(e xml.StartElement) error {
		if e.Name.Local == "br" || e.Name.Local == "p" {
			s.text = append(s.text, '\n')
		}
		return s.appendText()
	}, func(text []byte) error {
		if len(s.text)+len(text) > MaxText {
			return s.Limit("a text takes more than %d MB", MaxText>>20)
		}
		s.text = append(s.text, text...)
		return nil
	})
}

// Attribute gives the attribute of e called name, whatever its prefix, without
// white space around it.
func Attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// Name gives the name of the file.
func (s *Scanner) Name() string { return s.name }
