package snapshot

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/fidset"
	"puy/tiles/mvt"
)

// TestFewFeaturesAreNotThinned asks for a few points among many that stand so
// close that only some of them are drawn.
func TestFewFeaturesAreNotThinned(t *testing.T) {
	const n = 3000
	path := filepath.Join(t.TempDir(), "points.snapshot")
	features := func(yield func(*geo.Feature, error) bool) {
		for i := range n {
			g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{3 + float64(i%60)*1e-4, 45 + float64(i/60)*1e-4}))
			if !yield(&geo.Feature{FID: int64(i + 1), ID: fmt.Sprint(i + 1), Geometry: g}, err) {
				return
			}
		}
	}
	if err := Build(t.Context(), path, geo.Schema{Geometry: geo.GeometryPoint}, features, Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cut := func(sel Selection) int {
		frame, err := Mercator(0, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		tile, _, err := s.AppendTile(context.Background(), nil, "points", frame, sel, new(Scratch))
		if err != nil {
			t.Fatal(err)
		}
		layers, err := mvt.Decode(tile)
		if err != nil || len(layers) != 1 {
			t.Fatal(len(layers), err)
		}
		return len(layers[0].Features)
	}
	if all := cut(Selection{}); all >= n/10 {
		t.Errorf("%d of %d points are drawn at zoom 0", all, n)
	}
	var b fidset.Builder
	for fid := int64(5); fid <= n; fid += 100 {
		if err := b.Add(fid); err != nil {
			t.Fatal(err)
		}
	}
	if few, want := cut(Selection{Keep: b.Set()}), (n-5)/100+1; few != want {
		t.Errorf("%d of %d chosen points are drawn", few, want)
	}
}
