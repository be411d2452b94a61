package valid

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// ring is one closed path of an area.
type ring struct {
	start, end int // of its points, the closing one included: area.points[start:end]
	polygon    int // which polygon it bounds
	hole       bool

	flatStart, flatEnd int    // of its coordinates as they came
	order              uint32 // its place on a space-filling curve
	turning            int    // 1 counter-clockwise, -1 clockwise, 0 not known yet
}

// separator stands between rings: its edges meet no box.
var separator = point{math.NaN(), math.NaN()}

// sortedFrom is how many rings are put in spatial order, so that the index
// over their sequence of edges stays a good one.
const sortedFrom = 16

// collect fills a with the rings of polygons, without repeated points.
func (a *area) collect(flat []float64, endss [][]int, stride int) *Defect {
	if d := checkFinite(flat, stride); d != nil {
		return d
	}
	a.rings, a.points = a.rings[:0], a.points[:0]
	start := 0
	for polygon, ends := range endss {
		emptyShell := false
		for i, end := range ends {
			r := ring{polygon: polygon, hole: i > 0, flatStart: start, flatEnd: end}
			start = end
			switch {
			case r.flatStart == r.flatEnd:
				emptyShell = emptyShell || i == 0
				continue
			case emptyShell:
				return &Defect{HoleOutsideShell, flat[r.flatStart], flat[r.flatStart+1]}
			}
			a.rings = append(a.rings, r)
		}
	}
	if len(a.rings) >= sortedFrom {
		sortByPlace(a.rings, flat)
	}
	a.points = slices.Grow(a.points, len(flat)/stride+len(a.rings))
	for i := range a.rings {
		if d := a.fill(&a.rings[i], flat, stride); d != nil {
			return d
		}
	}
	return nil
}

// minRing is the fewest points of a ring, the closing one included.
const minRing = 4

func (a *area) fill(r *ring, flat []float64, stride int) *Defect {
	first, last := flat[r.flatStart:], flat[r.flatEnd-stride:]
	if first[0] != last[0] || first[1] != last[1] {
		return &Defect{RingNotClosed, last[0], last[1]}
	}
	r.start = len(a.points)
	previous := separator
	for i := r.flatStart; i < r.flatEnd; i += stride {
		if p := (point{flat[i], flat[i+1]}); p != previous {
			a.points = append(a.points, p)
			previous = p
		}
	}
	r.end = len(a.points)
	if r.end-r.start < minRing {
		return &Defect{TooFewPoints, first[0], first[1]}
	}
	a.points = append(a.points, separator)
	return nil
}

// sortByPlace orders rings along a Z-order curve of their first points.
func sortByPlace(rings []ring, flat []float64) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for i := range rings {
		x, y := flat[rings[i].flatStart], flat[rings[i].flatStart+1]
		low, high = point{min(low.x, x), min(low.y, y)}, point{max(high.x, x), max(high.y, y)}
	}
	for i := range rings {
		x, y := flat[rings[i].flatStart], flat[rings[i].flatStart+1]
		rings[i].order = spread(x, low.x, high.x) | spread(y, low.y, high.y)<<1
	}
	slices.SortFunc(rings, func(r, s ring) int { return cmp.Compare(r.order, s.order) })
}

// spread gives the place of v between low and high in 16 bits, a zero after each.
func spread(v, low, high float64) uint32 {
	f := (v/2 - low/2) / (high/2 - low/2) // halves, lest the difference overflow
	if !(f >= 0 && f <= 1) {
		return 0
	}
	u := uint32(f * 0xffff)
	u = (u | u<<8) & 0x00ff00ff
	u = (u | u<<4) & 0x0f0f0f0f
	u = (u | u<<2) & 0x33333333
	return (u | u<<1) & 0x55555555
}

// ringOf gives the index of the ring that has edge i.
func (a *area) ringOf(i int) int {
	return sort.Search(len(a.rings), func(k int) bool { return a.rings[k].end > i })
}

// before gives the point before point i of r, round the ring.
func (a *area) before(r *ring, i int) point {
	if i == r.start {
		return a.points[r.end-2]
	}
	return a.points[i-1]
}

// counterClockwise tells how r, which does not cross itself, turns.
func (a *area) counterClockwise(r *ring) bool {
	if r.turning == 0 {
		low := r.start
		for i := r.start + 1; i < r.end-1; i++ {
			if p, q := a.points[i], a.points[low]; p.y < q.y || p.y == q.y && p.x < q.x {
				low = i
			}
		}
		// At the lowest, then leftmost point there is a real corner.
		r.turning = orient(a.before(r, low), a.points[low], a.points[low+1])
	}
	return r.turning > 0
}
