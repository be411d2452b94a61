package ingest

import (
	"math/rand/v2"
	"testing"
)

// TestFingerprints compares with a map, below and above the limit.
func TestFingerprints(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f, all := newFingerprints(1<<10), map[uint64]int64{}
	found, missed := 0, 0
	for row := int64(1); row <= 20_000; row++ {
		h := r.Uint64()
		if row%10 == 0 {
			for h = range all { // any of those before
				break
			}
		}
		first, seen := all[h]
		got := f.add(h, row)
		switch {
		case got != 0 && (!seen || got != first):
			t.Fatalf("row %d: hash %x was first seen in row %d, not %d", row, h, first, got)
		case got != 0:
			found++
		case seen:
			missed++
		}
		if !seen {
			all[h] = row
		}
		if row == 700 && (missed > 0 || !f.whole()) {
			t.Fatal("below the limit nothing is missed")
		}
	}
	if len(f.slots) != 1<<10 || f.whole() || found < 70 || missed == 0 {
		t.Errorf("%d slots, whole %v, %d found, %d missed", len(f.slots), f.whole(), found, missed)
	}
}
