package fgb

import (
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

const maxDepth = 8 // of collections, as package geo allows

// geometryError is a geometry that is readable but not of a supported kind.
type geometryError struct{ detail string }

func (e *geometryError) Error() string { return e.detail }

// curveNames are the kinds after GeometryCollection (header.fbs, enum GeometryType).
var curveNames = [...]string{"CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface", "Curve",
	"Surface", "PolyhedralSurface", "TIN", "Triangle"}

func unsupported(kind uint8) error {
	switch i := int(kind) - int(geo.GeometryGeometryCollection) - 1; {
	case kind == 0:
		return &geometryError{"the geometry does not tell its kind"}
	case i < len(curveNames):
		return &geometryError{"geometries of kind " + curveNames[i] + " are not supported"}
	}
	return &geometryError{fmt.Sprintf("there is no geometry of kind %d", kind)}
}

// geometryOf reads a Geometry table. Kind is the header's, or 0 where the table tells.
func geometryOf(t table, kind uint8, hasZ bool) (geo.Geometry, error) {
	if kind == 0 {
		kind = t.uint8(geometryType)
	}
	d := geometryDecoder{stride: 2}
	if hasZ {
		d.stride = 3
	}
	g, err := d.decode(t, kind, 0)
	if err == nil {
		err = t.buf.err
	}
	if err != nil {
		return geo.Geometry{}, err
	}
	return geo.NewGeometry(g)
}

type geometryDecoder struct {
	stride int // 3 if heights are to be read
	flat   []float64
}

func (d *geometryDecoder) decode(t table, kind uint8, depth int) (geom.T, error) {
	d.flat = nil
	switch geo.GeometryType(kind) {
	case geo.GeometryPoint:
		d.positions(t)
		if len(d.flat) > d.stride {
			t.buf.failf("a point has %d positions", len(d.flat)/d.stride)
		}
		layout := d.layout()
		if len(d.flat) == 0 || math.IsNaN(d.flat[0]) && math.IsNaN(d.flat[1]) {
			return geom.NewPointEmpty(layout), nil
		}
		return geom.NewPointFlat(layout, d.flat), nil
	case geo.GeometryLineString:
		d.positions(t)
		layout := d.layout()
		return geom.NewLineStringFlat(layout, d.flat), nil
	case geo.GeometryMultiPoint:
		d.positions(t)
		layout := d.layout()
		return geom.NewMultiPointFlat(layout, d.flat), nil
	case geo.GeometryPolygon:
		ends := d.rings(t)
		layout := d.layout()
		return geom.NewPolygonFlat(layout, d.flat, scale(ends, layout.Stride())), nil
	case geo.GeometryMultiLineString:
		ends := d.rings(t)
		layout := d.layout()
		return geom.NewMultiLineStringFlat(layout, d.flat, scale(ends, layout.Stride())), nil
	case geo.GeometryMultiPolygon:
		endss := d.polygons(t)
		layout := d.layout()
		for _, ends := range endss {
			scale(ends, layout.Stride())
		}
		return geom.NewMultiPolygonFlat(layout, d.flat, endss), nil
	case geo.GeometryGeometryCollection:
		return d.collection(t, depth)
	}
	return nil, unsupported(kind)
}

func (d *geometryDecoder) collection(t table, depth int) (geom.T, error) {
	if depth >= maxDepth {
		return nil, &geometryError{fmt.Sprintf("geometry collections are nested more than %d deep", maxDepth)}
	}
	c := geom.NewGeometryCollection()
	var failed error
	t.tables(geometryParts, func(_ int, part table) {
		if failed != nil {
			return
		}
		g, err := d.decode(part, part.uint8(geometryType), depth+1)
		if err == nil {
			err = c.Push(g)
		}
		failed = err
	})
	return c, failed
}

// positions appends the positions of t to flat. Positions without a height
// have NaN for it until layout decides.
func (d *geometryDecoder) positions(t table) {
	xy, _ := t.vector(geometryXY, 8)
	if len(xy)%16 != 0 {
		t.buf.failf("there are %d ordinates, which is not a whole number of positions", len(xy)/8)
		return
	}
	n := len(xy) / 16
	var z []byte
	if d.stride == 3 {
		z, _ = t.vector(geometryZ, 8)
		if len(z) != 0 && len(z) != 8*n {
			t.buf.failf("there are %d heights for %d positions", len(z)/8, n)
			return
		}
	}
	at := len(d.flat)
	d.flat = append(d.flat, make([]float64, n*d.stride)...)
	for i := range n {
		p := d.flat[at+i*d.stride:]
		p[0], p[1] = float(xy, 2*i), float(xy, 2*i+1)
		if d.stride == 3 {
			p[2] = math.NaN()
			if len(z) != 0 {
				p[2] = float(z, i)
			}
		}
	}
}

// rings appends the positions of t and gives the ends of its rings or lines as
// positions from the start of flat. Ends may be absent where there is just one.
func (d *geometryDecoder) rings(t table) []int {
	first := len(d.flat) / d.stride
	d.positions(t)
	last := len(d.flat) / d.stride
	data, _ := t.vector(geometryEnds, 4)
	if len(data) == 0 {
		if first == last {
			return nil
		}
		return []int{last}
	}
	ends := make([]int, len(data)/4)
	before := first
	for i := range ends {
		end := int64(first) + int64(le.Uint32(data[4*i:]))
		if end < int64(before) || end > int64(last) {
			t.buf.failf("the ends of the rings or lines are not in order")
			return nil
		}
		ends[i], before = int(end), int(end)
	}
	if before != last {
		t.buf.failf("%d positions belong to no ring or line", last-before)
	}
	return ends
}

func (d *geometryDecoder) polygons(t table) [][]int {
	var endss [][]int
	t.tables(geometryParts, func(_ int, part table) { endss = append(endss, d.rings(part)) })
	if len(endss) == 0 { // a writer that kept its only polygon in the geometry itself
		if ends := d.rings(t); len(ends) > 0 {
			endss = [][]int{ends}
		}
	}
	return endss
}

// layout tells whether flat has any height, and takes the third ordinate out if
// it has none.
func (d *geometryDecoder) layout() geom.Layout {
	if d.stride == 2 {
		return geom.XY
	}
	for i := 2; i < len(d.flat); i += 3 {
		if !math.IsNaN(d.flat[i]) {
			return geom.XYZ
		}
	}
	out := d.flat[:0]
	for i := 0; i < len(d.flat); i += 3 {
		out = append(out, d.flat[i], d.flat[i+1])
	}
	d.flat = out
	return geom.XY
}

// scale turns counts of positions into places in flat coordinates.
func scale(ends []int, stride int) []int {
	for i := range ends {
		ends[i] *= stride
	}
	return ends
}
