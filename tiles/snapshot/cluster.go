package snapshot

import (
	"context"
	"math"

	"puy/geo"
	"puy/tiles/cluster"
)

// clusterer makes the clusters of a dataset's points, zoom by zoom from the
// deepest up. It takes 48 bytes a point, 28 a cluster, and for those of one zoom,
// which are at most half of the points, 8 and 12 a number and 4 a category.
type clusterer struct {
	*spool
	plan       *clusterMeta
	categories map[string]int
	set        cluster.Set
	tally      tally
	zoom       int
	cost       uint32   // of a cluster in a tile
	made       []entry  // the clusters
	slots      []uint32 // of their sums
	sums       sums
	blank      []byte // attributes that are all null
	place      int64  // theirs; 0 before the first cluster
	record     record
	value      []byte
	drawn      [MaxGeneralised + 1]int64
}

// cluster sets from which zoom on points are drawn for themselves, and gives the
// clusters. Without any in opt it gives nil.
func (s *spool) cluster(ctx context.Context, opt Options) (*clusterer, error) {
	if opt.Cluster == nil {
		return nil, nil
	}
	plan, categories, err := s.plan(opt.Cluster)
	if err != nil {
		return nil, err
	}
	c := &clusterer{spool: s, plan: plan, categories: categories, blank: make([]byte, len(s.columns))}
	c.sums = sums{numbers: len(plan.Numbers), categories: len(plan.Categories)}
	c.cost = uint32(60 + 28*len(plan.Numbers) + 6*len(plan.Categories))
	points := 0
	for i := range s.entries {
		if s.entries[i].kind == kindPoints {
			points++
		}
	}
	if points > cluster.MaxItems {
		return nil, geo.Errorf(geo.KindLimit, "%d points are too many to cluster", points)
	}
	c.set.Grow(points)
	for i := range s.entries {
		if e := &s.entries[i]; e.kind == kindPoints {
			x, y := boxAt(s.at(e.offset).box).centre()
			c.set.Add(cluster.Item{X: x, Y: y, Count: 1, Ref: uint32(i)})
			e.size = 0
		}
	}
	for c.zoom = MaxGeneralised; c.zoom >= 0; c.zoom-- {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		c.group(opt)
		c.set.Merge(c)
		c.drawn[c.zoom] = int64(c.set.Len())
	}
	c.set, c.sums, c.slots = cluster.Set{}, sums{}, nil
	return c, s.remap()
}

// shared gives what of the budget is for clusters: all where there is nothing
// but points.
func (s *spool) shared(budget int) (clusters, others int) {
	for i := range s.entries {
		if s.entries[i].kind != kindPoints {
			return budget / 3, budget - budget/3
		}
	}
	return budget, budget
}

// group finds the clusters of a zoom. Beyond the last zoom with clusters there
// are none, unless a tile would exceed the budget.
func (c *clusterer) group(opt Options) {
	pixel := int64(1) << (32 - 9 - c.zoom)
	radius := int64(0)
	if c.zoom <= opt.Cluster.LastZoom() {
		radius = int64(opt.Cluster.Pixels()) * pixel
	}
	budget, _ := c.shared(opt.TileBytes)
	for try := 0; ; try++ {
		c.set.Group(radius)
		excess := c.largest() / float64(budget)
		if excess <= 1 || budget < 0 || opt.Exact || try == maxTries || radius >= cluster.MaxRadius {
			return
		}
		radius = max(int64(float64(radius)*max(1.1, math.Sqrt(excess))), pixel)
	}
}

// largest gives about how many bytes the largest tile of the zoom takes.
func (c *clusterer) largest() float64 {
	const geometry = 5
	c.tally.reset(c.zoom, 1)
	shift := uint(32 - c.zoom)
	c.set.Groups(func(i cluster.Item, joined bool) {
		cost := c.cost
		if !joined && i.Count == 1 {
			f := c.at(c.entries[i.Ref].offset)
			cost = f.cost + geometry
			if b := boxAt(f.box); b.minX != b.maxX || b.minY != b.maxY {
				cost += uint32(len(f.record)) / 2
			}
		}
		c.tally.add(uint64(i.X)>>shift, uint64(i.Y)>>shift, cost)
	})
	_, _, bytes := c.tally.largest()
	return bytes
}
