package mvt

import "slices"

// Point is a position in tile units. The package expects coordinates within
// ±2^27, so that differences fit an int32 and areas an int64.
type Point struct {
	X, Y int32
}

// GeometryType is the GeomType of a feature.
type GeometryType uint8

// The geometry types, numbered as in the specification.
const (
	Unknown    GeometryType = 0
	Points     GeometryType = 1
	LineString GeometryType = 2
	Polygon    GeometryType = 3
)

// deltas appends positions, each as the difference to the one before.
func (w *LayerWriter) deltas(pts []Point) {
	w.geometry = slices.Grow(w.geometry, 10*len(pts))
	n := len(w.geometry)
	buf := w.geometry[:cap(w.geometry)]
	cx, cy := w.cursor.X, w.cursor.Y
	for _, p := range pts {
		dx, dy := zigzag(p.X-cx), zigzag(p.Y-cy)
		if (dx|dy) < 0x80 && n+1 < len(buf) {
			buf[n], buf[n+1] = byte(dx), byte(dy)
			n += 2
		} else {
			n = putUvarint32(buf, putUvarint32(buf, n, dx), dy)
		}
		cx, cy = p.X, p.Y
	}
	w.geometry = buf[:n]
	w.cursor = Point{cx, cy}
}

func (w *LayerWriter) command(id, count int) {
	w.geometry = appendUvarint(w.geometry, uint64(count)<<3|uint64(id))
}

// Points adds the positions of a point feature; it is called once a feature.
// Repeated neighbours are written once. It may reorder nothing but does
// overwrite pts.
func (w *LayerWriter) Points(pts []Point) bool {
	pts = slices.Compact(pts)
	if len(pts) == 0 {
		return false
	}
	w.kind = Points
	w.command(cmdMoveTo, len(pts))
	w.deltas(pts)
	return true
}

// Line adds one line of a line feature, without zero-length segments, and tells
// whether anything of it remained. It overwrites pts.
func (w *LayerWriter) Line(pts []Point) bool {
	n := 0
	for _, p := range pts {
		if n == 0 || p != pts[n-1] {
			pts[n] = p
			n++
		}
	}
	if n < 2 {
		return false
	}
	w.kind = LineString
	w.command(cmdMoveTo, 1)
	w.deltas(pts[:1])
	w.command(cmdLineTo, n-1)
	w.deltas(pts[1:n])
	return true
}

// Ring adds one ring of a polygon feature, wound as an exterior or a hole
// whichever way it comes, closed or not. It leaves out repeated points, points
// in the middle of a straight run and spikes, and tells whether a ring with an
// area remained. Holes follow their exterior; holes of a ring that did not
// remain must not be added. It overwrites pts.
func (w *LayerWriter) Ring(pts []Point, exterior bool) bool {
	pts, area := CleanRing(pts)
	if len(pts) < 3 {
		return false
	}
	if (area > 0) != exterior {
		slices.Reverse(pts)
	}
	w.kind = Polygon
	w.command(cmdMoveTo, 1)
	w.deltas(pts[:1])
	w.command(cmdLineTo, len(pts)-1)
	w.deltas(pts[1:])
	w.command(cmdClosePath, 1)
	return true
}

// CleanRing takes repeated points, points in the middle of a straight run and
// spikes out of a ring, in place, and gives what remains without a closing
// point, with twice its signed area (positive for exteriors). A ring without an
// area gives nil.
func CleanRing(pts []Point) ([]Point, int64) {
	n := 0
	for _, p := range pts {
		for n >= 2 && straight(pts[n-2], pts[n-1], p) {
			n--
		}
		if n == 0 || p != pts[n-1] {
			pts[n] = p
			n++
		}
	}
	pts = pts[:n]
	for len(pts) >= 3 {
		last := len(pts) - 1
		switch {
		case pts[0] == pts[last], straight(pts[last-1], pts[last], pts[0]):
			pts = pts[:last]
		case straight(pts[last], pts[0], pts[1]):
			pts = pts[1:]
		default:
			if area := Area2(pts); area != 0 {
				return pts, area
			}
			return nil, 0
		}
	}
	return nil, 0
}

// straight tells whether b adds nothing between a and c: the three lie on one line.
func straight(a, b, c Point) bool {
	return int64(b.X-a.X)*int64(c.Y-b.Y) == int64(b.Y-a.Y)*int64(c.X-b.X)
}

// Area2 gives twice the signed area of a ring by the surveyor's formula. A
// closing point makes no difference.
func Area2(pts []Point) int64 {
	var sum int64
	for i := 2; i < len(pts); i++ {
		sum += int64(pts[i-1].X-pts[0].X)*int64(pts[i].Y-pts[0].Y) -
			int64(pts[i].X-pts[0].X)*int64(pts[i-1].Y-pts[0].Y)
	}
	return sum
}
