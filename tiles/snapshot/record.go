package snapshot

import "encoding/binary"

type kind byte

const (
	kindPoints   kind = 1
	kindLines    kind = 2
	kindPolygons kind = 3

	hasVertexZooms = 16
	isCluster      = 32
)

// record is the geometry of one feature as FORMAT.md describes it, before it
// is packed.
type record struct {
	kind  kind
	fid   uint64
	parts []uint64 // 2·count + 1 for exterior rings
	zooms []byte   // one a vertex, or none
	xy    []uint32

	cluster []byte // what a cluster of points carries; none for other records
}

func (r *record) reset(k kind) {
	*r = record{kind: k, parts: r.parts[:0], zooms: r.zooms[:0], xy: r.xy[:0]}
}

func (r *record) empty() bool { return len(r.xy) == 0 }

func (r *record) box() box {
	b := box{minX: r.xy[0], minY: r.xy[1], maxX: r.xy[0], maxY: r.xy[1]}
	for i := 2; i < len(r.xy); i += 2 {
		x, y := r.xy[i], r.xy[i+1]
		b = box{min(b.minX, x), min(b.minY, y), max(b.maxX, x), max(b.maxY, y)}
	}
	return b
}

func (r *record) append(dst []byte) []byte {
	flags := byte(r.kind)
	if len(r.zooms) > 0 {
		flags |= hasVertexZooms
	}
	if len(r.cluster) > 0 {
		flags |= isCluster
	}
	dst = binary.AppendUvarint(append(dst, flags), r.fid)
	n := uint64(len(r.xy) / 2)
	dst = binary.AppendUvarint(dst, n)
	if r.kind == kindPoints {
		dst = binary.AppendUvarint(append(dst, 1), n<<1)
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(r.parts)))
		for _, part := range r.parts {
			dst = binary.AppendUvarint(dst, part)
		}
	}
	dst = append(dst, r.zooms...)
	dst = append(dst, r.cluster...)
	for _, v := range r.xy {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

// packed reads a packed record part by part.
type packed struct {
	kind  kind
	fid   uint64
	heads []byte // what remains of the part heads
	zooms []byte // of the vertices that remain; nil where all are zero
	xy    []byte // of the vertices that remain

	cluster []byte // what a cluster of points carries; nil for other records
}

// parse reads the head of a record. A damaged one gives false.
func (p *packed) parse(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	flags := b[0]
	p.kind = kind(flags &^ (hasVertexZooms | isCluster))
	b = b[1:]
	fid, b, ok := uvarint(b)
	if !ok {
		return false
	}
	p.fid = fid
	n, b, ok := uvarint(b)
	if !ok {
		return false
	}
	_, b, ok = uvarint(b) // the number of parts is for other readers: heads end where vertices begin
	size := uint64(8)
	if flags&hasVertexZooms != 0 {
		size++
	}
	if !ok || n > uint64(len(b))/size {
		return false
	}
	split := uint64(len(b)) - n*8
	p.xy = b[split:]
	p.zooms = nil
	if flags&hasVertexZooms != 0 {
		p.zooms = b[split-n : split]
		split -= n
	}
	p.heads, p.cluster = b[:split], nil
	if flags&isCluster != 0 && split > 0 {
		p.heads, p.cluster = b[:1], b[1:split]
	}
	return true
}

// next takes the next part: its vertices and their zooms, which may be nil. At
// the end, and where the record is damaged, ok is false.
func (p *packed) next() (xy, zooms []byte, exterior, ok bool) {
	head, rest, ok := uvarint(p.heads)
	n := head >> 1
	if !ok || n > uint64(len(p.xy))/8 {
		return nil, nil, false, false
	}
	p.heads = rest
	xy, p.xy = p.xy[:8*n], p.xy[8*n:]
	if p.zooms != nil {
		zooms, p.zooms = p.zooms[:n], p.zooms[n:]
	}
	return xy, zooms, head&1 != 0, true
}

func uvarint(b []byte) (v uint64, rest []byte, ok bool) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), b[1:], true
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}
