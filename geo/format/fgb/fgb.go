package fgb

import (
	"bytes"
	"context"
	"io"

	"puy/geo"
	"puy/geo/format"
)

// Format describes FlatGeobuf.
func Format() format.Format {
	return format.Format{
		Name:       "fgb",
		Title:      "FlatGeobuf",
		MediaType:  "application/flatgeobuf",
		Extensions: []string{".fgb"},
		Detect:     func(_ string, head []byte) bool { return isFlatGeobuf(head) },
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			out, err := newWriter(w, layer)
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// The file starts with "fgb", the major version, "fgb", the patch level.
const (
	magicSize    = 8
	majorVersion = 3
)

func isFlatGeobuf(head []byte) bool {
	return len(head) >= magicSize && bytes.Equal(head[0:3], []byte("fgb")) && bytes.Equal(head[4:7], []byte("fgb"))
}

// columnType is the type of a column (header.fbs, enum ColumnType).
type columnType uint8

const (
	columnByte columnType = iota
	columnUByte
	columnBool
	columnShort
	columnUShort
	columnInt
	columnUInt
	columnLong
	columnULong
	columnFloat
	columnDouble
	columnString
	columnJSON
	columnDateTime
	columnBinary
)

// width gives the bytes of a value, 0 for those that carry their length, and
// -1 for types that are not known.
func (t columnType) width() int {
	switch t {
	case columnByte, columnUByte, columnBool:
		return 1
	case columnShort, columnUShort:
		return 2
	case columnInt, columnUInt, columnFloat:
		return 4
	case columnLong, columnULong, columnDouble:
		return 8
	case columnString, columnJSON, columnDateTime, columnBinary:
		return 0
	}
	return -1
}

// fieldType gives what a column of type t holds; text columns of dates and JSON
// may turn out to hold something else.
func (t columnType) fieldType() geo.FieldType {
	switch t {
	case columnBool:
		return geo.TypeBoolean
	case columnFloat, columnDouble:
		return geo.TypeNumber
	case columnJSON:
		return geo.TypeJSON
	case columnDateTime:
		return geo.TypeDateTime
	case columnString, columnBinary:
		return geo.TypeText
	}
	return geo.TypeInteger
}

// columnOf gives the column type that holds fields of type t.
func columnOf(t geo.FieldType) columnType {
	switch t {
	case geo.TypeInteger:
		return columnLong
	case geo.TypeNumber:
		return columnDouble
	case geo.TypeBoolean:
		return columnBool
	case geo.TypeDate, geo.TypeDateTime:
		return columnDateTime
	case geo.TypeTextArray, geo.TypeJSON:
		return columnJSON
	}
	return columnString
}

// The fields of the FlatBuffers tables, by their place in the schema
// (header.fbs and feature.fbs of the FlatGeobuf specification).
const (
	headerName         = 0
	headerEnvelope     = 1
	headerGeometryType = 2
	headerHasZ         = 3
	headerColumns      = 7
	headerCount        = 8
	headerNodeSize     = 9
	headerCRS          = 10

	columnFieldName        = 0
	columnFieldType        = 1
	columnFieldTitle       = 2
	columnFieldDescription = 3
	columnFieldPrimaryKey  = 9

	crsOrg        = 0
	crsCode       = 1
	crsName       = 2
	crsWKT        = 4
	crsCodeString = 5

	featureGeometry   = 0
	featureProperties = 1
	featureColumns    = 2

	geometryEnds  = 0
	geometryXY    = 1
	geometryZ     = 2
	geometryType  = 6
	geometryParts = 7
)
