package snapshot

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"

	"puy/tiles/clip"
	"puy/tiles/fidset"
	"puy/tiles/mvt"
)

// Scratch is the memory of one cut, kept for the next. The zero Scratch is
// ready; it may serve any snapshots, one cut at a time.
type Scratch struct {
	clipper  clip.Clipper
	layer    mvt.LayerWriter
	points   []mvt.Point
	vertices []clip.Vertex

	generation uint32
	stamps     []stamp  // per dictionary value: its number in the tile
	keys       []uint32 // per column: its number in the tile + 1

	columns []int  // those to carry
	value   []byte // of a cluster
	warp    warp
	loose   []*Loose // of the overlay
}

type stamp struct {
	generation, id uint32
}

// Pool holds Scratches that are not in use.
type Pool struct{ pool sync.Pool }

// Get takes a Scratch.
func (p *Pool) Get() *Scratch {
	if s, ok := p.pool.Get().(*Scratch); ok {
		return s
	}
	return new(Scratch)
}

// Put gives it back.
func (p *Pool) Put(s *Scratch) { p.pool.Put(s) }

// cutter cuts one tile.
type cutter struct {
	*Snapshot
	*Scratch
	ctx  context.Context
	keep *fidset.Set // nil: all features
	over Overlay     // nil: nothing has changed
	zoom byte
	// The deepest feature zoom that is drawn: zoom, or always where nothing that
	// is kept may be left out.
	drawn byte
	// The tile with its buffer, as far as it lies in the world.
	box   box
	plane *plane // nil on the Mercator grid
	// Whether clusters are drawn in the place of points.
	clustered bool
	err       error
}

// AppendMVT appends the tile z, x, y as one layer of a vector tile, clipped to
// clip.Buffer units around it, and gives the number of its features; without
// features it appends nothing. Zooms are 0 to clip.MaxZoom; other tiles than
// those of the zoom give KindNotFound, a damaged file KindInvalid. Features come
// in the order of the file.
func (s *Snapshot) AppendMVT(dst []byte, layer string, z, x, y int, scratch *Scratch) ([]byte, int, error) {
	frame, err := Mercator(z, x, y)
	if err != nil {
		return dst, 0, err
	}
	return s.AppendTile(context.Background(), dst, layer, frame, Selection{}, scratch)
}

func within(v int64) uint32 { return uint32(max(0, min(v, gridSize-1))) }

// visit goes through entries first to last-1 of a level of the R-tree.
func (c *cutter) visit(n int, first, last uint64) {
	if n == 0 && c.ctx.Err() != nil {
		c.err = context.Cause(c.ctx)
		return
	}
	l := &c.levels[n]
	zooms := l.zooms[first:last]
	boxes := l.boxes[first*boxSize : last*boxSize]
	for i := range zooms {
		if zooms[i] > c.drawn {
			continue
		}
		b := boxAt(boxes[i*boxSize:])
		if b.minX > c.box.maxX || b.maxX < c.box.minX || b.minY > c.box.maxY || b.maxY < c.box.minY {
			continue
		}
		at := first + uint64(i)
		if n == 0 {
			if c.lastZooms[at] >= c.drawn && (!c.clustered || c.alone[at] <= c.drawn) {
				c.feature(at, b)
			}
		} else {
			c.visit(n-1, at*nodeSize, min((at+1)*nodeSize, c.levels[n-1].count))
		}
		if c.err != nil {
			return
		}
	}
}

// feature adds feature i, whose box is b.
func (c *cutter) feature(i uint64, b box) {
	var r packed
	if !r.parse(c.places.of(c.records, i)) {
		c.err = damaged("the record of feature %d", i)
		return
	}
	if c.keep != nil && !c.keep.Has(r.fid) || r.cluster != nil && !c.clustered || c.over != nil && c.hidden(i, b, &r) {
		return
	}
	if c.draw(&r, b) {
		if r.cluster != nil {
			c.addCluster(i, r.cluster)
		} else {
			c.addValues(i)
		}
		c.layer.EndFeature(r.fid, int64(r.fid) >= 0)
	}
}

// draw adds the geometry of a feature whose box is b, and tells whether any of
// it remained.
func (c *cutter) draw(r *packed, b box) bool {
	if c.plane != nil {
		c.addWarped(r)
		return c.remains(r)
	}
	whole := b.minX >= c.box.minX && b.maxX <= c.box.maxX && b.minY >= c.box.minY && b.maxY <= c.box.maxY
	if r.kind != kindPoints && whole && c.clipper.Quantise(int64(b.minX), int64(b.minY)) == c.clipper.Quantise(int64(b.maxX), int64(b.maxY)) {
		return false // lines and polygons within one unit have no length and no area
	}
	switch {
	case r.kind == kindPoints:
		c.addPoints(r, whole)
	case r.kind == kindLines:
		c.addLines(r, whole)
	case r.kind == kindPolygons && whole:
		c.addWholePolygons(r)
	case r.kind == kindPolygons:
		c.addPolygons(r)
	default:
		c.err = damaged("feature %d is of kind %d", r.fid, r.kind)
	}
	return c.remains(r)
}

