package snapshot

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/fidset"
	"puy/tiles/generalise"
)

// Overlay is what has changed since a snapshot was built.
type Overlay interface {
	// Hidden tells whether a feature of the snapshot has changed or is no more,
	// and in which box the snapshot has it, or an empty one where that is not known.
	Hidden(fid uint64) (old clip.Box, ok bool)
	// Append appends the features that stand in their place, or are new, whose box
	// meets b, in any order.
	Append(dst []*Loose, b clip.Box) []*Loose
}

// Loose is a feature outside of a snapshot file, packed as in one: the points,
// the lines or the polygons of a feature. It is not changed once it is made.
type Loose struct {
	Box clip.Box
	// From is the zoom from which it is drawn; it is set before its first use.
	From byte

	fid    uint64
	kind   kind
	record []byte
	values []byte // as in an arena
}

// FID gives the feature's number.
func (l *Loose) FID() uint64 { return l.fid }

// Bytes gives about how much memory it takes.
func (l *Loose) Bytes() int { return len(l.record) + len(l.values) + 160 }

// Boxes gives the boxes of its parts, or one of them all where they are many.
func (l *Loose) Boxes() []clip.Box { return boxesOf(l.record, l.Box) }

// Packer packs features for an overlay. It belongs to one goroutine.
type Packer struct {
	packer     packer
	simplifier generalise.Simplifier
	shape      shape
	record     record
	value      []byte
	matters    [256]byte
}

// NewPacker makes a Packer.
func NewPacker() *Packer {
	p := &Packer{}
	for sig := range p.matters {
		zoom := MaxGeneralised + 1
		for zoom > 0 && sig >= int(usual(zoom-1).significance) {
			zoom--
		}
		p.matters[sig] = byte(zoom)
	}
	return p
}

// Pack gives what a feature of a schema with so many fields becomes: none, one,
// or of a geometry collection up to three. Vertices matter from the zoom that
// they would in a snapshot, but for what they share with neighbours.
func (p *Packer) Pack(f *geo.Feature, fields int) []*Loose {
	if f.Geometry.IsEmpty() {
		return nil
	}
	p.packer.pack(f.Geometry)
	var values []byte
	for i := range fields {
		p.value = p.value[:0]
		if i < len(f.Values) {
			p.value = appendValue(p.value, f.Values[i])
		}
		values = binary.AppendUvarint(values, uint64(len(p.value)))
		values = append(values, p.value...)
	}
	values = slices.Clip(values)
	var all []*Loose
	for _, r := range [...]*record{&p.packer.points, &p.packer.lines, &p.packer.polygons} {
		if r.empty() {
			continue
		}
		r.fid = uint64(f.FID)
		l := &Loose{Box: r.box().clip(), fid: r.fid, kind: r.kind, values: values}
		p.value = r.append(p.value[:0])
		p.shape.read(p.value, 0)
		for _, part := range p.shape.parts {
			switch pts, sig := p.shape.pts[part.first:part.last], p.shape.sig[part.first:part.last]; r.kind {
			case kindLines:
				p.simplifier.Line(pts, sig)
			case kindPolygons:
				clear(sig)
				p.simplifier.Ring(pts, sig)
			}
		}
		p.shape.record(&p.record)
		for i, sig := range p.record.zooms {
			p.record.zooms[i] = p.matters[sig]
		}
		l.record = p.record.append(nil)
		all = append(all, l)
	}
	return all
}

// Found is a feature of a snapshot.
type Found struct {
	From  byte // the zoom from which it, or what stands for it alone, is drawn
	Boxes []clip.Box
}

// Find looks for a feature among those whose box lies in b or near its edge.
func (s *Snapshot) Find(b clip.Box, fid uint64) (f Found, ok bool) {
	if len(s.levels) == 0 {
		return f, false
	}
	f.From = always
	near := around(b)
	s.find(near, len(s.levels)-1, 0, s.levels[len(s.levels)-1].count, func(i uint64, e box) {
		var r packed
		record := s.places.of(s.records, i)
		if !r.parse(record) || r.cluster != nil || r.fid != fid || !inside(e.clip(), near) {
			return
		}
		ok = true
		from := s.levels[0].zooms[i]
		if s.alone != nil {
			from = s.alone[i]
		}
		f.From = min(f.From, from)
		if s.lastZooms[i] == always {
			f.Boxes = append(f.Boxes, boxesOf(record, e.clip())...)
		} else {
			f.Boxes = append(f.Boxes, e.clip())
		}
	})
	return f, ok
}

func (s *Snapshot) find(q clip.Box, n int, first, last uint64, found func(i uint64, b box)) {
	boxes := s.levels[n].boxes
	for i := first; i < last; i++ {
		b := boxAt(boxes[i*boxSize:])
		if !Meet(b.clip(), q) {
			continue
		}
		if n == 0 {
			found(i, b)
		} else {
			s.find(q, n-1, i*nodeSize, min((i+1)*nodeSize, s.levels[n-1].count), found)
		}
	}
}

// Meet tells whether two boxes share a position.
func Meet(a, b clip.Box) bool {
	return a.MinX <= b.MaxX && b.MinX <= a.MaxX && a.MinY <= b.MaxY && b.MinY <= a.MaxY
}

