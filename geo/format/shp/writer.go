package shp

import (
	"io"
	"puy/geo"
	"puy/geo/format"
)

func newWriter(w io.Writer, layer format.Layer) (format.Writer, error) {
	return nil, geo.Errorf(geo.KindInternal, "x")
}
