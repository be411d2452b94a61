package xlsx

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
	"puy/geo/format/wkt"
)

const (
	maxLines = 1048576 // of a worksheet
	maxText  = 32767   // characters (UTF-16 units) of a cell
	maxExact = 1 << 53 // integers beyond are not numbers of a worksheet
	name31   = 31      // characters of the name of a worksheet
)

// writer writes one worksheet.
type writer struct {
	zip      *zip.Writer
	out      *bufio.Writer
	schema   geo.Schema
	withID   bool
	points   bool // as two columns
	shapes   bool // as well-known text
	line     int
	column   int
	buf      []byte
	scratch  []byte
	letters  []string
	decimals int
}

// newWriter writes all parts but the worksheet, and the header of that. A layer that
// does not fit a worksheet is refused at once where its count is known.
func newWriter(w io.Writer, layer format.Layer) (*writer, error) {
	if layer.Count >= maxLines {
		return nil, tooLong()
	}
	s := &layer.Schema
	o := &writer{zip: zip.NewWriter(w), schema: layer.Schema, withID: layer.HasIDs && s.Key == "" && s.Index("id") < 0}
	o.decimals = geojson.DecimalsOf(&layer)
	o.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	xName, yName := "longitude", "latitude"
	if system, known := crs.Lookup(layer.CRS); known && !system.Geographic {
		xName, yName = "x", "y"
	}
	o.points = s.Geometry == geo.GeometryPoint && !s.HasZ && s.Index(xName) < 0 && s.Index(yName) < 0
	o.shapes = s.Spatial() && !o.points
	var names []string
	if o.withID {
		names = append(names, "id")
	}
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	switch {
	case o.points:
		names = append(names, xName, yName)
	case o.shapes:
		name := "geometry"
		for s.Index(name) >= 0 {
			name += "_"
		}
		names = append(names, name)
	}
	if len(names) > maxColumns {
		return nil, geo.Errorf(geo.KindLimit, "a worksheet holds %d columns; this layer has %d", maxColumns, len(names))
	}
	for i := range names {
		o.letters = append(o.letters, letters(i))
	}
	if err := o.begin(sheetName(layer.Name)); err != nil {
		return nil, err
	}
	o.beginLine()
	for _, name := range names {
		o.text(name)
	}
	return o, o.endLine()
}

func tooLong() error {
	return geo.Errorf(geo.KindLimit, "a worksheet holds %d rows below its header; this layer has more", maxLines-1).
		WithHint("select fewer rows, or take another format, as csv or gpkg")
}

// letters gives the name of column i: A for 0, AA for 26.
func letters(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// sheetName gives a name that a worksheet may have.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(cut(strings.TrimSpace(name), name31), "' ")
	if name == "" || strings.EqualFold(name, "history") {
		return "Données"
	}
	return name
}

// units gives the length of s in UTF-16.
func units(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xffff {
			n++
		}
	}
	return n
}

// cut gives the first n UTF-16 units of s.
func cut(s string, n int) string {
	for i, r := range s {
		n--
		if r > 0xffff {
			n--
		}
		if n < 0 {
			return s[:i]
		}
	}
	return s
}

func (w *writer) Write(f *geo.Feature) error {
	if w.line == maxLines {
		return tooLong()
	}
	w.beginLine()
	if w.withID {
		w.text(f.ID)
	}
	for _, v := range f.Values {
		w.value(v)
	}
	switch {
	case w.points:
		p, is := f.Geometry.T().(*geom.Point)
		for i := range 2 {
			if is && !p.Empty() {
				w.number(p.FlatCoords()[i])
			} else {
				w.column++
			}
		}
	case w.shapes && !f.Geometry.IsNull():
		w.scratch = wkt.Append(w.scratch[:0], f.Geometry, w.decimals)
		if len(w.scratch) > maxText {
			w.scratch = fmt.Appendf(w.scratch[:0], "(%s: %d characters, more than a cell holds)", f.Geometry.Type(), len(w.scratch))
		}
		w.text(string(w.scratch))
	}
	return w.endLine()
}

func (w *writer) beginLine() {
	w.line++
	w.column = 0
	w.buf = append(w.buf[:0], `<row r="`...)
	w.buf = strconv.AppendInt(w.buf, int64(w.line), 10)
	w.buf = append(w.buf, `">`...)
}

func (w *writer) endLine() error {
	w.buf = append(w.buf, "</row>"...)
	_, err := w.out.Write(w.buf)
	return err
}

// cell begins a cell with further attributes.
func (w *writer) cell(attributes string) {
	w.buf = append(w.buf, `<c r="`...)
	w.buf = append(w.buf, w.letters[w.column]...)
	w.buf = strconv.AppendInt(w.buf, int64(w.line), 10)
	w.buf = append(append(append(w.buf, '"'), attributes...), '>')
	w.column++
}

func (w *writer) value(v geo.Value) {
	switch v.Type() {
	case geo.TypeNull:
		w.column++
	case geo.TypeInteger:
		if i := v.Integer(); i > -maxExact && i < maxExact {
			w.number(float64(i))
		} else {
			w.text(v.String())
		}
	case geo.TypeNumber:
		w.number(v.Number())
	case geo.TypeBoolean:
		w.cell(` t="b"`)
		bit := byte('0')
		if v.Boolean() {
			bit = '1'
		}
		w.buf = append(append(append(w.buf, "<v>"...), bit), "</v></c>"...)
	case geo.TypeDate, geo.TypeDateTime:
		days, ok := serial(v)
		if !ok {
			w.text(v.String())
			return
		}
		style := ` s="1"`
		if v.Type() == geo.TypeDateTime {
			style = ` s="2"`
		}
		w.cell(style)
		w.buf = geo.AppendNumber(append(w.buf, "<v>"...), days)
		w.buf = append(w.buf, "</v></c>"...)
	default:
		w.text(v.Text())
	}
}

func (w *writer) number(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.column++
		return
	}
	w.cell("")
	w.buf = geo.AppendNumber(append(w.buf, "<v>"...), f)
	w.buf = append(w.buf, "</v></c>"...)
}

// text writes a cell of text; an empty one has no cell.
func (w *writer) text(s string) {
	if s == "" {
		w.column++
		return
	}
	if len(s) > maxText && units(s) > maxText {
		s = cut(s, maxText-1) + "…"
	}
	w.cell(` t="inlineStr"`)
	w.buf = append(w.buf, `<is><t xml:space="preserve">`...)
	w.buf = appendEscaped(w.buf, s)
	w.buf = append(w.buf, "</t></is></c>"...)
}

// Close completes the workbook.
func (w *writer) Close() error {
	if _, err := io.WriteString(w.out, "</sheetData></worksheet>"); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	return w.zip.Close()
}
