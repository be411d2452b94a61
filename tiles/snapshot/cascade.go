package snapshot

import (
	"context"
	"math"

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
	clusters *clusterMeta                // what clusters carry; nil without
	list     []uint32                    // entries that are drawn at the zoom before
	kept     []uint32
	dropped  []uint32
	tally    tally
	merger
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
	c.list = c.list[:0]
	for i := range c.entries {
		c.list = append(c.list, uint32(i))
	}
	next := scale{}
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
	offset, count := c.end(), len(c.entries)
	for try := 0; ; try++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.rewind(offset)
		c.entries = c.entries[:count]
		if err := c.sift(ctx, zoom, s); err != nil {
			return err
		}
		x, y, bytes := c.tally.largest()
		c.largest[zoom] = [2]int{x, y}
		if bytes <= budget || c.opt.TileBytes < 0 || c.opt.Exact || try == maxTries {
			break
		}
		s = s.coarser(bytes/budget, unit(zoom), c.opt.KeepAll)
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

// sift shares out the list into what is kept, with what is drawn in the place of
// others, and what is dropped, and adds up the tiles.
func (c *cascade) sift(ctx context.Context, zoom int, s scale) error {
	c.kept, c.dropped = c.kept[:0], c.dropped[:0]
	c.begin(zoom, s)
	c.tally.reset(zoom)
	for n, i := range c.list {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		e := &c.entries[i]
		var g *group
		keep := true
		switch e.kind {
		case kindPoints:
			keep = int(e.sparsity) <= s.sparsity || s.sparsity == 0
		case kindLines:
			g, keep = &c.lines, float64(e.size) >= s.length
		case kindPolygons:
			g, keep = &c.polygons, float64(e.size) >= s.area
		}
		switch {
		case keep || c.opt.KeepAll:
			c.keep(i)
		case g == nil:
			c.dropped = append(c.dropped, i)
		default:
			c.join(g, i)
		}
	}
	c.last(&c.lines)
	c.last(&c.polygons)
	return nil
}

func (c *cascade) keep(i uint32) {
	c.kept = append(c.kept, i)
	c.tally.feature(c.at(c.entries[i].offset), c.scale.significance)
}
