package clip

import "puy/tiles/mvt"

// A polygon is cut ring by ring into chains, the pieces inside the box. Between
// two chains the ring wanders outside; seen from the box, all that matters of
// such an excursion is how far it travels along the border when each of its
// points is moved to the nearest point of the box. The excursions of all rings
// are then added up along the border: each stretch of it is passed once by a
// polygon that lies inside of the border there, and as often forwards as
// backwards by one that does not, where the passes cancel out. Chains and
// stretches that remain are joined to rings. So concave polygons fall apart
// into pieces without bridges between them, and a ring that is not simple still
// gives a result with the right winding.
//
// Positions on the border are distances from the north-west corner, in the
// direction of a positive ring.
type polygon struct {
	chains     []chain
	excursions []excursion
	full       int // how often rings wind around the whole box
	sidesOf    []uint8

	breaks []int64
	steps  []int // coverage change, then coverage, of the stretch after each break
	next   []int // first unused chain from each break
	out    []mvt.Point
	rings  []ring
}

type chain struct {
	first, last int // in Clipper.points
	from, to    int64
	used        bool
}

type excursion struct {
	from, travel int64
}

// Begin starts a polygon.
func (c *Clipper) Begin() {
	c.points = c.points[:0]
	c.chains, c.excursions, c.full = c.chains[:0], c.excursions[:0], 0
	c.out, c.rings = c.out[:0], c.rings[:0]
}

// Ring adds a ring of the polygon, without its closing point: of positive area
// for the exterior, of negative area for a hole.
func (c *Clipper) Ring(vs []Vertex) {
	common, any, outside := uint8(0xff), uint8(0), -1
	sides := c.sidesOf[:0]
	for i, v := range vs {
		s := c.sides(v.X, v.Y)
		sides = append(sides, s)
		common &= s
		any |= s
		if s != 0 && outside < 0 {
			outside = i
		}
	}
	c.sidesOf = sides
	switch {
	case common != 0: // no vertex at all, or all beyond one side
	case any == 0:
		start := len(c.out)
		for _, v := range vs {
			c.out = append(c.out, c.Quantise(v.X, v.Y))
		}
		c.rings = append(c.rings, ring{first: start, last: len(c.out)})
	default:
		c.cutRing(vs, outside)
	}
}

// cutRing goes once around a ring from a vertex outside.
func (c *Clipper) cutRing(vs []Vertex, start int) {
	var (
		p, ps    = vs[start], c.sidesOf[start]
		anchor   = c.border(p) // from here the ring has stayed beyond the sides in mask
		mask     = ps
		from     int64 // where the excursion began
		travel   int64 // how far it has gone up to anchor
		initial  int64 // the travel before the first entry
		entered  bool
		chainAt  int
		chainPos int64
	)
	for i := range vs {
		j := start + 1 + i
		if j >= len(vs) {
			j -= len(vs)
		}
		q, qs := vs[j], c.sidesOf[j]
		switch {
		case ps|qs == 0:
			c.points = append(c.points, c.Quantise(q.X, q.Y))
		case mask&qs != 0 && ps != 0:
			mask &= qs
		case ps&qs != 0:
			at := c.border(p)
			travel += c.shortWay(anchor, at)
			anchor, mask = at, ps&qs
		default:
			if ps != 0 {
				at := c.border(p)
				travel += c.shortWay(anchor, at)
				anchor, mask = at, ps
				if qs != 0 {
					if around := c.side(p, q); around != 0 {
						at = c.border(q)
						travel += c.longWay(anchor, at, around)
						anchor, mask = at, qs
						break
					}
				}
				in := c.entry(p, q, ps)
				at = c.border(in)
				travel += c.shortWay(anchor, at)
				if !entered {
					entered, initial = true, travel
				} else {
					c.excursions = append(c.excursions, excursion{from, travel})
				}
				chainAt, chainPos = len(c.points), at
				c.points = append(c.points, c.Quantise(in.X, in.Y))
			}
			if qs == 0 {
				c.points = append(c.points, c.Quantise(q.X, q.Y))
				break
			}
			out := c.entry(q, p, qs)
			from, travel = c.border(out), 0
			c.points = append(c.points, c.Quantise(out.X, out.Y))
			c.chains = append(c.chains, chain{first: chainAt, last: len(c.points), from: chainPos, to: from})
			anchor, mask = from, c.sides(out.X, out.Y)&qs
		}
		p, ps = q, qs
	}
	travel += c.shortWay(anchor, c.border(p))
	if entered {
		c.excursions = append(c.excursions, excursion{from, travel + initial}) // up to the first chain
	} else {
		c.full += int(travel / c.perimeter())
	}
}

func (c *Clipper) width() int64     { return c.MaxX - c.MinX }
func (c *Clipper) perimeter() int64 { return 4 * c.width() }

// border gives the position on the border of the point of the box that is
// nearest to v, which lies on the border or outside.
func (c *Clipper) border(v Vertex) int64 {
	x, y := clamp(v.X, c.MinX, c.MaxX), clamp(v.Y, c.MinY, c.MaxY)
	switch w := c.width(); {
	case y == c.MinY && x < c.MaxX:
		return x - c.MinX
	case x == c.MaxX && y < c.MaxY:
		return w + y - c.MinY
	case y == c.MaxY && x > c.MinX:
		return 2*w + c.MaxX - x
	default:
		return 3*w + c.MaxY - y
	}
}

// at is the inverse of border, in tile units.
func (c *Clipper) at(u int64) mvt.Point {
	w := c.width()
	switch side, d := u/w, u%w; side {
	case 0:
		return c.Quantise(c.MinX+d, c.MinY)
	case 1:
		return c.Quantise(c.MaxX, c.MinY+d)
	case 2:
		return c.Quantise(c.MaxX-d, c.MaxY)
	default:
		return c.Quantise(c.MinX, c.MaxY-d)
	}
}

// shortWay gives the signed distance between two positions on one side.
func (c *Clipper) shortWay(from, to int64) int64 {
	d, p := to-from, c.perimeter()
	switch {
	case d > p/2:
		return d - p
	case d < -p/2:
		return d + p
	}
	return d
}

// longWay gives the signed distance in the given direction.
func (c *Clipper) longWay(from, to int64, direction int) int64 {
	d, p := to-from, c.perimeter()
	switch {
	case direction > 0 && d < 0:
		return d + p
	case direction < 0 && d > 0:
		return d - p
	}
	return d
}
