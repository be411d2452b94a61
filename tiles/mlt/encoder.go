package mlt

import (
	"fmt"
	"sync"

	"puy/geo"
	"puy/tiles/mvt/wire"
)

// formatTag names version 1 of the format in front of each layer.
const formatTag = 1

// maxColumns bounds the keys of a layer: each column takes time and space for
// every feature, whether the feature has a value in it or not.
const maxColumns = 4096

// maxGrowth bounds the data of a layer as a multiple of its MVT: a value that
// stands there once for all keys stands in the column of each here.
const maxGrowth = 16

// Encoder holds the memory of one encoding, kept for the next. The zero Encoder
// is ready; it serves one tile at a time.
type Encoder struct {
	// The layer being read.
	features   []span
	keys       []span
	columns    []column // one a key
	values     []value
	ids        []int64
	idFeatures []uint32
	geometry   geometry

	// The layer being written: what its columns are, and their streams.
	meta, data []byte
	numbers    []int64
	dictionary dictionary
	vertices   vertexDictionary
	bits       []byte
	packed     []byte
}

// span is a range of bytes of the layer being read.
type span struct{ start, end int }

// encoders keeps the memory of Encoders that are not in use.
var encoders = sync.Pool{New: func() any { return new(Encoder) }}

// Append appends the MLT of an MVT tile of version 1 or 2 to dst: the same
// layers, features in the same order, ids, geometries in the same coordinates,
// and properties. Layers without features and features without geometry or of
// unknown type are left out. A tile that is not an MVT, or whose geometries or
// properties break its specification, gives an error of geo.KindInvalid, and
// dst is given back as it was. It is safe for concurrent use.
func Append(dst, mvtTile []byte) ([]byte, error) {
	e := encoders.Get().(*Encoder)
	defer encoders.Put(e)
	return e.Append(dst, mvtTile)
}

// Append is the function Append with the memory of e.
func (e *Encoder) Append(dst, mvtTile []byte) ([]byte, error) {
	out := dst
	for i, n := 0, 0; i < len(mvtTile); n++ {
		f, after := next(mvtTile, i)
		if after < 0 {
			return dst, geo.Errorf(geo.KindInvalid, "vector tile: malformed field at byte %d", i)
		}
		i = after
		if f.key != wire.TileLayer {
			continue
		}
		layer := mvtTile[f.start:f.end]
		head, err := e.read(layer)
		if err == nil {
			out, err = e.write(out, layer, head)
		}
		if err != nil {
			return dst, geo.Errorf(geo.KindInvalid, "vector tile: layer %d (%.40q): %w", n, layer[head.name.start:head.name.end], err)
		}
	}
	return out, nil
}

// header is what an MVT layer says of itself.
type header struct {
	name            span
	extent, version uint64
}

// write appends the layer that was read.
func (e *Encoder) write(dst, layer []byte, head header) ([]byte, error) {
	features := e.geometry.features()
	if features == 0 {
		return dst, nil
	}
	e.meta, e.data = e.meta[:0], e.data[:0]
	columns := 1
	if e.writeIDs(features) {
		columns++
	}
	e.writeGeometry()
	for i := range e.columns {
		if len(e.columns[i].cells) > 0 {
			e.writeColumn(layer, layer[e.keys[i].start:e.keys[i].end], &e.columns[i], features)
			columns++
		}
		if len(e.data) > maxGrowth*len(layer) {
			return dst, fmt.Errorf("the columns are more than %d times as large", maxGrowth)
		}
	}
	name := head.name.end - head.name.start
	size := 1 + uvarintLen(uint64(name)) + name + uvarintLen(head.extent) + uvarintLen(uint64(columns)) + len(e.meta) + len(e.data)
	dst = append(appendUvarint(dst, uint64(size)), formatTag)
	dst = appendText(dst, layer[head.name.start:head.name.end])
	dst = appendUvarint(dst, head.extent)
	dst = appendUvarint(dst, uint64(columns))
	dst = append(dst, e.meta...)
	return append(dst, e.data...), nil
}
