package cql2

import (
	"puy/geo"
)

// shape parses a geometry in Well-Known Text.
func (p *parser) shape() (Expr, error) {
	at := p.tok.at
	g, err := p.geometry(0)
	return &Shape{at, g}, err
}

// geometry parses a keyword, Z where there is one, and the positions.
func (p *parser) geometry(depth int) (geo.Geometry, error) {
	at := p.tok.at
	kind, ok := shapeKind(p.tok.text)
	if !ok || p.tok.kind != tokenName {
		return geo.Geometry{}, p.unexpected("a geometry, as POINT(3 45)")
	}
	if depth++; depth > MaxDepth {
		return geo.Geometry{}, tooDeep(at)
	}
	if err := p.advance(); err != nil {
		return geo.Geometry{}, err
	}
	z, err := p.accept("Z")
	if err != nil {
		return geo.Geometry{}, err
	}
	w := wktReader{p: p}
	if z {
		w.b.stride = 3
	}
	if yes, err := p.accept("EMPTY"); yes || err != nil {
		if err == nil && kind == geo.GeometryGeometryCollection {
			return collect(at, nil)
		}
		w.b.stride = 0
		if err != nil {
			return geo.Geometry{}, err
		}
		return w.b.build(kind)
	}
	switch kind {
	case geo.GeometryPoint:
		err = w.brackets(func() error { return w.position() })
	case geo.GeometryLineString:
		err = w.line(false)
	case geo.GeometryPolygon:
		err = w.polygon()
	case geo.GeometryMultiPoint:
		err = w.list(w.point)
	case geo.GeometryMultiLineString:
		err = w.list(func() error { return w.line(false) })
	case geo.GeometryMultiPolygon:
		err = w.list(func() error {
			err := w.polygon()
			w.b.endPolygon()
			return err
		})
	default:
		var parts []geo.Geometry
		err = w.list(func() error {
			g, err := p.geometry(depth)
			parts = append(parts, g)
			return err
		})
		if err == nil {
			return collect(at, parts)
		}
	}
	if err != nil {
		return geo.Geometry{}, err
	}
	return w.b.build(kind)
}

type wktReader struct {
	p *parser
	b shapeBuilder
}

func (w *wktReader) brackets(inside func() error) error {
	if err := w.p.expect("("); err != nil {
		return err
	}
	if err := inside(); err != nil {
		return err
	}
	return w.p.expect(")")
}

// list parses items with commas between them in parentheses.
func (w *wktReader) list(item func() error) error {
	return w.brackets(func() error {
		for {
			if err := item(); err != nil {
				return err
			}
			if more, err := w.p.accept(","); !more || err != nil {
				return err
			}
		}
	})
}

func (w *wktReader) line(ring bool) error {
	at := w.p.tok.at
	if err := w.list(w.position); err != nil {
		return err
	}
	return w.b.endLine(at, ring)
}

func (w *wktReader) polygon() error {
	return w.list(func() error { return w.line(true) })
}

// point parses a position of a MULTIPOINT, whose parentheses many leave out.
func (w *wktReader) point() error {
	if w.p.tok.is("(") {
		return w.brackets(w.position)
	}
	return w.position()
}

func (w *wktReader) position() error {
	at := w.p.tok.at
	if err := w.p.budget.vertex(at); err != nil {
		return err
	}
	var coordinates []float64
	for len(coordinates) < 2 || len(coordinates) < 3 && !w.p.tok.is(",") && !w.p.tok.is(")") {
		c, err := w.p.coordinate()
		if err != nil {
			return err
		}
		coordinates = append(coordinates, c)
	}
	return w.b.position(at, coordinates)
}

// coordinate parses a number with its sign.
func (p *parser) coordinate() (float64, error) {
	minus := p.tok.is("-")
	if minus || p.tok.is("+") {
		if err := p.advance(); err != nil {
			return 0, err
		}
	}
	v, err := p.numberValue(minus)
	return v.Number(), err
}

// bbox parses the coordinates of a BBOX.
func (p *parser) bbox(at Position) (Expr, error) {
	var list []float64
	for {
		c, err := p.coordinate()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
		if len(list) > 6 || !p.tok.is(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if len(list) != 4 && len(list) != 6 {
		return nil, invalid(at, "a BBOX has four or six coordinates, found %d", len(list))
	}
	return &BBox{at, list}, p.expect(")")
}
