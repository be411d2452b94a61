package snapshot

import (
	"encoding/json"
	"fmt"
	"os"

	"puy/geo"
)

// Snapshot is an open snapshot file. Many goroutines may cut tiles from it.
type Snapshot struct {
	unmap func() error
	size  int64

	features    uint64 // with what is drawn in the place of others
	distinct    uint64 // without
	drawn       []int64
	lastZooms   []byte
	alone       []byte // by feature, from which zoom it is drawn where points are clustered
	clusters    *clusterMeta
	clusterKeys []clusterKey
	extent      box
	levels      []level // 0: the features
	places      places
	records     []byte
	columns     []column
	dictionary  int // values of all dictionaries
}

type level struct {
	count uint64
	boxes []byte
	zooms []byte
}

type column struct {
	name   string
	width  int
	from   int
	codes  []byte
	places places
	values []byte
	count  uint64 // of values
	first  int    // the number of the column's first dictionary value in Scratch.stamps
}

// Open maps the file at path and checks it whole. A file that is not a
// snapshot of FormatVersion, or damaged, gives an error of KindInvalid; one
// that does not exist, KindNotFound.
func Open(path string) (*Snapshot, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, geo.Errorf(geo.KindNotFound, "there is no snapshot: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening a snapshot: %w", err)
	}
	defer f.Close()
	b, unmap, err := mapFile(f)
	if err != nil {
		return nil, fmt.Errorf("opening a snapshot: %w", err)
	}
	s, err := parse(b)
	if err != nil {
		_ = unmap() // the damage is what matters
		return nil, err
	}
	s.unmap = unmap
	return s, nil
}

// Close unmaps the file. No tile may be cut meanwhile or afterwards.
func (s *Snapshot) Close() error {
	unmap := s.unmap
	*s = Snapshot{}
	if unmap == nil {
		return nil
	}
	return unmap()
}

// Size gives the size of the file in bytes.
func (s *Snapshot) Size() int64 { return s.size }

// parse finds the sections of a file, whose sizes must fit one another. What
// their contents claim is checked when it is read.
func parse(b []byte) (*Snapshot, error) {
	h, err := parseHeader(b)
	if err != nil {
		return nil, err
	}
	type name struct {
		kind   sectionKind
		column uint32
	}
	found := map[name][]byte{}
	for _, sec := range h.sections {
		found[name{sec.kind, sec.column}] = b[sec.offset : sec.offset+sec.length : sec.offset+sec.length]
	}
	text := found[name{sectionMeta, 0}]
	var m meta
	if len(text) > maxMeta {
		return nil, damaged("%d bytes of description", len(text))
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, damaged("its description cannot be read: %w", err)
	}
	if len(m.Columns) > maxColumns {
		return nil, damaged("%d columns", len(m.Columns))
	}
	s := &Snapshot{size: int64(len(b)), features: h.features, extent: h.extent, records: found[name{sectionRecords, 0}]}
	boxes, zooms := found[name{sectionBoxes, 0}], found[name{sectionZooms, 0}]
	for _, count := range levels(s.features) {
		if count > uint64(len(zooms)) || count*boxSize > uint64(len(boxes)) {
			return nil, damaged("the index is too short")
		}
		s.levels = append(s.levels, level{count, boxes[:count*boxSize], zooms[:count]})
		boxes, zooms = boxes[count*boxSize:], zooms[count:]
	}
	s.distinct, s.drawn, s.lastZooms = m.Features, m.Drawn, found[name{sectionLastZooms, 0}]
	if uint64(len(s.lastZooms)) != s.features || s.distinct > s.features || len(s.drawn) > MaxGeneralised+1 {
		return nil, damaged("%d last zooms of %d features", len(s.lastZooms), s.distinct)
	}
	if s.places, err = parsePlaces(found[name{sectionPlaces, 0}], s.records, s.features); err != nil {
		return nil, err
	}
	for i, cm := range m.Columns {
		at := uint32(i)
		c := column{name: cm.Name, width: cm.Width, from: cm.From, count: s.features, first: s.dictionary, values: found[name{sectionValues, at}]}
		switch cm.Width {
		case 0:
		case 1, 2, 4:
			c.count = cm.Values
			c.codes = found[name{sectionCodes, at}]
			if uint64(len(c.codes)) != s.features*uint64(cm.Width) {
				return nil, damaged("column %d has %d bytes of codes", i, len(c.codes))
			}
		default:
			return nil, damaged("column %d has codes of %d bytes", i, cm.Width)
		}
		if c.places, err = parsePlaces(found[name{sectionValuePlaces, at}], c.values, c.count); err != nil {
			return nil, err
		}
		if cm.Width > 0 {
			s.dictionary += int(c.count)
		}
		s.columns = append(s.columns, c)
	}
	if err := s.setClusters(m.Clusters, found[name{sectionAlone, 0}]); err != nil {
		return nil, err
	}
	return s, nil
}

func parsePlaces(b, of []byte, count uint64) (places, error) {
	width := placeWidth(uint64(len(of)))
	if count > uint64(len(b)) || uint64(len(b)) != (count+1)*width {
		return places{}, damaged("%d bytes of offsets for %d things", len(b), count)
	}
	return places{b, width == 8}, nil
}
