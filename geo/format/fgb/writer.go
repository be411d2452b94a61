package fgb

import (
	"bufio"
	"errors"
	"io"
	"math"
	"os"

	"puy/geo"
	"puy/geo/format"
)

// maxIndexed is for how many features there is an index: it takes 48 bytes of
// memory each while the file is written.
const maxIndexed = 2_000_000

// writer is a format.Writer. The index stands before the features, so these
// wait in a temporary file, and in another what the index is made of: how many
// features come is known at the end. A file of more than maxIndexed has no index,
// and its features are in the order in which they came.
type writer struct {
	out    io.Writer
	layer  format.Layer
	spool  *os.File
	buf    *bufio.Writer // to spool
	offset uint64
	leaves *leafSpool // nil where there are too many
	extent geo.Bounds
	rec    record
	props  []byte
	row    int64
	err    error // the first failure, after which the file is not written
}

func newWriter(w io.Writer, layer format.Layer) (*writer, error) {
	if len(layer.Schema.Fields) > maxColumns {
		return nil, geo.Errorf(geo.KindLimit, "FlatGeobuf holds at most %d columns; %s has %d", maxColumns, layer.Name, len(layer.Schema.Fields))
	}
	spool, err := os.CreateTemp(layer.TempDir, "puy-*.fgb")
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	leaves, err := newLeafSpool(layer.TempDir)
	if err != nil {
		return nil, errors.Join(err, spool.Close(), os.Remove(spool.Name()))
	}
	return &writer{out: w, layer: layer, spool: spool, buf: bufio.NewWriterSize(spool, 256<<10), leaves: leaves, extent: geo.EmptyBounds()}, nil
}

// Write spools one feature. Errors are of KindInvalid for a feature that does
// not fit the layer, and final.
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
	g := f.Geometry.Promote(schema.Geometry)
	switch {
	case schema.Geometry == geo.GeometryNone:
		g = geo.Geometry{}
	case !schema.Geometry.Accepts(g.Type()):
		return geo.Errorf(geo.KindInvalid, "row %d has a %s in a layer of %s", w.row, g.Type(), schema.Geometry)
	case g.HasZ() && !schema.HasZ && !g.IsEmpty():
		return geo.Errorf(geo.KindInvalid, "row %d has heights in a layer without", w.row)
	}
	if err := w.properties(f.Values); err != nil {
		return err
	}
	width := func(present bool) int {
		if present {
			return 4
		}
		return 0
	}
	at := w.rec.begin(featureGeometry, width(!g.IsNull()), featureProperties, width(len(w.props) > 0))
	if !g.IsNull() {
		w.rec.appendGeometry(at.field[featureGeometry], g.T(), schema.HasZ)
	}
	if len(w.props) > 0 {
		w.rec.vector(at.field[featureProperties], len(w.props), 1)
		w.rec.b = append(w.rec.b, w.props...)
	}
	b := w.rec.finish()
	if len(b) > maxFeature {
		return geo.Errorf(geo.KindLimit, "row %d takes %d bytes; at most %d can be written", w.row, len(b), maxFeature)
	}
	if _, err := w.buf.Write(b); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write the temporary file: %w", err)
	}
	box := g.Bounds()
	if !finite(box) {
		box = geo.EmptyBounds()
	}
	switch {
	case w.leaves == nil:
	case w.row <= maxIndexed:
		if err := w.leaves.add(box, uint32(len(b))); err != nil {
			return err
		}
	default:
		err := w.leaves.remove()
		if w.leaves = nil; err != nil {
			return err
		}
	}
	w.extent = expand(w.extent, box)
	w.offset += uint64(len(b))
	return nil
}

// properties builds the pairs of column and value of one feature.
func (w *writer) properties(values []geo.Value) error {
	p := w.props[:0]
	for i, v := range values {
		if v.IsNull() {
			continue
		}
		field := &w.layer.Schema.Fields[i]
		column := columnOf(field.Type)
		p = le.AppendUint16(p, uint16(i))
		switch {
		case column == columnLong && v.Type() == geo.TypeInteger:
			p = le.AppendUint64(p, uint64(v.Integer()))
		case column == columnDouble && (v.Type() == geo.TypeNumber || v.Type() == geo.TypeInteger):
			p = le.AppendUint64(p, math.Float64bits(v.Number()))
		case column == columnBool && v.Type() == geo.TypeBoolean:
			p = append(p, 0)
			if v.Boolean() {
				p[len(p)-1] = 1
			}
		case column == columnString, column == columnDateTime && (v.Type() == geo.TypeDate || v.Type() == geo.TypeDateTime),
			column == columnJSON && (v.Type() == geo.TypeJSON || v.Type() == geo.TypeTextArray):
			at := len(p)
			p = v.Append(le.AppendUint32(p, 0))
			le.PutUint32(p[at:], uint32(len(p)-at-4))
		default:
			return geo.Errorf(geo.KindInternal, "row %d: the value of %s is %s, not %s", w.row, field.Name, v.Type(), field.Type)
		}
	}
	w.props = p
	return nil
}

// Close writes the file to the io.Writer and removes the temporary one. After a
// failure it writes nothing and gives that failure.
func (w *writer) Close() error {
	if w.spool == nil {
		return nil
	}
	if w.err == nil {
		w.err = w.assemble()
	}
	err := errors.Join(w.spool.Close(), os.Remove(w.spool.Name()))
	if w.leaves != nil {
		err = errors.Join(err, w.leaves.remove())
	}
	w.spool, w.leaves = nil, nil
	if w.err == nil && err != nil {
		w.err = geo.Errorf(geo.KindInternal, "cannot remove the temporary file: %w", err)
	}
	return w.err
}

// Discard removes the temporary file.
func (w *writer) Discard() {
	if w.err == nil {
		w.err = geo.Errorf(geo.KindInternal, "the file was thrown away")
	}
	w.Close() // an error of removing is no news of a file that nobody wants
}

func (w *writer) assemble() error {
	if err := w.buf.Flush(); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write the temporary file: %w", err)
	}
	index := !w.extent.IsEmpty() && w.leaves != nil
	header := w.rec.appendHeader(&w.layer, int(w.row), w.extent, index)
	size := magicSize + int64(len(header)) + int64(w.offset)
	if index {
		size += int64(indexSize(uint64(w.row), nodeSize))
	}
	format.Announce(w.out, size)
	out := bufio.NewWriterSize(w.out, 256<<10)
	if _, err := out.Write([]byte{'f', 'g', 'b', majorVersion, 'f', 'g', 'b', 0}); err != nil {
		return err
	}
	if _, err := out.Write(header); err != nil {
		return err
	}
	if !index {
		if _, err := io.Copy(out, io.NewSectionReader(w.spool, 0, int64(w.offset))); err != nil {
			return geo.Errorf(geo.KindInternal, "cannot copy the temporary file: %w", err)
		}
		return out.Flush()
	}
	leaves, err := w.leaves.all(int(w.row))
	if err != nil {
		return err
	}
	pack(leaves, w.extent)
	if err := writeIndex(out, leaves); err != nil {
		return err
	}
	for i := range leaves {
		if err := w.copyFeature(out, &leaves[i]); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (w *writer) copyFeature(out io.Writer, l *leaf) error {
	feature := w.rec.b[:0]
	if uint32(cap(feature)) < l.size {
		feature = make([]byte, 0, l.size)
	}
	feature = feature[:l.size]
	w.rec.b = feature
	if _, err := w.spool.ReadAt(feature, int64(l.offset)); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot read the temporary file: %w", err)
	}
	_, err := out.Write(feature)
	return err
}
