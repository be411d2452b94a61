package kml

import (
	"encoding/xml"

	"puy/geo"
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
	pieces []piece
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
	p.cells = append(p.cells, cell{k, text})
}

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

// maxCells bounds the columns of one row, and those of a file.
const maxCells = 4096

// read reads the Placemark whose start was the last token.
func (p *placemark) read(s *scanner, start xml.StartElement, n *notes) error {
	p.reset()
	p.set(key{true, "id"}, attribute(start, "id"))
	err := s.each(func(e xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "name", "description", "address", "phoneNumber", "Snippet":
			text, err := s.text()
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
			return s.skip()
		}
	}, nil)
	if err != nil {
		return err
	}
	p.set(key{true, "begin"}, p.begin)
	p.set(key{true, "end"}, p.end)
	if len(p.cells) > maxCells {
		return geo.Errorf(geo.KindLimit, "%s, line %d: a Placemark has more than %d values", s.name, s.line(), maxCells)
	}
	return nil
}

func (p *placemark) times(s *scanner) error {
	return s.each(func(e xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "when", "begin", "end":
			text, err := s.text()
			p.set(key{true, name}, text)
			return err
		}
		return s.skip()
	}, nil)
}

// extended reads Data, SchemaData and elements of other namespaces.
func (p *placemark) extended(s *scanner) error {
	return s.each(func(e xml.StartElement) error {
		if len(p.cells) > maxCells {
			return s.skip()
		}
		switch e.Name.Local {
		case "Data":
			value := ""
			err := s.each(func(child xml.StartElement) error {
				if child.Name.Local != "value" {
					return s.skip()
				}
				var err error
				value, err = s.text()
				return err
			}, nil)
			p.set(key{name: attribute(e, "name")}, value)
			return err
		case "SchemaData":
			return s.each(func(child xml.StartElement) error {
				switch child.Name.Local {
				case "SimpleData":
					text, err := s.text()
					p.set(key{name: attribute(child, "name")}, text)
					return err
				case "SimpleArrayData":
					return p.array(s, attribute(child, "name"))
				}
				return s.skip()
			}, nil)
		}
		text, err := s.text()
		p.set(key{name: e.Name.Local}, text)
		return err
	}, nil)
}

// array reads an array of the gx extension as a JSON array of texts.
func (p *placemark) array(s *scanner, name string) error {
	var texts []string
	size := 0
	err := s.each(func(e xml.StartElement) error {
		if e.Name.Local != "value" {
			return s.skip()
		}
		text, err := s.text()
		if size += len(text) + 16; size > maxText {
			return geo.Errorf(geo.KindLimit, "%s, line %d: an array takes more than %d MB", s.name, s.line(), maxText>>20)
		}
		texts = append(texts, text)
		return err
	}, nil)
	p.set(key{name: name}, geo.TextArray(texts).Text())
	return err
}
