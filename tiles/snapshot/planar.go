package snapshot

import (
	"math"

	"puy/geo/crs"
	"puy/tiles/clip"
	"puy/tiles/mvt"
)

// plane takes longitude, latitude to the parts of a tile unit that
// clip.NewLocalGrid counts in.
type plane struct {
	transform *crs.Transform
	west      float64 // of the tile, in units of the CRS
	north     float64
	scale     float64 // parts of a tile unit in a unit of the CRS
}

// Planar makes the Frame of a square of another coordinate reference system:
// west and north are the x and y of its corner, span its width, in units of the
// system. What lies beyond the square of Web Mercator is not in snapshots: it
// shows at its edge.
func Planar(t *crs.Transform, west, north, span float64) Frame {
	p := &plane{transform: t, west: west, north: north, scale: mvt.Extent << clip.LocalBits / span}
	f := Frame{grid: clip.NewLocalGrid(), plane: p}
	const steps = 8
	const share = float64(clip.Buffer) / mvt.Extent
	minX, minY, maxX, maxY := 1.0, 1.0, 0.0, 0.0
	var row [2 * (steps + 1)]float64
	for i := range steps + 1 {
		y := north - span*(float64(i)/steps*(1+2*share)-share)
		for j := range steps + 1 {
			row[2*j], row[2*j+1] = west+span*(float64(j)/steps*(1+2*share)-share), y
		}
		t.ToLonLat(row[:], 2)
		for j := range steps + 1 {
			if j > 0 && math.Abs(row[2*j]-row[2*j-2]) > 180 {
				minX, maxX = 0, 1 // it crosses the antimeridian, or holds a pole
			}
			x, y := project(row[2*j], row[2*j+1])
			sx, sy := float64(x)/gridSize, float64(y)/gridSize
			minX, minY, maxX, maxY = min(minX, sx), min(minY, sy), max(maxX, sx), max(maxY, sy)
		}
	}
	width, height := maxX-minX, maxY-minY
	// The zoom of Web Mercator whose tiles cover about as much.
	zoom := math.Round(-math.Log2(math.Sqrt(width*height) / (1 + 2*share)))
	f.zoom = byte(max(0, min(zoom, clip.MaxZoom)))
	// Between the samples the edges bulge a little.
	dx, dy := width/64+1e-9, height/64+1e-9
	f.box = box{minX: gridded(max(0, minX-dx)), minY: gridded(max(0, minY-dy)), maxX: gridded(maxX + dx), maxY: gridded(maxY + dy)}
	return f
}

// warp is the memory of the way from the grid to a plane.
type warp struct {
	grid []gridVertex
	next []gridVertex
	flat []float64
	out  []clip.Vertex
}

// gridVertex is a position on the Mercator grid; middles of edges lie between
// its units.
type gridVertex struct{ x, y float64 }

const (
	// An edge is divided until its middle is this near to where it should be.
	tolerance = 1 << clip.LocalBits / 4
	// Shorter edges bend less than that, whatever the projection.
	straightLength = 64 << clip.LocalBits
	maxDivisions   = 30
	farAway        = 1 << 46
)

// lonLat gives the position in degrees.
func (v gridVertex) lonLat() (lon, lat float64) {
	lat = math.Atan(math.Sinh(math.Pi * (1 - 2*v.y/gridSize)))
	return v.x/gridSize*360 - 180, lat * (180 / math.Pi)
}

// place turns positions in degrees into parts of tile units, in place.
func (p *plane) place(flat []float64) {
	p.transform.FromLonLat(flat, 2)
	for i := 0; i+1 < len(flat); i += 2 {
		flat[i] = max(-farAway, min((flat[i]-p.west)*p.scale, farAway))
		flat[i+1] = max(-farAway, min((p.north-flat[i+1])*p.scale, farAway))
	}
}

