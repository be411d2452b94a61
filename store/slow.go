package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"puy/geo"
)

// SlowQuery tells the operator of a query that a store has ended because its
// database took too long. It holds no value that a request gave.
type SlowQuery struct {
	Dataset string
	Allowed time.Duration
	SQL     string // with placeholders; at most SlowText bytes
	Plan    string // as the database explains it without running it, at most SlowText bytes; empty where it did not in time
}

// SlowText bounds the texts of a SlowQuery, in bytes.
const SlowText = 8 << 10

var errTooSlow = fmt.Errorf("the database took too long: %w", context.DeadlineExceeded)

// TooSlow is the error of a query that a Patience has ended: of KindLimit, with
// context.DeadlineExceeded as its cause.
func TooSlow(id string, allowed time.Duration) error {
	return geo.Errorf(geo.KindLimit, "the query of %q was ended after %v: %w", id, allowed, errTooSlow).
		WithHint("the log tells its plan; puy serve --query-timeout says how long queries may take")
}

// IsTooSlow tells errors of TooSlow.
func IsTooSlow(err error) bool { return errors.Is(err, errTooSlow) }

// Bounded tells whether a store ends q when it takes too long. It does not end
// what reads a version as a whole, as the building of tiles does: that takes as
// long as there are rows, and nobody on the Web can make it longer.
func (q *Query) Bounded() bool {
	return q.Bounds != nil || len(q.Where) > 0 || q.Time != nil || q.Filter != nil || q.FIDs != nil || len(q.Sort) > 0 ||
		q.After > 0 || q.Offset > 0 || q.Limit > 0
}

// Patience ends a query whose database takes too long. The time in which the
// caller has a row does not count, so that a slow client ends nothing. Of a
// page, all waiting counts; of a stream without a limit, that for one row.
type Patience struct {
	// turns grows by one when the caller gets a row, and when it gives it back:
	// while it is odd, the caller has one.
	turns  atomic.Uint64
	cancel context.CancelCauseFunc
	ended  atomic.Bool
	look   *time.Timer
}

// patienceSteps is into how many looks the allowed time is cut.
const patienceSteps = 8

// Begin gives a context that ends, with the error of TooSlow's cause, once the
// database has taken longer than allowed; 0 is without bound. The caller ends it
// with End.
func (p *Patience) Begin(ctx context.Context, allowed time.Duration, page bool) context.Context {
	if allowed <= 0 {
		return ctx
	}
	ctx, p.cancel = context.WithCancelCause(ctx)
	step := max(allowed/patienceSteps, time.Microsecond)
	seen, waited := uint64(0), 0
	armed := make(chan struct{})
	p.look = time.AfterFunc(step, func() {
		<-armed // p.look is set
		turns := p.turns.Load()
		if turns != seen && !page {
			waited = 0
		}
		if seen = turns; turns%2 == 0 {
			waited++
		}
		switch {
		case p.ended.Load():
		case waited >= patienceSteps:
			p.cancel(errTooSlow)
		default:
			p.look.Reset(step)
		}
	})
	close(armed)
	return ctx
}

// Lend tells that the caller has got a row.
func (p *Patience) Lend() { p.turns.Add(1) }

// Back tells that the caller wants the next row.
func (p *Patience) Back() { p.turns.Add(1) }

// End ends the context of Begin.
func (p *Patience) End() {
	if p.cancel != nil {
		p.ended.Store(true)
		p.look.Stop()
		p.cancel(nil)
	}
}
