package gml

import (
	"encoding/xml"
	"strings"

	"puy/geo/format/markup"
	"puy/geo/format/named"
)

// record is one feature as it stands in the file.
type record struct {
	named.Row
	kind     string // the name of the feature's type, without a prefix
	id       string
	shape    shape
	spatial  bool // it has a geometry
	further  int  // geometries after the first
	repeated int  // values after the first of a property
}

// maxPath bounds the name of a property with those around it.
const maxPath = 500

// read reads the feature whose start was the last token. Around is the srsName
// that holds where a geometry has none.
func (r *record) read(s *markup.Scanner, start xml.StartElement, around string) error {
	r.Reset()
	*r = record{Row: r.Row, kind: start.Name.Local, id: identifier(start)}
	size := dimension(start, 0)
	err := s.Each(func(e xml.StartElement) error {
		if e.Name.Local != "boundedBy" {
			return r.property(s, e, e.Name.Local, dimension(e, size))
		}
		name, err := envelope(s)
		if name != "" {
			around = name
		}
		return err
	}, nil)
	if r.shape.srsName == "" {
		r.shape.srsName = around
	}
	if err == nil && r.Full() {
		err = s.Limit("a feature has more than %d values, or more than %d MB of text", named.MaxCells, named.MaxText>>20)
	}
	return err
}

// property reads an element that holds a value, a geometry or further properties.
func (r *record) property(s *markup.Scanner, start xml.StartElement, name string, size int) error {
	leaf := true
	var text strings.Builder
	err := s.Each(func(e xml.StartElement) error {
		leaf = false
		switch {
		case !isGeometry(e.Name.Local):
			inner := name
			if len(inner) < maxPath {
				inner += "." + e.Name.Local
			}
			return r.property(s, e, inner, size)
		case r.spatial:
			r.further++
			return s.Skip()
		}
		r.spatial = true
		return r.shape.read(s, e, size)
	}, func(b []byte) error {
		if leaf && text.Len() <= named.MaxText {
			text.Write(b)
		}
		return nil
	})
	if err != nil || !leaf {
		return err
	}
	value := text.String()
	if onlyBlank([]byte(value)) {
		value = markup.Attribute(start, "href")
	}
	if value != "" && r.Get(name) != "" {
		r.repeated++
	}
	r.Set(name, value)
	return nil
}

// identifier gives gml:id, or fid in GML 2.
func identifier(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "fid" || a.Name.Local == "id" && a.Name.Space != "" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// envelope gives the srsName in a boundedBy.
func envelope(s *markup.Scanner) (name string, err error) {
	err = s.Each(func(e xml.StartElement) error {
		if name == "" {
			name = markup.Attribute(e, "srsName")
		}
		return s.Skip()
	}, nil)
	return name, err
}
