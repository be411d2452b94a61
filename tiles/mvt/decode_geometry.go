package mvt

import "math"

// geometryReader reads the command integers of section 4.3.
type geometryReader struct {
	reader
	x, y int64
}

// command reads a command that must be id, and gives its count, for which size
// further bytes each are there at the least.
func (g *geometryReader) command(id uint64, size int) int {
	v := g.uvarint()
	count := v >> 3
	switch {
	case g.err != nil:
	case v&7 != id:
		g.fail("command %d where %d is due", v&7, id)
	case count == 0 || v > math.MaxUint32:
		g.fail("command %d with count %d", id, count)
	case count*uint64(size) > uint64(len(g.b)-g.off):
		g.fail("command %d with count %d exceeds the bytes that remain", id, count)
	default:
		return int(count)
	}
	return 0
}

func (g *geometryReader) step() int64 {
	v := g.uvarint()
	if v > math.MaxUint32 {
		g.fail("parameter %d does not fit 32 bits", v)
	}
	return int64(int32(v>>1) ^ -int32(v&1))
}

func (g *geometryReader) points(pts []Point, n int) []Point {
	const limit = 1 << 30
	for range n {
		g.x += g.step()
		g.y += g.step()
		if max(g.x, g.y) > limit || min(g.x, g.y) < -limit {
			g.fail("position %d, %d is out of range", g.x, g.y)
		}
		if g.err != nil {
			return nil
		}
		pts = append(pts, Point{int32(g.x), int32(g.y)})
	}
	return pts
}

func (g *geometryReader) parts(kind GeometryType) [][]Point {
	var parts [][]Point
	switch kind {
	case Points:
		parts = [][]Point{g.points(nil, g.command(cmdMoveTo, 2))}
		if g.more() {
			g.fail("more than one command in a point feature")
		}
		return parts
	case LineString, Polygon:
	default:
		g.fail("geometry type %d", kind)
	}
	if len(g.b) == 0 {
		g.fail("no geometry")
	}
	for g.more() {
		part := g.line(kind)
		if g.err != nil {
			return nil
		}
		if kind == Polygon {
			g.ring(part, len(parts) == 0)
		}
		parts = append(parts, part)
	}
	return parts
}

// line reads MoveTo(1), LineTo(n).
func (g *geometryReader) line(kind GeometryType) []Point {
	if n := g.command(cmdMoveTo, 2); n > 1 {
		g.fail("MoveTo with count %d", n)
	}
	first := g.points(nil, 1)
	n := g.command(cmdLineTo, 2)
	if kind == Polygon && n == 1 {
		g.fail("a ring of two points")
	}
	if g.err != nil {
		return nil
	}
	pts := g.points(append(make([]Point, 0, n+1), first...), n)
	for i := 1; i < len(pts); i++ {
		if pts[i] == pts[i-1] {
			g.fail("a segment of no length")
		}
	}
	return pts
}

// ring reads ClosePath and checks the ring before it.
func (g *geometryReader) ring(pts []Point, first bool) {
	if n := g.command(cmdClosePath, 0); n > 1 {
		g.fail("ClosePath with count %d", n)
	}
	if g.err != nil {
		return
	}
	area := Area2(pts)
	switch {
	case pts[0] == pts[len(pts)-1]:
		g.fail("the closing point of a ring is repeated")
	case area == 0:
		g.fail("a ring without an area")
	case first && area < 0:
		g.fail("the first ring is a hole")
	}
}
