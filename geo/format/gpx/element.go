package gpx

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format/markup"
	"puy/geo/format/named"
	"puy/geo/format/pieces"
)

// maxPositions bounds the positions of one route or track.
const maxPositions = 4 << 20

// record is one row as it stands in the file.
type record struct {
	named.Row
	pieces     []pieces.Piece
	heights    bool // some position has one
	short      int  // segments of one position, which are no lines
	positions  int
	fault      string // why its geometry cannot be read
	begin, end string
}

func (r *record) reset() {
	row := r.Row
	row.Reset()
	*r = record{Row: row, pieces: r.pieces[:0]}
}

// read reads the element whose start was the last token as a row of layer k.
func (r *record) read(s *markup.Scanner, start xml.StartElement, k kind) error {
	r.reset()
	var line segment
	var err error
	switch k {
	case routes, tracks:
		err = s.Each(func(e xml.StartElement) error {
			switch {
			case k == routes && e.Name.Local == "rtept":
				return r.position(s, e, &line)
			case k == tracks && e.Name.Local == "trkseg":
				return r.segment(s)
			}
			return r.cell(s, e)
		}, nil)
		r.keep(&line)
		r.Set("begin", r.begin)
		r.Set("end", r.end)
	default:
		line.add(r.coordinates(start))
		err = s.Each(func(e xml.StartElement) error { return r.cell(s, e) }, nil)
		if text := r.Get("ele"); text != "" {
			line.height(r.number("ele", text))
			r.heights = true
		}
		if r.fault == "" {
			r.pieces = append(r.pieces, pieces.Piece{Kind: geo.GeometryPoint, Flat: line.flat})
		}
	}
	if err == nil && r.Full() {
		err = s.Limit("one %s holds more than %d values, or more than %d MB of text", k.element(), named.MaxCells, named.MaxText>>20)
	}
	return err
}

// cell reads an element that is a field.
func (r *record) cell(s *markup.Scanner, e xml.StartElement) error {
	switch e.Name.Local {
	case "link":
		r.Set("link", markup.Attribute(e, "href"))
		return s.Skip()
	case "extensions":
		return s.Each(func(e xml.StartElement) error { return r.extension(s, e) }, nil)
	}
	text, err := s.Text()
	r.Set(e.Name.Local, text)
	return err
}

// extension reads an element of any vocabulary: those without children are fields.
func (r *record) extension(s *markup.Scanner, e xml.StartElement) error {
	leaf := true
	var text strings.Builder
	err := s.Each(func(child xml.StartElement) error {
		leaf = false
		return r.extension(s, child)
	}, func(b []byte) error {
		if leaf && text.Len() <= named.MaxText {
			text.Write(b)
		}
		return nil
	})
	if leaf {
		r.Set(e.Name.Local, text.String())
	}
	return err
}

func (r *record) segment(s *markup.Scanner) error {
	var line segment
	err := s.Each(func(e xml.StartElement) error {
		if e.Name.Local != "trkpt" {
			return s.Skip()
		}
		return r.position(s, e, &line)
	}, nil)
	r.keep(&line)
	return err
}

// position adds a point of a route or track to line.
func (r *record) position(s *markup.Scanner, start xml.StartElement, line *segment) error {
	line.add(r.coordinates(start))
	if r.positions++; r.positions > maxPositions {
		return s.Limit("a route or track has more than %d positions", maxPositions)
	}
	return s.Each(func(e xml.StartElement) error {
		if e.Name.Local != "ele" && e.Name.Local != "time" {
			return s.Skip()
		}
		text, err := s.Text()
		switch {
		case text == "":
		case e.Name.Local == "ele":
			line.height(r.number("ele", text))
			r.heights = true
		default:
			if r.begin == "" {
				r.begin = text
			}
			r.end = text
		}
		return err
	}, nil)
}

// keep makes a piece of a line; one position is no line.
func (r *record) keep(line *segment) {
	switch len(line.flat) {
	case 0:
	case pieces.Stride:
		r.short++
	default:
		r.pieces = append(r.pieces, pieces.Piece{Kind: geo.GeometryLineString, Flat: line.flat})
	}
}

func (r *record) coordinates(e xml.StartElement) (lon, lat float64) {
	return r.number("lon", markup.Attribute(e, "lon")), r.number("lat", markup.Attribute(e, "lat"))
}

func (r *record) number(name, text string) float64 {
	x, size, ok := pieces.Number([]byte(text))
	if (!ok || size != len(text)) && r.fault == "" {
		r.fault = fmt.Sprintf("%s is not a number: %s", name, strconv.Quote(text[:min(len(text), 40)]))
	}
	return x
}

// segment is a line that is being read.
type segment struct {
	flat []float64
	last float64
	any  bool
}

func (l *segment) add(lon, lat float64) { l.flat = append(l.flat, lon, lat, l.last) }

// height sets that of the last position, and of all before it if it is the first.
func (l *segment) height(z float64) {
	from := len(l.flat) - 1
	if !l.any {
		from = pieces.Stride - 1
	}
	for i := from; i < len(l.flat); i += pieces.Stride {
		l.flat[i] = z
	}
	l.last, l.any = z, true
}
