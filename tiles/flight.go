package tiles

import (
	"context"
	"sync"

	"puy/geo"
)

// flights shares work among the callers that ask for the same key at the same
// time. The work belongs to none of them: it ends early only when all have left.
type flights[K comparable, T any] struct {
	keep bool // work goes on when all have left

	mu      sync.Mutex
	running map[K]*flight[T]
	closed  bool
	wg      sync.WaitGroup
}

type flight[T any] struct {
	done    chan struct{}
	waiters int
	cancel  context.CancelFunc
	value   T
	err     error
}

// do gives the result of work for key. When ctx ends first, its cause.
func (g *flights[K, T]) do(ctx context.Context, key K, work func(ctx context.Context) (T, error)) (T, error) {
	var zero T
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return zero, errClosed()
	}
	f, ok := g.running[key]
	if !ok {
		shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight[T]{done: make(chan struct{}), cancel: cancel}
		if g.running == nil {
			g.running = map[K]*flight[T]{}
		}
		g.running[key] = f
		g.wg.Go(func() {
			defer cancel()
			f.value, f.err = work(shared)
			g.mu.Lock()
			g.forget(key, f)
			g.mu.Unlock()
			close(f.done)
		})
	}
	f.waiters++
	g.mu.Unlock()
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
	}
	g.mu.Lock()
	if f.waiters--; f.waiters == 0 && !g.keep {
		// Who comes now must not get the result of work that was given up.
		g.forget(key, f)
		f.cancel()
	}
	g.mu.Unlock()
	return zero, context.Cause(ctx)
}

func (g *flights[K, T]) forget(key K, f *flight[T]) {
	if g.running[key] == f {
		delete(g.running, key)
	}
}

// close refuses further work, gives up what runs and waits for it.
func (g *flights[K, T]) close() {
	g.mu.Lock()
	g.closed = true
	for _, f := range g.running {
		f.cancel()
	}
	g.mu.Unlock()
	g.wg.Wait()
}

func errClosed() error {
	return geo.Errorf(geo.KindUnavailable, "the tile service is stopping")
}
