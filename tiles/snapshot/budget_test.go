package snapshot_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/snapshot"
)

// largest gives the bytes of the largest tile of each zoom, going down only
// where there is something.
func largest(t *testing.T, s *snapshot.Snapshot, deepest int) []int {
	t.Helper()
	found := make([]int, deepest+1)
	var scratch snapshot.Scratch
	var tile []byte
	var visit func(z, x, y int)
	visit = func(z, x, y int) {
		var err error
		if tile, _, err = s.AppendMVT(tile[:0], "", z, x, y, &scratch); err != nil {
			t.Fatal(err)
		}
		found[z] = max(found[z], len(tile))
		if len(tile) == 0 || z == deepest {
			return
		}
		for i := range 4 {
			visit(z+1, 2*x+i%2, 2*y+i/2)
		}
	}
	visit(0, 0, 0)
	return found
}

func TestByteBudget(t *testing.T) {
	const budget = 60_000
	for name, features := range map[string]iter.Seq2[*geo.Feature, error]{
		"lines": lines(30_000), "points": asPoints(lines(30_000)), "polygons": parcels(60),
	} {
		t.Run(name, func(t *testing.T) {
			s := buildWith(t, lineSchema, features, snapshot.Options{TileBytes: budget})
			sizes := largest(t, s, 11)
			if slices.Max(sizes) > budget || sizes[6] < budget/8 {
				t.Errorf("tiles of %v bytes", sizes)
			}
			for z := range snapshot.MaxGeneralised {
				if name == "points" && s.Drawn(z) > s.Drawn(z+1) {
					t.Errorf("%d points at zoom %d, %d at the next", s.Drawn(z), z, s.Drawn(z+1))
				}
			}
		})
	}
}

// A point that is drawn at a zoom is drawn at every deeper one, in every tile.
func TestPointsStay(t *testing.T) {
	s := buildWith(t, lineSchema, asPoints(lines(5000)), snapshot.Options{TileBytes: 20_000})
	drawn := func(z int) map[uint64]bool {
		ids := map[uint64]bool{}
		fx, fy := tilePosition(3.5, 45.85, z, 0, 0)
		for x := int(fx/4096) - 1<<max(z-6, 0); x <= int(fx/4096)+1<<max(z-6, 0); x++ {
			for y := int(fy/4096) - 1<<max(z-6, 0); y <= int(fy/4096)+1<<max(z-6, 0); y++ {
				if x>>z != 0 || y>>z != 0 {
					continue
				}
				for _, f := range cut(t, s, z, x, y) {
					ids[f.ID] = true
				}
			}
		}
		return ids
	}
	before := map[uint64]bool{}
	for z := range 10 {
		now := drawn(z)
		for id := range before {
			if !now[id] {
				t.Errorf("point %d is drawn at zoom %d and not at %d", id, z-1, z)
			}
		}
		if int64(len(now)) != s.Drawn(z) {
			t.Errorf("zoom %d: %d points found, %d said", z, len(now), s.Drawn(z))
		}
		before = now
	}
	if len(before) < 4000 || s.Drawn(3) > 1000 {
		t.Errorf("%d points at zoom 9, %d at zoom 3", len(before), s.Drawn(3))
	}
}

// Where few of many points have room, they still crowd where all do, and the
// rest of the country is not empty.
func TestCrowdsShow(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	s := buildWith(t, geo.Schema{}, of(20_000, func(i int) geom.T {
		spread := 10.0
		if i%2 == 0 {
			spread = 1 // a hundredth of the area
		}
		return geom.NewPointFlat(geom.XY, []float64{5 + spread*(rng.Float64()-0.5), 40 + spread*(rng.Float64()-0.5)})
	}), snapshot.Options{TileBytes: 20_000})
	for zoom := 3; zoom <= 6; zoom++ {
		town, all := 0.0, 0.0
		n := float64(int(1) << zoom)
		for x := range 1 << zoom {
			for y := range 1 << zoom {
				for _, f := range cut(t, s, zoom, x, y) {
					p := f.Parts[0][0]
					lon, v := (float64(x)+float64(p.X)/4096)/n*360-180, (float64(y)+float64(p.Y)/4096)/n
					lat := math.Atan(math.Sinh(math.Pi*(1-2*v))) * 180 / math.Pi
					all++
					if max(math.Abs(lon-5), math.Abs(lat-40)) < 0.51 {
						town++
					}
				}
			}
		}
		if share := town / all; all < 1000 || all > 10_000 || share < 0.08 || share > 0.5 {
			t.Errorf("zoom %d: %.0f of %.0f points lie in the town", zoom, town, all)
		}
	}
}

func TestKeepAll(t *testing.T) {
	s := buildWith(t, lineSchema, asPoints(lines(5000)), snapshot.Options{TileBytes: 20_000, KeepAll: true})
	if n := len(cut(t, s, 0, 0, 0)); n != 5000 || s.Drawn(0) != 5000 {
		t.Errorf("%d points of 5000, %d said", n, s.Drawn(0))
	}
}

// Something of a dataset is seen at every zoom, however small it is.
func TestSomethingIsSeen(t *testing.T) {
	for _, text := range []string{"POLYGON ((3 45, 3 45.00001, 3.00001 45, 3 45))", "LINESTRING (3 45, 3.00001 45.00001)", "POINT (3 45)"} {
		s := buildWith(t, geo.Schema{}, stream(geo.Feature{FID: 9, Geometry: seal(t, text)}), snapshot.Options{})
		for z := range 16 {
			fx, fy := tilePosition(3, 45, z, 0, 0)
			got := cut(t, s, z, int(fx/4096), int(fy/4096))
			if len(got) != 1 || got[0].ID != 9 {
				t.Errorf("%s at zoom %d: %s", text, z, fmt.Sprint(got))
			}
		}
	}
}
