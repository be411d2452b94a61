package snapshot

import (
	"encoding/binary"
	"hash/crc32"

	"puy/geo"
)

// FormatVersion is the version of the file that Build writes and Open reads.
const FormatVersion = 4

const (
	magic      = "PUYTILES"
	headerSize = 64
	entrySize  = 32
	nodeSize   = 16
	boxSize    = 16

	maxColumns  = 4096
	maxFeatures = 1 << 32
	maxMeta     = 16 << 20
)

type sectionKind uint32

const (
	sectionMeta sectionKind = 1 + iota
	sectionBoxes
	sectionZooms
	sectionPlaces
	sectionRecords
	sectionCodes
	sectionValuePlaces
	sectionValues
	sectionLastZooms
	sectionAlone
)

// section is one entry of the section table.
type section struct {
	kind   sectionKind
	column uint32
	offset uint64
	length uint64
	crc    uint32
}

type header struct {
	features uint64
	extent   box
	fileSize uint64
	sections []section
}

// box is a box on the Mercator grid, its edges included.
type box struct {
	minX, minY, maxX, maxY uint32
}

func (b box) union(o box) box {
	return box{min(b.minX, o.minX), min(b.minY, o.minY), max(b.maxX, o.maxX), max(b.maxY, o.maxY)}
}

func (b box) centre() (x, y uint32) {
	return b.minX + (b.maxX-b.minX)/2, b.minY + (b.maxY-b.minY)/2
}

func (b box) append(dst []byte) []byte {
	for _, v := range [...]uint32{b.minX, b.minY, b.maxX, b.maxY} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

func boxAt(b []byte) box {
	_ = b[15]
	le := binary.LittleEndian
	return box{le.Uint32(b), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])}
}

// meta is the JSON of the first section.
type meta struct {
	Columns  []columnMeta `json:"columns"`
	Features uint64       `json:"features"` // without what is drawn in the place of others
	Drawn    []int64      `json:"drawn"`    // by zoom
	Clusters *clusterMeta `json:"clusters,omitempty"`
}

type columnMeta struct {
	Name   string        `json:"name"`
	Type   geo.FieldType `json:"type"`
	Width  int           `json:"width"`          // of a code; 0 without a dictionary
	Values uint64        `json:"values"`         // in the dictionary
	From   int           `json:"from,omitempty"` // the first zoom at which tiles carry it
}

// levels gives the number of entries of each level of the R-tree over n features.
func levels(n uint64) []uint64 {
	if n == 0 {
		return nil
	}
	out := []uint64{n}
	for n > 1 {
		n = (n + nodeSize - 1) / nodeSize
		out = append(out, n)
	}
	return out
}

func crcTable() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func (h *header) append(dst []byte) []byte {
	le := binary.LittleEndian
	start := len(dst)
	dst = append(dst, magic...)
	dst = le.AppendUint32(dst, FormatVersion)
	dst = le.AppendUint32(dst, nodeSize)
	dst = le.AppendUint64(dst, h.features)
	dst = h.extent.append(dst)
	dst = le.AppendUint64(dst, h.fileSize)
	dst = le.AppendUint32(dst, uint32(len(h.sections)))
	dst = append(dst, make([]byte, headerSize-(len(dst)-start))...)
	for _, s := range h.sections {
		dst = le.AppendUint32(dst, uint32(s.kind))
		dst = le.AppendUint32(dst, s.column)
		dst = le.AppendUint64(dst, s.offset)
		dst = le.AppendUint64(dst, s.length)
		dst = le.AppendUint32(dst, s.crc)
		dst = le.AppendUint32(dst, 0)
	}
	le.PutUint32(dst[start+60:], headerChecksum(dst[start:]))
	return dst
}

// headerChecksum gives the checksum of a header and its section table.
func headerChecksum(b []byte) uint32 {
	crc := crc32.Update(0, crcTable(), b[:60])
	return crc32.Update(crc, crcTable(), b[headerSize:])
}

// parseHeader reads the header and the section table of a whole file, and checks
// that every section lies inside the file and has the checksum it should have.
func parseHeader(b []byte) (*header, error) {
	le := binary.LittleEndian
	if len(b) < headerSize || string(b[:8]) != magic {
		return nil, damaged("it is not a snapshot")
	}
	if v := le.Uint32(b[8:]); v != FormatVersion {
		return nil, damaged("format version %d", v)
	}
	h := &header{features: le.Uint64(b[16:]), extent: boxAt(b[24:]), fileSize: le.Uint64(b[40:])}
	count := uint64(le.Uint32(b[48:]))
	switch {
	case le.Uint32(b[12:]) != nodeSize:
		return nil, damaged("R-tree nodes of %d", le.Uint32(b[12:]))
	case h.fileSize != uint64(len(b)):
		return nil, damaged("%d bytes of %d", len(b), h.fileSize)
	case h.features > maxFeatures:
		return nil, damaged("%d features", h.features)
	case count*entrySize > uint64(len(b)-headerSize):
		return nil, damaged("%d sections", count)
	}
	table := b[headerSize : headerSize+count*entrySize]
	if headerChecksum(b[:headerSize+len(table)]) != le.Uint32(b[60:]) {
		return nil, damaged("the header has a wrong checksum")
	}
	for ; len(table) > 0; table = table[entrySize:] {
		s := section{sectionKind(le.Uint32(table)), le.Uint32(table[4:]), le.Uint64(table[8:]), le.Uint64(table[16:]), le.Uint32(table[24:])}
		if s.offset > h.fileSize || s.length > h.fileSize-s.offset {
			return nil, damaged("section %d exceeds the file", s.kind)
		}
		if crc32.Checksum(b[s.offset:s.offset+s.length], crcTable()) != s.crc {
			return nil, damaged("section %d has a wrong checksum", s.kind)
		}
		h.sections = append(h.sections, s)
	}
	return h, nil
}

func damaged(format string, args ...any) error {
	return geo.Errorf(geo.KindInvalid, "damaged snapshot: "+format, args...)
}

// places is a list of offsets of four or eight bytes each.
type places struct {
	b    []byte
	wide bool
}

func placeWidth(length uint64) uint64 {
	if length>>32 != 0 {
		return 8
	}
	return 4
}

// span gives where thing i begins and ends.
func (p places) span(i uint64) (start, end uint64) {
	if p.wide {
		b := p.b[8*i : 8*i+16]
		return binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	}
	b := p.b[4*i : 4*i+8]
	return uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[4:]))
}

// of gives thing i in b, or nil where the offsets are damaged.
func (p places) of(b []byte, i uint64) []byte {
	start, end := p.span(i)
	if start > end || end > uint64(len(b)) {
		return nil
	}
	return b[start:end]
}
