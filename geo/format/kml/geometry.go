package kml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/markup"
)

// piece is one point, line or polygon. Positions have three coordinates.
type piece struct {
	kind geo.GeometryType
	flat []float64
	ends []int // of the rings of a polygon, in flat
}

const stride = 3

// maxPositions bounds the coordinates of one Placemark.
const maxPositions = 4 << 20

var errTooMany = fmt.Errorf("the geometry has more than %d positions", maxPositions)

// geometry reads an element that is a geometry; known is false where it is none,
// and then nothing was read.
func (p *placemark) geometry(s *markup.Scanner, e xml.StartElement, depth int, n *notes) (known bool, err error) {
	switch e.Name.Local {
	case "Point":
		return true, p.simple(s, geo.GeometryPoint)
	case "LineString", "LinearRing":
		return true, p.simple(s, geo.GeometryLineString)
	case "Polygon":
		return true, p.polygon(s)
	case "Track":
		return true, p.track(s)
	// The last three are not in the standard, but in files.
	case "MultiGeometry", "MultiTrack", "MultiPoint", "MultiLineString", "MultiPolygon":
		return true, s.Each(func(child xml.StartElement) error {
			known, err := p.geometry(s, child, depth+1, n)
			if known || err != nil {
				return err
			}
			n.see(child.Name.Local)
			return s.Skip()
		}, nil)
	}
	return false, nil
}

// add keeps a piece; one without a position is none.
func (p *placemark) add(k geo.GeometryType, flat []float64, ends []int, err error) {
	p.total += len(flat)
	switch {
	case p.fault != "":
	case err != nil:
		p.fault = err.Error()
	case p.total > maxPositions*stride:
		p.fault = errTooMany.Error()
	case len(flat) > 0:
		p.pieces = append(p.pieces, piece{k, flat, ends})
	}
}

// coordinates reads the positions of a geometry whose start was the last token.
func coordinates(s *markup.Scanner) (flat []float64, fault, err error) {
	err = s.Each(func(e xml.StartElement) error {
		if e.Name.Local != "coordinates" {
			return s.Skip()
		}
		text, err := s.Text()
		if flat, fault = parseCoordinates([]byte(text)); err != nil {
			return err
		}
		return nil
	}, nil)
	return flat, fault, err
}

func (p *placemark) simple(s *markup.Scanner, k geo.GeometryType) error {
	flat, fault, err := coordinates(s)
	if k == geo.GeometryPoint && len(flat) > stride && fault == nil {
		fault = fmt.Errorf("a point has %d positions", len(flat)/stride)
	}
	p.add(k, flat, nil, fault)
	return err
}

// polygon reads the boundaries, outer one first whatever their order. Some files
// have several inner rings in one boundary.
func (p *placemark) polygon(s *markup.Scanner) error {
	var shell []float64
	var holes [][]float64
	var fault error
	err := s.Each(func(e xml.StartElement) error {
		inner := e.Name.Local == "innerBoundaryIs"
		if !inner && e.Name.Local != "outerBoundaryIs" {
			return s.Skip()
		}
		return s.Each(func(ring xml.StartElement) error {
			if ring.Name.Local != "LinearRing" {
				return s.Skip()
			}
			flat, wrong, err := coordinates(s)
			if fault == nil {
				fault = wrong
			}
			if n := len(flat); n > 0 && !slices.Equal(flat[:2], flat[n-stride:n-stride+2]) {
				flat = append(flat, flat[:stride]...)
			}
			switch {
			case len(flat) == 0:
			case inner:
				holes = append(holes, flat)
			case shell == nil:
				shell = flat
			case fault == nil:
				fault = errors.New("a polygon has two outer boundaries")
			}
			return err
		}, nil)
	}, nil)
	if shell == nil && len(holes) > 0 && fault == nil {
		fault = errors.New("a polygon has an inner boundary and no outer one")
	}
	ends := []int{len(shell)}
	for _, h := range holes {
		shell = append(shell, h...)
		ends = append(ends, len(shell))
	}
	p.add(geo.GeometryPolygon, shell, ends, fault)
	return err
}

// track reads a gx:Track as a line, with its first and last time.
func (p *placemark) track(s *markup.Scanner) error {
	var flat []float64
	var fault error
	err := s.Each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "when":
			text, err := s.Text()
			if p.begin == "" {
				p.begin = text
			}
			p.end = text
			return err
		case "coord":
			text, err := s.Text()
			if text == "" { // a moment without a position
				return err
			}
			var wrong error
			if flat, wrong = appendTrackPosition(flat, text); fault == nil {
				fault = wrong
			}
			if len(flat) > maxPositions*stride {
				return s.Limit("a track of more than %d positions", maxPositions)
			}
			return err
		}
		return s.Skip()
	}, nil)
	p.add(geo.GeometryLineString, flat, nil, fault)
	return err
}

