package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/pmtiles"
	"puy/tiles/snapshot"
)

// Layer is a dataset as one layer of each tile, named by its id.
type Layer struct {
	ID       string
	Snapshot *snapshot.Snapshot
}

// Options say what to cut. Zooms are 0 to clip.MaxZoom.
type Options struct {
	MinZoom, MaxZoom int
	Bounds           *geo.Bounds    // longitude, latitude; nil for all the world
	Jobs             int            // workers; at least 1
	Observe          func(Progress) // called now and then, by one goroutine; may be nil
}

// Progress tells how far a build is.
type Progress struct {
	Zoom  int    `json:"zoom"`
	Done  int64  `json:"done"`            // tiles that were looked at, by this build alone
	Total int64  `json:"total,omitempty"` // to look at; 0 while it is not known
	Tiles uint64 `json:"tiles"`           // in the archive, with those of earlier builds
	Bytes uint64 `json:"bytes"`           // of different tiles
}

const (
	batchTiles   = 16 // tiles that one worker cuts at a time
	gzipLevel    = 6
	observeEvery = 200 * time.Millisecond
)

// job is a batch of tiles, and what became of them.
type job struct {
	tiles []tile
	done  chan struct{}
	err   error
}

type tile struct {
	id      uint64
	z, x, y int
	gzip    []byte // nil without features
}

// Run adds to w the tiles of all layers, concatenated and gzipped, that come
// after the last one that w has. Points are clustered, where they are, at all zooms
// but the last. When ctx ends, w keeps what was cut.
func Run(ctx context.Context, w *pmtiles.Writer, layers []Layer, opt Options) error {
	way := walk{minZoom: opt.MinZoom, maxZoom: opt.MaxZoom, touches: func(b clip.Box) bool {
		for _, l := range layers {
			if l.Snapshot.Meets(b) {
				return true
			}
		}
		return false
	}}
	way.after, way.skip = w.Last()
	if opt.Bounds != nil {
		way.within = append([]clip.Box{}, gridBoxes(*opt.Bounds)...)
	}
	group, ctx := errgroup.WithContext(ctx)
	workers := max(1, opt.Jobs)
	todo, order := make(chan *job, workers), make(chan *job, 4*workers)
	var total atomic.Int64
	group.Go(func() error {
		count := int64(0)
		if way.tiles(func(uint64, int, int, int) bool { count++; return count%256 != 0 || ctx.Err() == nil }) {
			total.Store(count)
		}
		return nil
	})
	group.Go(func() error {
		defer close(todo)
		defer close(order)
		return way.send(ctx, todo, order)
	})
	for range workers {
		group.Go(func() error {
			c := cutter{layers: layers, deepest: opt.MaxZoom}
			for j := range todo {
				j.err = c.cut(ctx, j.tiles)
				close(j.done)
			}
			return nil
		})
	}
	group.Go(func() error { return write(ctx, w, order, &total, opt.Observe) })
	err := group.Wait()
	// What is cut is cut, also when ctx has ended.
	return errors.Join(err, w.Checkpoint())
}

// send hands out batches, in order.
func (w *walk) send(ctx context.Context, todo, order chan<- *job) error {
	batch := func(n int) *job { return &job{tiles: make([]tile, 0, n), done: make(chan struct{})} }
	j := batch(batchTiles)
	flush := func() bool {
		for _, to := range []chan<- *job{order, todo} {
			select {
			case to <- j:
			case <-ctx.Done():
				return false
			}
		}
		j = batch(batchTiles)
		return true
	}
	w.tiles(func(id uint64, z, x, y int) bool {
		j.tiles = append(j.tiles, tile{id: id, z: z, x: x, y: y})
		return len(j.tiles) < batchTiles || flush()
	})
	if ctx.Err() == nil && len(j.tiles) > 0 {
		flush()
	}
	return context.Cause(ctx)
}

// write adds what the workers have cut, in order.
func write(ctx context.Context, w *pmtiles.Writer, order <-chan *job, total *atomic.Int64, observe func(Progress)) error {
	var p Progress
	var shown time.Time
	for j := range order {
		select {
		case <-j.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if j.err != nil {
			return j.err
		}
		for _, t := range j.tiles {
			p.Zoom = t.z
			p.Done++
			if t.gzip == nil {
				continue
			}
			if err := w.Add(t.id, t.gzip); err != nil {
				return err
			}
		}
		if observe != nil && time.Since(shown) >= observeEvery {
			shown = time.Now()
			p.Total = total.Load()
			p.Tiles, _, p.Bytes = w.Counts()
			observe(p)
		}
	}
	return nil
}

// cutter is the memory of one worker.
type cutter struct {
	layers  []Layer
	deepest int // the last zoom of the archive
	scratch snapshot.Scratch
	raw     []byte
	z       *gzip.Writer
	packed  bytes.Buffer
}

func (c *cutter) cut(ctx context.Context, tiles []tile) error {
	for i := range tiles {
		t := &tiles[i]
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		frame, err := snapshot.Mercator(t.z, t.x, t.y)
		if err != nil {
			return err
		}
		// No deeper tile would open a cluster.
		sel := snapshot.Selection{Thinned: t.z == c.deepest}
		c.raw = c.raw[:0]
		features := 0
		for _, l := range c.layers {
			raw, n, err := l.Snapshot.AppendTile(ctx, c.raw, l.ID, frame, sel, &c.scratch)
			if err != nil {
				return fmt.Errorf("tile %d/%d/%d of %s: %w", t.z, t.x, t.y, l.ID, err)
			}
			c.raw = raw
			features += n
		}
		if features == 0 {
			continue
		}
		if t.gzip, err = c.pack(); err != nil {
			return err
		}
	}
	return nil
}

func (c *cutter) pack() ([]byte, error) {
	c.packed.Reset()
	if c.z == nil {
		var err error
		if c.z, err = gzip.NewWriterLevel(&c.packed, gzipLevel); err != nil {
			return nil, fmt.Errorf("compressing a tile: %w", err)
		}
	} else {
		c.z.Reset(&c.packed)
	}
	_, err := c.z.Write(c.raw)
	if err = errors.Join(err, c.z.Close()); err != nil {
		return nil, fmt.Errorf("compressing a tile: %w", err)
	}
	return bytes.Clone(c.packed.Bytes()), nil
}
