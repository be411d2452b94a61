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

	"puy/geo"
)

// Build writes the snapshot of a stream of features to path: into temporary
// files beside it, which it syncs and renames when all is written, and removes
// when it fails. Geometries are longitude, latitude; values are in the order of
// schema.Fields. Memory grows by 16 bytes a feature and a dictionary of bounded
// size. Errors of the stream and of ctx are given as they are.
func Build(ctx context.Context, path string, schema geo.Schema, features iter.Seq2[*geo.Feature, error]) (err error) {
	dir, name := filepath.Split(path)
	temp, err := os.CreateTemp(dir, name+".spool-*")
	if err != nil {
		return fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
	s := spool{file: temp}
	if err := s.fill(ctx, schema, features); err != nil {
		return err
	}
	return s.write(ctx, path)
}

// write makes the snapshot file of the spool.
func (s *spool) write(ctx context.Context, path string) (err error) {
	spooled, unmap, err := mapFile(s.file)
	if err != nil {
		return fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, unmap()) }()
	dir, name := filepath.Split(path)
	out, err := os.CreateTemp(dir, name+".new-*")
	if err != nil {
		return fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() {
		out.Close()
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	w, err := s.newWriter(out)
	if err != nil {
		return err
	}
	for i, e := range s.entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.feature(spooledAt(spooled, e.offset))
	}
	if err := w.close(); err != nil {
		return fmt.Errorf("building a snapshot: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("building a snapshot: %w", err)
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// writer fills all sections of the file at once, each in its own place.
type writer struct {
	file    *os.File
	header  header
	columns []columnBuilder
	parents [][]box // levels of the R-tree above the leaves, the one being filled last in each
	n       uint64
	value   []byte

	places, boxes, zooms, records *sectionWriter
	codes                         []*sectionWriter // per column; nil without a dictionary
	valuePlaces, values           []*sectionWriter
	sections                      []*sectionWriter
}

func (s *spool) newWriter(file *os.File) (*writer, error) {
	n := uint64(len(s.entries))
	w := &writer{file: file, columns: s.columns, n: n}
	w.header = header{features: n, extent: s.extent}
	var m meta
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
		}
	}
	count := uint64(5)
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
func (w *writer) feature(f spooled) {
	w.boxes.write(f.box)
	w.addBox(boxAt(f.box))
	w.places.place(w.records.at())
	w.records.write(f.record)
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
func (w *writer) addBox(b box) {
	i := w.boxes.at()/boxSize - 1
	for level := range w.parents {
		i /= nodeSize
		if parents := w.parents[level]; i < uint64(len(parents)) {
			parents[i] = parents[i].union(b)
		} else {
			w.parents[level] = append(parents, b)
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
	w.zooms.write(make([]byte, w.zooms.length))
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
