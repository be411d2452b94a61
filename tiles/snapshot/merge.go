package snapshot

import (
	"math"

	"puy/tiles/generalise"
)

// group is neighbours in the order of the file of which each is too small to be
// drawn for itself.
type group struct {
	kind    kind
	least   float64 // the size from which it is drawn
	members []uint32
	total   float64 // of the sizes, with those of members that were too far away
	near    box     // the last member's
	drawn   bool    // whether anything of this kind is drawn
}

// merger draws groups.
type merger struct {
	lines, polygons group
	scale           scale
	depth           int // the zoom
	union           generalise.Union
	joiner          generalise.Joiner
	simplifier      generalise.Simplifier // for lines that were joined; it knows no nodes
	agreement
	shape, member shape
	rec           record
}

func (m *merger) begin(zoom int, s scale) {
	m.scale, m.depth = s, zoom
	m.lines = group{kind: kindLines, least: s.length, members: m.lines.members[:0]}
	m.polygons = group{kind: kindPolygons, least: s.area, members: m.polygons.members[:0]}
}

// join adds an entry to a group, and draws the group once it is large enough.
func (c *cascade) join(g *group, i uint32) {
	e := &c.entries[i]
	b := boxAt(c.at(e.offset).box)
	if len(g.members) > 0 && g.near.distance(b) > unitsOfReach*unit(c.depth) {
		c.leave(g)
	}
	g.near = b
	g.members = append(g.members, i)
	g.total += float64(e.size)
	if g.total >= g.least {
		c.draw(g)
		g.total = 0
	}
}

// leave drops the members of a group; their size counts for the next.
func (c *cascade) leave(g *group) {
	c.dropped = append(c.dropped, g.members...)
	g.members = g.members[:0]
}

// last ends a group. Half a pixel's worth is drawn still, and the only thing
// there is.
func (c *cascade) last(g *group) {
	if len(g.members) > 0 && (g.total >= g.least/2 || !g.drawn && len(c.kept) == 0) {
		c.draw(g)
		return
	}
	c.leave(g)
}

// draw keeps one member of a group, or something made of all of them.
func (c *cascade) draw(g *group) {
	g.drawn = true
	largest := g.members[0]
	for _, i := range g.members {
		if c.entries[i].size > c.entries[largest].size {
			largest = i
		}
	}
	if g.kind == kindLines {
		if c.drawLines(g, largest) {
			c.leave(g)
			return
		}
		c.kept = append(c.kept, largest)
		for _, i := range g.members {
			if i != largest {
				c.dropped = append(c.dropped, i)
			}
		}
		g.members = g.members[:0]
		return
	}
	size := c.unite(g, largest, unit(c.depth))
	c.leave(g)
	c.stand(g.kind, size, c.at(c.entries[largest].offset), nil)
}

// stand adds what is drawn in the place of others, with the values of one of
// them, or with attributes of its own.
func (c *cascade) stand(k kind, size float64, like spooled, attributes []byte) {
	c.shape.kind = k
	c.shape.record(&c.rec)
	b := c.rec.box()
	cost := like.cost
	if attributes != nil {
		cost = min(cost, featureCost(c.shape.fid, c.weights, attributes))
	}
	offset, length := c.add(b, &c.rec, cost, attributes, like.place)
	made := c.buf[offset-c.base:]
	c.tally.feature(spooled{box: made[:boxSize], cost: cost, record: made[arenaHead : arenaHead+length]}, c.scale.significance)
	cx, cy := b.centre()
	c.kept = append(c.kept, uint32(len(c.entries)))
	c.entries = append(c.entries, entry{hilbert: hilbert(cx, cy), offset: offset, size: float32(size), kind: k, until: byte(c.depth)})
}

// maxUnited is how many vertices a union may have: where more are too small to
// be seen, their borders are as well.
const maxUnited = 1 << 18

// unite sets shape to the union of polygons, or where that is too small in its
// parts to a square of the same area, and gives its area.
func (c *cascade) unite(g *group, largest uint32, u float64) float64 {
	c.union.Reset()
	united := 0
	for _, i := range g.members {
		if united > maxUnited && i != largest {
			continue
		}
		c.member.read(c.at(c.entries[i].offset).record, c.scale.significance)
		united += len(c.member.pts)
		if i == largest {
			c.shape.fid = c.member.fid
		}
		for _, p := range c.member.parts {
			c.union.Ring(c.member.pts[p.first:p.last], c.member.sig[p.first:p.last])
		}
	}
	s := &c.shape
	s.pts, s.sig, s.parts = s.pts[:0], s.sig[:0], s.parts[:0]
	area := c.union.Rings(max(4*u*u, c.scale.area/64), func(pts []generalise.Point, sig []byte, exterior bool) {
		first := len(s.pts)
		s.pts, s.sig = append(s.pts, pts...), append(s.sig, sig...)
		s.parts = append(s.parts, part{first, len(s.pts), exterior})
	})
	if united <= maxUnited && area >= g.total/2 || area >= g.least/2 {
		return area
	}
	x, y := boxAt(c.at(c.entries[largest].offset).box).centre()
	half := int64(math.Sqrt(max(g.total, square(unitsOfPolygon/2*u))) / 2)
	x1, y1, x2, y2 := within(int64(x)-half), within(int64(y)-half), within(int64(x)+half), within(int64(y)+half)
	s.pts = append(s.pts[:0], generalise.Point{X: x1, Y: y1}, generalise.Point{X: x2, Y: y1}, generalise.Point{X: x2, Y: y2}, generalise.Point{X: x1, Y: y2})
	s.sig = append(s.sig[:0], generalise.Pinned, generalise.Pinned, generalise.Pinned, generalise.Pinned)
	s.parts = append(s.parts[:0], part{0, 4, true})
	return g.total
}

// distance gives how far apart two boxes are, along the axis where it is more.
func (b box) distance(o box) float64 {
	gap := func(min1, max1, min2, max2 uint32) float64 {
		return max(float64(min1)-float64(max2), float64(min2)-float64(max1), 0)
	}
	return max(gap(b.minX, b.maxX, o.minX, o.maxX), gap(b.minY, b.maxY, o.minY, o.maxY))
}
