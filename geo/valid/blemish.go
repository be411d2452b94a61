package valid

import (
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// Blemishes of valid geometries, as Reasons of a Defect.
const (
	RepeatedPoint Reason = "repeated-point" // a vertex that stands twice in a row
	NarrowSpike   Reason = "narrow-spike"   // a boundary that runs out and nearly the same way back
)

// narrow is the tangent of the angle, a tenth of a degree, below which a corner of
// a boundary is a spike.
const narrow = 0.00174533

// Blemish gives the first thing in a valid geometry that no one means to draw: a
// repeated point of a line or a boundary, a spike of a boundary. It is nil where
// there is none. Lines may turn back.
func Blemish(g geo.Geometry) *Defect { return blemish(g.T()) }

func blemish(t geom.T) *Defect {
	switch g := t.(type) {
	case *geom.LineString:
		return blemishOf(g.FlatCoords(), []int{len(g.FlatCoords())}, g.Stride(), false)
	case *geom.MultiLineString:
		return blemishOf(g.FlatCoords(), g.Ends(), g.Stride(), false)
	case *geom.Polygon:
		return blemishOf(g.FlatCoords(), g.Ends(), g.Stride(), true)
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range g.Endss() {
			if len(ends) == 0 {
				continue
			}
			shifted := make([]int, len(ends))
			for i, end := range ends {
				shifted[i] = end - start
			}
			end := ends[len(ends)-1]
			if d := blemishOf(g.FlatCoords()[start:end], shifted, g.Stride(), true); d != nil {
				return d
			}
			start = end
		}
	case *geom.GeometryCollection:
		for _, part := range g.Geoms() {
			if d := blemish(part); d != nil {
				return d
			}
		}
	}
	return nil
}

func blemishOf(flat []float64, ends []int, stride int, rings bool) *Defect {
	start := 0
	for _, end := range ends {
		path := flat[start:end]
		start = end
		if len(path) < 2*stride {
			continue
		}
		// The corner at a ring's closing point comes first.
		px, py := path[len(path)-2*stride], path[len(path)-2*stride+1]
		for i := 0; i < len(path)-stride; i += stride {
			x, y := path[i], path[i+1]
			nx, ny := path[i+stride], path[i+stride+1]
			if x == nx && y == ny && (stride < 3 || path[i+2] == path[i+stride+2]) {
				return &Defect{RepeatedPoint, x, y}
			}
			if !rings {
				continue
			}
			ax, ay, bx, by := px-x, py-y, nx-x, ny-y
			if dot := ax*bx + ay*by; dot > 0 {
				if c := ax*by - ay*bx; c < narrow*dot && c > -narrow*dot {
					return &Defect{NarrowSpike, x, y}
				}
			}
			px, py = x, y
		}
	}
	return nil
}
