package decp

import (
	"encoding/xml"
	"errors"
	"io"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/markup"
	"puy/geo/format/record"
)

// document gives the contracts of a file, one after the other.
type document struct {
	file    *format.SourceReader
	json    *record.Walker
	xml     *markup.Scanner
	entered bool // the root of XML
	cleaned *cleaner
	count   int64 // contracts so far
	list    string
	other   int64 // values in the lists that are no contracts
}

func openDocument(src *format.Source, text format.Text, isXML bool) (*document, error) {
	f, err := src.Open()
	if err != nil {
		return nil, err
	}
	decoded, err := text.Reader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	d := &document{file: f}
	if isXML {
		d.cleaned = &cleaner{r: decoded}
		d.xml = markup.New(d.cleaned, src.Name())
	} else {
		d.json = record.NewWalker(decoded, src.Name(), src.WindowSize())
	}
	return d, nil
}

// next gives the next contract and tells whether it is a concession; io.EOF ends the
// file.
func (d *document) next() (n record.Node, concession bool, err error) {
	if d.json != nil {
		n, err = d.json.Next(d.decide)
	} else {
		n, err = d.element()
	}
	if err != nil {
		return n, false, err
	}
	d.count++
	return n, isConcession(d.list, &n), nil
}

// decide tells contracts from all else in the forms of JSON: an array of them, in the
// member marches or alone, and an object with an array of each kind.
func (d *document) decide(path []string, first byte) record.Action {
	inside := first == '{' || first == '['
	if len(path) == 0 {
		if inside {
			return record.Enter
		}
		return record.Skip
	}
	last := path[len(path)-1]
	if last == record.AnyElement {
		if first == '{' {
			return record.Take
		}
		d.other++
		return record.Skip
	}
	depth := len(path)
	if !inside || depth == 2 && path[0] != "marches" || depth > 2 {
		return record.Skip
	}
	switch last {
	case "marches":
		d.list = last
		return record.Enter
	case "marche", "contrat-concession", "contrats-concession", "concessions":
		d.list = last
		if first == '{' {
			return record.Take // a program that made it of XML saw just one
		}
		return record.Enter
	}
	return record.Skip
}

// element reads the next contract of an XML document.
func (d *document) element() (n record.Node, err error) {
	for {
		t, err := d.xml.Next()
		if err != nil {
			return n, d.place(err)
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case !d.entered:
			d.entered = true
		case e.Name.Local == "marche" || e.Name.Local == "contrat-concession":
			d.list = e.Name.Local
			n, err := record.Element(d.xml, e)
			if err != nil {
				return n, d.place(err)
			}
			return n, nil
		default:
			d.other++
			if err := d.xml.Skip(); err != nil {
				return n, d.place(err)
			}
		}
	}
}

// place adds to an error which contract it is in.
func (d *document) place(err error) error {
	if g, ok := errors.AsType[*geo.Error](err); ok {
		if g.Err != nil {
			return geo.Errorf(g.Kind, "%s (contract %d): %w", g.Sentence(), d.count+1, g.Err)
		}
		return geo.Errorf(g.Kind, "%s (contract %d)", g.Sentence(), d.count+1)
	}
	return err
}

// cleaner reads r with spaces for the control characters that XML does not allow, and
// that programs write into it all the same.
type cleaner struct {
	r     io.Reader
	count int64
}

func (c *cleaner) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	for i, v := range b[:n] {
		if v < ' ' && v != '\n' && v != '\t' && v != '\r' {
			b[i] = ' '
			c.count++
		}
	}
	return n, err
}
