package store_test

import (
	"context"
	"testing"
	"time"

	"puy/store"
)

func TestPatience(t *testing.T) {
	const allowed, long = 80 * time.Millisecond, 400 * time.Millisecond
	for name, test := range map[string]struct {
		page    bool
		use     func(p *store.Patience)
		tooSlow bool
	}{
		"the database gives nothing":           {true, func(*store.Patience) { time.Sleep(long) }, true},
		"the caller keeps a row":               {true, func(p *store.Patience) { p.Lend(); time.Sleep(long); p.Back() }, false},
		"a stream of rows that come slowly":    {false, drip, false},
		"a page whose rows come slowly":        {true, drip, true},
		"a stream that stops after some rows":  {false, func(p *store.Patience) { p.Lend(); p.Back(); time.Sleep(long) }, true},
		"a page whose rows come at once":       {true, func(p *store.Patience) { p.Lend(); p.Back() }, false},
		"a stream whose rows are never asked":  {false, func(p *store.Patience) { p.Lend(); time.Sleep(long) }, false},
		"the rest of a page that came quickly": {true, func(p *store.Patience) { p.Lend(); p.Back(); time.Sleep(long) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p store.Patience
			ctx := p.Begin(t.Context(), allowed, test.page)
			defer p.End()
			test.use(&p)
			if got := store.IsTooSlow(context.Cause(ctx)); got != test.tooSlow {
				t.Errorf("ended: %v; want %v", got, test.tooSlow)
			}
		})
	}
}

// drip gives a row every 20 ms.
func drip(p *store.Patience) {
	for range 20 {
		time.Sleep(20 * time.Millisecond)
		p.Lend()
		p.Back()
	}
}

func TestPatienceWithoutBound(t *testing.T) {
	var p store.Patience
	if ctx := p.Begin(t.Context(), 0, true); ctx != t.Context() {
		t.Error("a context of its own")
	}
	p.End()
}
