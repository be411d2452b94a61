package geojson

import (
	"io"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// flushAt is how much a writer collects before it writes.
const flushAt = 64 << 10

// Decimals gives how many decimals coordinates in code are written with: 7 for
// degrees, 3 for metres.
func Decimals(code crs.Code) int {
	if system, known := crs.Lookup(code); code == crs.Unknown || known && system.Geographic {
		return 7
	}
	return 3
}

// AllDigits as the number of decimals keeps every digit of a coordinate.
const AllDigits = -1

// DecimalsOf gives how many decimals the coordinates of a layer are written with.
func DecimalsOf(layer *format.Layer) int {
	if layer.Exact {
		return AllDigits
	}
	return Decimals(layer.CRS)
}

// writer writes a FeatureCollection, or a sequence.
type writer struct {
	w        io.Writer
	schema   geo.Schema
	decimals int
	buf      []byte
	rows     int64
	before   string // each row
	between  string
	after    string // each row
	end      string
}

// newWriter writes a FeatureCollection. Coordinates in another CRS than CRS84 or
// EPSG:4326 get the crs member of GeoJSON 2008.
func newWriter(out io.Writer, layer format.Layer) (format.Writer, error) {
	w := &writer{w: out, schema: layer.Schema, decimals: DecimalsOf(&layer), between: ",\n", end: "\n]}\n"}
	w.buf = append(w.buf, `{"type":"FeatureCollection",`...)
	if layer.Name != "" {
		w.buf = append(w.buf, `"name":`...)
		w.buf = append(geo.AppendJSONString(w.buf, layer.Name), ',')
	}
	switch layer.CRS {
	case crs.Unknown, crs.CRS84, crs.WGS84:
	default:
		w.buf = append(w.buf, `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::`...)
		w.buf = append(w.buf, layer.CRS.String()[len("EPSG:"):]...)
		w.buf = append(w.buf, `"}},`...)
	}
	w.buf = append(w.buf, "\"features\":[\n"...)
	return w, nil
}

// newSeqWriter writes a sequence as RFC 8142 section 2 wants it. There is no place
// for a CRS: the coordinates must be longitude, latitude.
func newSeqWriter(out io.Writer, layer format.Layer) (format.Writer, error) {
	if system, known := crs.Lookup(layer.CRS); layer.CRS != crs.Unknown && !(known && system.Geographic) {
		return nil, geo.Errorf(geo.KindInvalid, "a GeoJSON text sequence cannot hold coordinates in %s", layer.CRS)
	}
	return &writer{w: out, schema: layer.Schema, decimals: DecimalsOf(&layer), before: "\x1e", after: "\n"}, nil
}

func (w *writer) Write(f *geo.Feature) error {
	if w.rows > 0 {
		w.buf = append(w.buf, w.between...)
	}
	w.rows++
	w.buf = append(w.buf, w.before...)
	w.buf = AppendFeature(w.buf, &w.schema, f, w.decimals)
	w.buf = append(w.buf, w.after...)
	if len(w.buf) < flushAt {
		return nil
	}
	return w.flush()
}

func (w *writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

func (w *writer) Close() error {
	w.buf = append(w.buf, w.end...)
	return w.flush()
}
