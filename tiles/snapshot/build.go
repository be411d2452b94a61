package snapshot

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"puy/geo"
	"puy/tiles/generalise"
)

// Build writes the snapshot of a stream of features to path: into temporary
// files beside it, which it syncs and renames when all is written, and removes
// when it fails. Geometries are longitude, latitude; values are in the order of
// schema.Fields. Memory grows by about 40 bytes a feature, 16 bytes a node that
// lines or polygons share, and a dictionary of bounded size. Errors of the stream
// and of ctx are given as they are.
func Build(ctx context.Context, path string, schema geo.Schema, features iter.Seq2[*geo.Feature, error], opt Options) (err error) {
	if opt.TileBytes == 0 {
		opt.TileBytes = defaultTileBytes
	}
	read, err := newArena(path)
	if err != nil {
		return err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, read.close())
		}
	}()
	first := spool{arena: read}
	if err := first.fill(ctx, schema, features); err != nil {
		return err
	}
	s, err := first.generalised(ctx, path, opt)
	if s != nil {
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err != nil {
		return err
	}
	closed = true
	if err := read.close(); err != nil {
		return err
	}
	return s.build(ctx, path, opt)
}

// build decides what is drawn at which zoom and writes the file, again where
// the largest tiles turn out to be larger than was thought.
func (s *spool) build(ctx context.Context, path string, opt Options) error {
	s.thin()
	c := cascade{spool: s, opt: opt}
	end, records, sizes := s.end(), s.records, make([]uint64, len(s.columns))
	for i := range s.columns {
		sizes[i] = s.columns[i].size
	}
	for round := 0; ; round++ {
		if err := c.run(ctx); err != nil {
			return err
		}
		c.settle()
		again, err := c.write(ctx, path, round < 3)
		if err != nil || !again {
			return err
		}
		s.records = records
		s.rewind(end)
		for i := range s.columns {
			s.columns[i].size = sizes[i]
			s.columns[i].forget()
		}
		s.entries = slices.DeleteFunc(s.entries, func(e entry) bool { return e.until != always })
		for i := range s.entries {
			s.entries[i].from = 0
		}
	}
}

// thin sets the sparsity of points.
func (s *spool) thin() {
	thinner := generalise.NewThinner(func(i int, sparsity byte) { s.entries[i].sparsity = sparsity })
	for i := range s.entries {
		if e := &s.entries[i]; e.kind == kindPoints {
			var p packed
			p.parse(s.at(e.offset).record)
			thinner.Add(i, e.hilbert, p.fid)
		}
	}
	thinner.Close()
}

// settle counts what is drawn in the place of others among what is written.
func (s *spool) settle() {
	for _, e := range s.entries[s.features:] {
		f := s.at(e.offset)
		s.records += uint64(len(f.record))
		for i := range s.columns {
			if value := f.value(); s.columns[i].codes == nil {
				s.columns[i].size += uint64(len(value))
			}
		}
	}
	s.sort()
}

// write makes the snapshot file of the spool. If check is set and a tile exceeds
// the budget it makes none and says so.
func (c *cascade) write(ctx context.Context, path string, check bool) (again bool, err error) {
	dir, name := filepath.Split(path)
	out, err := os.CreateTemp(dir, name+".new-*")
	if err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() {
		out.Close()
		if err != nil || again {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	w, err := c.newWriter(out)
	if err != nil {
		return false, err
	}
	for i := range c.entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		e := &c.entries[i]
		w.feature(c.at(e.offset), e)
	}
	if err := w.close(); err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	if check {
		if again, err = c.exceeds(out); again || err != nil {
			return again, err
		}
	}
	if err := out.Close(); err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return false, err
	}
	return false, syncDir(dir)
}

// exceeds cuts the largest tile of each zoom and sets bias where it is larger
// than the budget.
func (c *cascade) exceeds(file *os.File) (yes bool, err error) {
	if c.opt.TileBytes < 0 || c.opt.Exact {
		return false, nil
	}
	b, unmap, err := mapFile(file)
	if err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, unmap()) }()
	s, err := parse(b)
	if err != nil {
		return false, err
	}
	var scratch Scratch
	var tile []byte
	for zoom, at := range c.largest {
		if tile, _, err = s.AppendMVT(tile[:0], "", zoom, at[0], at[1], &scratch); err != nil {
			return false, err
		}
		if excess := float64(len(tile)) / float64(c.opt.TileBytes); excess > 1 {
			c.bias[zoom] = max(1, c.bias[zoom]) * excess * 1.02
			yes = true
		}
	}
	return yes, nil
}

// writer fills all sections of the file at once, each in its own place.
type writer struct {
	file    *os.File
	header  header
	columns []columnBuilder
	parents [][]box // levels of the R-tree above the leaves, the one being filled last in each
	n       uint64
	value   []byte
	least   [][]byte  // levels of the R-tree: the first zoom of each node
	matters [256]byte // the zoom from which a vertex of a significance matters

	lastZooms                     *sectionWriter
	places, boxes, zooms, records *sectionWriter
	codes                         []*sectionWriter // per column; nil without a dictionary
	valuePlaces, values           []*sectionWriter
	sections                      []*sectionWriter
}

