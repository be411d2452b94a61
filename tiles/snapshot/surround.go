package snapshot

// gather takes the vertices that matter at this zoom, cut off at some distance
// around the tile: far away a projection may turn them round, and the edge of a
// long line would bend for nothing.
func (c *cutter) gather(xy, zooms []byte, ring bool) {
	w := &c.warp
	w.grid = w.grid[:0]
	around := c.box.around()
	outside := false
	for _, v := range c.decode(xy, zooms) {
		at := gridVertex{float64(v.X) + 0.5, float64(v.Y) + 0.5}
		outside = outside || at.x < around[0] || at.y < around[1] || at.x > around[2] || at.y > around[3]
		w.grid = append(w.grid, at)
	}
	for side := 0; outside && side < 4; side++ {
		w.next = cutOff(w.next[:0], w.grid, ring, side, around[side])
		w.grid, w.next = w.next, w.grid
	}
}

// around gives a box three times as wide and high: west, north, east, south.
func (b *box) around() [4]float64 {
	west, north, east, south := float64(b.minX), float64(b.minY), float64(b.maxX)+1, float64(b.maxY)+1
	dx, dy := east-west, south-north
	return [4]float64{west - dx, north - dy, east + dx, south + dy}
}

// cutOff appends what of a line or ring lies on the near side of a limit, the
// pieces joined along the limit (Sutherland and Hodgman, Reentrant polygon
// clipping, 1974).
func cutOff(dst, vs []gridVertex, ring bool, side int, limit float64) []gridVertex {
	depth := func(v gridVertex) float64 {
		switch side {
		case 0:
			return v.x - limit
		case 1:
			return v.y - limit
		case 2:
			return limit - v.x
		}
		return limit - v.y
	}
	if len(vs) == 0 {
		return dst
	}
	before := vs[0]
	if ring {
		before = vs[len(vs)-1]
	}
	was := depth(before)
	for _, v := range vs {
		is := depth(v)
		if (was >= 0) != (is >= 0) {
			f := was / (was - is)
			dst = append(dst, gridVertex{before.x + f*(v.x-before.x), before.y + f*(v.y-before.y)})
		}
		if is >= 0 {
			dst = append(dst, v)
		}
		before, was = v, is
	}
	return dst
}
