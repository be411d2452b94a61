package kml

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strconv"

	"puy/geo"
	"puy/geo/format/markup"
	"puy/geo/format/pieces"
)

// maxPositions bounds the coordinates of one Placemark.
const maxPositions = 4 << 20

var errTooMany = geo.Errorf(geo.KindInvalid, "the geometry has more than %d positions", maxPositions)

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
	case p.total > maxPositions*pieces.Stride:
		p.fault = errTooMany.Error()
	case len(flat) > 0:
		p.pieces = append(p.pieces, pieces.Piece{Kind: k, Flat: flat, Ends: ends})
	}
}

// coordinates reads the positions of a geometry whose start was the last token.
func coordinates(s *markup.Scanner) (flat []float64, fault, err error) {
	err = s.Each(func(e xml.StartElement) error {
		if e.Name.Local != "coordinates" {
			return s.Skip()
		}
		text, err := s.Bytes()
		if flat, fault = parseCoordinates(text); err != nil {
			return err
		}
		return nil
	}, nil)
	return flat, fault, err
}

func (p *placemark) simple(s *markup.Scanner, k geo.GeometryType) error {
	flat, fault, err := coordinates(s)
	if k == geo.GeometryPoint && len(flat) > pieces.Stride && fault == nil {
		fault = geo.Errorf(geo.KindInvalid, "a point has %d positions", len(flat)/pieces.Stride)
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
			if n := len(flat); n > 0 && !slices.Equal(flat[:2], flat[n-pieces.Stride:n-pieces.Stride+2]) {
				flat = append(flat, flat[:pieces.Stride]...)
			}
			switch {
			case len(flat) == 0:
			case inner:
				holes = append(holes, flat)
			case shell == nil:
				shell = flat
			case fault == nil:
				fault = geo.Errorf(geo.KindInvalid, "a polygon has two outer boundaries")
			}
			return err
		}, nil)
	}, nil)
	if shell == nil && len(holes) > 0 && fault == nil {
		fault = geo.Errorf(geo.KindInvalid, "a polygon has an inner boundary and no outer one")
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
			if len(flat) > maxPositions*pieces.Stride {
				return s.Limit("a track of more than %d positions", maxPositions)
			}
			return err
		}
		return s.Skip()
	}, nil)
	p.add(geo.GeometryLineString, flat, nil, fault)
	return err
}

// parseCoordinates reads tuples "lon,lat[,height]" with white space between them.
// Spaces beside commas, which the standard does not allow, do no harm.
func parseCoordinates(b []byte) ([]float64, error) {
	flat := make([]float64, 0, pieces.Stride*min(bytes.Count(b, []byte{' '})+1, maxPositions))
	at := pieces.SkipSpace(b, 0)
	for at < len(b) {
		start := at
		var tuple [pieces.Stride]float64
		n := 0
		for {
			if n == pieces.Stride {
				return nil, geo.Errorf(geo.KindInvalid, "a position has more than %d coordinates: %s", pieces.Stride, excerpt(b[start:]))
			}
			x, size, ok := pieces.Number(b[at:])
			if !ok {
				return nil, geo.Errorf(geo.KindInvalid, "a coordinate is not a number: %s", excerpt(b[start:]))
			}
			tuple[n] = x
			n++
			at = pieces.SkipSpace(b, at+size)
			if at == len(b) || b[at] != ',' {
				break
			}
			at = pieces.SkipSpace(b, at+1)
		}
		if n < 2 {
			return nil, geo.Errorf(geo.KindInvalid, "a position has only one coordinate: %s", excerpt(b[start:]))
		}
		if flat = append(flat, tuple[:]...); len(flat) > maxPositions*pieces.Stride {
			return nil, errTooMany
		}
	}
	return flat, nil
}

// appendTrackPosition reads "lon lat [height]".
func appendTrackPosition(flat []float64, text string) ([]float64, error) {
	var tuple [pieces.Stride]float64
	b := []byte(text)
	n := 0
	for at := pieces.SkipSpace(b, 0); at < len(b); n++ {
		x, size, ok := pieces.Number(b[at:])
		if !ok || n == pieces.Stride {
			return flat, geo.Errorf(geo.KindInvalid, "a position of a track cannot be read: %s", excerpt(b))
		}
		tuple[n] = x
		at = pieces.SkipSpace(b, at+size)
	}
	if n < 2 {
		return flat, geo.Errorf(geo.KindInvalid, "a position of a track cannot be read: %s", excerpt(b))
	}
	return append(flat, tuple[:]...), nil
}

func excerpt(b []byte) string { return strconv.Quote(string(b[:min(len(b), 40)])) }
