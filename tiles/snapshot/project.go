package snapshot

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

const gridSize = 1 << 32

// project takes longitude, latitude in degrees to the Mercator grid.
func project(lon, lat float64) (x, y uint32) {
	sin := math.Sin(max(-90, min(lat, 90)) * (math.Pi / 180))
	// Beyond the square of Web Mercator the result is clamped; at the pole it is infinite.
	north := 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)
	return gridded((lon + 180) / 360), gridded(north)
}

func gridded(share float64) uint32 {
	v := share * gridSize
	switch {
	case v >= gridSize-1:
		return gridSize - 1
	case v > 0:
		return uint32(v)
	}
	return 0
}

// packer makes records of geometries: at most one for each kind.
type packer struct {
	points, lines, polygons record
}

func (p *packer) pack(g geo.Geometry) {
	p.points.reset(kindPoints)
	p.lines.reset(kindLines)
	p.polygons.reset(kindPolygons)
	if g.Finite() {
		p.add(g.T())
	}
}

func (p *packer) add(t geom.T) {
	switch t := t.(type) {
	case *geom.GeometryCollection:
		for _, part := range t.Geoms() {
			p.add(part)
		}
	case *geom.Point, *geom.MultiPoint:
		// All points are one part; an empty one has no coordinates.
		p.points.project(t.FlatCoords(), t.Stride())
	case *geom.LineString:
		p.lines.line(t.FlatCoords(), t.Stride())
	case *geom.MultiLineString:
		start := 0
		for _, end := range t.Ends() {
			p.lines.line(t.FlatCoords()[start:end], t.Stride())
			start = end
		}
	case *geom.Polygon:
		p.polygons.polygon(t.FlatCoords(), 0, t.Ends(), t.Stride())
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range t.Endss() {
			p.polygons.polygon(t.FlatCoords(), start, ends, t.Stride())
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
	}
}

// project adds the positions of flat and gives how many, leaving out repeated
// neighbours except among points.
func (r *record) project(flat []float64, stride int) int {
	first := len(r.xy)
	for i := 0; i+1 < len(flat); i += stride {
		x, y := project(flat[i], flat[i+1])
		if n := len(r.xy); n > first && r.kind != kindPoints && r.xy[n-1] == y && r.xy[n-2] == x {
			continue
		}
		r.xy = append(r.xy, x, y)
	}
	return (len(r.xy) - first) / 2
}

func (r *record) line(flat []float64, stride int) {
	if n := r.project(flat, stride); n >= 2 {
		r.parts = append(r.parts, uint64(n)<<1)
	} else {
		r.xy = r.xy[:len(r.xy)-2*n]
	}
}

func (r *record) polygon(flat []float64, start int, ends []int, stride int) {
	for i, end := range ends {
		if !r.ring(flat[start:end], stride, i == 0) && i == 0 {
			return
		}
		start = end
	}
}

// ring adds a ring, wound as FORMAT.md says, unless it has no area.
func (r *record) ring(flat []float64, stride int, exterior bool) bool {
	first := len(r.xy)
	n := r.project(flat, stride)
	xy := r.xy[first:]
	if n > 1 && xy[0] == xy[2*n-2] && xy[1] == xy[2*n-1] {
		n--
		xy = xy[:2*n]
	}
	area := gridArea(xy)
	if n < 3 || area == 0 {
		r.xy = r.xy[:first]
		return false
	}
	part := uint64(n) << 1
	if exterior {
		part |= 1
	}
	if (area > 0) != exterior {
		for i, j := 0, 2*n-2; i < j; i, j = i+2, j-2 {
			xy[i], xy[i+1], xy[j], xy[j+1] = xy[j], xy[j+1], xy[i], xy[i+1]
		}
	}
	r.xy = r.xy[:first+2*n]
	r.parts = append(r.parts, part)
	return true
}

// gridArea gives twice the signed area of a ring by the surveyor's formula, from
// its first vertex, so that small rings come out exact.
func gridArea(xy []uint32) float64 {
	var sum float64
	for i := 4; i+1 < len(xy); i += 2 {
		ax, ay := float64(xy[i-2])-float64(xy[0]), float64(xy[i-1])-float64(xy[1])
		bx, by := float64(xy[i])-float64(xy[0]), float64(xy[i+1])-float64(xy[1])
		sum += ax*by - bx*ay
	}
	return sum
}
