package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"puy/geo"
	"puy/store"
)

// replica follows a dataset by its changes, as a cache does.
type replica struct {
	rows  map[int64]geo.Feature
	edits int64
}

// follow reads what changed since the last time.
func (r *replica) follow(ctx context.Context, st store.Store, id string) error {
	var fids []int64
	edits := r.edits // r has them only when it has their features, which ctx may prevent
	for c, err := range st.Changes(ctx, id, 1, r.edits) {
		if err != nil {
			return err
		}
		if c.Edit < edits {
			return fmt.Errorf("edit %d after edit %d", c.Edit, edits)
		}
		edits, fids = c.Edit, append(fids, c.FID)
	}
	if fids == nil {
		return nil
	}
	for _, fid := range fids {
		delete(r.rows, fid)
	}
	for f, err := range st.Features(ctx, id, store.Query{Version: 1, FIDs: fids}) {
		if err != nil {
			return err
		}
		r.rows[f.FID] = *f.Clone()
	}
	r.edits = edits
	return nil
}

// testConcurrentEdits has editors on two handles, each with keys of its own and
// a counter in common, and readers who only follow the changes.
func testConcurrentEdits(t *testing.T, s *suite) {
	const editors, rounds, keys = 4, 15, 8
	ids := []string{"counter"}
	for i := range editors * keys {
		ids = append(ids, fmt.Sprintf("k%d-%d", i/keys, i%keys))
	}
	e := s.edit(t, "d", places(ids...), true)
	ctx, stop := context.WithCancel(testContext(t))
	defer stop()
	var followers, writers sync.WaitGroup
	replicas := make([]*replica, 2)
	for i, st := range []store.Store{e.st, e.other} {
		r := &replica{rows: make(map[int64]geo.Feature)}
		replicas[i] = r
		for _, f := range e.rows {
			r.rows[f.FID] = *f.Clone()
		}
		followers.Go(func() {
			for ctx.Err() == nil {
				if err := r.follow(ctx, st, "d"); err != nil && ctx.Err() == nil {
					t.Errorf("follower %d: %v", i, err)
					return
				}
			}
		})
	}
	for i := range editors {
		st := []store.Store{e.st, e.other}[i%2]
		writers.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 1))
			exists := make(map[string]bool)
			for n := range rounds {
				if err := count(ctx, st, "d"); err != nil {
					t.Errorf("editor %d: counter: %v", i, err)
					return
				}
				var edits []store.Edit
				for range 1 + rnd.IntN(5) {
					id := fmt.Sprintf("k%d-%d", i, rnd.IntN(keys))
					there, known := exists[id]
					f := place(id, fmt.Sprintf("POINT (%d %d)", n, rnd.IntN(90)))
					if rnd.IntN(4) == 0 {
						f.Geometry = geo.Geometry{}
					}
					switch {
					case known && !there:
						edits = append(edits, create(f))
					case rnd.IntN(3) == 0:
						edits = append(edits, remove(id))
					default:
						edits = append(edits, replace(f))
					}
					exists[id] = edits[len(edits)-1].Kind != store.Delete
				}
				if _, err := st.Edit(ctx, "d", edits); err != nil {
					t.Errorf("editor %d: %v", i, err)
					return
				}
			}
		})
	}
	writers.Wait()
	stop()
	followers.Wait()
	final := all(t, s.st, "d", store.Query{})
	for i, r := range replicas {
		must(t, r.follow(testContext(t), s.st, "d"))
		var got []geo.Feature
		for _, f := range r.rows {
			got = append(got, f)
		}
		slices.SortFunc(got, func(a, b geo.Feature) int { return int(a.FID - b.FID) })
		same(t, fmt.Sprint("replica ", i), e.schema, got, final)
	}
	v := e.current(t, e.other)
	if v.Rows != int64(len(final)) || v.Edits != replicas[0].edits {
		t.Errorf("%d rows and %d edits, want %d and %d", v.Rows, v.Edits, len(final), replicas[0].edits)
	}
	f, err := s.st.Feature(testContext(t), "d", "counter")
	if err != nil || f.Values[1] != geo.Integer(editors*rounds) {
		t.Errorf("the counter is %+v, %v; want %d", f, err, editors*rounds)
	}
}

// count adds one to the counter, as often as another editor was faster.
func count(ctx context.Context, st store.Store, id string) error {
	for {
		f, err := st.Feature(ctx, id, "counter")
		if err != nil {
			return err
		}
		next := f.Clone()
		next.Values[1] = geo.Integer(f.Values[1].Integer() + 1)
		_, err = st.Edit(ctx, id, []store.Edit{{Kind: store.Replace, Feature: *next, Expect: f}})
		if err == nil || geo.KindOf(err) != geo.KindConflict {
			return err
		}
	}
}