// remains tells whether any geometry of a feature did, which EndFeature then
// writes.
func (c *cutter) remains(r *packed) bool {
	if len(r.heads) > 0 && c.err == nil {
		c.err = damaged("a part of feature %d", r.fid)
	}
	if c.err == nil && c.layer.HasGeometry() {
		return true
	}
	c.layer.EndFeature(0, false)
	return false
}

func (c *cutter) addPoints(r *packed, whole bool) {
	xy, zooms, _, ok := r.next()
	if !ok {
		return
	}
	pts := c.quantise(xy, zooms)
	if !whole {
		const lo, hi = -clip.Buffer, mvt.Extent + clip.Buffer
		pts = slices.DeleteFunc(pts, func(p mvt.Point) bool { return min(p.X, p.Y) < lo || max(p.X, p.Y) > hi })
	}
	c.layer.Points(pts)
}

func (c *cutter) addLines(r *packed, whole bool) {
	for {
		xy, zooms, _, ok := r.next()
		switch {
		case !ok:
			return
		case whole:
			c.layer.Line(c.quantise(xy, zooms))
		default:
			c.clipper.Line(&c.layer, c.decode(xy, zooms))
		}
	}
}

func (c *cutter) addWholePolygons(r *packed) {
	drawn := false
	for {
		xy, zooms, exterior, ok := r.next()
		if !ok {
			return
		}
		if exterior || drawn {
			remains := c.layer.Ring(c.quantise(xy, zooms), exterior)
			drawn = remains || drawn && !exterior
		}
	}
}

func (c *cutter) addPolygons(r *packed) { c.addRings(r, c.decode) }

// addRings clips polygons whose vertices decode gives.
func (c *cutter) addRings(r *packed, decode func(xy, zooms []byte) []clip.Vertex) {
	open := false
	for {
		xy, zooms, exterior, ok := r.next()
		if (exterior || !ok) && open {
			c.clipper.End(&c.layer)
		}
		if !ok {
			return
		}
		if exterior {
			c.clipper.Begin()
			open = true
		}
		if open {
			c.clipper.Ring(decode(xy, zooms))
		}
	}
}

// quantise gives the vertices that matter at this zoom in tile units.
func (c *cutter) quantise(xy, zooms []byte) []mvt.Point {
	n := len(xy) / 8
	if cap(c.points) < n {
		c.points = make([]mvt.Point, n+n/2)
	}
	pts := c.points[:n]
	if zooms == nil {
		for i := range pts {
			v := binary.LittleEndian.Uint64(xy[8*i:])
			pts[i] = c.clipper.Quantise(int64(uint32(v)), int64(v>>32))
		}
		return pts
	}
	kept := 0
	for i, zoom := range zooms {
		if zoom <= c.zoom {
			v := binary.LittleEndian.Uint64(xy[8*i:])
			pts[kept] = c.clipper.Quantise(int64(uint32(v)), int64(v>>32))
			kept++
		}
	}
	return pts[:kept]
}

// decode gives the vertices that matter at this zoom on the grid.
func (c *cutter) decode(xy, zooms []byte) []clip.Vertex {
	c.vertices = c.vertices[:0]
	for i := 0; i < len(xy); i += 8 {
		if zooms == nil || zooms[i/8] <= c.zoom {
			v := binary.LittleEndian.Uint64(xy[i:])
			c.vertices = append(c.vertices, clip.Vertex{X: int64(uint32(v)), Y: int64(v >> 32)})
		}
	}
	return c.vertices
}

// addValues tags the feature with its values.
func (c *cutter) addValues(i uint64) {
	for _, n := range c.Scratch.columns {
		col := &c.Snapshot.columns[n]
		var code uint32
		switch col.width {
		case 0:
			if value := col.places.of(col.values, i); len(value) > 0 {
				c.layer.Tag(c.key(n), c.layer.AddValue(value))
			}
			continue
		case 1:
			code = uint32(col.codes[i])
		case 2:
			code = uint32(binary.LittleEndian.Uint16(col.codes[2*i:]))
		default:
			code = binary.LittleEndian.Uint32(col.codes[4*i:])
		}
		if code == 0 {
			continue
		}
		if uint64(code) > col.count {
			c.err = damaged("feature %d has value %d of column %d", i, code, n)
			return
		}
		s := &c.stamps[col.first+int(code)-1]
		if s.generation != c.generation {
			value := col.places.of(col.values, uint64(code)-1)
			if len(value) == 0 {
				c.err = damaged("value %d of column %d", code, n)
				return
			}
			*s = stamp{c.generation, c.layer.AddValue(value)}
		}
		c.layer.Tag(c.key(n), s.id)
	}
}

// key gives the number of a column's name in the tile.
func (c *cutter) key(n int) uint32 {
	if c.keys[n] == 0 {
		c.keys[n] = c.layer.AddKey(c.Snapshot.columns[n].name) + 1
	}
	return c.keys[n] - 1
}
