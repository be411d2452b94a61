package api

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"
	"time"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// sleeper gives its first feature only after wait.
type sleeper struct {
	Rows
	wait time.Duration
}

func (s sleeper) Features(ctx context.Context, _ string, _ store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		select {
		case <-time.After(s.wait):
			yield(&geo.Feature{}, nil)
		case <-ctx.Done():
			yield(nil, geo.Errorf(geo.KindUnavailable, "cannot read: %w", ctx.Err()))
		}
	}
}

func TestSlowQueryEndsWith503(t *testing.T) {
	ask := func(wait, patience time.Duration) (err error) {
		a := New(nil, sleeper{wait: wait}, Options{FirstFeature: patience})
		for _, e := range a.features(t.Context(), "d", store.Query{}) {
			err = e
		}
		return err
	}
	if err := ask(0, time.Minute); err != nil {
		t.Error(err)
	}
	err := ask(time.Minute, 10*time.Millisecond)
	if p, ok := errors.AsType[*answer.Problem](err); !ok || p.Status != http.StatusServiceUnavailable || p.RetryAfter == 0 {
		t.Error(err)
	}
}
