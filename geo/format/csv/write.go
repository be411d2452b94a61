package csv

import (
	"io"
	"strings"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
	"puy/geo/format/wkt"
)

const flushAt = 64 << 10

// writer writes a table.
type writer struct {
	w        io.Writer
	buf      []byte
	scratch  []byte
	cells    int // in the current row
	withID   bool
	points   bool // as two columns
	shapes   bool // as well-known text
	decimals int
}

// newWriter writes the header. A feature's id becomes the column id where the
// schema has no key and no such field.
func newWriter(out io.Writer, layer format.Layer) (format.Writer, error) {
	s := &layer.Schema
	w := &writer{w: out, decimals: geojson.DecimalsOf(&layer), withID: layer.HasIDs && s.Key == "" && s.Index("id") < 0}
	xName, yName := "longitude", "latitude"
	if system, known := crs.Lookup(layer.CRS); known && !system.Geographic {
		xName, yName = "x", "y"
	}
	w.points = s.Geometry == geo.GeometryPoint && !s.HasZ && s.Index(xName) < 0 && s.Index(yName) < 0
	w.shapes = s.Spatial() && !w.points
	if w.withID {
		w.text("id")
	}
	for i := range s.Fields {
		w.text(s.Fields[i].Name)
	}
	switch {
	case w.points:
		w.text(xName)
		w.text(yName)
	case w.shapes:
		name := "geometry"
		for s.Index(name) >= 0 {
			name += "_"
		}
		w.text(name)
	}
	w.endRow()
	return w, nil
}

func (w *writer) Write(f *geo.Feature) error {
	if w.withID {
		w.text(f.ID)
	}
	for _, v := range f.Values {
		switch v.Type() {
		case geo.TypeText, geo.TypeTextArray, geo.TypeJSON:
			w.text(v.Text())
		default:
			w.next()
			w.buf = v.Append(w.buf)
		}
	}
	switch {
	case w.points:
		p, is := f.Geometry.T().(*geom.Point)
		is = is && !p.Empty()
		for i := range 2 {
			w.next()
			if is {
				w.buf = geojson.AppendDecimal(w.buf, p.FlatCoords()[i], w.decimals)
			}
		}
	case w.shapes:
		w.scratch = wkt.Append(w.scratch[:0], f.Geometry, w.decimals)
		w.text(string(w.scratch))
	}
	w.endRow()
	if len(w.buf) < flushAt {
		return nil
	}
	return w.flush()
}

// next begins a cell.
func (w *writer) next() {
	if w.cells > 0 {
		w.buf = append(w.buf, ',')
	}
	w.cells++
}

// text writes a cell, in quotes where it must be (RFC 4180 section 2) and where
// a reader would take it for a comment, for the separator or for a blank line.
func (w *writer) text(s string) {
	w.next()
	if s == "" || !strings.ContainsAny(s, ",;\"\r\n\t|") && s[0] != '#' && strings.TrimSpace(s) == s && !strings.HasPrefix(s, "sep=") && !strings.HasPrefix(s, "\ufeff") {
		w.buf = append(w.buf, s...)
		return
	}
	w.buf = append(w.buf, '"')
	for {
		before, after, found := strings.Cut(s, `"`)
		w.buf = append(w.buf, before...)
		if !found {
			break
		}
		w.buf = append(w.buf, `""`...)
		s = after
	}
	w.buf = append(w.buf, '"')
}

// endRow ends a row. A row of one empty cell is written in quotes: a blank line is
// no row.
func (w *writer) endRow() {
	if n := len(w.buf); w.cells == 1 && (n == 0 || w.buf[n-1] == '\n') {
		w.buf = append(w.buf, `""`...)
	}
	w.buf = append(w.buf, "\r\n"...)
	w.cells = 0
}

func (w *writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

func (w *writer) Close() error { return w.flush() }
