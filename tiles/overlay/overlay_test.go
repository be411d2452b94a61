package overlay_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/overlay"
	"puy/tiles/snapshot"
)

func pack(t *testing.T, p *snapshot.Packer, fid int64, x, y float64) []*snapshot.Loose {
	t.Helper()
	g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{x, y, x + 1, y + 1}))
	if err != nil {
		t.Fatal(err)
	}
	return p.Pack(&geo.Feature{FID: fid, Geometry: g}, 0)
}

// seen gives the fids that an overlay has in a box.
func seen(o *overlay.Overlay, b clip.Box) []uint64 {
	var fids []uint64
	for _, l := range o.Append(nil, b) {
		fids = append(fids, l.FID())
	}
	slices.Sort(fids)
	return fids
}

// An overlay is the map of its changes, and those before it stay what they were
// while others are made of them.
func TestOverlayIsTheMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	packer := snapshot.NewPacker()
	now := map[uint64][]*snapshot.Loose{}
	var o *overlay.Overlay
	type moment struct {
		o   *overlay.Overlay
		now map[uint64][]*snapshot.Loose
	}
	check := func(m moment, rng *rand.Rand) {
		x, y := rng.Int64N(1<<32), rng.Int64N(1<<32)
		b := clip.Box{MinX: x, MinY: y, MaxX: x + 1<<30, MaxY: y + 1<<30}
		var want []uint64
		for fid, all := range m.now {
			for _, l := range all {
				if snapshot.Meet(l.Box, b) {
					want = append(want, fid)
				}
			}
		}
		slices.Sort(want)
		if got := seen(m.o, b); !slices.Equal(got, want) {
			t.Errorf("%d features, want %d", len(got), len(want))
		}
		for fid := range uint64(600) {
			fid += 65536 * (fid % 2)
			_, hidden := m.o.Hidden(fid)
			if _, known := m.now[fid]; hidden != known {
				t.Errorf("Hidden(%d) = %v", fid, hidden)
			}
		}
	}
	var wg sync.WaitGroup
	for i := range 60 {
		var changes []overlay.Change
		for range 1 + rng.IntN(30) {
			fid := uint64(rng.IntN(500))
			fid += 65536 * (fid % 2)
			c := overlay.Change{FID: fid, Old: clip.Box{MaxX: int64(i)}}
			if rng.IntN(4) > 0 {
				c.Now = pack(t, packer, int64(fid), rng.Float64()*300-150, rng.Float64()*160-80)
			}
			changes = append(changes, c)
			now[fid] = c.Now
		}
		o = o.With(changes)
		m := moment{o, maps.Clone(now)}
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			for range 20 {
				check(m, rng)
			}
		})
	}
	wg.Wait()
	if o.Len() != len(now) || o.Bytes() <= 0 {
		t.Errorf("%d changes of %d bytes", o.Len(), o.Bytes())
	}
	// Where the snapshot has a feature is known from its first change.
	first := o.With([]overlay.Change{{FID: 9000, Old: clip.Box{MaxX: 5}}})
	if old, _ := first.With([]overlay.Change{{FID: 9000, Old: clip.Box{MaxX: 6}}}).Hidden(9000); old.MaxX != 5 {
		t.Errorf("the old box is %v", old)
	}
}

func TestNilIsEmpty(t *testing.T) {
	var o *overlay.Overlay
	_, hidden := o.Hidden(1)
	if hidden || o.Len() != 0 || o.Bytes() != 0 || o.Now(1) != nil || seen(o, clip.Box{MaxX: 1 << 32, MaxY: 1 << 32}) != nil {
		t.Error("it is not")
	}
}
