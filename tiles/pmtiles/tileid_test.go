package pmtiles

import "testing"

func TestID(t *testing.T) {
	// The first ids and a deep one, from the examples of the specification.
	for _, tc := range []struct {
		id      uint64
		z, x, y int
	}{
		{0, 0, 0, 0}, {1, 1, 0, 0}, {2, 1, 0, 1}, {3, 1, 1, 1}, {4, 1, 1, 0}, {5, 2, 0, 0}, {19078479, 12, 3423, 1763},
	} {
		if id := ID(tc.z, tc.x, tc.y); id != tc.id {
			t.Errorf("tile %d/%d/%d has id %d, want %d", tc.z, tc.x, tc.y, id, tc.id)
		}
		if z, x, y, ok := ZXY(tc.id); !ok || z != tc.z || x != tc.x || y != tc.y {
			t.Errorf("id %d is tile %d/%d/%d %v, want %d/%d/%d", tc.id, z, x, y, ok, tc.z, tc.x, tc.y)
		}
	}
}

// Each zoom is one walk of neighbours that begins at the north-west and ends at
// the north-east, and four children follow each other within their parent.
func TestHilbertCurve(t *testing.T) {
	id := uint64(0)
	for z := range 8 {
		lastX, lastY := 0, 0
		for d := range uint64(1) << (2 * z) {
			gotZ, x, y, ok := ZXY(id)
			if !ok || gotZ != z || ID(z, x, y) != id {
				t.Fatalf("id %d is tile %d/%d/%d, whose id is %d", id, gotZ, x, y, ID(z, x, y))
			}
			if step := (x-lastX)*(x-lastX) + (y-lastY)*(y-lastY); d > 0 && step != 1 {
				t.Fatalf("from %d/%d to %d/%d of zoom %d is no step", lastX, lastY, x, y, z)
			}
			if z > 0 && ID(z-1, x/2, y/2) != firstID(z-1)+d/4 {
				t.Fatalf("tile %d/%d/%d is not within its parent", z, x, y)
			}
			lastX, lastY, id = x, y, id+1
		}
		if lastX != 1<<z-1 || lastY != 0 {
			t.Errorf("zoom %d ends at %d, %d", z, lastX, lastY)
		}
	}
	last := 1<<MaxZoom - 1
	if z, x, y, ok := ZXY(ID(MaxZoom, last, last)); !ok || z != MaxZoom || x != last || y != last {
		t.Errorf("the last tile is %d/%d/%d", z, x, y)
	}
	if _, _, _, ok := ZXY(firstID(MaxZoom + 1)); ok {
		t.Error("an id beyond the last zoom has a tile")
	}
}
