package tiles_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"puy/geo"
	"puy/tiles"
	"puy/tiles/mvt"
	"puy/tiles/tms"
)

func open(t testing.TB, d *desk, dir string, change func(*tiles.Options)) *tiles.Service {
	t.Helper()
	opt := tiles.Options{Source: d, Dir: dir, Log: slog.New(slog.DiscardHandler), FoldQuiet: -1,
		MLT: func(dst, mvt []byte) ([]byte, error) { return append(append(dst, "MLT "...), mvt...), nil }}
	if change != nil {
		change(&opt)
	}
	s, err := tiles.NewService(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// queries are all kinds of tilesets that hold the dataset a.
func queries() map[string]tiles.Query {
	one := func(l tiles.Layer) tiles.Query { return tiles.Query{Layers: []tiles.Layer{l}} }
	world, turned := one(tiles.Layer{Dataset: "a"}), one(tiles.Layer{Dataset: "a"})
	world.Set, turned.Encoding = tms.WorldCRS84Quad(), tiles.MLT
	days := &tiles.TimeFilter{Field: "day", Interval: geo.Interval{Start: time.Unix(10*86400, 0), End: time.Unix(25*86400, 0)}}
	return map[string]tiles.Query{
		"all": one(tiles.Layer{Dataset: "a"}), "fields": one(tiles.Layer{Dataset: "a", Fields: []string{"name"}}),
		"filter": one(tiles.Layer{Dataset: "a", Filter: where(2)}), "time": one(tiles.Layer{Dataset: "a", Filter: tiles.Filter{Time: days}}),
		"two": {Layers: []tiles.Layer{{Dataset: "b"}, {Dataset: "a", Filter: where(1)}}}, "world": world, "mlt": turned,
	}
}

type place struct{ z, x, y int }

// places are all tiles of the first zooms and some around features farther down.
func places(rng *rand.Rand, d *desk, set *tms.Set) []place {
	var all []place
	wide := 1
	if set != nil {
		wide = 2
	}
	for z := range 4 {
		for x := range wide << z {
			for y := range 1 << z {
				all = append(all, place{z, x, y})
			}
		}
	}
	for _, f := range d.list("a", nil) {
		b, z := f.Geometry.Bounds(), 4+rng.IntN(17)
		n := math.Exp2(float64(z))
		sin := math.Sin(b.MaxY * math.Pi / 180)
		x, y := (b.MinX+180)/360*n, (0.5-math.Log((1+sin)/(1-sin))/(4*math.Pi))*n
		if set != nil {
			y, x = (90-b.MaxY)/180*n, x*2
		}
		all = append(all, place{z, int(x), int(y)})
	}
	return all
}

func at(t testing.TB, set *tiles.Tileset, p place, coding tiles.Coding) tiles.Tile {
	t.Helper()
	tile, err := set.Tile(t.Context(), p.z, p.x, p.y, coding)
	if err != nil {
		t.Fatal(p, err)
	}
	return tile
}

// content gives a tile's features as text, in an order of their own.
func content(t testing.TB, body []byte) []string {
	t.Helper()
	body = bytes.TrimPrefix(body, []byte("MLT "))
	layers, err := mvt.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range layers {
		for _, f := range l.Features {

			all = append(all, fmt.Sprintf("%s %+v", l.Name, f))
		}
	}
	slices.Sort(all)
	return all
}

// After each edit, every tile of every kind is what a service gives that has
// just built its snapshot: from the overlay, and after that was folded.
func TestEditsShowAsInANewSnapshot(t *testing.T) {
	for name, change := range map[string]func(*tiles.Options){
		"overlay": nil, "folding": func(o *tiles.Options) { o.FoldQuiet = time.Millisecond }, "uncached": func(o *tiles.Options) { o.CacheBytes = -1 }} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, uint64(len(name))))
			d := newDesk("a", "b")
			d.random(rng, "b", 20)
			for range 3 {
				d.random(rng, "a", 40)
			}
			s := open(t, d, t.TempDir(), change)
			warm := func() {
				for _, q := range queries() {
					for _, p := range places(rng, d, q.Set) {
						at(t, tileset(t, s, q), p, tiles.Gzip)
					}
				}
			}
			warm()
			for round := range 12 {
				d.random(rng, []string{"a", "a", "b"}[round%3], []int{1, 5, 40}[rng.IntN(3)])
				if name == "folding" && round%3 == 2 {
					folds := s.Stats().Folds
					warm()
					await(t, func() bool { return s.Stats().Folds > folds })
				}
				compare(t, rng, d, s, round)
			}
			if n := d.streams.Load(); name == "overlay" && n != 2+2*12 { // two for each fresh service
				t.Errorf("%d snapshots were built", n)
			}
		})
	}
}

func compare(t *testing.T, rng *rand.Rand, d *desk, s *tiles.Service, round int) {
	t.Helper()
	fresh := open(t, d, t.TempDir(), nil)
	defer fresh.Close()
	for name, q := range queries() {
		set, other := tileset(t, s, q), tileset(t, fresh, q)
		for _, p := range places(rng, d, q.Set) {
			got, want := at(t, set, p, tiles.Identity), at(t, other, p, tiles.Identity)
			if a, b := content(t, got.Body), content(t, want.Body); !slices.Equal(a, b) || got.Version != want.Version {
				t.Fatalf("edit %d, %s %v, %s and %s:\n%v\n%v", round, name, p, got.Version, want.Version, a, b)
			}
		}
	}
}

func await(t testing.TB, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// meets tells whether a tile with its buffer has part in a box, and whether that
// is too close to say.
func meets(p place, b geo.Bounds) (yes, close bool) {
	if b.IsEmpty() {
		return false, false
	}
	n := math.Exp2(float64(p.z))
	north := func(lat float64) float64 {
		sin := math.Sin(lat * math.Pi / 180)
		return (0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)) * n
	}
	room := []float64{(b.MaxX+180)/360*n - float64(p.x), float64(p.x+1) - (b.MinX+180)/360*n,
		north(b.MinY) - float64(p.y), float64(p.y+1) - north(b.MaxY)}
	least := slices.Min(room) + 80.0/4096
	return least > 0, math.Abs(least) < 1e-3
}

// A change makes those tiles stale that its old and new boxes touch; of the
// others the very bytes stay that were cached.
func TestOnlyTouchedTilesAreStale(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	d := newDesk("a", "b")
	for range 4 {
		d.random(rng, "a", 40)
	}
	s := open(t, d, t.TempDir(), nil)
	for name, q := range queries() {
		if q.Set != nil || name == "two" {
			continue
		}
		set := tileset(t, s, q)
		for round := range 8 {
			all := places(rng, d, nil)
			before := map[place]tiles.Tile{}
			for _, p := range all {
				before[p] = at(t, set, p, tiles.Gzip)
			}
			touched := d.random(rng, "a", 3)
			stale := s.Stats().Stale
			want := uint64(0)
			unsure := false
			for p, tile := range before {
				now := at(t, set, p, tiles.Gzip)
				hit := false
				for _, b := range touched {
					yes, close := meets(p, b)
					hit, unsure = hit || yes, unsure || close
				}
				if hit {
					want++
				} else if !unsure && len(tile.Body) > 0 && (len(now.Body) == 0 || &now.Body[0] != &tile.Body[0]) {
					t.Errorf("%s, edit %d: tile %v was cut again", name, round, p)
				}
			}
			if got := s.Stats().Stale - stale; got != want && !unsure {
				t.Errorf("%s, edit %d: %d tiles were stale, want %d of %d", name, round, got, want, len(before))
			}
		}
	}
}
