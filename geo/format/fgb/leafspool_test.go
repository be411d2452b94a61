package fgb

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

// TestLeafSpool puts leaves into a file, some without a position, and reads them
// back with the offsets of their records; the file is gone in the end.
func TestLeafSpool(t *testing.T) {
	dir := t.TempDir()
	s, err := newLeafSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	boxes := []geo.Bounds{{MinX: 3.1, MinY: 45.7, MaxX: 3.2, MaxY: 45.8}, geo.EmptyBounds(), {MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}}
	var want []leaf
	offset := uint64(0)
	for i := range 10_000 { // more than its buffers hold
		size := uint32(8 + i)
		want = append(want, leaf{box: boxes[i%3], offset: offset, size: size})
		if err := s.add(boxes[i%3], size); err != nil {
			t.Fatal(err)
		}
		offset += uint64(size)
	}
	got, err := s.all(len(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(leaf{})); diff != "" {
		t.Error(diff)
	}
	if _, err := s.all(len(want) + 1); geo.KindOf(err) != geo.KindInternal {
		t.Errorf("one leaf more than there are: %v", err)
	}
	if err := s.remove(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
