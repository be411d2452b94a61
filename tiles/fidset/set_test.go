package fidset_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"puy/geo"
	"puy/tiles/fidset"
)

func build(t testing.TB, fids []int64) *fidset.Set {
	t.Helper()
	var b fidset.Builder
	for _, fid := range fids {
		if err := b.Add(fid); err != nil {
			t.Fatal(err)
		}
	}
	return b.Set()
}

// every gives about one in n of the ids below limit.
func every(n int, limit int64) []int64 {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	var fids []int64
	for fid := range limit {
		if rng.IntN(n) == 0 {
			fids = append(fids, fid+5)
		}
	}
	return fids
}

func TestSetIsTheMap(t *testing.T) {
	for name, fids := range map[string][]int64{
		"none": nil, "one": {7}, "zero": {0}, "chunk borders": {65535, 65536, 131071, 1 << 31},
		"dense": every(2, 200_000), "sparse": every(500, 2_000_000), "all": every(1, 70_000), "gap": {3, 65536 * 900, 65536*900 + 1},
	} {
		s, want := build(t, fids), map[int64]bool{}
		for _, fid := range fids {
			want[fid] = true
		}
		if s.Len() != len(fids) {
			t.Errorf("%s: %d ids, want %d", name, s.Len(), len(fids))
		}
		probe := slices.Clone(fids)
		for fid := range int64(300_000) {
			probe = append(probe, fid)
		}
		for _, fid := range fids {
			probe = append(probe, fid+1, max(0, fid-1), fid+65536)
		}
		for _, fid := range probe {
			if s.Has(uint64(fid)) != want[fid] {
				t.Fatalf("%s: Has(%d) = %v", name, fid, !want[fid])
			}
		}
		if s.Has(1<<63) || s.Has(1<<64-1) {
			t.Errorf("%s has an id that cannot be", name)
		}
		if n := s.Bytes(); n > 200+116*len(fids)+50*(1<<15) {
			t.Errorf("%s takes %d bytes", name, n)
		}
	}
	var empty *fidset.Set
	if empty.Has(0) || empty.Len() != 0 {
		t.Error("the nil set")
	}
}

func TestMemory(t *testing.T) {
	if n := build(t, every(2, 1_000_000)).Bytes(); n > 135_000 {
		t.Errorf("half a million dense ids take %d bytes", n)
	}
	if n := build(t, every(200, 1_000_000)).Bytes(); n > 12_000 {
		t.Errorf("five thousand sparse ids take %d bytes", n)
	}
}

func TestBadOrder(t *testing.T) {
	for _, fids := range [][]int64{{-1}, {3, 3}, {3, 2}} {
		var b fidset.Builder
		var err error
		for _, fid := range fids {
			err = b.Add(fid)
		}
		if geo.KindOf(err) != geo.KindInvalid || err == nil {
			t.Errorf("%v: %v", fids, err)
		}
	}
}

// The forms that were weighed against each other, at one id in 2, 20 and 1,000.
func BenchmarkHas(b *testing.B) {
	for _, n := range []int{2, 20, 1000} {
		fids := every(n, 1_000_000)
		set, hash := build(b, fids), map[int64]struct{}{}
		for _, fid := range fids {
			hash[fid] = struct{}{}
		}
		name := map[int]string{2: "half", 20: "twentieth", 1000: "thousandth"}[n]
		run := func(form string, has func(int64) bool) {
			b.Run(name+"/"+form, func(b *testing.B) {
				found, x := 0, uint32(1)
				for b.Loop() {
					x = x*1664525 + 1013904223
					if has(int64(x >> 12)) {
						found++
					}
				}
				_ = found
			})
		}
		run("set", func(v int64) bool { return set.Has(uint64(v)) })
		run("hash", func(v int64) bool { _, ok := hash[v]; return ok })
		run("list", func(v int64) bool { _, ok := slices.BinarySearch(fids, v); return ok })
	}
}
