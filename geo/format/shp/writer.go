package shp

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"

	"puy/geo"
	"puy/geo/format"
)

// maxFile bounds a .shp and a .dbf: their offsets are read as signed 32-bit
// numbers of bytes by most programs.
const maxFile = 1<<31 - 1

// writer is a format.Writer of one zip archive. Rows wait in temporary files,
// since widths, counts and bounds stand before them.
type writer struct {
	out     io.Writer
	layer   format.Layer
	columns []*field
	parts   []*partWriter // at most one for each kind of shape, in the order of first sight
	open    *partWriter   // takes rows without a geometry
	row     int64
	limit   int64 // maxFile, less in tests
	cells   []byte
	err     error // the first failure, after which nothing is written
}

func newWriter(w io.Writer, layer format.Layer) (*writer, error) {
	fields := layer.Schema.Fields
	hasID := layer.HasIDs && layer.Schema.Key == ""
	if hasID {
		fields = append([]geo.Field{{Name: "id", Type: geo.TypeText}}, fields...)
	}
	if len(fields) > maxFields {
		return nil, geo.Errorf(geo.KindLimit, "a Shapefile holds at most %d columns; %s has %d", maxFields, layer.Name, len(fields))
	}
	out := &writer{out: w, layer: layer, limit: maxFile}
	for i, name := range columnNames(fields) {
		out.columns = append(out.columns, &field{name: name, source: fields[i].Name, typ: fields[i].Type})
	}
	return out, nil
}

// Write spools one feature. Errors are of KindInvalid for a feature that does not
// fit the layer and of KindLimit where a file would become too long, and final.
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
	g := f.Geometry
	switch {
	case !schema.Spatial():
		g = geo.Geometry{}
	case g.IsEmpty():
		g = geo.Geometry{}
	case !schema.Geometry.Accepts(g.Type()):
		return geo.Errorf(geo.KindInvalid, "row %d has a %s in a layer of %s", w.row, g.Type(), schema.Geometry)
	case g.HasZ() && !schema.HasZ:
		return geo.Errorf(geo.KindInvalid, "row %d has heights in a layer without", w.row)
	case !g.Finite():
		return geo.Errorf(geo.KindInvalid, "row %d has a coordinate that is not a number", w.row)
	}
	if err := w.encode(f); err != nil {
		return err
	}
	if g.IsNull() {
		if w.open == nil {
			var err error
			if w.open, err = w.newPart(nullShape); err != nil {
				return err
			}
		}
		return w.add(w.open, nil)
	}
	pieces, err := shapesOf(g)
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "row %d: %w", w.row, err)
	}
	for i := range pieces {
		if err := w.add(nil, &pieces[i]); err != nil {
			return err
		}
	}
	return nil
}

// encode sets w.cells to the row's text cells, each with its length before it.
func (w *writer) encode(f *geo.Feature) error {
	w.cells = w.cells[:0]
	columns := w.columns
	if len(columns) > len(f.Values) {
		w.cells = columns[0].append(w.cells, geo.Text(f.ID))
		columns = columns[1:]
	}
	for i, c := range columns {
		v := f.Values[i]
		if !v.IsNull() && v.Type() != c.typ && !(c.typ == geo.TypeNumber && v.Type() == geo.TypeInteger) && c.typ != geo.TypeText {
			return geo.Errorf(geo.KindInternal, "row %d: the value of %s is %s, not %s", w.row, c.source, v.Type(), c.typ)
		}
		if v.Type() == geo.TypeDate {
			if y := v.Time().Year(); y < 1 || y > 9999 {
				return geo.Errorf(geo.KindInvalid, "row %d: the year %d of %s is not between 1 and 9999", w.row, y, c.source)
			}
		}
		w.cells = c.append(w.cells, v)
	}
	return nil
}

// add adds the row to part p, or to the part of its shape.
func (w *writer) add(p *partWriter, s *shape) error {
	if p == nil {
		var err error
		if p, err = w.partOf(s.kind); err != nil {
			return err
		}
	}
	w.open = p
	if err := p.add(s, w.cells); err != nil {
		return err
	}
	if p.shapeEnd > w.limit {
		return w.tooLong(".shp")
	}
	if p.tableSize(w.columns) > w.limit {
		return w.tooLong(".dbf")
	}
	return nil
}

func (w *writer) tooLong(ext string) error {
	return geo.Errorf(geo.KindLimit, "row %d makes the %s longer than %d bytes, which is the limit of a Shapefile", w.row, ext, w.limit).
		WithHint("filter the dataset, or choose GeoPackage or FlatGeobuf")
}

