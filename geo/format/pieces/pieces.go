// Package pieces makes simple-feature geometries of the points, lines and polygons
// that formats in XML give one by one.
package pieces

import (
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// Stride is the number of coordinates of a position in Piece.Flat: x, y and height.
const Stride = 3

// Piece is one point, line or polygon.
type Piece struct {
	Kind geo.GeometryType
	Flat []float64
	Ends []int // of the rings of a polygon, in Flat
}

// Compose makes one geometry of all pieces, with or without heights; none of no
// piece. Several pieces of one kind are a multi-part geometry, those of several
// kinds a collection.
func Compose(all []Piece, heights bool) (geo.Geometry, error) {
	if len(all) == 0 {
		return geo.Geometry{}, nil
	}
	layout := geom.XY
	if heights {
		layout = geom.XYZ
	}
	same := true
	leveled := make([]Piece, len(all))
	for i := range all {
		leveled[i] = all[i].level(layout.Stride())
		same = same && all[i].Kind == all[0].Kind
	}
	switch {
	case len(leveled) == 1:
		return geo.NewGeometry(leveled[0].geometry(layout))
	case same:
		return geo.NewGeometry(multi(leveled, layout))
	}
	c := geom.NewGeometryCollection()
	for i := range leveled {
		if err := c.Push(leveled[i].geometry(layout)); err != nil {
			return geo.Geometry{}, err
		}
	}
	return geo.NewGeometry(c)
}

// Multi is as Compose, but a single piece is a multi-part geometry, too.
func Multi(all []Piece, heights bool) (geo.Geometry, error) {
	if len(all) != 1 {
		return Compose(all, heights)
	}
	if heights {
		return geo.NewGeometry(multi(all, geom.XYZ))
	}
	return geo.NewGeometry(multi([]Piece{all[0].level(2)}, geom.XY))
}

// level takes the heights out where stride is 2.
func (p *Piece) level(stride int) Piece {
	if stride == Stride {
		return *p
	}
	out := Piece{Kind: p.Kind, Flat: make([]float64, 0, len(p.Flat)/Stride*stride)}
	for i := 0; i < len(p.Flat); i += Stride {
		out.Flat = append(out.Flat, p.Flat[i], p.Flat[i+1])
	}
	for _, end := range p.Ends {
		out.Ends = append(out.Ends, end/Stride*stride)
	}
	return out
}

func (p *Piece) geometry(layout geom.Layout) geom.T {
	switch p.Kind {
	case geo.GeometryPoint:
		return geom.NewPointFlat(layout, p.Flat)
	case geo.GeometryLineString:
		return geom.NewLineStringFlat(layout, p.Flat)
	}
	return geom.NewPolygonFlat(layout, p.Flat, p.Ends)
}

func multi(all []Piece, layout geom.Layout) geom.T {
	var flat []float64
	var ends []int
	var endss [][]int
	for _, p := range all {
		var of []int
		for _, end := range p.Ends {
			of = append(of, len(flat)+end)
		}
		flat = append(flat, p.Flat...)
		ends, endss = append(ends, len(flat)), append(endss, of)
	}
	switch all[0].Kind {
	case geo.GeometryPoint:
		return geom.NewMultiPointFlat(layout, flat)
	case geo.GeometryLineString:
		return geom.NewMultiLineStringFlat(layout, flat, ends)
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss)
}
