package snapshot

import (
	"context"
	"encoding/binary"
	"runtime"
	"sync"
)

// tally adds up about how many bytes the tiles of one zoom take. Its memory is
// bounded: tiles may share a slot, which makes them look larger than they are.
type tally struct {
	zoom    int
	carried float64 // the share of the cost of a feature that counts
	bytes   []uint32
	tiles   []uint64 // per slot, the last tile counted
}

const tallySlots = 1 << 17

// marginShare is what the buffer around a tile adds to it, and its values.
const marginShare = 1.1

func (t *tally) reset(zoom int, carried float64) {
	if t.bytes == nil {
		t.bytes, t.tiles = make([]uint32, tallySlots), make([]uint64, tallySlots)
	}
	clear(t.bytes)
	t.zoom, t.carried = zoom, carried
}

func tallySlot(x, y uint64) (slot, key uint64) {
	key = x<<32 | y
	return (key * 0x9e3779b97f4a7c15) >> (64 - 17), key
}

func (t *tally) add(x, y uint64, n uint32) {
	slot, key := tallySlot(x, y)
	t.bytes[slot] += n
	t.tiles[slot] = key
}

// feature counts a feature whose vertices of at least a significance are drawn:
// each vertex in the tile where it lies, the rest in every tile of its box.
func (t *tally) feature(f spooled, least byte) {
	b := boxAt(f.box)
	tileShift, unitShift := uint(32-t.zoom), uint(20-t.zoom)
	x1, y1, x2, y2 := uint64(b.minX)>>tileShift, uint64(b.minY)>>tileShift, uint64(b.maxX)>>tileShift, uint64(b.maxY)>>tileShift
	var p packed
	if !p.parse(f.record) {
		return
	}
	if p.kind != kindPoints && b.minX>>unitShift == b.maxX>>unitShift && b.minY>>unitShift == b.maxY>>unitShift {
		return
	}
	cost := uint32(float64(f.cost) * t.carried)
	if (x2-x1+1)*(y2-y1+1) <= 64 {
		for x := x1; x <= x2; x++ {
			for y := y1; y <= y2; y++ {
				t.add(x, y, cost)
			}
		}
	}
	here, sum := [2]uint64{x1, y1}, uint32(0)
	single := x1 == x2 && y1 == y2
	for {
		xy, zooms, _, ok := p.next()
		if !ok {
			break
		}
		sum += 4
		if p.kind == kindPoints {
			sum -= 3
		}
		var px, py uint32
		for i := 0; i < len(xy); i += 8 {
			if zooms != nil && zooms[i/8] < least {
				continue
			}
			v := binary.LittleEndian.Uint64(xy[i:])
			x, y := uint32(v), uint32(v>>32)
			ux, uy := x>>unitShift, y>>unitShift
			if i > 0 && ux == px && uy == py && p.kind != kindPoints {
				continue
			}
			if !single {
				if tile := [2]uint64{uint64(x) >> tileShift, uint64(y) >> tileShift}; tile != here {
					t.add(here[0], here[1], sum)
					here, sum = tile, 4
				}
			}
			sum += deltaLen(ux, px) + deltaLen(uy, py)
			px, py = ux, uy
		}
	}
	t.add(here[0], here[1], sum)
}

// deltaLen gives the bytes of the difference of two coordinates. A first one is
// counted as within its tile.
func deltaLen(a, b uint32) uint32 {
	if a-b+64 < 128 {
		return 1
	}
	return 2
}

// largest gives the largest tile and about its bytes.
func (t *tally) largest() (x, y int, bytes float64) {
	best := 0
	for i, n := range t.bytes {
		if n > t.bytes[best] {
			best = i
		}
	}
	return int(t.tiles[best] >> 32), int(t.tiles[best] & 0xffffffff), float64(t.bytes[best]) * marginShare
}

// merge adds what another tally has of the same zoom.
func (t *tally) merge(o *tally) {
	for i, n := range o.bytes {
		if n > 0 {
			t.bytes[i] += n
			t.tiles[i] = o.tiles[i]
		}
	}
}

// meets tells whether a box touches a tile with more than so many bytes.
func (t *tally) meets(b box, bytes float64) bool {
	shift := uint(32 - t.zoom)
	x1, y1, x2, y2 := uint64(b.minX)>>shift, uint64(b.minY)>>shift, uint64(b.maxX)>>shift, uint64(b.maxY)>>shift
	if (x2-x1+1)*(y2-y1+1) > 64 {
		return true
	}
	for x := x1; x <= x2; x++ {
		for y := y1; y <= y2; y++ {
			if slot, _ := tallySlot(x, y); float64(t.bytes[slot])*marginShare > bytes {
				return true
			}
		}
	}
	return false
}

// within gives what of a list lies in tiles over the budget.
func (c *cascade) within(list []uint32, budget float64) []uint32 {
	hot := c.hot[:0]
	for _, i := range list {
		if c.tally.meets(boxAt(c.at(c.entries[i].offset).box), budget) {
			hot = append(hot, i)
		}
	}
	c.hot = hot
	return hot
}

const (
	maxCounters = 4
	aloneBelow  = 4096 // features are counted by one goroutine
)

// count adds the features that are kept to the tally, shared out among the
// processors; what was made for this zoom was added when it was made.
func (c *cascade) count(ctx context.Context) error {
	workers := min(maxCounters, runtime.GOMAXPROCS(0), 1+len(c.kept)/aloneBelow)
	for len(c.others) < workers-1 {
		c.others = append(c.others, &tally{})
	}
	var wait sync.WaitGroup
	for n := range workers {
		t := &c.tally
		if n > 0 {
			t = c.others[n-1]
			t.reset(c.tally.zoom, c.tally.carried)
		}
		share := c.kept[len(c.kept)*n/workers : len(c.kept)*(n+1)/workers]
		wait.Go(func() {
			for i, k := range share {
				if i%1024 == 0 && ctx.Err() != nil {
					return
				}
				if k < c.known {
					t.feature(c.at(c.entries[k].offset), c.scale.significance)
				}
			}
		})
	}
	wait.Wait()
	for _, t := range c.others[:workers-1] {
		c.tally.merge(t)
	}
	return context.Cause(ctx)
}
