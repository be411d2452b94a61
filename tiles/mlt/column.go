package mlt

import (
	"encoding/binary"
	"math"
)

// The type codes of columns; a nullable column has the next, odd code.
const (
	columnID       = 0
	columnWideID   = 2
	columnGeometry = 4
	columnBoolean  = 10
	columnInt32    = 16
	columnUint32   = 18
	columnInt64    = 20
	columnUint64   = 22
	columnFloat    = 24
	columnDouble   = 26
	columnString   = 28
)

// column is a property: the features that have it, in their order, and the
// numbers of their values.
type column struct {
	cells []cell
}

type cell struct{ feature, value uint32 }

// columnType chooses the narrowest type that holds every value of the column.
func (e *Encoder) columnType(c *column) byte {
	var kinds kind
	least, greatest := int64(math.MaxInt64), int64(math.MinInt64)
	float32s := true
	for _, cell := range c.cells {
		v := &e.values[cell.value]
		kinds |= v.kind
		if v.kind == kindInteger {
			least, greatest = min(least, v.number), max(greatest, v.number)
		}
	}
	if kinds&kindReal != 0 && kinds&(kindInteger|kindLarge) != 0 {
		// Up to 2^24 every integer is a float32.
		float32s = kinds&kindLarge == 0 && least >= -1<<24 && greatest <= 1<<24
	}
	switch {
	case kinds == kindText:
		return columnString
	case kinds == kindBoolean:
		return columnBoolean
	case kinds&^numeric != 0:
		return columnString
	case kinds&kindReal != 0 && kinds&kindWide == 0 && float32s:
		return columnFloat
	case kinds&kindReal != 0:
		return columnDouble
	}
	return integerType(kinds, least, greatest)
}

// integerType prefers a double to 64 bits where it is as exact: JavaScript reads
// 64-bit columns as BigInt, which neither JSON nor style expressions take.
func integerType(kinds kind, least, greatest int64) byte {
	negative := kinds&kindInteger != 0 && least < 0
	switch {
	case kinds&kindLarge != 0 && negative:
		return columnDouble
	case kinds&kindLarge != 0:
		return columnUint64
	case !negative && greatest <= math.MaxUint32:
		return columnUint32
	case least >= math.MinInt32 && greatest <= math.MaxInt32:
		return columnInt32
	case least >= -safeInteger && greatest <= safeInteger:
		return columnDouble
	}
	return columnInt64
}

func (e *Encoder) writeColumn(layer, name []byte, c *column, features int) {
	code := e.columnType(c)
	nullable := len(c.cells) < features
	typeCode := code
	if nullable {
		typeCode++
	}
	e.meta = appendText(append(e.meta, typeCode), name)
	if code == columnString {
		e.writeStrings(layer, c, features)
		return
	}
	if nullable {
		e.writePresence(c, features)
	}
	switch code {
	case columnBoolean:
		e.writeBooleans(c)
	case columnFloat, columnDouble:
		e.writeReals(c, code)
	default:
		e.numbers = e.numbers[:0]
		for _, cell := range c.cells {
			e.numbers = append(e.numbers, e.values[cell.value].number)
		}
		e.data = appendIntegers(e.data, streamData, e.numbers, code == columnInt32 || code == columnInt64, code >= columnInt64)
	}
}

func (e *Encoder) writePresence(c *column, features int) {
	e.clearBits(features)
	for _, cell := range c.cells {
		e.bits[cell.feature>>3] |= 1 << (cell.feature & 7)
	}
	e.writeBits(streamPresent, features)
}

func (e *Encoder) writeBooleans(c *column) {
	e.clearBits(len(c.cells))
	for i, cell := range c.cells {
		e.bits[i>>3] |= byte(e.values[cell.value].number) << (i & 7)
	}
	e.writeBits(streamData, len(c.cells))
}

func (e *Encoder) writeReals(c *column, code byte) {
	width := 8
	if code == columnFloat {
		width = 4
	}
	e.data = appendStream(e.data, streamData, encodingPlain|physicalNone, len(c.cells), width*len(c.cells))
	for _, cell := range c.cells {
		f := e.values[cell.value].float()
		if code == columnFloat {
			e.data = binary.LittleEndian.AppendUint32(e.data, math.Float32bits(float32(f)))
		} else {
			e.data = binary.LittleEndian.AppendUint64(e.data, math.Float64bits(f))
		}
	}
}

// writeIDs writes the id column, if any feature has an id.
func (e *Encoder) writeIDs(features int) bool {
	if len(e.ids) == 0 {
		return false
	}
	code, wide := byte(columnID), false
	for _, id := range e.ids {
		wide = wide || uint64(id) > math.MaxUint32
	}
	if wide {
		code = columnWideID
	}
	if len(e.ids) < features {
		code++
		e.clearBits(features)
		for _, f := range e.idFeatures {
			e.bits[f>>3] |= 1 << (f & 7)
		}
		e.writeBits(streamPresent, features)
	}
	e.meta = append(e.meta, code)
	e.data = appendIntegers(e.data, streamData, e.ids, false, wide)
	return true
}

// writeGeometry writes the geometry column. Where a layer has polygons the
// lengths of its lines are in the stream of the rings.
func (e *Encoder) writeGeometry() {
	g := &e.geometry
	e.meta = append(e.meta, columnGeometry)
	parts, rings := g.lengths, g.lengths[:0]
	if len(g.rings) > 0 {
		parts, rings = g.rings, g.lengths
	}
	// The streams are counted before them, so the last ones are written first.
	vertices, streams := e.writeVertices(e.packed[:0])
	e.packed = vertices
	streams++
	for _, lengths := range [...][]int64{g.counts, parts, rings} {
		if len(lengths) > 0 {
			streams++
		}
	}
	e.data = appendUvarint(e.data, streams)
	// Writers mark the types as lengths; readers know them by their place.
	e.data = appendIntegers(e.data, streamLengths, g.types, false, false)
	if len(g.counts) > 0 {
		e.data = appendIntegers(e.data, streamGeometries, g.counts, false, false)
	}
	if len(parts) > 0 {
		e.data = appendIntegers(e.data, streamParts, parts, false, false)
	}
	if len(rings) > 0 {
		e.data = appendIntegers(e.data, streamRings, rings, false, false)
	}
	e.data = append(e.data, vertices...)
}
