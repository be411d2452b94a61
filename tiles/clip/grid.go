package clip

import "puy/tiles/mvt"

const (
	// MaxZoom is the deepest zoom of a Grid.
	MaxZoom = 24
	// Buffer is how far geometries are kept beyond a tile's edges, in tile units.
	Buffer = 80

	unitZoom = 20 // the zoom where a tile unit is a grid unit: 32 - log2(mvt.Extent)
)

// Vertex is a position on the Mercator grid.
type Vertex struct {
	X, Y int64
}

// Box is a square on the grid, whose edges belong to it.
type Box struct {
	MinX, MinY, MaxX, MaxY int64
}

// Grid takes positions on the Mercator grid to the units of one tile.
type Grid struct {
	Box      // the tile and its buffer
	originX  int64
	originY  int64
	half     int64
	up, down uint
}

// NewGrid makes the Grid of tile z, x, y: z at most MaxZoom, x and y less than 2^z.
func NewGrid(z, x, y int) Grid {
	size := int64(1) << (32 - z)
	g := Grid{originX: int64(x) * size, originY: int64(y) * size}
	buffer := int64(Buffer)
	if z <= unitZoom {
		g.down = uint(unitZoom - z)
		g.half = 1 << g.down >> 1
		buffer <<= g.down
	} else {
		g.up = uint(z - unitZoom)
		buffer >>= g.up
	}
	g.Box = Box{g.originX - buffer, g.originY - buffer, g.originX + size + buffer, g.originY + size + buffer}
	return g
}

// LocalBits says how finely vertices of a local Grid lie: 2^LocalBits a tile unit.
const LocalBits = 8

// NewLocalGrid makes the Grid of a tile whose vertices do not lie on the
// Mercator grid: they count parts of a tile unit from its north-west corner.
// They may be 2^48 away from it.
func NewLocalGrid() Grid {
	const lo, hi = -Buffer << LocalBits, (mvt.Extent + Buffer) << LocalBits
	return Grid{Box: Box{lo, lo, hi, hi}, half: 1 << LocalBits >> 1, down: LocalBits}
}

// Quantise rounds a position to tile units, halves towards the south-east.
func (g *Grid) Quantise(x, y int64) mvt.Point {
	return mvt.Point{
		X: int32(((x-g.originX)<<(g.up&31) + g.half) >> (g.down & 31)),
		Y: int32(((y-g.originY)<<(g.up&31) + g.half) >> (g.down & 31)),
	}
}

// The sides of a box that a position lies on or beyond.
const (
	west = 1 << iota
	east
	north
	south
)

// sides is zero for the open inside of b only.
func (b *Box) sides(x, y int64) uint8 {
	var s uint8
	if x <= b.MinX {
		s = west
	} else if x >= b.MaxX {
		s = east
	}
	if y <= b.MinY {
		s |= north
	} else if y >= b.MaxY {
		s |= south
	}
	return s
}
