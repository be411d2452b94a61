package build

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"puy/geo"
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
	Done  int64  `json:"done"`            // squares of up to 16 tiles that were cut, by this build alone
	Total int64  `json:"total,omitempty"` // of these, to cut; 0 while it is not known
	Tiles uint64 `json:"tiles"`           // in the archive, with those of earlier builds
	Bytes uint64 `json:"bytes"`           // of different tiles
}

const (
	squareDepth  = 2 // a worker cuts the tiles of a square of so many zooms above them
	observeEvery = 200 * time.Millisecond
)

// job is a square, and what became of it.
type job struct {
	square square
	among  []snapshot.Entries // of each layer
	tiles  []tile
	packed bytes.Buffer // the tiles, compressed, end to end
	done   chan struct{}
	err    error
}

// tile is a tile with features, and where it ends among those of its job.
type tile struct {
	id  uint64
	end int
}

// run is what the goroutines of one build share.
type run struct {
	Options
	layers      []Layer
	todo, order chan *job
	total       atomic.Int64
	free        sync.Pool // jobs that were written
	walk        walk      // to be copied
}

// Run adds to w the tiles of all layers, concatenated and gzipped, that come
// after the last one that w has. Points are clustered, where they are, at all zooms
// but the last. When ctx ends, w keeps what was cut.
func Run(ctx context.Context, w *pmtiles.Writer, layers []Layer, opt Options) error {
	workers := max(1, opt.Jobs)
	r := run{Options: opt, layers: layers, todo: make(chan *job, workers), order: make(chan *job, 8*workers)}
	r.walk.layers = layers
	r.walk.after, r.walk.skip = w.Last()
	if opt.Bounds != nil {
		r.walk.within = append(r.walk.within, gridBoxes(*opt.Bounds)...)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		count := int64(0)
		if r.squares(func(square, []snapshot.Entries) bool { count++; return count%256 != 0 || ctx.Err() == nil }) {
			r.total.Store(count)
		}
		return nil
	})
	group.Go(func() error {
		defer close(r.todo)
		defer close(r.order)
		return r.send(ctx)
	})
	for range workers {
		group.Go(func() error {
			c := cutter{way: r.walk, deepest: opt.MaxZoom, seed: maphash.MakeSeed()}
			for j := range r.todo {
				j.err = c.cut(ctx, j)
				j.done <- struct{}{}
			}
			return nil
		})
	}
	group.Go(func() error { return r.write(ctx, w) })
	err := group.Wait()
	// What is cut is cut, also when ctx has ended.
	return errors.Join(err, w.Checkpoint())
}

// squares calls yield with each square that has features until it gives false,
// and tells whether it never did.
func (r *run) squares(yield func(square, []snapshot.Entries) bool) bool {
	way := r.walk
	all := way.all()
	for z := r.MinZoom; z <= r.MaxZoom; z++ {
		if !way.down(square{z: z}, max(0, z-squareDepth), all, yield) {
			return false
		}
	}
	return true
}

// send hands out jobs, in order.
func (r *run) send(ctx context.Context) error {
	r.squares(func(s square, among []snapshot.Entries) bool {
		j, ok := r.free.Get().(*job)
		if !ok {
			j = &job{among: make([]snapshot.Entries, len(r.layers)), done: make(chan struct{}, 1)}
		}
		j.square, j.tiles = s, j.tiles[:0]
		j.packed.Reset()
		for i := range among {
			j.among[i] = append(j.among[i][:0], among[i]...)
		}
		for _, to := range []chan<- *job{r.order, r.todo} {
			select {
			case to <- j:
			case <-ctx.Done():
				return false
			}
		}
		return true
	})
	return context.Cause(ctx)
}

// write adds what the workers have cut, in order.
func (r *run) write(ctx context.Context, w *pmtiles.Writer) error {
	var p Progress
	var shown time.Time
	for j := range r.order {
		select {
		case <-j.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if j.err != nil {
			return j.err
		}
		from, packed := 0, j.packed.Bytes()
		for _, t := range j.tiles {
			if err := w.Add(t.id, packed[from:t.end]); err != nil {
				return err
			}
			from = t.end
		}
		p.Zoom = j.square.z
		p.Done++
		r.free.Put(j)
		if r.Observe != nil && time.Since(shown) >= observeEvery {
			shown = time.Now()
			p.Total = r.total.Load()
			p.Tiles, _, p.Bytes = w.Counts()
			r.Observe(p)
		}
	}
	return nil
}
