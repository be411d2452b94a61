package gml

import (
	"encoding/xml"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format/markup"
	"puy/geo/format/pieces"
)

// shape is a geometry that is being read, in the axis order of the file.
type shape struct {
	pieces  []pieces.Piece
	multi   bool
	heights bool
	srsName string
	total   int    // coordinates
	fault   string // why it cannot be read
}

// isGeometry tells whether an element called name is a geometry.
func isGeometry(name string) bool {
	switch name {
	case "Point", "LineString", "LinearRing", "Polygon", "Curve", "CompositeCurve", "OrientableCurve", "Surface", "CompositeSurface", "OrientableSurface",
		"PolyhedralSurface", "TriangulatedSurface", "Tin", "PolygonPatch", "Rectangle", "Triangle", "Solid",
		"MultiPoint", "MultiLineString", "MultiPolygon", "MultiCurve", "MultiSurface", "MultiGeometry", "MultiSolid":
		return true
	}
	return false
}

// read reads the geometry whose start was the last token. Size is the number of
// coordinates of a position that is declared around it, or 0.
func (g *shape) read(s *markup.Scanner, e xml.StartElement, size int) error {
	if name := markup.Attribute(e, "srsName"); g.srsName == "" {
		g.srsName = name
	}
	size = dimension(e, size)
	switch name := e.Name.Local; name {
	case "Point":
		flat, err := g.line(s, e, size)
		if len(flat) > pieces.Stride {
			g.wrong("a point has %d positions", len(flat)/pieces.Stride)
		}
		g.add(geo.GeometryPoint, flat, nil)
		return err
	case "LineString", "LinearRing", "Curve", "CompositeCurve", "OrientableCurve":
		flat, err := g.line(s, e, size)
		if len(flat) == pieces.Stride {
			g.wrong("a line has only one position")
		}
		g.add(geo.GeometryLineString, flat, nil)
		return err
	case "Polygon", "PolygonPatch", "Rectangle", "Triangle":
		return g.polygon(s, size)
	case "Solid", "MultiSolid":
		g.wrong("a %s is not a simple feature", name)
		return s.Skip()
	default:
		g.multi = g.multi || strings.HasPrefix(name, "Multi")
		return g.members(s, size)
	}
}

// members reads the geometries inside an element, however deep: those of a
// multi-part geometry and the patches of a surface.
func (g *shape) members(s *markup.Scanner, size int) error {
	return s.Each(func(e xml.StartElement) error {
		if isGeometry(e.Name.Local) {
			return g.read(s, e, size)
		}
		return g.members(s, size)
	}, nil)
}

func (g *shape) add(k geo.GeometryType, flat []float64, ends []int) {
	if g.total += len(flat); g.total > maxPositions*pieces.Stride {
		g.pieces = nil
		g.wrong("the geometry has more than %d positions", maxPositions)
	}
	if g.fault == "" && len(flat) > 0 {
		g.pieces = append(g.pieces, pieces.Piece{Kind: k, Flat: flat, Ends: ends})
	}
}

// line reads the positions of all segments of a line, ring or curve.
func (g *shape) line(s *markup.Scanner, start xml.StartElement, size int) ([]float64, error) {
	var flat []float64
	err := s.Each(func(e xml.StartElement) error {
		if len(flat) > maxPositions*pieces.Stride {
			return s.Limit("a line has more than %d positions", maxPositions)
		}
		positions, known, err := g.positions(s, e, size)
		if known || err != nil {
			flat = append(flat, positions...)
			return err
		}
		switch name := e.Name.Local; name {
		case "segments", "curveMember", "curveMembers", "baseCurve", "LineStringSegment", "GeodesicString", "LineString", "Curve", "CompositeCurve", "OrientableCurve", "Ring":
			segment, err := g.line(s, e, dimension(e, size))
			flat = join(flat, segment)
			return err
		case "pointProperty", "pointRep", "Point":
			position, err := g.line(s, e, dimension(e, size))
			flat = append(flat, position...)
			return err
		default:
			if strings.HasPrefix(name, "Arc") || strings.HasPrefix(name, "Circle") || strings.Contains(name, "Spline") || strings.Contains(name, "Bezier") || strings.Contains(name, "Clothoid") {
				g.wrong("the geometry has an element %s; only straight lines are read", name)
			}
			return s.Skip()
		}
	}, nil)
	if markup.Attribute(start, "orientation") == "-" {
		reverse(flat)
	}
	return flat, err
}

// polygon reads the rings, the outer one first whatever their order.
func (g *shape) polygon(s *markup.Scanner, size int) error {
	var shell []float64
	var holes [][]float64
	err := s.Each(func(e xml.StartElement) error {
		inner := e.Name.Local == "interior" || e.Name.Local == "innerBoundaryIs"
		if !inner && e.Name.Local != "exterior" && e.Name.Local != "outerBoundaryIs" {
			return s.Skip()
		}
		return s.Each(func(ring xml.StartElement) error {
			flat, err := g.line(s, ring, dimension(ring, size))
			if n := len(flat); n > 0 && !slices.Equal(flat[:2], flat[n-pieces.Stride:n-1]) {
				flat = append(flat, flat[:pieces.Stride]...)
			}
			switch {
			case len(flat) == 0:
			case inner:
				holes = append(holes, flat)
			case shell != nil:
				g.wrong("a polygon has two outer rings")
			default:
				shell = flat
			}
			return err
		}, nil)
	}, nil)
	if shell == nil && holes != nil {
		g.wrong("a polygon has an inner ring and no outer one")
	}
	ends := []int{len(shell)}
	for _, h := range holes {
		shell = append(shell, h...)
		ends = append(ends, len(shell))
	}
	g.add(geo.GeometryPolygon, shell, ends)
	return err
}

// geometry composes what was read, in the order x, y.
func (g *shape) geometry(yx bool) (geo.Geometry, error) {
	if yx {
		for _, p := range g.pieces {
			crs.SwapXY(p.Flat, pieces.Stride)
		}
	}
	if g.multi {
		return pieces.Multi(g.pieces, g.heights)
	}
	return pieces.Compose(g.pieces, g.heights)
}
