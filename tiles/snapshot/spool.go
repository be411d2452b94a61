package snapshot

import (
	"cmp"
	"context"
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"puy/geo"
)

// spool holds the features of a stream while a snapshot is built. For each
// feature 24 bytes stay in memory.
type spool struct {
	*arena
	entries  []entry
	features int // entries before this one are features, the others are drawn in their place
	columns  []columnBuilder
	vertices uint64 // of lines and polygons
	records  uint64 // bytes of all records
	extent   box
}

type entry struct {
	hilbert uint64
	offset  int64
	size    float32 // the length of lines, the area of polygons, in grid units; of points see thin
	kind    kind
	// The first and the last zoom at which it is drawn.
	from, until byte
	sparsity    byte // of points
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
	var (
		p          packer
		value      []byte
		attributes = make([]byte, 0, 256)
		budget     = maxDictionaryBytes
		steps      int
	)
	s.extent = box{minX: gridSize - 1, minY: gridSize - 1}
	s.room = math.MaxInt // written run by run, never by itself
	defer func() { s.room = arenaRoom }()
	start := 0 // of the run
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
			offset, size := s.add(b, r, 0, attributes, 0)
			if size > 1<<31 {
				return geo.Errorf(geo.KindLimit, "the geometry of feature %q is too large", f.ID)
			}
			cx, cy := b.centre()
			s.entries = append(s.entries, entry{hilbert: hilbert(cx, cy), offset: offset, kind: r.kind, until: always})
			s.extent = s.extent.union(b)
			if r.kind != kindPoints {
				s.vertices += uint64(len(r.xy) / 2)
			}
		}
		if len(s.buf) >= runBytes {
			s.endRun(start)
			start = len(s.entries)
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
	s.endRun(start)
	s.features = len(s.entries)
	s.buf = nil
	s.sort()
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return s.remap()
}

func (e entry) compare(o entry) int {
	return cmp.Or(cmp.Compare(e.hilbert, o.hilbert), cmp.Compare(e.offset, o.offset))
}

// sort puts the entries into the order of the file.
func (s *spool) sort() { slices.SortFunc(s.entries, entry.compare) }

// sortTail does the same where all entries before the given one are in order.
func (s *spool) sortTail(first int) {
	tail := slices.Clone(s.entries[first:])
	slices.SortFunc(tail, entry.compare)
	i, j := first-1, len(tail)-1
	for at := len(s.entries) - 1; j >= 0; at-- {
		if i >= 0 && s.entries[i].compare(tail[j]) > 0 {
			s.entries[at] = s.entries[i]
			i--
		} else {
			s.entries[at] = tail[j]
			j--
		}
	}
}

// runBytes is how much of the stream is put in order before it is written. What
// is read later in the order of the file is read from each run in order, so
// that it need not fit into memory.
const runBytes = 32 << 20

// endRun writes the entries from the given one on in the order of the file.
func (s *spool) endRun(first int) {
	run := s.entries[first:]
	slices.SortFunc(run, entry.compare)
	buf, base := s.buf, s.base
	s.buf = make([]byte, 0, 2*arenaRoom)
	for i := range run {
		b := buf[run[i].offset-base:]
		length := int64(binary.LittleEndian.Uint32(b[boxSize:])) + arenaHead
		for range s.columns {
			n, rest, _ := uvarint(b[length:])
			length = int64(len(b)) - int64(len(rest)) + int64(n)
		}
		delta := s.end() - run[i].offset
		move(b, delta)
		run[i].offset += delta
		s.buf = append(s.buf, b[:length]...)
		if len(s.buf) >= arenaRoom {
			s.flush()
		}
	}
	s.flush()
	s.buf = buf[:0]
}

func (s *spool) learn(attributes []byte, budget *int) {
	for i := range s.columns {
		n, rest, _ := uvarint(attributes)
		s.columns[i].learn(rest[:n], budget)
		attributes = rest[n:]
	}
}
