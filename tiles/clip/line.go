package clip

import "puy/tiles/mvt"

// Clipper cuts features for one tile. It keeps its memory from tile to tile.
type Clipper struct {
	Grid
	points []mvt.Point // the chain being built; of a polygon, all of them
	polygon
}

// Line writes the pieces of a line that lie inside the box to w.
func (c *Clipper) Line(w *mvt.LayerWriter, line []Vertex) {
	if len(line) == 0 {
		return
	}
	pts := c.points[:0]
	p := line[0]
	ps := c.sides(p.X, p.Y)
	if ps == 0 {
		pts = append(pts, c.Quantise(p.X, p.Y))
	}
	for _, q := range line[1:] {
		qs := c.sides(q.X, q.Y)
		switch {
		case ps|qs == 0:
			pts = append(pts, c.Quantise(q.X, q.Y))
		case ps&qs != 0, ps != 0 && qs != 0 && c.side(p, q) != 0:
		default:
			if ps != 0 {
				in := c.entry(p, q, ps)
				pts = append(pts[:0], c.Quantise(in.X, in.Y))
			}
			end := q
			if qs != 0 {
				end = c.entry(q, p, qs)
			}
			pts = append(pts, c.Quantise(end.X, end.Y))
			if qs != 0 {
				w.Line(pts)
				pts = pts[:0]
			}
		}
		p, ps = q, qs
	}
	if ps == 0 {
		w.Line(pts)
	}
	c.points = pts[:0]
}