// GridBoxes gives boxes in longitude, latitude on the grid: none for an empty
// one, two for one that crosses the antimeridian.
func GridBoxes(b geo.Bounds) []clip.Box {
	var all []clip.Box
	for _, part := range b.Split() {
		minX, minY := project(part.MinX, part.MaxY)
		maxX, maxY := project(part.MaxX, part.MinY)
		all = append(all, box{minX, minY, maxX, maxY}.clip())
	}
	return all
}

// Box gives where a tile with its buffer shows features: those whose box meets it.
func (f *Frame) Box() clip.Box { return f.box.clip() }

// Zoom gives the zoom of WebMercatorQuad whose tiles are the most like it.
func (f *Frame) Zoom() int { return int(f.zoom) }

// Whole tells whether what a selection keeps is drawn whole at every zoom.
func Whole(keep *fidset.Set) bool { return keep != nil && keep.Len() <= maxWhole }

func (b box) clip() clip.Box {
	return clip.Box{MinX: int64(b.minX), MinY: int64(b.minY), MaxX: int64(b.maxX), MaxY: int64(b.maxY)}
}

// near is how far, in grid units, the box that a database remembers of a feature
// may be from the real one: a single-precision index rounds by 128.
const near = 512

// around gives b with room for the square that stands for a polygon of its size.
func around(b clip.Box) clip.Box {
	room := near + max(b.MaxX-b.MinX, b.MaxY-b.MinY)/2
	return clip.Box{MinX: b.MinX - room, MinY: b.MinY - room, MaxX: b.MaxX + room, MaxY: b.MaxY + room}
}

func inside(a, b clip.Box) bool {
	return a.MinX >= b.MinX && a.MaxX <= b.MaxX && a.MinY >= b.MinY && a.MaxY <= b.MaxY
}

// manyParts is how many boxes of parts are worth while.
const manyParts = 64

func boxesOf(b []byte, whole clip.Box) []clip.Box {
	var r packed
	if !r.parse(b) {
		return []clip.Box{whole}
	}
	var all []clip.Box
	for {
		xy, _, exterior, ok := r.next()
		if !ok {
			break
		}
		if r.kind == kindPolygons && !exterior {
			continue
		}
		step := len(xy)
		if r.kind == kindPoints {
			step = 8
		}
		for ; len(xy) > 0 && len(all) <= manyParts; xy = xy[step:] {
			all = append(all, boxOfVertices(xy[:step]))
		}
	}
	if len(all) == 0 || len(all) > manyParts {
		return []clip.Box{whole}
	}
	return all
}

func boxOfVertices(xy []byte) clip.Box {
	b := box{minX: gridSize - 1, minY: gridSize - 1}
	for ; len(xy) >= 8; xy = xy[8:] {
		x, y := binary.LittleEndian.Uint32(xy), binary.LittleEndian.Uint32(xy[4:])
		b = box{min(b.minX, x), min(b.minY, y), max(b.maxX, x), max(b.maxY, y)}
	}
	return b.clip()
}

// hidden tells whether feature i, whose box is b, has changed. What stands for
// several, as clusters do, stays until the next snapshot, as its neighbours would
// vanish with it; what lies where the feature was stands for it alone.
func (c *cutter) hidden(i uint64, b box, r *packed) bool {
	if r.cluster != nil {
		return false
	}
	old, ok := c.over.Hidden(r.fid)
	return ok && (c.lastZooms[i] == always || inside(b.clip(), around(old)))
}

// addLoose adds the features of the overlay, in the order of their fid, so that
// the same features make the same tile whatever the order of the changes was.
func (c *cutter) addLoose() {
	c.loose = slices.DeleteFunc(c.over.Append(c.loose[:0], c.box.clip()), func(l *Loose) bool {
		return l.From > c.drawn || c.keep != nil && !c.keep.Has(l.fid)
	})
	slices.SortFunc(c.loose, func(a, b *Loose) int { return cmp.Or(cmp.Compare(a.fid, b.fid), cmp.Compare(a.kind, b.kind)) })
	for n, l := range c.loose {
		if n%256 == 0 && c.ctx.Err() != nil {
			c.err = context.Cause(c.ctx)
			return
		}
		var r packed
		if !r.parse(l.record) {
			c.err = damaged("the record of the changed feature %d", l.fid)
			return
		}
		b := box{within(l.Box.MinX), within(l.Box.MinY), within(l.Box.MaxX), within(l.Box.MaxY)}
		if c.draw(&r, b) {
			c.addLooseValues(l)
			c.layer.EndFeature(r.fid, int64(r.fid) >= 0)
		}
	}
	clear(c.loose)
}

func (c *cutter) addLooseValues(l *Loose) {
	values := spooled{attributes: l.values}
	next := 0
	for _, n := range c.Scratch.columns {
		var value []byte
		for ; next <= n && len(values.attributes) > 0; next++ {
			value = values.value()
		}
		if next == n+1 && len(value) > 0 {
			c.layer.Tag(c.key(n), c.layer.AddValue(value))
		}
	}
}
