package kml

import (
	"archive/zip"
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// writer is a format.Writer that streams.
type writer struct {
	out     *bufio.Writer
	archive *zip.Writer // of KMZ
	layer   format.Layer
	name    int  // the field that is the name of a Placemark, or -1
	exact   bool // so it is no data as well
	ids     bool
	row     int64
	buf     []byte
	err     error // the first failure, after which nothing is written
}

func newWriter(w io.Writer, layer format.Layer) (*writer, error) {
	if s, ok := crs.Lookup(layer.CRS); layer.CRS != crs.Unknown && (!ok || !s.Geographic) {
		return nil, geo.Errorf(geo.KindInvalid, "KML holds longitudes and latitudes only, not %s", layer.CRS)
	}
	out := &writer{out: bufio.NewWriterSize(w, 64<<10), layer: layer, name: titleField(layer.Schema.Fields),
		ids: layer.HasIDs && layer.Schema.Key == "" && layer.Schema.Index("id") < 0}
	if out.exact = layer.Exact; out.exact {
		out.name = nameField(layer.Schema.Fields)
	}
	out.head()
	return out, nil
}

func newArchiveWriter(w io.Writer, layer format.Layer) (*writer, error) {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, 5) })
	doc, err := z.CreateHeader(&zip.FileHeader{Name: "doc.kml", Method: zip.Deflate, Modified: time.Now().UTC()})
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot start a KMZ archive: %w", err)
	}
	out, err := newWriter(doc, layer)
	if err == nil {
		out.archive = z
	}
	return out, err
}

// titleField gives the field that tells people what a feature is, or -1.
func titleField(fields []geo.Field) int {
	for _, name := range [...]string{"name", "nom", "title", "titre", "libelle", "libellé", "label", "designation", "désignation", "intitule", "intitulé"} {
		for i := range fields {
			if strings.EqualFold(fields[i].Name, name) && fields[i].Type == geo.TypeText {
				return i
			}
		}
	}
	return -1
}

// nameField gives the field that a Reader takes from the name of Placemarks, or -1.
func nameField(fields []geo.Field) int {
	return slices.IndexFunc(fields, func(f geo.Field) bool { return f.Name == "name" && f.Type == geo.TypeText })
}

// isData tells whether field i stands among the data of a Placemark.
func (w *writer) isData(i int) bool { return !w.exact || i != w.name }

// schemaType gives the type of a SimpleField. KML's integers have 32 bits, so that
// programs would cut longer ones; and it has no dates.
func schemaType(t geo.FieldType) string {
	switch t {
	case geo.TypeInteger, geo.TypeNumber:
		return "double"
	case geo.TypeBoolean:
		return "bool"
	}
	return "string"
}

func (w *writer) head() {
	b := append(w.buf[:0], xmlHeader...)
	b = append(b, "<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n<name>"...)
	b = appendEscaped(b, w.layer.Name)
	b = append(b, "</name>\n<Schema name=\"fields\" id=\"fields\">\n"...)
	if w.ids {
		b = append(b, "<SimpleField name=\"id\" type=\"string\"/>\n"...)
	}
	for i := range w.layer.Schema.Fields {
		f := &w.layer.Schema.Fields[i]
		if !w.isData(i) {
			continue
		}
		b = appendEscaped(append(b, "<SimpleField name=\""...), f.Name)
		b = append(append(append(b, "\" type=\""...), schemaType(f.Type)...), '"')
		if title := f.Title.In("fr"); title != "" {
			b = append(appendEscaped(append(b, "><displayName>"...), title), "</displayName></SimpleField>\n"...)
		} else {
			b = append(b, "/>\n"...)
		}
	}
	w.buf = append(b, "</Schema>\n"...)
	_, w.err = w.out.Write(w.buf)
}

const xmlHeader = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

// Write writes one feature. Errors are of KindInvalid for a feature that does not
// fit the layer, and final.
func (w *writer) Write(f *geo.Feature) error {
	if w.err == nil {
		w.row++
		w.err = w.write(f)
	}
	return w.err
}

func (w *writer) write(f *geo.Feature) error {
	schema := &w.layer.Schema
	if len(f.Values) != len(schema.Fields) {
		return geo.Errorf(geo.KindInternal, "row %d has %d values for %d fields", w.row, len(f.Values), len(schema.Fields))
	}
	switch g := f.Geometry; {
	case !schema.Spatial() || g.IsNull():
	case !schema.Geometry.Accepts(g.Type()):
		return geo.Errorf(geo.KindInvalid, "row %d has a %s in a layer of %s", w.row, g.Type(), schema.Geometry)
	case !g.Finite():
		return geo.Errorf(geo.KindInvalid, "row %d has a coordinate that is not a number", w.row)
	}
	b := append(w.buf[:0], "<Placemark>"...)
	if w.name >= 0 && !f.Values[w.name].IsNull() {
		b = append(appendEscaped(append(b, "<name>"...), f.Values[w.name].Text()), "</name>"...)
	}
	start := len(b)
	b = append(b, "<ExtendedData><SchemaData schemaUrl=\"#fields\">"...)
	empty := len(b)
	if w.ids {
		b = append(appendEscaped(append(b, "<SimpleData name=\"id\">"...), f.ID), "</SimpleData>"...)
	}
	for i, v := range f.Values {
		if v.IsNull() || !w.isData(i) {
			continue
		}
		b = append(appendEscaped(append(b, "<SimpleData name=\""...), schema.Fields[i].Name), "\">"...)
		if v.Type() == geo.TypeBoolean { // 1 and 0, since programs read the words as 0
			b = strconv.AppendInt(b, v.Integer(), 10)
		} else {
			b = appendEscaped(b, v.String())
		}
		b = append(b, "</SimpleData>"...)
	}
	if len(b) == empty {
		b = b[:start]
	} else {
		b = append(b, "</SchemaData></ExtendedData>"...)
	}
	if schema.Spatial() && !f.Geometry.IsEmpty() {
		b = appendGeometry(b, f.Geometry.T(), w.exact)
	}
	w.buf = append(b, "</Placemark>\n"...)
	if _, err := w.out.Write(w.buf); err != nil {
		return err
	}
	return nil
}

