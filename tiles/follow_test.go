package tiles_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles"
)

func spot(fid int64, x, y float64, n int64) geo.Feature {
	g, _ := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{x, y}))
	return geo.Feature{FID: fid, Geometry: g, Values: []geo.Value{geo.Integer(n), {}, geo.Date(1)}}
}

// filled has so many points that stand all over the dataset "a".
func filled(n int) *desk {
	d := newDesk("a")
	var all []geo.Feature
	for i := range n {
		all = append(all, spot(0, float64(i%360)-179.5, float64(i%170)-84.5, int64(i)))
	}
	d.edit("a", all...)
	return d
}

func whole(t testing.TB, s *tiles.Service) tiles.Tile {
	t.Helper()
	return at(t, tileset(t, s, tiles.Query{Layers: points("a")}), place{}, tiles.Identity)
}

// A reader never sees less than what was there when it asked, whatever is cut,
// cached, folded or evicted at the time, and each tile is of one moment.
func TestReadersSeeEachEdit(t *testing.T) {
	for _, quiet := range []time.Duration{-1, time.Hour} {
		d := filled(50)
		s := open(t, d, t.TempDir(), func(o *tiles.Options) { o.FoldQuiet, o.FoldChanges = quiet, 1 })
		all := tileset(t, s, tiles.Query{Layers: points("a")})
		some := tileset(t, s, tiles.Query{Layers: []tiles.Layer{{Dataset: "a", Filter: where(7)}}})
		var shown atomic.Int64 // how often the feature 1 has changed for certain
		var wg sync.WaitGroup
		done := make(chan struct{})
		for r := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-done:
						return
					default:
					}
					least := shown.Load()
					tile := at(t, all, place{}, tiles.Coding(r%3))
					tile, err := s.In(tile, tiles.Identity)
					if err != nil {
						t.Error(err)
						return
					}
					found := false
					for _, text := range content(t, tile.Body) {
						var n int64
						if strings.Contains(text, "{ID:1 ") {
							_, err := fmt.Sscanf(text[strings.Index(text, "map["):], "map[day:1970-01-02 n:%d]", &n)
							found = err == nil && n >= least
						}
					}
					if !found {
						t.Errorf("edit %d does not show", least)
						return
					}
					if tile := at(t, some, place{}, tiles.Gzip); tile.Features > 2 {
						t.Errorf("%d features pass the filter", tile.Features)
					}
				}
			})
		}
		for i := int64(1); i < 150; i++ {
			d.edit("a", spot(1, float64(i%100), 40, i), spot(2, float64(i%50), 30, 0))
			shown.Store(i)
			if i%4 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		if quiet > 0 {
			await(t, func() bool { return s.Stats().Folds > 0 })
		}
		close(done)
		wg.Wait()
	}
}

