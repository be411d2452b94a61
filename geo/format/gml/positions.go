package gml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"puy/geo/format/markup"
	"puy/geo/format/pieces"
)

// maxPositions bounds the positions of one feature.
const maxPositions = 4 << 20

// dimension gives the number of coordinates of a position that e declares, or
// that of the elements around it; 0 is not known.
func dimension(e xml.StartElement, around int) int {
	if n, err := strconv.Atoi(markup.Attribute(e, "srsDimension")); err == nil {
		return n
	}
	return around
}

// positions reads an element of coordinates: pos, posList, coordinates or coord.
// Known is false where it is another element, of which nothing was read then.
func (g *shape) positions(s *markup.Scanner, e xml.StartElement, around int) (flat []float64, known bool, err error) {
	switch e.Name.Local {
	case "pos", "posList":
		text, err := s.Bytes()
		if err != nil {
			return nil, true, err
		}
		return g.list(text, dimension(e, around), e.Name.Local == "pos"), true, nil
	case "coordinates":
		text, err := s.Text()
		if err != nil {
			return nil, true, err
		}
		return g.tuples([]byte(plain(e, text))), true, nil
	case "coord":
		tuple := []float64{0, 0, 0}
		err := s.Each(func(axis xml.StartElement) error {
			text, err := s.Text()
			if at := strings.Index("XYZ", axis.Name.Local); at >= 0 && len(axis.Name.Local) == 1 {
				x, size, ok := pieces.Number([]byte(text))
				if !ok || size != len(text) {
					g.wrong("a coordinate is not a number: %s", excerpt([]byte(text)))
				}
				tuple[at] = x
				g.heights = g.heights || at == 2
			}
			return err
		}, nil)
		return tuple, true, err
	}
	return nil, false, nil
}

// list reads numbers with white space between them, size of them a position.
func (g *shape) list(b []byte, size int, single bool) []float64 {
	numbers := make([]float64, 0, min(bytes.Count(b, []byte{' '})+1, maxPositions*pieces.Stride))
	for at := pieces.SkipSpace(b, 0); at < len(b); {
		x, n, ok := pieces.Number(b[at:])
		if !ok {
			g.wrong("a coordinate is not a number: %s", excerpt(b[at:]))
			return nil
		}
		if numbers = append(numbers, x); len(numbers) > maxPositions*pieces.Stride {
			g.wrong("the geometry has more than %d positions", maxPositions)
			return nil
		}
		if at = pieces.SkipSpace(b, at+n); at < len(b) && b[at] == ',' {
			at = pieces.SkipSpace(b, at+1)
		}
	}
	n := len(numbers)
	if size == 0 { // not declared: that of one position, and 2 wherever that can be
		size = 2
		if single && n == 3 || !single && n%2 != 0 && n%3 == 0 {
			size = 3
		}
	}
	switch {
	case size != 2 && size != 3:
		g.wrong("a position has %d coordinates", size)
		return nil
	case n%size != 0:
		g.wrong("%d coordinates do not make positions of %d", n, size)
		return nil
	case size == 3:
		g.heights = g.heights || n > 0
		return numbers
	}
	flat := make([]float64, 0, n/2*pieces.Stride)
	for i := 0; i < n; i += 2 {
		flat = append(flat, numbers[i], numbers[i+1], 0)
	}
	return flat
}

// plain gives the text of coordinates with the separators that are the default
// (OGC 02-069 section 4.3.1).
func plain(e xml.StartElement, text string) string {
	var pairs []string
	for _, p := range [...][2]string{{"cs", ","}, {"ts", " "}, {"decimal", "."}} {
		for _, a := range e.Attr {
			if a.Name.Local == p[0] && a.Value != "" && a.Value != p[1] {
				pairs = append(pairs, a.Value, p[1])
			}
		}
	}
	if pairs == nil {
		return text
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// tuples reads "x,y[,z]" with white space between the positions.
func (g *shape) tuples(b []byte) []float64 {
	var flat []float64
	at := pieces.SkipSpace(b, 0)
	for at < len(b) {
		start := at
		tuple := [pieces.Stride]float64{}
		n := 0
		for ; ; n++ {
			x, size, ok := pieces.Number(b[at:])
			if !ok || n == pieces.Stride {
				g.wrong("a position cannot be read: %s", excerpt(b[start:]))
				return nil
			}
			tuple[n] = x
			if at = pieces.SkipSpace(b, at+size); at == len(b) || b[at] != ',' {
				break
			}
			at = pieces.SkipSpace(b, at+1)
		}
		if n == 0 {
			g.wrong("a position has only one coordinate: %s", excerpt(b[start:]))
			return nil
		}
		g.heights = g.heights || n == 2
		if flat = append(flat, tuple[:]...); len(flat) > maxPositions*pieces.Stride {
			g.wrong("the geometry has more than %d positions", maxPositions)
			return nil
		}
	}
	return flat
}

func (g *shape) wrong(message string, args ...any) {
	if g.fault == "" {
		g.fault = fmt.Sprintf(message, args...)
	}
}

func excerpt(b []byte) string { return strconv.Quote(string(b[:min(len(b), 40)])) }

// join appends the positions of a segment to a line, that where they meet once.
func join(line, segment []float64) []float64 {
	if n := len(line); n > 0 && len(segment) > 0 && slices.Equal(line[n-pieces.Stride:n-1], segment[:2]) {
		segment = segment[pieces.Stride:]
	}
	return append(line, segment...)
}

// reverse turns a line round.
func reverse(flat []float64) {
	slices.Reverse(flat)
	for i := 0; i+pieces.Stride <= len(flat); i += pieces.Stride {
		slices.Reverse(flat[i : i+pieces.Stride])
	}
}

// onlyBlank tells whether b is white space.
func onlyBlank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }
