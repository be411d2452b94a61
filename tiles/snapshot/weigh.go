package snapshot

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"puy/tiles/generalise"
)

const (
	maxWorkers    = 4
	weighedAtOnce = 1024 // features
)

func workers() int { return min(maxWorkers, runtime.GOMAXPROCS(0)) }

// weigher gives the features of a spool their significances and sizes, a batch
// at a time, in memory of its own.
type weigher struct {
	from       *spool
	simplifier generalise.Simplifier
	simplify   bool
	costs      []float64
	shape      shape
	record     record
}

// batch is what a weigher made of some entries: the features as in an arena that
// begins with them.
type batch struct {
	entries []entry
	buf     []byte
	records uint64
	done    chan struct{}
}

// weigh fills the spool with the features of another, in the order of the file.
// Batches are made by several goroutines and written in order.
func (s *spool) weigh(ctx context.Context, from *spool, simplifier *generalise.Simplifier, opt Options) error {
	costs := from.costs()
	ctx, cancel := context.WithCancelCause(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel(nil)
	todo, order := make(chan *batch), make(chan *batch, 2*workers())
	for range workers() {
		w := weigher{from: from, simplifier: generalise.Simplifier{Nodes: simplifier.Nodes}, simplify: !opt.Exact, costs: costs}
		wait.Go(func() {
			for b := range todo {
				w.batch(b)
				close(b.done)
			}
		})
	}
	wait.Go(func() {
		defer close(order)
		defer close(todo)
		for entries := range slices.Chunk(s.entries, weighedAtOnce) {
			b := &batch{entries: entries, done: make(chan struct{})}
			select {
			case order <- b:
			case <-ctx.Done():
				return
			}
			todo <- b // a weigher is never long about it
		}
	})
	for b := range order {
		<-b.done
		s.write(b)
		if ctx.Err() != nil {
			break
		}
	}
	return context.Cause(ctx)
}

// write puts a batch at the end of the arena.
func (s *spool) write(b *batch) {
	base := s.end()
	for i := range b.entries {
		e := &b.entries[i]
		move(b.buf[e.offset:], base)
		e.offset += base
	}
	s.buf = append(s.buf, b.buf...)
	s.dirty = true
	if len(s.buf) >= s.room {
		s.flush()
	}
	s.records += b.records
}

func (w *weigher) batch(b *batch) {
	for i := range b.entries {
		e := &b.entries[i]
		f := w.from.at(e.offset)
		sh := &w.shape
		sh.read(f.record, 0)
		if sh.kind != kindPoints && w.simplify {
			for _, p := range sh.parts {
				if pts, sig := sh.pts[p.first:p.last], sh.sig[p.first:p.last]; sh.kind == kindLines {
					w.simplifier.Line(pts, sig)
				} else {
					clear(sig)
					w.simplifier.Ring(pts, sig)
				}
			}
		}
		e.size = float32(math.Abs(sh.size()))
		cost := featureCost(sh.fid, w.costs, f.attributes)
		attributes := f.attributes
		for range w.costs {
			f.value()
		}
		attributes = attributes[:len(attributes)-len(f.attributes)]
		sh.record(&w.record)
		e.offset = int64(len(b.buf))
		var size int
		b.buf, size = appendSpooled(b.buf, 0, boxAt(f.box), &w.record, cost, attributes, 0)
		b.records += uint64(size)
	}
}

// findNodes lets the simplifier know where the borders of features part.
func (s *spool) findNodes(ctx context.Context, simplifier *generalise.Simplifier) error {
	searches := make([]*generalise.Search, workers())
	rings := false
	var wait sync.WaitGroup
	for n := range searches {
		search := generalise.NewSearch(s.vertices, n, len(searches))
		searches[n] = search
		wait.Go(func() {
			for range search.Passes() {
				some := s.eachPart(ctx, func(k kind, pts []generalise.Point) {
					if k == kindLines {
						search.Line(pts)
					} else {
						search.Ring(pts)
					}
				})
				if n == 0 {
					rings = some
				}
				search.Next()
			}
		})
	}
	wait.Wait()
	for _, search := range searches {
		simplifier.Nodes.Add(search.Nodes())
	}
	if rings {
		s.eachPart(ctx, func(k kind, pts []generalise.Point) {
			if k == kindPolygons {
				simplifier.Support(pts)
			}
		})
	}
	return context.Cause(ctx)
}

// eachPart shows all lines and rings until ctx ends, and tells whether there are
// rings.
func (s *spool) eachPart(ctx context.Context, see func(k kind, pts []generalise.Point)) (rings bool) {
	var sh shape
	for i := range s.entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return rings
		}
		if s.entries[i].kind == kindPoints {
			continue
		}
		sh.read(s.at(s.entries[i].offset).record, 0)
		rings = rings || sh.kind == kindPolygons
		for _, p := range sh.parts {
			see(sh.kind, sh.pts[p.first:p.last])
		}
	}
	return rings
}