// compose makes the geometry of all pieces, with or without heights.
func compose(pieces []piece, z bool) (geo.Geometry, error) {
	if len(pieces) == 0 {
		return geo.Geometry{}, nil
	}
	layout := geom.XY
	if z {
		layout = geom.XYZ
	}
	same := true
	for i := range pieces {
		pieces[i].level(layout.Stride())
		same = same && pieces[i].kind == pieces[0].kind
	}
	switch {
	case len(pieces) == 1:
		return geo.NewGeometry(pieces[0].geometry(layout))
	case same:
		return geo.NewGeometry(multi(pieces, layout))
	}
	c := geom.NewGeometryCollection()
	for i := range pieces {
		if err := c.Push(pieces[i].geometry(layout)); err != nil {
			return geo.Geometry{}, err
		}
	}
	return geo.NewGeometry(c)
}

// level takes the heights out where the layer has none.
func (p *piece) level(to int) {
	if to == stride {
		return
	}
	out := make([]float64, 0, len(p.flat)/stride*to)
	for i := 0; i < len(p.flat); i += stride {
		out = append(out, p.flat[i], p.flat[i+1])
	}
	p.flat = out
	for i := range p.ends {
		p.ends[i] = p.ends[i] / stride * to
	}
}

func (p *piece) geometry(layout geom.Layout) geom.T {
	switch p.kind {
	case geo.GeometryPoint:
		return geom.NewPointFlat(layout, p.flat)
	case geo.GeometryLineString:
		return geom.NewLineStringFlat(layout, p.flat)
	}
	return geom.NewPolygonFlat(layout, p.flat, p.ends)
}

func multi(pieces []piece, layout geom.Layout) geom.T {
	var flat []float64
	var ends []int
	var endss [][]int
	for _, p := range pieces {
		var of []int
		for _, end := range p.ends {
			of = append(of, len(flat)+end)
		}
		flat = append(flat, p.flat...)
		ends, endss = append(ends, len(flat)), append(endss, of)
	}
	switch pieces[0].kind {
	case geo.GeometryPoint:
		return geom.NewMultiPointFlat(layout, flat)
	case geo.GeometryLineString:
		return geom.NewMultiLineStringFlat(layout, flat, ends)
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss)
}

// parseCoordinates reads tuples "lon,lat[,height]" with white space between them.
// Spaces beside commas, which the standard does not allow, do no harm.
func parseCoordinates(b []byte) ([]float64, error) {
	var flat []float64
	at := skipSpace(b, 0)
	for at < len(b) {
		start := at
		var tuple [stride]float64
		n := 0
		for {
			if n == stride {
				return nil, fmt.Errorf("a position has more than %d coordinates: %s", stride, excerpt(b[start:]))
			}
			x, size, ok := number(b[at:])
			if !ok {
				return nil, fmt.Errorf("a coordinate is not a number: %s", excerpt(b[start:]))
			}
			tuple[n] = x
			n++
			at = skipSpace(b, at+size)
			if at == len(b) || b[at] != ',' {
				break
			}
			at = skipSpace(b, at+1)
		}
		if n < 2 {
			return nil, fmt.Errorf("a position has only one coordinate: %s", excerpt(b[start:]))
		}
		if flat = append(flat, tuple[:]...); len(flat) > maxPositions*stride {
			return nil, errTooMany
		}
	}
	return flat, nil
}

// appendTrackPosition reads "lon lat [height]".
func appendTrackPosition(flat []float64, text string) ([]float64, error) {
	var tuple [stride]float64
	b := []byte(text)
	n := 0
	for at := skipSpace(b, 0); at < len(b); n++ {
		x, size, ok := number(b[at:])
		if !ok || n == stride {
			return flat, fmt.Errorf("a position of a track cannot be read: %s", excerpt(b))
		}
		tuple[n] = x
		at = skipSpace(b, at+size)
	}
	if n < 2 {
		return flat, fmt.Errorf("a position of a track cannot be read: %s", excerpt(b))
	}
	return append(flat, tuple[:]...), nil
}

func skipSpace(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\t' || b[at] == '\r') {
		at++
	}
	return at
}

// number reads the finite number that b starts with, up to a space or a comma.
func number(b []byte) (x float64, size int, ok bool) {
	for size < len(b) && b[size] != ',' && b[size] > ' ' {
		size++
	}
	if size == 0 || size > 64 {
		return 0, size, false
	}
	if x, ok = format.ParseNumber(b[:size]); ok {
		return x, size, true
	}
	for _, c := range b[:size] { // no hexadecimal, no words
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return 0, size, false
		}
	}
	x, err := strconv.ParseFloat(string(b[:size]), 64)
	return x, size, err == nil && !math.IsInf(x, 0)
}

func excerpt(b []byte) string { return strconv.Quote(string(b[:min(len(b), 40)])) }
