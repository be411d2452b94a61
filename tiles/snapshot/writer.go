package snapshot

import (
	"encoding/binary"
	"encoding/json"
	"os"

	"puy/geo"
)

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
	alone                         *sectionWriter // nil without clusters
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
	m := meta{Features: uint64(s.features), Drawn: s.drawn[:], Clusters: s.clusters}
	for i := range s.columns {
		c := &s.columns[i]
		m.Columns = append(m.Columns, columnMeta{c.field.Name, c.field.Type, c.width(), uint64(len(c.codes)), c.from})
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
	if s.clusters != nil {
		count++
	}
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
	if s.clusters != nil {
		w.alone = add(sectionAlone, 0, n, 0)
	}
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
	first := e.from
	if w.alone != nil {
		w.alone.write([]byte{e.alone()})
		first = min(first, e.alone())
	}
	w.zooms.write([]byte{first})
	w.lastZooms.write([]byte{e.until})
	w.addBox(boxAt(f.box), first)
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
