package clip

import (
	"slices"

	"puy/tiles/mvt"
)

type ring struct {
	first, last int // in polygon.out
	points      []mvt.Point
	area        int64
}

// End joins the chains of the polygon to rings and writes them to w, each
// exterior followed by its holes.
func (c *Clipper) End(w *mvt.LayerWriter) {
	switch {
	case len(c.chains) > 0:
		c.join()
	case c.full != 0:
		c.addBox()
	}
	for i := range c.rings {
		r := &c.rings[i]
		r.points, r.area = mvt.CleanRing(c.out[r.first:r.last])
	}
	for i := range c.rings {
		e := &c.rings[i]
		if e.area <= 0 {
			continue
		}
		w.Ring(e.points, true)
		for j := range c.rings {
			if h := &c.rings[j]; h.area < 0 && contains(e.points, h.points) {
				w.Ring(h.points, false)
				h.area = 0
			}
		}
	}
	// Of a ring that crosses itself some loops are wound the other way.
	for i := range c.rings {
		if r := &c.rings[i]; r.area < 0 {
			w.Ring(r.points, true)
		}
	}
}

// addBox adds the border as a ring.
func (c *Clipper) addBox() {
	start := len(c.out)
	for i := range int64(4) {
		c.out = append(c.out, c.at(i*c.width()))
	}
	c.rings = append(c.rings, ring{first: start, last: len(c.out)})
}

// join makes rings of the chains and of the stretches of border between them.
func (c *Clipper) join() {
	c.cover()
	slices.SortFunc(c.chains, func(a, b chain) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return a.first - b.first
	})
	c.next = c.next[:0]
	i := 0
	for _, b := range c.breaks {
		for i < len(c.chains) && c.chains[i].from < b {
			i++
		}
		c.next = append(c.next, i)
	}
	for i := range c.chains {
		if !c.chains[i].used {
			c.trace(i)
		}
	}
	if slices.Min(c.steps) > 0 || slices.Max(c.steps) < 0 {
		c.addBox()
	}
}

// cover sets breaks to all positions where something begins or ends, and steps
// to how often the stretch after each is passed, backwards passes being negative.
func (c *Clipper) cover() {
	w, perimeter := c.width(), c.perimeter()
	c.breaks = append(c.breaks[:0], 0, w, 2*w, 3*w)
	for _, ch := range c.chains {
		c.breaks = append(c.breaks, ch.from, ch.to)
	}
	slices.Sort(c.breaks)
	c.breaks = slices.Compact(c.breaks)
	c.steps = append(c.steps[:0], make([]int, len(c.breaks))...)
	full := c.full
	for _, e := range c.excursions {
		full += int(e.travel / perimeter)
		rest, sign := e.travel%perimeter, 1
		if rest < 0 {
			e.from, rest, sign = (e.from+rest+perimeter)%perimeter, -rest, -1
		}
		if rest == 0 {
			continue
		}
		c.steps[c.breakAt(e.from)] += sign
		if end := e.from + rest; end < perimeter {
			c.steps[c.breakAt(end)] -= sign
		} else {
			full += sign // from 0 on, as far as the end
			c.steps[c.breakAt(end-perimeter)] -= sign
		}
	}
	for i, step := range c.steps {
		full += step
		c.steps[i] = full
	}
}

func (c *Clipper) breakAt(u int64) int {
	i, _ := slices.BinarySearch(c.breaks, u)
	return min(i, len(c.breaks)-1)
}

// trace follows chain i and what comes after it until it is back.
func (c *Clipper) trace(i int) {
	start := len(c.out)
	home := c.breakAt(c.chains[i].from)
	for {
		ch := &c.chains[i]
		ch.used = true
		c.out = append(c.out, c.points[ch.first:ch.last]...)
		at := c.breakAt(ch.to)
		for i = -1; at != home && i < 0; {
			before := at - 1
			if before < 0 {
				before = len(c.breaks) - 1
			}
			switch {
			case c.takeChain(at, &i):
			case c.steps[at] > 0:
				c.steps[at]--
				at++
				if at == len(c.breaks) {
					at = 0
				}
				c.out = append(c.out, c.at(c.breaks[at]))
			case c.steps[before] < 0:
				c.steps[before]++
				at = before
				c.out = append(c.out, c.at(c.breaks[at]))
			default:
				c.out = c.out[:start] // cannot be: as much begins at a break as ends there
				return
			}
		}
		if at == home {
			c.rings = append(c.rings, ring{first: start, last: len(c.out)})
			return
		}
	}
}

// takeChain sets i to an unused chain that begins at a break.
func (c *Clipper) takeChain(at int, i *int) bool {
	for n := c.next[at]; n < len(c.chains) && c.chains[n].from == c.breaks[at]; n++ {
		if !c.chains[n].used {
			c.next[at] = n
			*i = n
			return true
		}
	}
	return false
}

// contains tells whether hole lies inside of ring. Rounding may have moved some
// of its points onto the ring or beyond: one inside is enough, or all on the ring.
func contains(ring, hole []mvt.Point) bool {
	all := true
	for _, p := range hole {
		inside, on := false, false
		a := ring[len(ring)-1]
		for _, b := range ring {
			cross := int64(b.X-a.X)*int64(p.Y-a.Y) - int64(b.Y-a.Y)*int64(p.X-a.X)
			if cross == 0 && min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X) && min(a.Y, b.Y) <= p.Y && p.Y <= max(a.Y, b.Y) {
				on = true
				break
			}
			if (a.Y > p.Y) != (b.Y > p.Y) && (cross > 0) == (b.Y > a.Y) {
				inside = !inside
			}
			a = b
		}
		if inside && !on {
			return true
		}
		all = all && on
	}
	return all
}
