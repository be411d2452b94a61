package ingest

import "math/bits"

// fingerprints remembers hashes with the row in which each was first seen, in memory
// that is bounded: where it is full it goes on with every other hash alone, those
// that end in a zero bit more. A hash that is left out is left out each time, so
// that no doubt falls on those that stay.
type fingerprints struct {
	slots []slot
	used  int
	limit int  // slots at most, a power of two
	skip  uint // low bits that must be zero
}

type slot struct {
	hash uint64 // 0 for none
	row  int64
}

// maxSlots is the usual limit: 64 MB.
const maxSlots = 1 << 22

func newFingerprints(limit int) *fingerprints {
	return &fingerprints{slots: make([]slot, 256), limit: limit}
}

// add gives the row in which hash was seen before, or 0.
func (f *fingerprints) add(hash uint64, row int64) (first int64) {
	if hash == 0 {
		hash = 1 << 63
	}
	if bits.TrailingZeros64(hash) < int(f.skip) {
		return 0
	}
	if f.used*4 >= len(f.slots)*3 {
		f.grow()
		if bits.TrailingZeros64(hash) < int(f.skip) {
			return 0
		}
	}
	s := f.find(hash)
	if s.hash != 0 {
		return s.row
	}
	*s = slot{hash, row}
	f.used++
	return 0
}

// find gives the slot that has hash, or the free one where it belongs.
func (f *fingerprints) find(hash uint64) *slot {
	mask := uint64(len(f.slots) - 1)
	// The low bits may all be zero.
	for i := hash >> 20 & mask; ; i = (i + 1) & mask {
		if s := &f.slots[i]; s.hash == hash || s.hash == 0 {
			return s
		}
	}
}

// grow doubles the slots, or where that is not allowed halves what they hold.
func (f *fingerprints) grow() {
	old := f.slots
	if len(old) < f.limit {
		f.slots = make([]slot, 2*len(old))
	} else {
		f.skip++
		f.slots = make([]slot, len(old))
	}
	f.used = 0
	for _, s := range old {
		if s.hash != 0 && bits.TrailingZeros64(s.hash) >= int(f.skip) {
			*f.find(s.hash) = s
			f.used++
		}
	}
}

// whole tells that no hash was left out.
func (f *fingerprints) whole() bool { return f.skip == 0 }
