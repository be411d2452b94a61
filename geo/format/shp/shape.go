package shp

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/format/rings"
)

var errTruncated = geo.Errorf(geo.KindInvalid, "the shape breaks off")

// content walks over the content of one record.
type content struct {
	b []byte
	z bool // give heights where the shape has them
}

// decodeShape reads the content of a record. A null shape, and one without a
// position, is the zero Geometry. Measures are dropped.
func decodeShape(b []byte, z bool) (geo.Geometry, error) {
	if len(b) == 0 {
		return geo.Geometry{}, nil
	}
	if len(b) < 4 {
		return geo.Geometry{}, errTruncated
	}
	k := kind(le.Uint32(b))
	c := content{b: b[4:], z: z && k.hasZ()}
	var t geom.T
	var err error
	switch {
	case !k.known():
		return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "there is no shape of type %d", k)
	case k == multiPatch:
		return geo.Geometry{}, geo.Errorf(geo.KindInvalid, "shapes of type MultiPatch are not supported")
	case k.base() == point:
		t, err = c.point()
	case k.base() == multiPoint:
		t, err = c.multiPoint()
	case k.base() == polyLine:
		t, err = c.polyLine()
	case k.base() == polygon:
		t, err = c.polygon()
	}
	if err != nil || t == nil {
		return geo.Geometry{}, err
	}
	return geo.NewGeometry(t)
}

func (c *content) layout() geom.Layout {
	if c.z {
		return geom.XYZ
	}
	return geom.XY
}

func (c *content) float(at int) float64 { return math.Float64frombits(le.Uint64(c.b[at:])) }

func (c *content) point() (geom.T, error) {
	stride := c.layout().Stride()
	if len(c.b) < 8*stride {
		return nil, errTruncated
	}
	flat := make([]float64, stride)
	for i := range flat {
		flat[i] = c.float(8 * i)
	}
	if math.IsNaN(flat[0]) || math.IsNaN(flat[1]) {
		return nil, nil
	}
	return geom.NewPointFlat(c.layout(), flat), nil
}

const boxSize = 32 // of the bounds that shapes of several positions start with

func (c *content) multiPoint() (geom.T, error) {
	if len(c.b) < boxSize+4 {
		return nil, errTruncated
	}
	flat, err := c.positions(boxSize+4, le.Uint32(c.b[boxSize:]))
	if err != nil || len(flat) == 0 {
		return nil, err
	}
	return geom.NewMultiPointFlat(c.layout(), flat), nil
}

// positions reads n positions at byte at, and their heights after them.
func (c *content) positions(at int, n uint32) ([]float64, error) {
	if int64(n)*16 > int64(len(c.b)-at) {
		return nil, errTruncated
	}
	count, stride, heights := int(n), c.layout().Stride(), at+16*int(n)+16 // after the range of heights
	if count == 0 {
		return nil, nil
	}
	if c.z && len(c.b)-heights < 8*count {
		return nil, errTruncated
	}
	flat := make([]float64, count*stride)
	for i := range count {
		p := flat[i*stride:]
		p[0], p[1] = c.float(at+16*i), c.float(at+16*i+8)
		if c.z {
			p[2] = c.float(heights + 8*i)
		}
	}
	return flat, nil
}

// parts reads the coordinates of a shape of several parts, and where each ends.
// Parts without a position are left out.
func (c *content) parts() (flat []float64, ends []int, err error) {
	if len(c.b) < boxSize+8 {
		return nil, nil, errTruncated
	}
	numParts, numPoints := le.Uint32(c.b[boxSize:]), le.Uint32(c.b[boxSize+4:])
	first := boxSize + 8
	if int64(numParts)*4 > int64(len(c.b)-first) {
		return nil, nil, errTruncated
	}
	if flat, err = c.positions(first+4*int(numParts), numPoints); err != nil {
		return nil, nil, err
	}
	stride := c.layout().Stride()
	last := 0
	for i := range int(numParts) {
		end := int64(numPoints)
		if i+1 < int(numParts) {
			end = int64(le.Uint32(c.b[first+4*(i+1):]))
		}
		if start := int64(le.Uint32(c.b[first+4*i:])); start != int64(last) && (i > 0 || start != 0) || end < int64(last) || end > int64(numPoints) {
			return nil, nil, geo.Errorf(geo.KindInvalid, "the parts of the shape are not in order")
		}
		if int(end) > last {
			ends = append(ends, int(end)*stride)
		}
		last = int(end)
	}
	if numParts == 0 && numPoints > 0 {
		return nil, nil, geo.Errorf(geo.KindInvalid, "the shape has positions that belong to no part")
	}
	return flat, ends, nil
}

func (c *content) polyLine() (geom.T, error) {
	flat, ends, err := c.parts()
	switch {
	case err != nil || len(ends) == 0:
		return nil, err
	case len(ends) == 1:
		return geom.NewLineStringFlat(c.layout(), flat), nil
	}
	return geom.NewMultiLineStringFlat(c.layout(), flat, ends), nil
}

func (c *content) polygon() (geom.T, error) {
	flat, ends, err := c.parts()
	if err != nil || len(ends) == 0 {
		return nil, err
	}
	return rings.Assemble(c.layout(), flat, ends), nil
}

// shapeType gives the geometry type and whether there are heights in files of k.
func (k kind) geometry() geo.GeometryType {
	switch k.base() {
	case point:
		return geo.GeometryPoint
	case multiPoint:
		return geo.GeometryMultiPoint
	case polyLine:
		return geo.GeometryLineString
	case polygon:
		return geo.GeometryPolygon
	}
	return geo.GeometryAny
}
