package snapshot

import (
	"encoding/binary"
	"math/bits"
)

// tally adds up about how many bytes the tiles of one zoom take. Its memory is
// bounded: tiles may share a slot, which makes them look larger than they are.
type tally struct {
	zoom  int
	bytes []uint32
	tiles []uint64 // per slot, the last tile counted
}

const tallySlots = 1 << 17

// marginShare is what the buffer around a tile adds to it, and its values.
const marginShare = 1.1

func (t *tally) reset(zoom int) {
	if t.bytes == nil {
		t.bytes, t.tiles = make([]uint32, tallySlots), make([]uint64, tallySlots)
	}
	clear(t.bytes)
	t.zoom = zoom
}

func (t *tally) add(x, y uint64, n uint32) {
	key := x<<32 | y
	slot := (key * 0x9e3779b97f4a7c15) >> (64 - 17)
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
	if (x2-x1+1)*(y2-y1+1) <= 64 {
		for x := x1; x <= x2; x++ {
			for y := y1; y <= y2; y++ {
				t.add(x, y, f.cost)
			}
		}
	}
	here, sum := [2]uint64{x1, y1}, uint32(0)
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
			if tile := [2]uint64{uint64(x) >> tileShift, uint64(y) >> tileShift}; tile != here {
				t.add(here[0], here[1], sum)
				here, sum = tile, 4
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
	d := int32(a - b)
	return min(uint32(bits.Len32(uint32(d<<1^d>>31))+6)/7+btou(d == 0), 2)
}

func btou(b bool) uint32 {
	if b {
		return 1
	}
	return 0
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
