package mlt

import (
	"fmt"

	"puy/tiles/mvt"
)

// The commands of section 4.3.1 of the MVT specification.
const (
	cmdMoveTo    = 1
	cmdLineTo    = 2
	cmdClosePath = 7
)

// The geometry types of MLT; a type of several parts is that of one part and 3.
const (
	typePoint   = 0
	typeLine    = 1
	typePolygon = 2
	multi       = 3
)

// limit bounds coordinates, so that every difference of two fits 32 bits.
const limit = 1 << 30

// geometry is the geometry column of a layer.
type geometry struct {
	types   []int64 // per feature
	counts  []int64 // per feature of several parts: how many
	rings   []int64 // per polygon: its rings
	lengths []int64 // per line and per ring: its vertices
	x, y    int64   // the last vertex
	areas   []int64 // of the rings of a feature, twice, signed

	positions []position
	vertices  []byte // the same as zigzag varints, each the difference to the one before
}

func (g *geometry) features() int { return len(g.types) }

func (g *geometry) reset() {
	g.types, g.counts, g.rings, g.lengths = g.types[:0], g.counts[:0], g.rings[:0], g.lengths[:0]
	g.positions, g.vertices, g.x, g.y = g.positions[:0], g.vertices[:0], 0, 0
}

// add adds the geometry of one feature. The differences between its vertices are
// encoded in MVT as they are in MLT and are copied; only the first vertex, which
// MVT counts from the tile's corner, is rewritten.
func (g *geometry) add(kind mvt.GeometryType, b []byte) error {
	c := commands{b: b}
	g.areas = g.areas[:0]
	before, lines := len(g.positions), len(g.lengths)
	for c.i < len(b) {
		n, err := c.command(cmdMoveTo)
		if err != nil {
			return err
		}
		if kind == mvt.Points {
			if err := g.vertex(&c, n); err != nil {
				return err
			}
			continue
		}
		if n != 1 {
			return fmt.Errorf("MoveTo with count %d", n)
		}
		if err := g.line(&c, kind == mvt.Polygon); err != nil {
			return err
		}
	}
	g.x, g.y = c.x, c.y
	switch kind {
	case mvt.Points:
		g.feature(typePoint, len(g.positions)-before)
	case mvt.LineString:
		g.feature(typeLine, len(g.lengths)-lines)
	case mvt.Polygon:
		g.feature(typePolygon, g.polygons())
	}
	return nil
}

func (g *geometry) feature(kind int64, parts int) {
	if parts > 1 {
		kind += multi
		g.counts = append(g.counts, int64(parts))
	}
	g.types = append(g.types, kind)
}

// polygons gives the rings of the feature to its polygons and counts these. As
// in MVT, a ring wound like the first begins a polygon and any other is a hole.
func (g *geometry) polygons() int {
	var exterior int64
	polygons := 0
	for i, area := range g.areas {
		if exterior == 0 {
			exterior = area
		}
		if i == 0 || area != 0 && (area > 0) == (exterior > 0) {
			g.rings = append(g.rings, 1)
			polygons++
		} else {
			g.rings[len(g.rings)-1]++
		}
	}
	return polygons
}

// line adds a line or a ring, whose MoveTo was read.
func (g *geometry) line(c *commands, ring bool) error {
	if err := g.vertex(c, 1); err != nil {
		return err
	}
	n, err := c.command(cmdLineTo)
	if err != nil {
		return err
	}
	if ring {
		area, err := g.ring(c, n)
		if err != nil {
			return err
		}
		if _, err := c.command(cmdClosePath); err != nil {
			return err
		}
		g.areas = append(g.areas, area)
	} else if err := g.vertex(c, n); err != nil {
		return err
	}
	g.lengths = append(g.lengths, int64(1+n))
	return nil
}

// vertex adds n vertices.
func (g *geometry) vertex(c *commands, n int) error {
	b, i := c.b, c.i
	x, y := c.x, c.y
	var dx, dy int64
	start := i
	beyond := uint64(0)
	for range n {
		if dx, dy, i = pair(b, i); i < 0 {
			return c.malformed()
		}
		x, y = x+dx, y+dy
		beyond |= uint64(x+limit) | uint64(y+limit)
		g.positions = append(g.positions, newPosition(x, y))
		if !c.begun {
			c.begun, start = true, i
			g.vertices = appendUvarint(appendUvarint(g.vertices, zigzag(x-g.x)), zigzag(y-g.y))
		}
	}
	if beyond >= 2*limit {
		return fmt.Errorf("a position out of range")
	}
	g.vertices = append(g.vertices, b[start:i]...)
	c.i, c.x, c.y = i, x, y
	return nil
}

// ring adds n vertices after the first of a ring and gives twice the area of the
// ring by the surveyor's formula.
func (g *geometry) ring(c *commands, n int) (area int64, err error) {
	b, i := c.b, c.i
	x, y := int64(0), int64(0) // from the ring's first vertex
	var dx, dy int64
	beyond := uint64(0)
	for range n {
		if dx, dy, i = pair(b, i); i < 0 {
			return 0, c.malformed()
		}
		area += x*dy - y*dx
		x, y = x+dx, y+dy
		beyond |= uint64(c.x+x+limit) | uint64(c.y+y+limit)
		g.positions = append(g.positions, newPosition(c.x+x, c.y+y))
	}
	if beyond >= 2*limit {
		return 0, fmt.Errorf("a position out of range")
	}
	g.vertices = append(g.vertices, b[c.i:i]...)
	c.i, c.x, c.y = i, c.x+x, c.y+y
	return area, nil
}

// commands reads the commands of one geometry.
type commands struct {
	b     []byte
	i     int
	x, y  int64 // the cursor
	begun bool  // whether a vertex was read
}

// command reads a command that must be id, and gives its count, for which a
// parameter of at least two bytes is there each.
func (c *commands) command(id uint64) (int, error) {
	v, i := uvarint(c.b, c.i)
	count := v >> 3
	switch {
	case i < 0:
		return 0, c.malformed()
	case v&7 != id:
		return 0, fmt.Errorf("command %d where %d is due", v&7, id)
	case count == 0, id != cmdClosePath && count > uint64(len(c.b)-i)/2:
		return 0, fmt.Errorf("command %d with count %d", id, count)
	}
	c.i = i
	return int(count), nil
}

func (c *commands) malformed() error {
	return fmt.Errorf("malformed geometry after byte %d", c.i)
}
