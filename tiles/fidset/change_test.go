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
	}{"none": {nil, 70_000}, "one": {[]int64{200_000}, 300_000}, "dense": {every(2, 150_000), 400_000}, "sparse": {every(100, 300_000), 400_000}} {
		s, want := build(t, tc.fids), map[int64]bool{}
		for _, fid := range tc.fids {
			want[fid] = true
		}
		for round := range 8 {
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

// Ids that other programs give may lie far from those of a load.
func TestWithFarIds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	places := []int64{0, 70_000, 1 << 33, 1<<33 + 1<<32, 1 << 40, 1 << 62}
	for range 40 {
		want := map[int64]bool{}
		var s *fidset.Set
		for range 12 {
			decided := map[int64]bool{}
			for range 1 + rng.IntN(6) {
				decided[places[rng.IntN(len(places))]+rng.Int64N(4)] = rng.IntN(3) > 0
			}
			changed := slices.Sorted(maps.Keys(decided))
			selected := slices.DeleteFunc(slices.Clone(changed), func(fid int64) bool { return !decided[fid] })
			maps.Copy(want, decided)
			var err error
			if s, err = s.With(changed, selected); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, base := range places {
				for fid := base; fid < base+6; fid++ {
					if s.Has(uint64(fid)) != want[fid] {
						t.Fatalf("Has(%d) = %v", fid, !want[fid])
					}
					if want[fid] {
						n++
					}
				}
			}
			if s.Len() != n || s.Has(1<<63) || s.Bytes() > 10_000_000 {
				t.Fatalf("%d ids of %d, %d bytes", s.Len(), n, s.Bytes())
			}
		}
	}
	if _, err := build(t, []int64{5}).With([]int64{-1}, nil); geo.KindOf(err) != geo.KindInvalid || err == nil {
		t.Errorf("a negative id: %v", err)
	}
	var far []int64
	for i := range int64(100) {
		far = append(far, i<<36)
	}
	if _, err := build(t, []int64{5}).With(far, far); geo.KindOf(err) != geo.KindInvalid || err == nil {
		t.Errorf("ids everywhere: %v", err)
	}
}
