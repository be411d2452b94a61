package snapshot

import (
	"context"
	"math"
	"slices"

	"puy/tiles/generalise"
)

// scale is what matters at one zoom. Lengths and areas are in grid units.
type scale struct {
	significance byte    // of the vertices that are used
	area, length float64 // of the polygons and lines that are drawn for themselves
	sparsity     int     // of the points that are drawn
}

const (
	unitsOfVertex  = 2   // the side of a square as large as the triangle of a vertex that matters
	unitsOfPolygon = 8   // the side of a square as large as a polygon that is drawn for itself: a pixel where a tile has 512
	unitsOfLine    = 4   // the length of such a line
	cellsOfPoints  = 9   // powers of two of the cells along a tile of which each has a point: a pixel each
	unitsOfReach   = 512 // how far apart two may be that are drawn as one
	maxTries       = 30  // to get the tiles of a zoom under the budget
)

// cascade decides zoom by zoom, from the deepest up, what is drawn: what is too
// small to be drawn for itself is drawn together with its neighbours in the
// order of the file, and this goes on to the next zoom as one.
type cascade struct {
	*spool
	opt      Options
	scales   [MaxGeneralised + 1]scale
	drawn    [MaxGeneralised + 1]int64
	largest  [MaxGeneralised + 1][2]int  // the tile with the most bytes
	bias     [MaxGeneralised + 1]float64 // how much larger real tiles are than thought
	most     float64                     // about the bytes of the largest tile of the zoom before
	clusters *clusterMeta                // what clusters carry; nil without
	list     []uint32                    // entries that are drawn at the zoom before
	hot      []uint32                    // those of them that lie in tiles over the budget
	kept     []uint32
	dropped  []uint32
	tally    tally
	others   []*tally                    // of further goroutines
	carried  [MaxGeneralised + 1]float64 // the share of the values that tiles carry
	known    uint32                      // entries before this one were there before this zoom
	merger
}

// prepare looks at what tiles of each zoom carry.
func (c *cascade) prepare() {
	c.agreement.prepare(c.spool)
	for zoom := range c.carried {
		const head = 12
		some, all := float64(head), float64(head)
		for i := range c.columns {
			col := &c.columns[i]
			share := float64(col.filled) / max(1, float64(c.features))
			cost := share * (3 + c.weights[i]*float64(col.bytes)/max(1, float64(col.filled)))
			all += cost
			if col.from <= zoom {
				some += cost
			}
		}
		c.carried[zoom] = some / all
	}
}

func unit(zoom int) float64 { return float64(int64(1) << (20 - zoom)) }

func usual(zoom int) scale {
	u := unit(zoom)
	return scale{generalise.Level(square(unitsOfVertex * u)), square(unitsOfPolygon * u), unitsOfLine * u,
		(zoom + cellsOfPoints) * generalise.SparsitySteps}
}

func square(v float64) float64 { return v * v }

// run decides for all zooms. It may be called again with another bias.
func (c *cascade) run(ctx context.Context) error {
	c.list = slices.Grow(c.list[:0], len(c.entries))
	c.kept = slices.Grow(c.kept[:0], len(c.entries))
	for i := range c.entries {
		c.list = append(c.list, uint32(i))
	}
	next := scale{}
	c.most = math.Inf(1)
	for zoom := MaxGeneralised; zoom >= 0; zoom-- {
		if err := c.zoom(ctx, zoom, next); err != nil {
			return err
		}
		next = c.scales[zoom]
	}
	return nil
}

// zoom decides for one zoom, given the scale of the next deeper one.
func (c *cascade) zoom(ctx context.Context, zoom int, deeper scale) error {
	s := usual(zoom)
	// A vertex that does not matter at a zoom must not matter farther up.
	s.significance = max(s.significance, deeper.significance)
	if c.opt.Exact {
		s = scale{}
	}
	budget := float64(c.opt.TileBytes) / max(1, c.bias[zoom])
	if c.opt.TileBytes < 0 || c.opt.Exact {
		budget = math.Inf(1)
	}
	// A tile holds no more than the four tiles that it covers.
	c.most *= 4
	counts := budget < c.most
	offset, count := c.end(), len(c.entries)
	c.known = uint32(count)
	list := c.list
	for try := 0; ; try++ {
		c.rewind(offset)
		c.entries = c.entries[:count]
		if err := c.sift(ctx, zoom, s, list, counts); err != nil {
			return err
		}
		if !counts {
			break
		}
		x, y, bytes := c.tally.largest()
		whole := len(list) == len(c.list)
		if whole {
			c.largest[zoom], c.most = [2]int{x, y}, bytes
		}
		switch {
		case bytes > budget && try < maxTries:
			s = s.coarser(bytes/budget, unit(zoom), c.opt.KeepAll)
			// Where there is less than the budget now there will be with less.
			list = c.within(list, budget)
			continue
		case !whole:
			list = c.list
			continue
		}
		break
	}
	if err := c.remap(); err != nil {
		return err
	}
	for _, i := range c.dropped {
		c.entries[i].from = byte(zoom + 1)
	}
	c.scales[zoom], c.drawn[zoom] = s, int64(len(c.kept))
	c.list, c.kept = c.kept, c.list
	return nil
}

// coarser gives a scale for tiles that are so many times too large.
func (s scale) coarser(excess, unit float64, keepAll bool) scale {
	// What is left out is never quite as much as its share.
	excess = max(math.Pow(excess, 1.1), 1.08)
	octaves := math.Log2(excess)
	// Up to half a pixel vertices go first; beyond, only with what else goes.
	if step := int(octaves*3) + 1; s.significance < generalise.Level(square(4*unit)) || s.area > 64*square(unitsOfPolygon*unit) || keepAll {
		s.significance = byte(min(int(s.significance)+step, generalise.Pinned-1))
	}
	s.area *= excess
	s.length *= excess
	s.sparsity = max(1, s.sparsity-max(1, int(octaves*generalise.SparsitySteps/2)))
	return s
}

// sift shares out a list into what is kept, with what is drawn in the place of
// others, and what is dropped, and adds up the tiles if it is told to.
func (c *cascade) sift(ctx context.Context, zoom int, s scale, list []uint32, counts bool) error {
	c.kept, c.dropped = c.kept[:0], c.dropped[:0]
	c.begin(zoom, s)
	// Where a cell is a pixel nothing more would be seen.
	sampled := c.clusters == nil && s.sparsity < usual(zoom).sparsity
	c.tally.reset(zoom, c.carried[zoom])
	for n, i := range list {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		e := &c.entries[i]
		var g *group
		keep := true
		switch e.kind {
		case kindPoints:
			keep = int(e.sparsity) <= s.sparsity || s.sparsity == 0 || sampled && int(e.size) <= s.sparsity
		case kindLines:
			g, keep = &c.lines, float64(e.size) >= s.length
		case kindPolygons:
			g, keep = &c.polygons, float64(e.size) >= s.area
		}
		switch {
		case keep || c.opt.KeepAll:
			c.kept = append(c.kept, i)
		case g == nil:
			c.dropped = append(c.dropped, i)
		default:
			c.join(g, i)
		}
	}
	c.last(&c.lines)
	c.last(&c.polygons)
	if !counts {
		return nil
	}
	return c.count(ctx)
}
