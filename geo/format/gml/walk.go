package gml

import (
	"encoding/xml"
	"strconv"
	"strings"

	"puy/geo/format/markup"
)

// walker gives the features of a document, one after the other.
type walker struct {
	*markup.Scanner
	around   string // the srsName of the collection
	members  int    // elements around the place that hold features
	depth    int    // elements that were entered
	matched  int64  // features that the server has, by its own account; 0 is unknown
	returned int64
	cut      bool // the server says that it broke off
}

// holds tells whether the children of an element called name are features.
func holds(name string) bool {
	switch name {
	case "featureMember", "featureMembers", "member", "members":
		return true
	}
	return false
}

// next reads the next feature of the type called kind, or of any for "".
func (w *walker) next(r *record, kind string) error {
	for {
		t, err := w.Next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			name := t.Name.Local
			switch {
			case w.depth == 0 || name == "FeatureCollection":
				w.count(t)
				w.depth++
			case holds(name):
				w.members++
				w.depth++
			case name == "boundedBy" && w.members == 0:
				around, err := envelope(w.Scanner)
				if err != nil {
					return err
				}
				w.around = around
			case w.members > 0 && (kind == "" || kind == name):
				return r.read(w.Scanner, t, w.around)
			default:
				w.cut = w.cut || name == "truncatedResponse"
				if err := w.Skip(); err != nil {
					return err
				}
			}
		case xml.EndElement:
			w.depth--
			if holds(t.Name.Local) {
				w.members--
			}
		}
	}
}

// count reads what a collection says of itself. In WFS 2 the outermost one counts all.
func (w *walker) count(e xml.StartElement) {
	if w.matched > 0 {
		return
	}
	for _, a := range e.Attr {
		n, err := strconv.ParseInt(strings.TrimSpace(a.Value), 10, 64)
		if err != nil || n < 0 {
			continue
		}
		switch a.Name.Local {
		case "numberMatched":
			w.matched = n
		case "numberReturned":
			w.returned = n
		}
	}
}
