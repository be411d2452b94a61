package mvt

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"puy/tiles/mvt/wire"
)

// Extent is the width and height of a tile in tile units.
const Extent = 4096

// LayerWriter builds one layer of version 2 and extent 4096 after another,
// reusing its memory. The zero LayerWriter is ready for Reset. For each
// feature: the geometry (Points, or Line, or Ring), then Tag, then EndFeature.
type LayerWriter struct {
	name     string
	features []byte
	count    int

	geometry []byte
	tags     []byte
	cursor   Point
	kind     GeometryType

	keys      []byte
	keyCount  uint32
	values    []byte
	valueEnds []uint32 // where each value ends in values

	seed  maphash.Seed
	slots []slot // open addressing; a power of two
	stamp uint32 // slots with another stamp are free
}

type slot struct {
	stamp, id uint32
	hash      uint64
}

// Reset starts a layer.
func (w *LayerWriter) Reset(name string) {
	w.name = name
	w.features, w.count = w.features[:0], 0
	w.keys, w.keyCount = w.keys[:0], 0
	w.values, w.valueEnds = w.values[:0], w.valueEnds[:0]
	w.stamp++
	if w.slots == nil || w.stamp == 0 {
		w.slots, w.stamp = make([]slot, 256), 1
		w.seed = maphash.MakeSeed()
	}
	w.drop()
}

func (w *LayerWriter) drop() {
	w.geometry, w.tags = w.geometry[:0], w.tags[:0]
	w.cursor, w.kind = Point{}, Unknown
}

// AddKey adds a key, which the caller adds only once, and gives its number.
func (w *LayerWriter) AddKey(name string) uint32 {
	w.keys = append(w.keys, wire.LayerKey)
	w.keys = appendUvarint(w.keys, uint64(len(name)))
	w.keys = append(w.keys, name...)
	w.keyCount++
	return w.keyCount - 1
}

// AddValue gives the number of a value in the form that AppendString and its
// siblings make, adding it unless the layer has it.
func (w *LayerWriter) AddValue(encoded []byte) uint32 {
	if 4*len(w.valueEnds) >= 3*len(w.slots) {
		w.grow()
	}
	hash := maphash.Bytes(w.seed, encoded)
	mask := uint64(len(w.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &w.slots[i]
		if s.stamp != w.stamp {
			id := uint32(len(w.valueEnds))
			w.values = append(w.values, encoded...)
			w.valueEnds = append(w.valueEnds, uint32(len(w.values)))
			*s = slot{w.stamp, id, hash}
			return id
		}
		if s.hash == hash && string(w.value(s.id)) == string(encoded) {
			return s.id
		}
	}
}

func (w *LayerWriter) value(id uint32) []byte {
	start := uint32(0)
	if id > 0 {
		start = w.valueEnds[id-1]
	}
	return w.values[start:w.valueEnds[id]]
}

func (w *LayerWriter) grow() {
	old := w.slots
	w.slots = make([]slot, 4*len(old))
	mask := uint64(len(w.slots) - 1)
	for _, s := range old {
		if s.stamp != w.stamp {
			continue
		}
		i := s.hash & mask
		for w.slots[i].stamp == w.stamp {
			i = (i + 1) & mask
		}
		w.slots[i] = s
	}
}

// HasGeometry tells whether the feature being built has any geometry yet.
func (w *LayerWriter) HasGeometry() bool { return len(w.geometry) > 0 }

// Tag gives the feature a property: a key and a value by their numbers.
func (w *LayerWriter) Tag(key, value uint32) {
	w.tags = slices.Grow(w.tags, 10)
	n := len(w.tags)
	buf := w.tags[:cap(w.tags)]
	w.tags = buf[:putUvarint32(buf, putUvarint32(buf, n, key), value)]
}

// EndFeature writes the feature, with id where hasID, and starts the next one.
// A feature without geometry is dropped; the result tells.
func (w *LayerWriter) EndFeature(id uint64, hasID bool) bool {
	if len(w.geometry) == 0 {
		w.drop()
		return false
	}
	size := 2 + 1 + uvarintLen(uint64(len(w.geometry))) + len(w.geometry)
	if hasID {
		size += 1 + uvarintLen(id)
	}
	if len(w.tags) > 0 {
		size += 1 + uvarintLen(uint64(len(w.tags))) + len(w.tags)
	}
	b := append(w.features, wire.LayerFeature)
	b = appendUvarint(b, uint64(size))
	if hasID {
		b = append(b, wire.FeatureID)
		b = binary.AppendUvarint(b, id)
	}
	if len(w.tags) > 0 {
		b = append(b, wire.FeatureTags)
		b = appendUvarint(b, uint64(len(w.tags)))
		b = append(b, w.tags...)
	}
	b = append(b, wire.FeatureType, byte(w.kind), wire.FeatureGeometry)
	b = appendUvarint(b, uint64(len(w.geometry)))
	w.features = append(b, w.geometry...)
	w.count++
	w.drop()
	return true
}

// AppendLayer appends the layer, as a field of a tile, and gives the number of
// its features. A layer without features appends nothing (section 4.1).
func (w *LayerWriter) AppendLayer(dst []byte) ([]byte, int) {
	if w.count == 0 {
		return dst, 0
	}
	const tail = 1 + 2 + 2 // extent 4096 takes two bytes
	size := 1 + uvarintLen(uint64(len(w.name))) + len(w.name) + len(w.features) + len(w.keys) + len(w.values) + tail
	dst = slices.Grow(dst, size+1+10)
	dst = append(dst, wire.TileLayer)
	dst = appendUvarint(dst, uint64(size))
	dst = append(dst, wire.LayerName)
	dst = appendUvarint(dst, uint64(len(w.name)))
	dst = append(dst, w.name...)
	dst = append(dst, w.features...)
	dst = append(dst, w.keys...)
	dst = append(dst, w.values...)
	dst = append(dst, wire.LayerExtent)
	dst = appendUvarint(dst, Extent)
	return append(dst, wire.LayerVersion, 2), w.count
}
