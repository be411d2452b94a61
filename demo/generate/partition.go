package main

// territory is the metropolis: its communes and their areas, which share their
// borders vertex by vertex.
type territory struct {
	communes []site
	rings    [][]point // closed, counter-clockwise, one a commune
}

// newTerritory divides the plane between the communes and their neighbours: a
// place belongs to the site for which the square of the distance less the reach
// is least (a power diagram). Straight borders are then bent.
func newTerritory() *territory {
	t := &territory{communes: communes()}
	sites := append(communes(), neighbours()...)
	var corners []point
	snap := func(v xy) point {
		p := v.point()
		for _, c := range corners {
			if abs(c.lon-p.lon) <= 5 && abs(c.lat-p.lat) <= 5 {
				return c
			}
		}
		corners = append(corners, p)
		return p
	}
	for i := range t.communes {
		var ring []point
		corner := func(v xy) {
			if p := snap(v); len(ring) == 0 || ring[len(ring)-1] != p && ring[0] != p {
				ring = append(ring, p)
			}
		}
		for _, v := range cell(sites, i) {
			corner(v)
		}
		closed := []point{ring[0]}
		for k := range ring {
			closed = append(closed, wind(ring[k], ring[(k+1)%len(ring)], 0.14, 0.3)[1:]...)
		}
		t.rings = append(t.rings, closed)
	}
	return t
}

// cell gives the corners of the area of sites[i], counter-clockwise.
func cell(sites []site, i int) []xy {
	corners := []xy{{-20, -19}, {20, -19}, {20, 18}, {-20, 18}}
	own := at(sites[i].lon, sites[i].lat).plane()
	for j, s := range sites {
		if j == i {
			continue
		}
		other := at(s.lon, s.lat).plane()
		a, b := 2*(other.x-own.x), 2*(other.y-own.y)
		c := other.x*other.x + other.y*other.y - s.reach - (own.x*own.x + own.y*own.y - sites[i].reach)
		corners = cut(corners, a, b, c)
	}
	return corners
}

// cut keeps the part of a convex polygon where a·x + b·y ≤ c.
func cut(corners []xy, a, b, c float64) []xy {
	var kept []xy
	for k, p := range corners {
		q := corners[(k+1)%len(corners)]
		dp, dq := a*p.x+b*p.y-c, a*q.x+b*q.y-c
		if dp <= 0 {
			kept = append(kept, p)
		}
		if dp < 0 && dq > 0 || dp > 0 && dq < 0 {
			share := dp / (dp - dq)
			kept = append(kept, xy{p.x + share*(q.x-p.x), p.y + share*(q.y-p.y)})
		}
	}
	return kept
}

func abs(n int32) int32 { return max(n, -n) }

// commune gives the number of the commune that p lies in, or -1.
func (t *territory) commune(p point) int {
	for i, ring := range t.rings {
		if inside(ring, p) {
			return i
		}
	}
	return -1
}

// code gives the INSEE code of the commune that p lies in, or "".
func (t *territory) code(p point) string {
	if i := t.commune(p); i >= 0 {
		return t.communes[i].code
	}
	return ""
}

// inside counts how often a ray to the east of p crosses the ring.
func inside(ring []point, p point) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a.lat > p.lat) == (b.lat > p.lat) {
			continue
		}
		cross := int64(b.lon-a.lon)*int64(p.lat-a.lat) - int64(b.lat-a.lat)*int64(p.lon-a.lon)
		if (cross > 0) == (b.lat > a.lat) && cross != 0 {
			in = !in
		}
	}
	return in
}
