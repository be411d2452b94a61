package snapshot

import (
	"bufio"
	"context"
	"encoding/binary"
	"iter"
	"os"
	"slices"

	"puy/geo"
)

// spool is a temporary file of packed features in the order of the stream:
//
//	box, 16 bytes | length of the record, uint32 | record | per column: length, uvarint, and value
//
// For each feature 16 bytes stay in memory.
type spool struct {
	file    *os.File
	entries []entry
	columns []columnBuilder
	records uint64 // bytes of all records
	extent  box
}

type entry struct {
	hilbert uint64
	offset  int64
}

// fill reads the features to the end.
func (s *spool) fill(ctx context.Context, schema geo.Schema, features iter.Seq2[*geo.Feature, error]) error {
	if len(schema.Fields) > maxColumns {
		return geo.Errorf(geo.KindLimit, "%d fields are more than the %d that tiles can carry", len(schema.Fields), maxColumns)
	}
	s.columns = make([]columnBuilder, len(schema.Fields))
	for i, f := range schema.Fields {
		s.columns[i] = columnBuilder{field: f, codes: map[string]uint32{}}
	}
	w := bufio.NewWriterSize(s.file, 1<<20)
	var (
		p                      packer
		buf, value, attributes []byte
		offset                 int64
		budget                 = maxDictionaryBytes
		steps                  int
	)
	s.extent = box{minX: gridSize - 1, minY: gridSize - 1}
	for f, err := range features {
		if err != nil {
			return err
		}
		if steps++; steps%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if f.Geometry.IsEmpty() {
			continue
		}
		p.pack(f.Geometry)
		attributes = attributes[:0]
		for i := range s.columns {
			value = value[:0]
			if i < len(f.Values) {
				value = appendValue(value, f.Values[i])
			}
			attributes = binary.AppendUvarint(attributes, uint64(len(value)))
			attributes = append(attributes, value...)
		}
		for _, r := range [...]*record{&p.points, &p.lines, &p.polygons} {
			if r.empty() {
				continue
			}
			s.learn(attributes, &budget)
			r.fid = uint64(f.FID)
			b := r.box()
			buf = b.append(buf[:0])
			buf = append(buf, 0, 0, 0, 0)
			buf = r.append(buf)
			size := len(buf) - boxSize - 4
			if size > 1<<31 {
				return geo.Errorf(geo.KindLimit, "the geometry of feature %q is too large", f.ID)
			}
			binary.LittleEndian.PutUint32(buf[boxSize:], uint32(size))
			buf = append(buf, attributes...)
			if _, err := w.Write(buf); err != nil {
				return err
			}
			cx, cy := b.minX+(b.maxX-b.minX)/2, b.minY+(b.maxY-b.minY)/2
			s.entries = append(s.entries, entry{hilbert(cx, cy), offset})
			s.extent = s.extent.union(b)
			s.records += uint64(size)
			offset += int64(len(buf))
		}
	}
	if uint64(len(s.entries)) > maxFeatures {
		return geo.Errorf(geo.KindLimit, "%d features are too many for one snapshot", len(s.entries))
	}
	if len(s.entries) == 0 {
		s.extent = box{}
	}
	for i := range s.columns {
		s.columns[i].decide()
	}
	slices.SortFunc(s.entries, func(a, b entry) int {
		switch {
		case a.hilbert < b.hilbert:
			return -1
		case a.hilbert > b.hilbert:
			return 1
		case a.offset < b.offset:
			return -1
		}
		return 1
	})
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return w.Flush()
}

func (s *spool) learn(attributes []byte, budget *int) {
	for i := range s.columns {
		n, rest, _ := uvarint(attributes)
		s.columns[i].learn(rest[:n], budget)
		attributes = rest[n:]
	}
}

// spooled is one feature of the spool: slices of it.
type spooled struct {
	box        []byte
	record     []byte
	attributes []byte // and whatever follows them
}

func spooledAt(b []byte, offset int64) spooled {
	b = b[offset:]
	size := binary.LittleEndian.Uint32(b[boxSize:])
	rest := b[boxSize+4:]
	return spooled{b[:boxSize], rest[:size], rest[size:]}
}

// value takes the next attribute.
func (s *spooled) value() []byte {
	n, rest, _ := uvarint(s.attributes)
	s.attributes = rest[n:]
	return rest[:n]
}
