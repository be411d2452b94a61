package shp

import (
	"context"
	"encoding/binary"
	"io"
	"path"
	"strings"

	"puy/geo/format"
)

var le, be = binary.LittleEndian, binary.BigEndian

// Format describes the zipped Shapefile.
func Format() format.Format {
	return format.Format{
		Name:       "shp",
		Title:      "Shapefile",
		MediaType:  "application/zip",
		Extensions: []string{".shp.zip", ".zip"},
		Detect: func(name string, head []byte) bool {
			return isMainFile(head) || strings.HasSuffix(name, ".dbf") && isTable(head)
		},
		Holds: func(names []string) bool {
			for _, name := range names {
				if ext := strings.ToLower(path.Ext(name)); ext == ".shp" || ext == ".dbf" {
					return true
				}
			}
			return false
		},
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Layers: layerNames,
		NewWriter: func(w io.Writer, layer format.Layer) (format.Writer, error) {
			out, err := newWriter(w, layer)
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// The main file starts with this number (big-endian); its version is 1000.
const (
	fileCode    = 9994
	fileVersion = 1000
	headerSize  = 100 // bytes of the header of .shp and .shx
)

func isMainFile(head []byte) bool {
	return len(head) >= 32 && be.Uint32(head) == fileCode && le.Uint32(head[28:]) == fileVersion
}

// kind is a shape type: one of the first four, plus 10 with Z and M, plus 20 with M.
type kind int32

const (
	nullShape  kind = 0
	point      kind = 1
	polyLine   kind = 3
	polygon    kind = 5
	multiPoint kind = 8
	multiPatch kind = 31
)

// base gives the kind without its Z and M.
func (k kind) base() kind {
	if k >= 11 && k <= 28 {
		return k % 10
	}
	return k
}

func (k kind) hasZ() bool { return k >= 11 && k <= 18 }

func (k kind) known() bool {
	switch k.base() {
	case nullShape, point, polyLine, polygon, multiPoint:
		return k != 10 && k != 20
	}
	return k == multiPatch
}
