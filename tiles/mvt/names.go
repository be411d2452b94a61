package mvt

import (
	"encoding/binary"

	"puy/geo"
	"puy/tiles/mvt/wire"
)

// LayerNames gives the names of the layers of a tile in their order, and reads
// nothing else of it. What is no tile gives KindInvalid.
func LayerNames(tile []byte) ([]string, error) {
	var names []string
	for len(tile) > 0 {
		key, value, rest, ok := nextField(tile)
		if !ok {
			return nil, geo.Errorf(geo.KindInvalid, "this is not a vector tile")
		}
		if tile = rest; key != wire.TileLayer {
			continue
		}
		name := ""
		for layer := value; len(layer) > 0; {
			if key, value, layer, ok = nextField(layer); !ok {
				return nil, geo.Errorf(geo.KindInvalid, "a layer of the vector tile is damaged")
			}
			if key == wire.LayerName {
				name = string(value)
			}
		}
		names = append(names, name)
	}
	return names, nil
}

// nextField splits a protobuf message after its first field. Value is that of a
// field with a length.
func nextField(b []byte) (key uint64, value, rest []byte, ok bool) {
	key, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, nil, false
	}
	b = b[n:]
	size := uint64(0)
	switch key & 7 {
	case 0:
		if _, n = binary.Uvarint(b); n <= 0 {
			return 0, nil, nil, false
		}
		size = uint64(n)
	case 1:
		size = 8
	case 2:
		if size, n = binary.Uvarint(b); n <= 0 {
			return 0, nil, nil, false
		}
		b = b[n:]
	case 5:
		size = 4
	default:
		return 0, nil, nil, false
	}
	if size > uint64(len(b)) {
		return 0, nil, nil, false
	}
	return key, b[:size], b[size:], true
}
