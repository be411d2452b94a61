package fidset_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"puy/geo"
	"puy/tiles/fidset"
)

// After any changes the set is what a new one of the same ids is, and the one
// before stays what it was.
func TestWithIsTheMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, tc := range map[string]struct {
		fids  []int64
		limit int64
	}{"none": {nil, 70_000}, "one": {[]int64{200_000}, 300_000}, "dense": {every(2, 150_000), 400_000}, "sparse": {every(300, 1_000_000), 1_500_000}} {
		s, want := build(t, tc.fids), map[int64]bool{}
		for _, fid := range tc.fids {
			want[fid] = true
		}
		for round := range 20 {
			before, had := s, slices.Sorted(maps.Keys(want))
			decided := map[int64]bool{}
			base := rng.Int64N(tc.limit)
			for range 1 + rng.IntN(1+round*100) {
				fid := rng.Int64N(tc.limit)
				if round%2 == 0 {
					fid = base + rng.Int64N(3000) // a cluster turns a list into a bitmap and back
				}
				decided[fid] = rng.IntN(3) > 0
			}
			changed := slices.Sorted(maps.Keys(decided))
			var selected []int64
			for _, fid := range changed {
				delete(want, fid)
				if decided[fid] {
					want[fid] = true
					selected = append(selected, fid)
				}
			}
			var err error
			if s, err = s.With(changed, selected); err != nil {
				t.Fatal(name, err)
			}
			fresh := build(t, slices.Sorted(maps.Keys(want)))
			if s.Len() != len(want) || s.Len() != fresh.Len() {
				t.Fatalf("%s: %d ids, want %d", name, s.Len(), len(want))
			}
			for fid := range tc.limit + 4000 {
				if s.Has(uint64(fid)) != want[fid] {
					t.Fatalf("%s, round %d: Has(%d) = %v", name, round, fid, !want[fid])
				}
			}
			if before.Len() != len(had) || len(had) > 0 && !before.Has(uint64(had[len(had)/2])) {
				t.Fatalf("%s: the set before has changed", name)
			}
		}
	}
}

func TestWithFarIds(t *testing.T) {
	s := build(t, []int64{5})
	for _, changed := range [][]int64{{-1}, {1 << 40}} {
		if _, err := s.With(changed, changed); geo.KindOf(err) != geo.KindInvalid || err == nil {
			t.Errorf("%v: %v", changed, err)
		}
	}
	var empty *fidset.Set
	if s, err := empty.With([]int64{7, 9}, []int64{9}); err != nil || s.Len() != 1 || !s.Has(9) || s.Has(7) {
		t.Errorf("of nothing: %v", err)
	}
}
