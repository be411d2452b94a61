package build

import (
	"math"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/pmtiles"
	"puy/tiles/snapshot"
)

// walk is the way through the tiles to cut, in ascending order of their ids. It
// belongs to one goroutine.
type walk struct {
	layers []Layer
	after  uint64     // ids up to this one are passed over
	skip   bool       // whether after counts
	within []clip.Box // tiles that meet none of these are passed over; nil for all the world

	stack [clip.MaxZoom + 1][]snapshot.Entries // by zoom of a square, of each layer
}

// square is a tile of zoom k, at a place on the Hilbert curve of that zoom, with
// the tiles of zoom z in it.
type square struct {
	z, k int
	d    uint64
}

func (s square) first() uint64 { return pmtiles.ID(s.z, 0, 0) + s.d<<(2*(s.z-s.k)) }
func (s square) last() uint64  { return pmtiles.ID(s.z, 0, 0) + (s.d+1)<<(2*(s.z-s.k)) - 1 }

// all gives what the layers have.
func (w *walk) all() []snapshot.Entries {
	all := make([]snapshot.Entries, len(w.layers))
	for i, l := range w.layers {
		all[i] = l.Snapshot.All()
	}
	return all
}

// down calls yield with each square of zoom k in s that has features among some
// entries, and which they are, until it gives false, and tells whether it never
// did. The entries are valid until the next call.
func (w *walk) down(s square, k int, among []snapshot.Entries, yield func(square, []snapshot.Entries) bool) bool {
	if w.skip && s.last() <= w.after {
		return true
	}
	_, x, y, _ := pmtiles.ZXY(square{s.k, s.k, s.d}.first())
	if !w.wanted(s.k, x, y) {
		return true
	}
	among, some := w.narrow(s, clip.NewGrid(s.k, x, y).Box, among) // its buffer is no smaller than that of the tiles below
	if !some {
		return true
	}
	if s.k == k {
		return yield(s, among)
	}
	for child := range uint64(4) {
		if !w.down(square{s.z, s.k + 1, 4*s.d + child}, k, among, yield) {
			return false
		}
	}
	return true
}

func (w *walk) narrow(s square, b clip.Box, among []snapshot.Entries) (narrowed []snapshot.Entries, some bool) {
	narrowed = w.stack[s.k]
	if narrowed == nil {
		narrowed = make([]snapshot.Entries, len(w.layers))
		w.stack[s.k] = narrowed
	}
	for i, l := range w.layers {
		narrowed[i] = l.Snapshot.Narrow(narrowed[i][:0], among[i], b, s.z)
		some = some || len(narrowed[i]) > 0
	}
	return narrowed, some
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