// A restart maps the snapshot, reads what has changed since, and serves the same.
func TestRestartCatchesUp(t *testing.T) {
	d, dir := filled(100), t.TempDir()
	s := open(t, d, dir, func(o *tiles.Options) { o.FoldQuiet = time.Millisecond })
	whole(t, s)
	d.edit("a", spot(3, 1, 1, 1000))
	whole(t, s)
	await(t, func() bool { return s.Stats().Folds == 1 })
	d.edit("a", spot(4, 2, 2, 2000), geo.Feature{FID: 5})
	before := whole(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	built := d.streams.Load()
	again := open(t, d, dir, nil)
	if after := whole(t, again); strings.Join(content(t, before.Body), "\n") != strings.Join(content(t, after.Body), "\n") || after.Version != "1-e3" {
		t.Errorf("after the restart version %s", after.Version)
	}
	if d.streams.Load() != built {
		t.Error("the snapshot was built anew")
	}
	if files := snapshots(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

// Where the changes are not known any more, or too many, there is a new snapshot:
// at the start before the first tile, later while the old tiles are served.
func TestForgottenChanges(t *testing.T) {
	d, dir := filled(100), t.TempDir()
	s := open(t, d, dir, nil)
	whole(t, s)
	forget := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.books["a"].kept = d.books["a"].edits
	}
	d.edit("a", spot(3, 1, 1, 1000))
	forget()
	gate := make(chan struct{})
	d.mu.Lock()
	d.gate = gate
	d.mu.Unlock()
	if tile := whole(t, s); tile.Version != "1-e1" || tile.Features != 100 {
		t.Errorf("version %s while the snapshot is built", tile.Version)
	}
	close(gate)
	await(t, func() bool { return whole(t, s).Version == "1-e2" })
	if text := strings.Join(content(t, whole(t, s).Body), "\n"); !strings.Contains(text, "n:1000") {
		t.Error("the change does not show")
	}
	d.edit("a", spot(4, 1, 1, 3000)) // and it goes on
	if tile := whole(t, s); tile.Version != "1-e3" || !strings.Contains(strings.Join(content(t, tile.Body), "\n"), "n:3000") {
		t.Errorf("version %s after another edit", tile.Version)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	d.edit("a", spot(5, 1, 1, 4000))
	forget()
	if tile := whole(t, open(t, d, dir, nil)); tile.Version != "1-e4" || !strings.Contains(strings.Join(content(t, tile.Body), "\n"), "n:4000") {
		t.Errorf("version %s after a restart", tile.Version)
	}
	if files := snapshots(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

func TestManyChangesAtOnce(t *testing.T) {
	d, dir := filled(22_000), t.TempDir()
	s := open(t, d, dir, nil)
	whole(t, s)
	var all []geo.Feature
	for fid := range int64(21_000) {
		all = append(all, spot(fid+1, 10, 10, 5))
	}
	d.edit("a", all...)
	await(t, func() bool { return whole(t, s).Version == "1-e2" })
	if n := whole(t, s).Features; n != 22_000 || s.Stats().Folds != 1 {
		t.Errorf("%d features, %d folds", n, s.Stats().Folds)
	}
	if files := snapshots(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

// While the source does not tell the changes, tiles are as they were.
func TestSourceFails(t *testing.T) {
	d := filled(10)
	s := open(t, d, t.TempDir(), nil)
	whole(t, s)
	d.mu.Lock()
	d.fail = errors.New("no answer")
	d.mu.Unlock()
	d.edit("a", spot(1, 0, 0, 77))
	start := time.Now()
	for range 5 {
		if tile := whole(t, s); tile.Version != "1-e1" {
			t.Errorf("version %s", tile.Version)
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("tiles waited %s", took)
	}
	d.mu.Lock()
	d.fail = nil
	d.mu.Unlock()
	await(t, func() bool { return whole(t, s).Version == "1-e2" })
}

// A growing overlay is folded, at any rate of edits, and the folder holds no
// more than the snapshot in use and the one being built.
func TestFoldsAreBounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	d, dir := filled(2000), t.TempDir()
	s := open(t, d, dir, func(o *tiles.Options) { o.FoldQuiet, o.FoldChanges = time.Hour, 100 })
	whole(t, s)
	for i := range 60 {
		var some []geo.Feature
		for range 10 {
			some = append(some, spot(1+rng.Int64N(2000), rng.Float64()*100, 10, int64(i)))
		}
		d.edit("a", some...)
		if n := whole(t, s).Features; n != 2000 {
			t.Fatalf("%d features after edit %d", n, i)
		}
		if files := snapshots(t, dir); len(files) > 4 {
			t.Fatalf("files %v", files)
		}
	}
	await(t, func() bool { return s.Stats().Folds > 0 && len(snapshots(t, dir)) == 1 })
}

// A filter is asked about what has changed, not about everything again.
func TestFiltersAreAmended(t *testing.T) {
	d := filled(500)
	s := open(t, d, t.TempDir(), nil)
	set := tileset(t, s, tiles.Query{Layers: []tiles.Layer{{Dataset: "a", Filter: where(5)}}})
	for i := range int64(10) {
		d.edit("a", spot(100+i, 1, 1, 5))
		if tile := at(t, set, place{}, tiles.Gzip); tile.Features != int(i)+2 {
			t.Errorf("%d features after edit %d", tile.Features, i)
		}
	}
	if all, some := d.filters.Load(), d.somes.Load(); all != 1 || some != 9 {
		t.Errorf("the filter was evaluated %d times over everything, %d times over changes", all, some)
	}
}