// Close completes the document; after a failure it gives that failure.
func (w *writer) Close() error {
	if w.err == nil {
		_, w.err = w.out.WriteString("</Document>\n</kml>\n")
	}
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.archive != nil && w.err == nil {
		w.err = w.archive.Close()
	}
	if w.err == nil {
		w.err = errClosed
		return nil
	}
	if errors.Is(w.err, errClosed) {
		return nil
	}
	return w.err
}

// Discard ends the writer without completing the document.
func (w *writer) Discard() {
	if w.err == nil {
		w.err = errDiscarded
	}
}

var errDiscarded = geo.Errorf(geo.KindInternal, "the KML was thrown away")

var errClosed = geo.Errorf(geo.KindInternal, "the KML is complete")

// appendGeometry appends t, with rings as they run if asked; heights are absolute where
// there are any.
func appendGeometry(b []byte, t geom.T, asTheyRun bool) []byte {
	stride := t.Stride
	switch t := t.(type) {
	case *geom.Point:
		return append(appendLine(append(b, "<Point>"...), t.FlatCoords(), stride()), "</Point>"...)
	case *geom.LineString:
		return append(appendLine(append(b, "<LineString>"...), t.FlatCoords(), stride()), "</LineString>"...)
	case *geom.Polygon:
		return appendPolygon(b, t.FlatCoords(), 0, t.Ends(), stride(), asTheyRun)
	}
	b = append(b, "<MultiGeometry>"...)
	switch t := t.(type) {
	case *geom.MultiPoint:
		for i := range t.NumPoints() {
			if p := t.Point(i); !p.Empty() {
				b = appendGeometry(b, p, asTheyRun)
			}
		}
	case *geom.MultiLineString:
		for i := range t.NumLineStrings() {
			if l := t.LineString(i); !l.Empty() {
				b = appendGeometry(b, l, asTheyRun)
			}
		}
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range t.Endss() {
			if len(ends) > 0 {
				b = appendPolygon(b, t.FlatCoords(), start, ends, stride(), asTheyRun)
				start = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		for _, part := range t.Geoms() {
			if !part.Empty() {
				b = appendGeometry(b, part, asTheyRun)
			}
		}
	}
	return append(b, "</MultiGeometry>"...)
}

// appendPolygon appends rings; the outer one runs counter-clockwise (OGC 07-147r2
// section 10.8.3.4), the inner ones do as well, unless they are wanted as they run.
func appendPolygon(b []byte, flat []float64, start int, ends []int, stride int, asTheyRun bool) []byte {
	b = append(b, "<Polygon>"...)
	if stride > 2 {
		b = append(b, altitudeMode...)
	}
	for i, end := range ends {
		name := "innerBoundaryIs>"
		if i == 0 {
			name = "outerBoundaryIs>"
		}
		ring := flat[start:end]
		if !asTheyRun && clockwise(ring, stride) {
			ring = reversed(ring, stride)
		}
		b = append(append(b, '<'), name...)
		b = appendCoordinates(append(b, "<LinearRing>"...), ring, stride)
		b = append(append(b, "</LinearRing></"...), name...)
		start = end
	}
	return append(b, "</Polygon>"...)
}

const altitudeMode = "<altitudeMode>absolute</altitudeMode>"

func appendLine(b []byte, flat []float64, stride int) []byte {
	if stride > 2 {
		b = append(b, altitudeMode...)
	}
	return appendCoordinates(b, flat, stride)
}

func appendCoordinates(b []byte, flat []float64, stride int) []byte {
	b = append(b, "<coordinates>"...)
	for i := 0; i+stride <= len(flat); i += stride {
		if i > 0 {
			b = append(b, ' ')
		}
		b = geo.AppendNumber(b, flat[i])
		b = geo.AppendNumber(append(b, ','), flat[i+1])
		if stride > 2 {
			b = geo.AppendNumber(append(b, ','), flat[i+2])
		}
	}
	return append(b, "</coordinates>"...)
}

func clockwise(flat []float64, stride int) bool {
	area := 0.0
	for i := 0; i+2*stride <= len(flat); i += stride {
		area += (flat[i]-flat[0])*(flat[i+stride+1]-flat[1]) - (flat[i+stride]-flat[0])*(flat[i+1]-flat[1])
	}
	return area < 0
}

func reversed(flat []float64, stride int) []float64 {
	out := slices.Clone(flat)
	slices.Reverse(out)
	for i := 0; i+stride <= len(out); i += stride {
		slices.Reverse(out[i : i+stride])
	}
	return out
}

// appendEscaped appends s as text or an attribute of XML 1.0; characters that it
// cannot hold become U+FFFD.
func appendEscaped(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '"':
			b = append(b, "&#34;"...)
		case r == '\r':
			b = append(b, "&#13;"...)
		case r < ' ' && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			b = append(b, "\ufffd"...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