func (s *cascade) newWriter(file *os.File) (*writer, error) {
	n := uint64(len(s.entries))
	w := &writer{file: file, columns: s.columns, n: n}
	for sig := range w.matters {
		zoom := MaxGeneralised + 1
		for zoom > 0 && sig >= int(s.scales[zoom-1].significance) {
			zoom--
		}
		w.matters[sig] = byte(zoom)
	}
	w.header = header{features: n, extent: s.extent}
	m := meta{Features: uint64(s.features), Drawn: s.drawn[:]}
	for i := range s.columns {
		c := &s.columns[i]
		m.Columns = append(m.Columns, columnMeta{c.field.Name, c.field.Type, c.width(), uint64(len(c.codes))})
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if len(text) > maxMeta {
		return nil, geo.Errorf(geo.KindLimit, "the names of the fields are too long for tiles")
	}
	nodes := uint64(0)
	for i, count := range levels(n) {
		nodes += count
		if i > 0 {
			w.parents = append(w.parents, make([]box, 0, count))
			w.least = append(w.least, make([]byte, 0, count))
		}
	}
	count := uint64(6)
	for i := range s.columns {
		count += 2
		if s.columns[i].codes != nil {
			count++
		}
	}
	offset := headerSize + count*entrySize
	add := func(kind sectionKind, column int, length, width uint64) *sectionWriter {
		offset = (offset + 7) &^ 7
		sw := &sectionWriter{section: section{kind: kind, column: uint32(column), offset: offset, length: length}, file: file, wide: width == 8}
		w.sections = append(w.sections, sw)
		offset += length
		return sw
	}
	add(sectionMeta, 0, uint64(len(text)), 0).write(text)
	w.boxes = add(sectionBoxes, 0, nodes*boxSize, 0)
	w.zooms = add(sectionZooms, 0, nodes, 0)
	w.lastZooms = add(sectionLastZooms, 0, n, 0)
	width := placeWidth(s.records)
	w.places = add(sectionPlaces, 0, (n+1)*width, width)
	w.records = add(sectionRecords, 0, s.records, 0)
	for i := range s.columns {
		c := &s.columns[i]
		things := n
		var codes *sectionWriter
		if c.codes != nil {
			things = uint64(len(c.codes))
			codes = add(sectionCodes, i, n*uint64(c.width()), 0)
		}
		width := placeWidth(c.size)
		w.codes = append(w.codes, codes)
		w.valuePlaces = append(w.valuePlaces, add(sectionValuePlaces, i, (things+1)*width, width))
		w.values = append(w.values, add(sectionValues, i, c.size, 0))
	}
	w.header.fileSize = offset
	return w, nil
}

// feature writes the next feature in Hilbert order.
func (w *writer) feature(f spooled, e *entry) {
	w.boxes.write(f.box)
	w.zooms.write([]byte{e.from})
	w.lastZooms.write([]byte{e.until})
	w.addBox(boxAt(f.box), e.from)
	w.places.place(w.records.at())
	var p packed
	if p.parse(f.record) && p.zooms != nil {
		first := len(f.record) - len(p.xy) - len(p.zooms)
		w.value = append(w.value[:0], f.record...)
		for i, sig := range p.zooms {
			w.value[first+i] = w.matters[sig]
		}
		w.records.write(w.value)
	} else {
		w.records.write(f.record)
	}
	for i := range w.columns {
		value := f.value()
		codes := w.codes[i]
		if codes == nil {
			w.valuePlaces[i].place(w.values[i].at())
			w.values[i].write(value)
			continue
		}
		w.value = binary.LittleEndian.AppendUint32(w.value[:0], w.columns[i].code(value))
		codes.write(w.value[:w.columns[i].width()])
	}
}

// addBox extends the nodes above the feature that was written last.
func (w *writer) addBox(b box, zoom byte) {
	i := w.boxes.at()/boxSize - 1
	for level := range w.parents {
		i /= nodeSize
		if parents := w.parents[level]; i < uint64(len(parents)) {
			parents[i] = parents[i].union(b)
			w.least[level][i] = min(w.least[level][i], zoom)
		} else {
			w.parents[level] = append(parents, b)
			w.least[level] = append(w.least[level], zoom)
		}
	}
}

// close writes what is known at the end: the R-tree above the leaves, the
// dictionaries, and the header.
func (w *writer) close() error {
	for _, level := range w.parents {
		for _, b := range level {
			w.value = b.append(w.value[:0])
			w.boxes.write(w.value)
		}
	}
	for _, level := range w.least {
		w.zooms.write(level)
	}
	w.places.place(w.records.at())
	for i := range w.columns {
		for _, value := range w.columns[i].order {
			w.valuePlaces[i].place(w.values[i].at())
			w.values[i].write([]byte(value))
		}
		w.valuePlaces[i].place(w.values[i].at())
	}
	for _, sw := range w.sections {
		if err := sw.close(); err != nil {
			return err
		}
		w.header.sections = append(w.header.sections, sw.section)
	}
	if err := w.file.Truncate(int64(w.header.fileSize)); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(w.header.append(nil), 0); err != nil {
		return err
	}
	return w.file.Sync()
}

func syncDir(dir string) error {
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	// Some systems cannot sync a folder; the rename stands then by itself.
	_ = d.Sync()
	return d.Close()
}
