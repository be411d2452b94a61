package snapshot

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/tiles/mvt"
)

// inMemory makes a snapshot without columns of records and the zooms from which
// they are drawn.
func inMemory(zooms []byte, records ...record) *Snapshot {
	s := &Snapshot{features: uint64(len(records)), lastZooms: slices.Repeat([]byte{always}, len(records))}
	var boxes []byte
	var at []byte
	root := records[0].box()
	least := zooms[0]
	for i := range records {
		at = binary.LittleEndian.AppendUint32(at, uint32(len(s.records)))
		s.records = records[i].append(s.records)
		boxes = records[i].box().append(boxes)
		root = root.union(records[i].box())
		least = min(least, zooms[i])
	}
	s.places = places{b: binary.LittleEndian.AppendUint32(at, uint32(len(s.records)))}
	s.levels = []level{{uint64(len(records)), boxes, zooms}, {1, root.append(nil), []byte{least}}}
	return s
}

func TestZoomsAreHonoured(t *testing.T) {
	const unit = 1 << 20 // of zoom 0
	line := record{kind: kindLines, fid: 1, parts: []uint64{4 << 1}, zooms: []byte{0, 2, 0, 1},
		xy: []uint32{0, 0, 1024 * unit, 0, 1024 * unit, 512 * unit, 0, 512 * unit}}
	late := record{kind: kindPoints, fid: 2, xy: []uint32{unit, unit}}
	s := inMemory([]byte{0, 2}, line, late)
	for zoom, want := range []map[uint64][][]mvt.Point{
		{1: {{{X: 0, Y: 0}, {X: 1024, Y: 512}}}},
		{1: {{{X: 0, Y: 0}, {X: 2048, Y: 1024}, {X: 0, Y: 1024}}}},
		{1: {{{X: 0, Y: 0}, {X: 4096, Y: 0}, {X: 4096, Y: 2048}, {X: 0, Y: 2048}}}, 2: {{{X: 4, Y: 4}}}},
	} {
		b, _, err := s.AppendMVT(nil, "l", zoom, 0, 0, new(Scratch))
		if err != nil {
			t.Fatal(err)
		}
		layers, err := mvt.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		got := map[uint64][][]mvt.Point{}
		for _, f := range layers[0].Features {
			got[f.ID] = f.Parts
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("zoom %d: %s", zoom, diff)
		}
	}
	s.levels[1].zooms[0] = 2 // a node whose least zoom is later than the tile's is skipped whole
	if _, n, err := s.AppendMVT(nil, "l", 1, 0, 0, new(Scratch)); n != 0 || err != nil {
		t.Errorf("%d features, %v", n, err)
	}
}

// The curve visits each cell of a square once, and neighbours in turn.
func TestHilbert(t *testing.T) {
	const order = 5
	at := map[uint64][2]int{}
	for x := range 1 << order {
		for y := range 1 << order {
			const cell = 32 - order
			d := hilbert(uint32(x)<<cell, uint32(y)<<cell) >> (2 * cell)
			at[d] = [2]int{x, y}
		}
	}
	if len(at) != 1<<(2*order) {
		t.Fatalf("%d indexes for %d cells", len(at), 1<<(2*order))
	}
	for d := uint64(1); d < 1<<(2*order); d++ {
		a, b := at[d-1], at[d]
		if dx, dy := a[0]-b[0], a[1]-b[1]; dx*dx+dy*dy != 1 {
			t.Fatalf("from %v to %v", a, b)
		}
	}
}
