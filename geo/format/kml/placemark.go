package kml

import (
	"encoding/xml"
	"strings"

	"puy/geo"
	"puy/geo/format/markup"
	"puy/geo/format/pieces"
)

// key names a column: an element of KML itself, or a name in extended data.
type key struct {
	own  bool
	name string
}

type cell struct {
	key  key
	text string
}

// placemark is one row as it stands in the file.
type placemark struct {
	cells  []cell
	pieces []pieces.Piece
	size   int    // bytes in all cells
	total  int    // coordinates in all pieces
	fault  string // why its geometry cannot be read
	begin  string // of a track
	end    string
}

func (p *placemark) reset() { *p = placemark{cells: p.cells[:0], pieces: p.pieces[:0]} }

func (p *placemark) set(k key, text string) {
	if text == "" && k.own {
		return
	}
	for i := range p.cells {
		if p.cells[i].key == k { // an element that stands twice
			return
		}
	}
	k.name = clip(k.name)
	p.size += len(text) + len(k.name)
	p.cells = append(p.cells, cell{k, text})
}

// clip cuts a name at maxName.
func clip(name string) string {
	if len(name) <= maxName {
		return name
	}
	return strings.ToValidUTF8(name[:maxName], "")
}

// full tells whether the row holds as much as a row may.
func (p *placemark) full() bool { return len(p.cells) > maxCells || p.size > markup.MaxText }

// notes counts what is not read.
type notes struct{ styles, links, overlays, models int64 }

func (n *notes) see(name string) {
	switch name {
	case "Style", "StyleMap", "styleUrl":
		n.styles++
	case "NetworkLink", "NetworkLinkControl":
		n.links++
	case "GroundOverlay", "ScreenOverlay", "PhotoOverlay":
		n.overlays++
	case "Model":
		n.models++
	}
}

const (
	maxCells = 4096 // columns of one row, and of a file
	maxName  = 1000 // bytes of the name of a column
)

// read reads the Placemark whose start was the last token.
func (p *placemark) read(s *markup.Scanner, start xml.StartElement, n *notes) error {
	p.reset()
	p.set(key{true, "id"}, markup.Attribute(start, "id"))
	err := s.Each(func(e xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "name", "description", "address", "phoneNumber", "Snippet":
			text, err := s.Text()
			if name == "Snippet" {
				name = "snippet"
			}
			p.set(key{true, name}, text)
			return err
		case "TimeStamp", "TimeSpan":
			return p.times(s)
		case "ExtendedData":
			return p.extended(s)
		default:
			known, err := p.geometry(s, e, 0, n)
			if known || err != nil {
				return err
			}
			n.see(name)
			return s.Skip()
		}
	}, nil)
	if err != nil {
		return err
	}
	p.set(key{true, "begin"}, p.begin)
	p.set(key{true, "end"}, p.end)
	if p.full() {
		return s.Limit("a Placemark has more than %d values, or more than %d MB of text", maxCells, markup.MaxText>>20)
	}
	return nil
}

func (p *placemark) times(s *markup.Scanner) error {
	return s.Each(func(e xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "when", "begin", "end":
			text, err := s.Text()
			p.set(key{true, name}, text)
			return err
		}
		return s.Skip()
	}, nil)
}

// extended reads Data, SchemaData and elements of other namespaces.
func (p *placemark) extended(s *markup.Scanner) error {
	return s.Each(func(e xml.StartElement) error {
		if p.full() {
			return s.Skip()
		}
		switch e.Name.Local {
		case "Data":
			value := ""
			err := s.Each(func(child xml.StartElement) error {
				if child.Name.Local != "value" {
					return s.Skip()
				}
				var err error
				value, err = s.Text()
				return err
			}, nil)
			p.set(key{name: markup.Attribute(e, "name")}, value)
			return err
		case "SchemaData":
			return s.Each(func(child xml.StartElement) error {
				if p.full() {
					return s.Skip()
				}
				switch child.Name.Local {
				case "SimpleData":
					text, err := s.Text()
					p.set(key{name: markup.Attribute(child, "name")}, text)
					return err
				case "SimpleArrayData":
					return p.array(s, markup.Attribute(child, "name"))
				}
				return s.Skip()
			}, nil)
		}
		text, err := s.Text()
		p.set(key{name: e.Name.Local}, text)
		return err
	}, nil)
}

// array reads an array of the gx extension as a JSON array of texts.
func (p *placemark) array(s *markup.Scanner, name string) error {
	var texts []string
	size := 0
	err := s.Each(func(e xml.StartElement) error {
		if e.Name.Local != "value" {
			return s.Skip()
		}
		text, err := s.Text()
		if size += len(text) + 16; size > markup.MaxText {
			return s.Limit("an array takes more than %d MB", markup.MaxText>>20)
		}
		texts = append(texts, text)
		return err
	}, nil)
	p.set(key{name: name}, geo.TextArray(texts).Text())
	return err
}
