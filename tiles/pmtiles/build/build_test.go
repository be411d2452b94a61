package build

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"go.uber.org/goleak"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/mvt"
	"puy/tiles/pmtiles"
	"puy/tiles/snapshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// layer packs points and lines, given as lists of lon, lat.
func layer(t *testing.T, id string, shapes ...[]float64) Layer {
	t.Helper()
	return layerWith(t, snapshot.Options{}, id, shapes...)
}

func layerWith(t *testing.T, opt snapshot.Options, id string, shapes ...[]float64) Layer {
	t.Helper()
	path := filepath.Join(t.TempDir(), id)
	var features iter.Seq2[*geo.Feature, error] = func(yield func(*geo.Feature, error) bool) {
		for i, flat := range shapes {
			var shape geom.T = geom.NewLineStringFlat(geom.XY, flat)
			if len(flat) == 2 {
				shape = geom.NewPointFlat(geom.XY, flat)
			}
			g, err := geo.NewGeometry(shape)
			if !yield(&geo.Feature{FID: int64(i + 1), Geometry: g}, err) {
				return
			}
		}
	}
	if err := snapshot.Build(t.Context(), path, geo.Schema{Geometry: geo.GeometryAny}, features, opt); err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return Layer{id, s}
}

func scene(t *testing.T) []Layer {
	return []Layer{
		layer(t, "a", []float64{3.08, 45.77}, []float64{-4.5, 48.4}, []float64{0, 0}, []float64{-179.99999, 85}, []float64{3.1, 45.7, 3, 44.1, -1, 43}),
		layer(t, "b", []float64{180, -85.05}, []float64{-60, 10, 70, -50}),
	}
}

// archive builds layers into an archive and gives its tiles, uncompressed.
func archive(t *testing.T, layers []Layer, opt Options) map[uint64][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w, err := pmtiles.Create(path+".part", "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := Run(t.Context(), w, layers, opt); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Finish(t.Context(), path, pmtiles.Description{Type: pmtiles.TypeMVT, TileCompression: pmtiles.CompressionGzip}); err != nil {
		t.Fatal(err)
	}
	return read(t, path, opt.MaxZoom)
}

func read(t *testing.T, path string, maxZoom int) map[uint64][]byte {
	t.Helper()
	a, err := pmtiles.Open(t.Context(), pmtiles.NewFile(path))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tiles := map[uint64][]byte{}
	for id := range pmtiles.ID(maxZoom+1, 0, 0) {
		z, x, y, _ := pmtiles.ZXY(id)
		tile, err := a.Tile(t.Context(), z, x, y)
		if err != nil {
			t.Fatal(err)
		}
		if tile.Data == nil {
			continue
		}
		in, err := gzip.NewReader(bytes.NewReader(tile.Data))
		if err != nil || tile.Compression != pmtiles.CompressionGzip {
			t.Fatalf("tile %d/%d/%d: %v, %v", z, x, y, tile.Compression, err)
		}
		if tiles[id], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return tiles
}

// every cuts each tile of the zooms, without a walk.
func every(t *testing.T, layers []Layer, minZoom, maxZoom int, wanted func(z, x, y int) bool) map[uint64][]byte {
	t.Helper()
	tiles := map[uint64][]byte{}
	var scratch snapshot.Scratch
	for id := pmtiles.ID(minZoom, 0, 0); id < pmtiles.ID(maxZoom+1, 0, 0); id++ {
		z, x, y, _ := pmtiles.ZXY(id)
		var raw []byte
		var err error
		for _, l := range layers {
			if raw, _, err = l.Snapshot.AppendMVT(raw, l.ID, z, x, y, &scratch); err != nil {
				t.Fatal(err)
			}
		}
		if len(raw) > 0 && wanted(z, x, y) {
			if _, err := mvt.Decode(raw); err != nil {
				t.Fatal(err)
			}
			tiles[id] = raw
		}
	}
	return tiles
}

func TestRun(t *testing.T) {
	layers := scene(t)
	all := func(z, x, y int) bool { return true }
	for _, jobs := range []int{1, 3} {
		if diff := cmp.Diff(every(t, layers, 0, 8, all), archive(t, layers, Options{MaxZoom: 8, Jobs: jobs})); diff != "" {
			t.Errorf("%d jobs: %s", jobs, diff)
		}
	}
	if diff := cmp.Diff(every(t, layers, 5, 7, all), archive(t, layers, Options{MinZoom: 5, MaxZoom: 7, Jobs: 2})); diff != "" {
		t.Error(diff)
	}
}

func TestRunWithinABox(t *testing.T) {
	layers := scene(t)
	for _, b := range []geo.Bounds{{MinX: 2.5, MinY: 45, MaxX: 4, MaxY: 46}, {MinX: 170, MinY: -88, MaxX: -170, MaxY: 88}} {
		// The tile's corners in degrees, by the formulas of web Mercator.
		wanted := func(z, x, y int) bool {
			n := math.Exp2(float64(z))
			lat := func(y int) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*float64(y)/n))) * 180 / math.Pi }
			tile := geo.Bounds{MinX: float64(x)/n*360 - 180, MinY: lat(y + 1), MaxX: float64(x+1)/n*360 - 180, MaxY: lat(y)}
			return tile.Intersects(b)
		}
		if diff := cmp.Diff(every(t, layers, 0, 8, wanted), archive(t, layers, Options{MaxZoom: 8, Jobs: 2, Bounds: &b})); diff != "" {
			t.Errorf("%v: %s", b, diff)
		}
	}
}