// addWarped adds the geometry of a feature to a tile of another CRS.
func (c *cutter) addWarped(r *packed) {
	switch r.kind {
	case kindPoints:
		c.addWarpedPoints(r)
	case kindLines:
		for {
			xy, zooms, _, ok := r.next()
			if !ok {
				return
			}
			c.clipper.Line(&c.layer, c.warped(xy, zooms, false))
		}
	case kindPolygons:
		c.addRings(r, func(xy, zooms []byte) []clip.Vertex { return c.warped(xy, zooms, true) })
	default:
		c.err = damaged("a feature is of kind %d", r.kind)
	}
}

func (c *cutter) addWarpedPoints(r *packed) {
	xy, zooms, _, ok := r.next()
	if !ok {
		return
	}
	const lo, hi = -clip.Buffer, mvt.Extent + clip.Buffer
	pts := c.points[:0]
	for _, v := range c.decode(xy, zooms) {
		var at [2]float64
		at[0], at[1] = gridVertex{float64(v.X) + 0.5, float64(v.Y) + 0.5}.lonLat()
		c.plane.place(at[:])
		if min(at[0], at[1]) >= lo<<clip.LocalBits && max(at[0], at[1]) <= hi<<clip.LocalBits {
			pts = append(pts, c.clipper.Quantise(int64(math.Round(at[0])), int64(math.Round(at[1]))))
		}
	}
	c.points = pts
	c.layer.Points(pts)
}

// warped gives a line or a ring in parts of tile units.
func (c *cutter) warped(xy, zooms []byte, ring bool) []clip.Vertex {
	c.gather(xy, zooms, ring)
	w := &c.warp
	if ring && len(w.grid) > 0 {
		w.grid = append(w.grid, w.grid[0])
	}
	w.flat = w.flat[:0]
	for _, v := range w.grid {
		lon, lat := v.lonLat()
		w.flat = append(w.flat, lon, lat)
	}
	c.plane.place(w.flat)
	w.out = w.out[:0]
	for i, v := range w.grid {
		at := [2]float64{w.flat[2*i], w.flat[2*i+1]}
		if i > 0 {
			before := [2]float64{w.flat[2*i-2], w.flat[2*i-1]}
			if max(math.Abs(at[0]-before[0]), math.Abs(at[1]-before[1])) > straightLength {
				c.divide(w.grid[i-1], v, before, at, maxDivisions)
			}
		}
		if !ring || i < len(w.grid)-1 {
			w.out = append(w.out, vertexAt(at))
		}
	}
	return w.out
}

func vertexAt(at [2]float64) clip.Vertex {
	return clip.Vertex{X: int64(math.Round(at[0])), Y: int64(math.Round(at[1]))}
}

// divide adds positions of an edge that is straight on the grid, where a
// straight one between a and b would show elsewhere.
func (c *cutter) divide(from, to gridVertex, a, b [2]float64, left int) {
	middle := gridVertex{(from.x + to.x) / 2, (from.y + to.y) / 2}
	var m [2]float64
	m[0], m[1] = middle.lonLat()
	c.plane.place(m[:])
	off := max(math.Abs(m[0]-(a[0]+b[0])/2), math.Abs(m[1]-(a[1]+b[1])/2))
	if off <= tolerance || left == 0 || c.misses(a, b, m, 2*off) {
		if off > tolerance {
			c.warp.out = append(c.warp.out, vertexAt(m))
		}
		return
	}
	c.divide(from, middle, a, m, left-1)
	c.warp.out = append(c.warp.out, vertexAt(m))
	c.divide(middle, to, m, b, left-1)
}

// misses tells whether an edge lies beyond one side of the tile, with room for
// its bend.
func (c *cutter) misses(a, b, m [2]float64, bend float64) bool {
	g := &c.clipper.Grid
	return max(a[0], b[0], m[0])+bend < float64(g.MinX) || min(a[0], b[0], m[0])-bend > float64(g.MaxX) ||
		max(a[1], b[1], m[1])+bend < float64(g.MinY) || min(a[1], b[1], m[1])-bend > float64(g.MaxY)
}
