package build

import (
	"math"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/pmtiles"
)

// walk is the way through the tiles to cut, in ascending order of their ids.
type walk struct {
	minZoom, maxZoom int
	after            uint64 // ids up to this one are passed over
	skip             bool   // whether after counts
	touches          func(clip.Box) bool
	within           []clip.Box // tiles that meet none of these are passed over; nil for all the world
}

// tiles calls yield with each tile until it gives false, and tells whether it
// never did.
func (w *walk) tiles(yield func(pmtilesID uint64, z, x, y int) bool) bool {
	for z := w.minZoom; z <= w.maxZoom; z++ {
		if !w.node(z, 0, 0, yield) {
			return false
		}
	}
	return true
}

// node goes through the tiles of zoom z in the tile at place d of zoom k.
func (w *walk) node(z, k int, d uint64, yield func(uint64, int, int, int) bool) bool {
	id := pmtiles.ID(k, 0, 0) + d
	last := pmtiles.ID(z, 0, 0) + (d+1)<<(2*(z-k)) - 1
	if w.skip && last <= w.after {
		return true
	}
	_, x, y, _ := pmtiles.ZXY(id)
	grid := clip.NewGrid(k, x, y) // its buffer is no smaller than that of the tiles below
	if !w.touches(grid.Box) || !w.wanted(k, x, y) {
		return true
	}
	if k == z {
		return yield(id, z, x, y)
	}
	for child := range uint64(4) {
		if !w.node(z, k+1, 4*d+child, yield) {
			return false
		}
	}
	return true
}

func (w *walk) wanted(z, x, y int) bool {
	if w.within == nil {
		return true
	}
	size := int64(1) << (32 - z)
	west, north := int64(x)*size, int64(y)*size
	for _, b := range w.within {
		if b.MinX < west+size && b.MaxX >= west && b.MinY < north+size && b.MaxY >= north {
			return true
		}
	}
	return false
}

// gridBoxes projects a box of longitudes and latitudes to the Mercator grid of
// 2^32 units: one box, or two where it crosses the antimeridian.
func gridBoxes(b geo.Bounds) []clip.Box {
	const size = 1 << 32
	on := func(fraction float64) int64 { return int64(max(0, min(fraction*size, size-1))) }
	x := func(lon float64) int64 { return on(lon/360 + 0.5) }
	y := func(lat float64) int64 {
		lat = max(-89, min(lat, 89))
		return on(0.5 - math.Asinh(math.Tan(lat*math.Pi/180))/(2*math.Pi))
	}
	var boxes []clip.Box
	for _, part := range b.Split() {
		boxes = append(boxes, clip.Box{MinX: x(part.MinX), MinY: y(part.MaxY), MaxX: x(part.MaxX), MaxY: y(part.MinY)})
	}
	return boxes
}