// However often a build is interrupted, the archive is the same to the byte.
func TestInterruptedRun(t *testing.T) {
	layers := scene(t)
	opt := Options{MaxZoom: 9, Jobs: 2}
	dir := t.TempDir()
	build := func(name string, stops int) []byte {
		path := filepath.Join(dir, name)
		for {
			w, err := pmtiles.Create(path+".part", "")
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			before, _, _ := w.Counts()
			ctx, cancel := context.WithCancel(t.Context())
			opt.Observe = func(Progress) {
				if stops > 0 {
					stops--
					cancel()
				}
			}
			err = Run(ctx, w, layers, opt)
			cancel()
			if err == nil {
				if name == "stopped" && before == 0 {
					t.Error("no build was resumed")
				}
				if _, err := w.Finish(t.Context(), path, pmtiles.Description{}); err != nil {
					t.Fatal(err)
				}
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if after, _, _ := w.Counts(); after < before {
				t.Fatalf("%d tiles, then %d", before, after)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if whole, stopped := build("whole", 0), build("stopped", 3); !bytes.Equal(whole, stopped) {
		t.Errorf("%d and %d bytes differ", len(whole), len(stopped))
	}
}

// walked gives the tiles of some zooms that a walk meets.
func walked(t *testing.T, w walk, minZoom, maxZoom int) (ids []uint64) {
	t.Helper()
	for z := minZoom; z <= maxZoom; z++ {
		w.down(square{z: z}, z, w.all(), func(s square, _ []snapshot.Entries) bool {
			if n := len(ids); n > 0 && s.first() <= ids[n-1] || s.first() != s.last() {
				t.Fatalf("tiles %d to %d after %d", s.first(), s.last(), ids[n-1])
			}
			ids = append(ids, s.first())
			return true
		})
	}
	return ids
}

func TestWalkIsComplete(t *testing.T) {
	// The box of one line is the world.
	world := walk{layers: []Layer{layer(t, "a", []float64{-180, -85.06, 180, 85.06})}}
	if ids := walked(t, world, 2, 5); len(ids) != 16+64+256+1024 || ids[len(ids)-1] != pmtiles.ID(6, 0, 0)-1 {
		t.Errorf("%d tiles up to %d", len(ids), ids[len(ids)-1])
	}
	world.after, world.skip = pmtiles.ID(4, 3, 3), true
	if ids := walked(t, world, 2, 5); len(ids) != int(pmtiles.ID(6, 0, 0)-1-world.after) || ids[0] != world.after+1 {
		t.Errorf("%d tiles after one of zoom 4", len(ids))
	}
}

// Every tile that has features is met; most tiles far from all are not.
func TestWalkMeetsFeaturesAlone(t *testing.T) {
	layers := scene(t)[:1] // without the line whose box is half the world
	met := walked(t, walk{layers: layers}, 0, 7)
	cuts := every(t, layers, 0, 7, func(z, x, y int) bool { return true })
	for id := range cuts {
		if _, ok := slices.BinarySearch(met, id); !ok {
			z, x, y, _ := pmtiles.ZXY(id)
			t.Errorf("tile %d/%d/%d has features and is not met", z, x, y)
		}
	}
	if len(met) > 2*len(cuts) {
		t.Errorf("%d tiles are met, %d have features", len(met), len(cuts))
	}
}

// Clusters open at the last zoom of an archive, whichever it is.
func TestClustersOpen(t *testing.T) {
	l := layerWith(t, snapshot.Options{Cluster: &catalog.Cluster{}}, "a", []float64{3, 44.9}, []float64{3.2, 44.7}, []float64{3.2, 44.9})
	for _, last := range []int{5, 7} {
		tiles := archive(t, []Layer{l}, Options{MaxZoom: last, Jobs: 1})
		for z := range last + 1 {
			at := pmtiles.ID(z, 1<<z*183/360, int(float64(int(1)<<z)*0.36))
			layers, err := mvt.Decode(tiles[at])
			if err != nil || len(layers) != 1 {
				t.Fatalf("zoom %d: %v, %v", z, layers, err)
			}
			want := 1
			if z == last {
				want = 3
			}
			if n := len(layers[0].Features); n != want {
				t.Errorf("zoom %d of %d: %d features", z, last, n)
			}
		}
	}
}
