package geo

import (
	"encoding/binary"
	"math"

	"github.com/twpayne/go-geom"
)

const (
	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000

	quietNaN = 0x7ff8000000000000 // the NaN that other writers use; math.NaN has another payload
)

// AppendWKB appends g as little-endian ISO WKB (OGC 06-103r4 section 8; 3D
// kinds are 1001–1007). An empty point is written with NaN coordinates
// (GeoPackage 1.3 requirement 152). The zero Geometry appends nothing.
func (g Geometry) AppendWKB(dst []byte) []byte { return appendWKB(dst, g.t, wkbISO, 0) }

// AppendEWKB appends g as little-endian EWKB, PostGIS's form, with srid on the
// outermost geometry.
func (g Geometry) AppendEWKB(dst []byte, srid uint32) []byte {
	return appendWKB(dst, g.t, wkbEWKB, srid)
}

type wkbFlavour uint8

const (
	wkbISO wkbFlavour = iota
	wkbEWKB
)

func appendWKB(dst []byte, t geom.T, flavour wkbFlavour, srid uint32) []byte {
	if t == nil {
		return dst
	}
	le := binary.LittleEndian
	head := func(kind GeometryType, hasZ bool) {
		code := uint32(kind)
		switch {
		case hasZ && flavour == wkbISO:
			code += 1000
		case hasZ:
			code |= ewkbZ
		}
		if srid != 0 {
			code |= ewkbSRID
		}
		dst = le.AppendUint32(append(dst, 1), code)
		if srid != 0 {
			dst = le.AppendUint32(dst, srid)
		}
	}
	count := func(n int) { dst = le.AppendUint32(dst, uint32(n)) }
	coords := func(flat []float64) {
		for _, c := range flat {
			dst = le.AppendUint64(dst, math.Float64bits(c))
		}
	}
	points := func(flat []float64, stride int) {
		count(len(flat) / stride)
		coords(flat)
	}
	rings := func(flat []float64, start int, ends []int, stride int) {
		count(len(ends))
		for _, end := range ends {
			points(flat[start:end], stride)
			start = end
		}
	}
	// Parts repeat the dimension of the whole but never the SRID.
	g, stride := Geometry{t}, 2
	hasZ := g.HasZ()
	if hasZ {
		stride = 3
	}
	kind := g.Type()
	head(kind, hasZ)
	srid = 0
	switch t := t.(type) {
	case *geom.Point:
		if t.Empty() {
			for range stride {
				dst = le.AppendUint64(dst, quietNaN)
			}
			break
		}
		coords(t.FlatCoords())
	case *geom.LineString:
		points(t.FlatCoords(), stride)
	case *geom.Polygon:
		rings(t.FlatCoords(), 0, t.Ends(), stride)
	case *geom.MultiPoint:
		count(t.NumPoints())
		for i := range t.NumPoints() {
			dst = appendWKB(dst, t.Point(i), flavour, 0)
		}
	case *geom.MultiLineString:
		count(len(t.Ends()))
		start := 0
		for _, end := range t.Ends() {
			head(GeometryLineString, hasZ)
			points(t.FlatCoords()[start:end], stride)
			start = end
		}
	case *geom.MultiPolygon:
		count(len(t.Endss()))
		start := 0
		for _, ends := range t.Endss() {
			head(GeometryPolygon, hasZ)
			rings(t.FlatCoords(), start, ends, stride)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		count(t.NumGeoms())
		for _, part := range t.Geoms() {
			dst = appendWKB(dst, part, flavour, 0)
		}
	}
	return dst
}

// ParseWKB reads one ISO WKB or EWKB geometry in either byte order. Measures
// are dropped, an SRID is ignored. Counts are checked against the bytes that
// remain before anything is allocated. Errors are of KindInvalid.
func ParseWKB(b []byte) (Geometry, error) {
	d := wkbDecoder{b: b}
	t, err := d.geometry(0)
	if err != nil {
		return Geometry{}, err
	}
	return Geometry{t}, nil
}

type wkbDecoder struct {
	b   []byte
	off int
}

type wkbHead struct {
	order  binary.ByteOrder
	kind   GeometryType
	stride int // coordinates a position has in the bytes
	keep   int // of those, how many are kept
}

func (h wkbHead) layout() geom.Layout {
	if h.keep == 3 {
		return geom.XYZ
	}
	return geom.XY
}

func (d *wkbDecoder) errorf(format string, args ...any) error {
	return Errorf(KindInvalid, "WKB: "+format, args...)
}

func (d *wkbDecoder) head() (wkbHead, error) {
	if len(d.b)-d.off < 5 {
		return wkbHead{}, d.errorf("truncated at byte %d", d.off)
	}
	h := wkbHead{order: binary.LittleEndian}
	switch d.b[d.off] {
	case 0:
		h.order = binary.BigEndian
	case 1:
	default:
		return h, d.errorf("byte order %d at byte %d", d.b[d.off], d.off)
	}
	code := h.order.Uint32(d.b[d.off+1:])
	d.off += 5
	hasZ, hasM := code&ewkbZ != 0, code&ewkbM != 0
	if code&ewkbSRID != 0 {
		if len(d.b)-d.off < 4 {
			return h, d.errorf("truncated at byte %d", d.off)
		}
		d.off += 4
	}
	code &^= ewkbZ | ewkbM | ewkbSRID
	switch code / 1000 {
	case 0:
	case 1:
		hasZ = true
	case 2:
		hasM = true
	case 3:
		hasZ, hasM = true, true
	default:
		return h, d.errorf("geometry type %d", code)
	}
	code %= 1000
	if code < 1 || code > 7 {
		return h, d.errorf("geometry type %d", code)
	}
	h.kind, h.stride, h.keep = GeometryType(code), 2, 2
	if hasZ {
		h.stride, h.keep = 3, 3
	}
	if hasM {
		h.stride++
	}
	return h, nil
}

// count reads a count of things that take at least size bytes each.
func (d *wkbDecoder) count(h wkbHead, size int) (int, error) {
	if len(d.b)-d.off < 4 {
		return 0, d.errorf("truncated at byte %d", d.off)
	}
	n := h.order.Uint32(d.b[d.off:])
	d.off += 4
	if uint64(n)*uint64(size) > uint64(len(d.b)-d.off) {
		return 0, d.errorf("%d elements at byte %d exceed the bytes that remain", n, d.off-4)
	}
	return int(n), nil
}

// coords appends n positions, which the caller has checked to be there.
func (d *wkbDecoder) coords(flat []float64, h wkbHead, n int) []float64 {
	if h.order == binary.LittleEndian && h.stride == h.keep {
		b := d.b[d.off : d.off+8*n*h.stride]
		for i := 0; i < len(b); i += 8 {
			flat = append(flat, math.Float64frombits(binary.LittleEndian.Uint64(b[i:])))
		}
		d.off += len(b)
		return flat
	}
	for range n {
		for j := range h.keep {
			flat = append(flat, math.Float64frombits(h.order.Uint64(d.b[d.off+8*j:])))
		}
		d.off += 8 * h.stride
	}
	return flat
}

func (d *wkbDecoder) line(flat []float64, h wkbHead) ([]float64, error) {
	n, err := d.count(h, 8*h.stride)
	if err != nil {
		return nil, err
	}
	if flat == nil {
		flat = make([]float64, 0, n*h.keep)
	}
	return d.coords(flat, h, n), nil
}

func (d *wkbDecoder) rings(flat []float64, h wkbHead) ([]float64, []int, error) {
	n, err := d.count(h, 4)
	if err != nil {
		return nil, nil, err
	}
	ends := make([]int, 0, n)
	for range n {
		if flat, err = d.line(flat, h); err != nil {
			return nil, nil, err
		}
		ends = append(ends, len(flat))
	}
	return flat, ends, nil
}

// part reads the head of a part that must be of the given kind and dimension.
func (d *wkbDecoder) part(whole wkbHead, kind GeometryType) (wkbHead, error) {
	h, err := d.head()
	if err == nil && (h.kind != kind || h.keep != whole.keep) {
		err = d.errorf("part of type %s in a %s at byte %d", h.kind, whole.kind, d.off)
	}
	return h, err
}

func (d *wkbDecoder) point(flat []float64, h wkbHead) ([]float64, error) {
	if len(d.b)-d.off < 8*h.stride {
		return nil, d.errorf("truncated at byte %d", d.off)
	}
	start := len(flat)
	flat = d.coords(flat, h, 1)
	if math.IsNaN(flat[start]) && math.IsNaN(flat[start+1]) {
		flat = flat[:start]
	}
	return flat, nil
}

func (d *wkbDecoder) geometry(depth int) (geom.T, error) {
	h, err := d.head()
	if err != nil {
		return nil, err
	}
	layout := h.layout()
	switch h.kind {
	case GeometryPoint:
		flat, err := d.point(make([]float64, 0, h.keep), h)
		if err != nil {
			return nil, err
		}
		if len(flat) == 0 {
			return geom.NewPointEmpty(layout), nil
		}
		return geom.NewPointFlat(layout, flat), nil
	case GeometryLineString:
		flat, err := d.line(nil, h)
		if err != nil {
			return nil, err
		}
		return geom.NewLineStringFlat(layout, flat), nil
	case GeometryPolygon:
		flat, ends, err := d.rings(nil, h)
		if err != nil {
			return nil, err
		}
		return geom.NewPolygonFlat(layout, flat, ends), nil
	}
	n, err := d.count(h, 5)
	if err != nil {
		return nil, err
	}
	var flat []float64
	switch h.kind {
	case GeometryMultiPoint:
		ends := make([]int, 0, n)
		for range n {
			p, err := d.part(h, GeometryPoint)
			if err != nil {
				return nil, err
			}
			if flat, err = d.point(flat, p); err != nil {
				return nil, err
			}
			ends = append(ends, len(flat))
		}
		return geom.NewMultiPointFlat(layout, flat, geom.NewMultiPointFlatOptionWithEnds(ends)), nil
	case GeometryMultiLineString:
		ends := make([]int, 0, n)
		for range n {
			p, err := d.part(h, GeometryLineString)
			if err != nil {
				return nil, err
			}
			if flat, err = d.line(flat, p); err != nil {
				return nil, err
			}
			ends = append(ends, len(flat))
		}
		return geom.NewMultiLineStringFlat(layout, flat, ends), nil
	case GeometryMultiPolygon:
		endss := make([][]int, 0, n)
		for range n {
			p, err := d.part(h, GeometryPolygon)
			if err != nil {
				return nil, err
			}
			var ends []int
			if flat, ends, err = d.rings(flat, p); err != nil {
				return nil, err
			}
			endss = append(endss, ends)
		}
		return geom.NewMultiPolygonFlat(layout, flat, endss), nil
	}
	if depth >= maxCollectionDepth {
		return nil, d.errorf("collections nested more than %d deep", maxCollectionDepth)
	}
	c := geom.NewGeometryCollection()
	for range n {
		part, err := d.geometry(depth + 1)
		if err != nil {
			return nil, err
		}
		if err := c.Push(part); err != nil {
			return nil, d.errorf("collection: %v", err)
		}
	}
	return c, nil
}
