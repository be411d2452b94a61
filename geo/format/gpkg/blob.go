package gpkg

import (
	"encoding/binary"
	"math"

	"puy/geo"
)

// The header of a geometry blob (OGC 12-128r18 section 2.1.3): "GP", version 0,
// flags, srs_id, envelope; then ISO WKB.
const (
	blobHeader       = 8
	flagLittleEndian = 1
	flagEnvelopeXY   = 1 << 1
	flagEmpty        = 1 << 4
	flagExtended     = 1 << 5
)

// envelopeSizes gives the bytes of each kind of envelope: none, XY, XYZ, XYM, XYZM.
var envelopeSizes = [...]int{0, 32, 48, 48, 64}

// AppendBlob appends g as a GeoPackage geometry with the given srs_id, in the
// order x, y. All but points and empty geometries carry an XY envelope. The
// zero Geometry, which is NULL in a table, appends nothing.
func AppendBlob(dst []byte, g geo.Geometry, srs int32) []byte {
	if g.IsNull() {
		return dst
	}
	bounds := g.Bounds()
	flags := byte(flagLittleEndian)
	switch {
	case bounds.IsEmpty():
		flags |= flagEmpty
	case g.Type() != geo.GeometryPoint:
		flags |= flagEnvelopeXY
	}
	dst = append(dst, 'G', 'P', 0, flags)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(srs))
	if flags&flagEnvelopeXY != 0 {
		for _, c := range [...]float64{bounds.MinX, bounds.MaxX, bounds.MinY, bounds.MaxY} {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(c))
		}
	}
	return g.AppendWKB(dst)
}

// ParseBlob reads a GeoPackage geometry. Measures are dropped. Errors, among
// them one for geometries of an extension, are of KindInvalid.
func ParseBlob(b []byte) (geo.Geometry, error) {
	h, err := parseHeader(b)
	if err != nil {
		return geo.Geometry{}, err
	}
	return geo.ParseWKB(h.wkb)
}

// BlobBounds gives the box of a GeoPackage geometry, from the envelope if it
// has one; the box is empty for an empty geometry. Errors are of KindInvalid.
func BlobBounds(b []byte) (geo.Bounds, error) {
	h, err := parseHeader(b)
	if err != nil {
		return geo.EmptyBounds(), err
	}
	if h.flags&flagEmpty != 0 {
		return geo.EmptyBounds(), nil
	}
	if e := h.envelope; len(e) > 0 {
		at := func(i int) float64 { return math.Float64frombits(h.order.Uint64(e[8*i:])) }
		bounds := geo.Bounds{MinX: at(0), MaxX: at(1), MinY: at(2), MaxY: at(3)}
		if bounds.MinX <= bounds.MaxX && bounds.MinY <= bounds.MaxY {
			return bounds, nil
		}
		// NaN stands for an empty geometry in files of older writers.
	}
	if w := h.wkb; len(w) == 21 && w[0] == 1 && w[1] == 1 && w[2] == 0 && w[3] == 0 && w[4] == 0 {
		x := math.Float64frombits(binary.LittleEndian.Uint64(w[5:]))
		y := math.Float64frombits(binary.LittleEndian.Uint64(w[13:]))
		if !math.IsNaN(x) && !math.IsNaN(y) {
			return geo.Bounds{MinX: x, MinY: y, MaxX: x, MaxY: y}, nil
		}
	}
	g, err := geo.ParseWKB(h.wkb)
	if err != nil {
		return geo.EmptyBounds(), err
	}
	return g.Bounds(), nil
}

type header struct {
	order    binary.ByteOrder
	flags    byte
	envelope []byte
	wkb      []byte
}

func parseHeader(b []byte) (header, error) {
	if len(b) < blobHeader || b[0] != 'G' || b[1] != 'P' {
		return header{}, geo.Errorf(geo.KindInvalid, "not a GeoPackage geometry")
	}
	h := header{order: binary.BigEndian, flags: b[3]}
	if h.flags&flagLittleEndian != 0 {
		h.order = binary.LittleEndian
	}
	kind := int(h.flags >> 1 & 7)
	switch {
	case b[2] != 0:
		return h, geo.Errorf(geo.KindInvalid, "GeoPackage geometry of version %d", b[2])
	case h.flags&flagExtended != 0:
		return h, geo.Errorf(geo.KindInvalid, "GeoPackage geometry of an extended type")
	case kind >= len(envelopeSizes):
		return h, geo.Errorf(geo.KindInvalid, "GeoPackage geometry with an envelope of kind %d", kind)
	case len(b) < blobHeader+envelopeSizes[kind]:
		return h, geo.Errorf(geo.KindInvalid, "GeoPackage geometry cut off in its envelope")
	}
	h.envelope = b[blobHeader : blobHeader+envelopeSizes[kind]]
	h.wkb = b[blobHeader+len(h.envelope):]
	return h, nil
}
