package kml

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"puy/geo"
	"puy/geo/format/markup"
)

// walker gives the Placemarks of a document, one after the other.
type walker struct {
	*markup.Scanner
	notes   notes
	schemas schemas
	title   string   // of the outermost Document
	folders []folder // the containers around the place where it stands
}

type folder struct {
	path  string
	named bool
	root  bool // kml, or the outermost Document: not a part of paths
}

// next reads the next Placemark into p and gives the path of the folders that it
// is in; io.EOF ends the document.
func (w *walker) next(p *placemark) (path string, err error) {
	for {
		t, err := w.Scanner.Next()
		if err != nil {
			if errors.Is(err, io.EOF) && !w.Ended() {
				return "", geo.Errorf(geo.KindInvalid, "%s has no content", w.Name())
			}
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "kml":
				w.folders = append(w.folders, folder{root: true})
			case "Document", "Folder":
				outermost := len(w.folders) == 0 || len(w.folders) == 1 && w.folders[0].root
				w.folders = append(w.folders, folder{path: w.path(), root: outermost && t.Name.Local == "Document"})
			case "name":
				text, err := w.Text()
				if err != nil {
					return "", err
				}
				w.call(text)
			case "Placemark":
				return w.path(), p.read(w.Scanner, t, &w.notes)
			case "Schema":
				if err := w.schemas.read(w.Scanner); err != nil {
					return "", err
				}
			default:
				w.notes.see(t.Name.Local)
				if err := w.Skip(); err != nil {
					return "", err
				}
			}
		case xml.EndElement: // of a container: all others were passed over
			if len(w.folders) > 0 {
				w.folders = w.folders[:len(w.folders)-1]
			}
		}
	}
}

func (w *walker) path() string {
	if len(w.folders) == 0 {
		return ""
	}
	return w.folders[len(w.folders)-1].path
}

// maxPath bounds a path of folders in bytes.
const maxPath = 4096

// call names the innermost container.
func (w *walker) call(name string) {
	if len(w.folders) == 0 || name == "" {
		return
	}
	f := &w.folders[len(w.folders)-1]
	if f.named {
		return
	}
	f.named = true
	switch {
	case f.root && w.title == "":
		w.title = clip(name)
	case f.root || len(f.path)+len(name) > maxPath:
	case f.path == "":
		f.path = name
	default:
		f.path += " / " + name
	}
}

// schemas holds the declared types of fields, by their names: a SimpleData names
// its schema by a URL that often leads nowhere.
type schemas struct {
	fields []declared
	byName map[string]int
}

type declared struct{ name, title, typ string }

func (d *schemas) read(s *markup.Scanner) error {
	if d.byName == nil {
		d.byName = map[string]int{}
	}
	return s.Each(func(e xml.StartElement) error {
		f := declared{name: clip(markup.Attribute(e, "name")), typ: strings.ToLower(markup.Attribute(e, "type"))}
		switch e.Name.Local {
		case "SimpleField":
		case "SimpleArrayField":
			f.typ = ""
		default:
			return s.Skip()
		}
		err := s.Each(func(child xml.StartElement) error {
			if child.Name.Local != "displayName" {
				return s.Skip()
			}
			text, err := s.Text()
			f.title = clip(text)
			return err
		}, nil)
		if i, ok := d.byName[f.name]; ok {
			if d.fields[i].typ != f.typ { // two schemas that do not agree
				d.fields[i].typ = "string"
			}
		} else if f.name != "" && len(d.fields) < maxCells {
			d.byName[f.name] = len(d.fields)
			d.fields = append(d.fields, f)
		}
		return err
	}, nil)
}
