package mvt

import "encoding/binary"

// The protobuf keys (field number << 3 | wire type) of vector_tile.proto.
const (
	keyTileLayer = 3<<3 | 2

	keyLayerName    = 1<<3 | 2
	keyLayerFeature = 2<<3 | 2
	keyLayerKey     = 3<<3 | 2
	keyLayerValue   = 4<<3 | 2
	keyLayerExtent  = 5 << 3
	keyLayerVersion = 15 << 3

	keyFeatureID       = 1 << 3
	keyFeatureTags     = 2<<3 | 2
	keyFeatureType     = 3 << 3
	keyFeatureGeometry = 4<<3 | 2

	keyValueString = 1<<3 | 2
	keyValueFloat  = 2<<3 | 5
	keyValueDouble = 3<<3 | 1
	keyValueInt    = 4 << 3
	keyValueUint   = 5 << 3
	keyValueSint   = 6 << 3
	keyValueBool   = 7 << 3
)

// The commands of section 4.3.1.
const (
	cmdMoveTo    = 1
	cmdLineTo    = 2
	cmdClosePath = 7
)

func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}

func uvarintLen(v uint64) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}

func zigzag(v int32) uint32 { return uint32(v<<1) ^ uint32(v>>31) }

// putUvarint32 writes v at b[n:], which must have room for five bytes, and
// gives the new length.
func putUvarint32(b []byte, n int, v uint32) int {
	for v >= 0x80 {
		b[n] = byte(v) | 0x80
		v >>= 7
		n++
	}
	b[n] = byte(v)
	return n + 1
}