func (w *writer) newPart(k kind) (*partWriter, error) {
	p, err := newPart(k, &w.layer)
	if err == nil {
		w.parts = append(w.parts, p)
	}
	return p, err
}

// partOf gives the part that holds shapes of kind k; one that has rows without a
// geometry only becomes of that kind.
func (w *writer) partOf(k kind) (*partWriter, error) {
	for _, p := range w.parts {
		if p.kind == nullShape {
			p.kind = k
		}
		if p.kind == k {
			return p, nil
		}
	}
	return w.newPart(k)
}

// Close writes the archive and removes the temporary files. After a failure it
// writes nothing and gives that failure.
func (w *writer) Close() error {
	if w.parts == nil && w.err == nil {
		_, w.err = w.newPart(kindOf(w.layer.Schema.Geometry))
	}
	if w.err == nil {
		w.err = w.assemble()
	}
	if err := w.free(); w.err == nil && err != nil {
		w.err = geo.Errorf(geo.KindInternal, "cannot remove the temporary files: %w", err)
	}
	return w.err
}

// Discard removes the temporary files, and writes nothing.
func (w *writer) Discard() {
	if w.err == nil {
		w.err = geo.Errorf(geo.KindInternal, "the Shapefile was thrown away")
	}
	_ = w.free() // an error of removing is no news of a file that nobody wants
}

func (w *writer) free() error {
	var errs []error
	for _, p := range w.parts {
		errs = append(errs, p.close())
	}
	w.parts = []*partWriter{}
	return errors.Join(errs...)
}

// kindOf gives the kind of shape of a layer without a row.
func kindOf(t geo.GeometryType) kind {
	switch t {
	case geo.GeometryPoint:
		return point
	case geo.GeometryMultiPoint:
		return multiPoint
	}
	switch t.Dimension() {
	case 1:
		return polyLine
	case 2:
		return polygon
	}
	return nullShape
}

func (w *writer) assemble() error {
	z := zip.NewWriter(w.out)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, 5) })
	now := time.Now().UTC()
	prj := w.layer.CRS.ESRI()
	base := fileName(w.layer.Name)
	for _, p := range w.parts {
		name := base
		if len(w.parts) > 1 {
			name += p.suffix()
		}
		file := func(ext string, fill func(io.Writer) error) error {
			out, err := z.CreateHeader(&zip.FileHeader{Name: name + ext, Method: zip.Deflate, Modified: now})
			if err != nil {
				return err
			}
			return fill(out)
		}
		text := func(s string) func(io.Writer) error {
			return func(out io.Writer) error { _, err := io.WriteString(out, s); return err }
		}
		spatial := w.layer.Schema.Spatial()
		var err error
		if spatial {
			err = errors.Join(file(".shp", p.writeMain), file(".shx", p.writeIndex))
		}
		if err == nil {
			err = file(".dbf", func(out io.Writer) error { return p.writeTable(out, w.columns, now) })
		}
		if err == nil && spatial && prj != "" {
			err = file(".prj", text(prj))
		}
		if err == nil {
			err = file(".cpg", text("UTF-8"))
		}
		if err != nil {
			return err
		}
	}
	if text := w.notes(); text != "" {
		out, err := z.CreateHeader(&zip.FileHeader{Name: base + ".txt", Method: zip.Deflate, Modified: now})
		if err == nil {
			_, err = io.WriteString(out, text)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// notes tells people what the format has no room for: the full names of columns,
// and how many texts were cut.
func (w *writer) notes() string {
	var names, texts strings.Builder
	for _, c := range w.columns {
		if c.name != c.source {
			fmt.Fprintf(&names, "%s = %s\r\n", c.name, c.source)
		}
		if c.cut > 0 {
			fmt.Fprintf(&texts, "%s: %d\r\n", c.name, c.cut)
		}
	}
	var b strings.Builder
	if names.Len() > 0 {
		fmt.Fprintf(&b, "Noms de colonnes abrégés (%d octets au plus) / Column names shortened (at most %[1]d bytes)\r\n%s", maxNameBytes, names.String())
	}
	if texts.Len() > 0 {
		fmt.Fprintf(&b, "Textes coupés (%d octets au plus) / Texts cut (at most %[1]d bytes)\r\n%s", maxText, texts.String())
	}
	return b.String()
}

// fileName makes a name of files of a layer's name.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if name = strings.TrimLeft(strings.TrimSpace(name), "."); name == "" {
		return "layer"
	}
	return name
}
