package tiles_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"puy/geo"
	"puy/tiles"
	"puy/tiles/mvt"
	"puy/tiles/tms"
)

func tileset(t testing.TB, s *tiles.Service, q tiles.Query) *tiles.Tileset {
	t.Helper()
	set, err := s.Tileset(q)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func get(t testing.TB, set *tiles.Tileset, coding tiles.Coding) tiles.Tile {
	t.Helper()
	tile, err := set.Tile(t.Context(), 0, 0, 0, coding)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

func layers(t testing.TB, set *tiles.Tileset) []mvt.Layer {
	t.Helper()
	all, err := mvt.Decode(get(t, set, tiles.Identity).Body)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func points(names ...string) []tiles.Layer {
	var all []tiles.Layer
	for _, name := range names {
		all = append(all, tiles.Layer{Dataset: name})
	}
	return all
}

func where(n int64) tiles.Filter {
	return tiles.Filter{Where: []tiles.Condition{{Field: "n", Value: geo.Integer(n)}}}
}

// Each coding holds the same tile under a validator of its own, whatever
// coding was asked for first.
func TestCodings(t *testing.T) {
	for _, first := range []tiles.Coding{tiles.Identity, tiles.Gzip, tiles.Zstd} {
		s := start(t, &source{current: 300}, t.TempDir())
		set := tileset(t, s, tiles.Query{Layers: points("points")})
		get(t, set, first)
		plain, zipped, zstded := get(t, set, tiles.Identity), get(t, set, tiles.Gzip), get(t, set, tiles.Zstd)
		z, err := gzip.NewReader(bytes.NewReader(zipped.Body))
		if err != nil {
			t.Fatal(err)
		}
		unzipped, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(unzipped, plain.Body) {
			t.Errorf("gzip after %s: %v", first, err)
		}
		d, err := zstd.NewReader(nil)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := d.DecodeAll(zstded.Body, nil)
		d.Close()
		if err != nil || !bytes.Equal(raw, plain.Body) {
			t.Errorf("zstd after %s: %v", first, err)
		}
		base := strings.TrimSuffix(plain.ETag, `"`)
		if zipped.ETag != base+`-gzip"` || zstded.ETag != base+`-zstd"` || len(plain.Body) < 2*len(zipped.Body) {
			t.Errorf("%s %s %s, %d and %d bytes", plain.ETag, zipped.ETag, zstded.ETag, len(plain.Body), len(zipped.Body))
		}
	}
}

func TestSmallTilesAreNotCompressed(t *testing.T) {
	s := start(t, &source{current: 3}, t.TempDir())
	set := tileset(t, s, tiles.Query{Layers: points("points")})
	small := get(t, set, tiles.Gzip)
	if small.Coding != tiles.Identity || strings.Contains(small.ETag, "gzip") {
		t.Errorf("%v %s", small.Coding, small.ETag)
	}
	forced, err := s.In(small, tiles.Gzip)
	if err != nil || forced.Coding != tiles.Gzip || !strings.HasSuffix(forced.ETag, `-gzip"`) || !bytes.HasPrefix(forced.Body, []byte{0x1f, 0x8b}) {
		t.Errorf("%+v %v", forced, err)
	}
}

func TestLayersOfATile(t *testing.T) {
	src := &source{current: 5}
	s := start(t, src, t.TempDir())
	q := tiles.Query{Layers: []tiles.Layer{{Dataset: "others", Fields: []string{}}, {Dataset: "points", Filter: where(2)}}}
	set := tileset(t, s, q)
	all := layers(t, set)
	if len(all) != 2 || all[0].Name != "others" || all[1].Name != "points" || len(all[0].Features) != 5 || len(all[1].Features) != 1 {
		t.Fatalf("%+v", all)
	}
	if len(all[0].Features[0].Properties) != 0 || len(all[1].Features[0].Properties) != 1 || all[1].Features[0].ID != 3 {
		t.Errorf("%+v", all)
	}
	if v := get(t, set, tiles.Gzip).Version; v != "5.5" {
		t.Errorf("version %s", v)
	}
	src.set(6)
	if all = layers(t, set); len(all[0].Features) != 6 || get(t, set, tiles.Gzip).Version != "6.6" {
		t.Errorf("after a new version %d features", len(all[0].Features))
	}
	// A layer without features is left out.
	q.Layers[1].Filter = where(77)
	if all = layers(t, tileset(t, s, q)); len(all) != 1 {
		t.Errorf("%d layers", len(all))
	}
}

func TestQueriesThatMeanTheSame(t *testing.T) {
	s := start(t, &source{current: 1}, t.TempDir())
	two := where(1)
	two.Where = append(two.Where, tiles.Condition{Field: "m", Value: geo.Text("x")})
	turned := tiles.Filter{Where: []tiles.Condition{two.Where[1], two.Where[0], two.Where[0]}}
	query := func(f tiles.Filter, fields ...string) tiles.Query {
		return tiles.Query{Layers: []tiles.Layer{{Dataset: "points", Fields: fields, Filter: f}}}
	}
	if tileset(t, s, query(two, "a", "b")) != tileset(t, s, query(turned, "b", "a", "a")) {
		t.Error("the order of parameters makes another tileset")
	}
	mercator := query(two, "a", "b")
	mercator.Set = tms.WebMercatorQuad()
	if tileset(t, s, mercator) != tileset(t, s, query(two, "b", "a")) {
		t.Error("WebMercatorQuad is another set than none")
	}
	seen := map[*tiles.Tileset]int{}
	text := tiles.Filter{Where: []tiles.Condition{{Field: "n", Value: geo.Text("1")}}}
	for i, q := range []tiles.Query{query(two), query(where(1)), query(where(2)), query(text), query(where(1), "a"), query(where(1), []string{}...),
		{Layers: points("points")}, {Layers: points("points", "others")}, {Layers: points("others", "points")},
		{Layers: points("points"), Set: tms.WorldCRS84Quad()}} {
		set := tileset(t, s, q)
		if other, ok := seen[set]; ok && !(i == 5 && other == 1) {
			t.Errorf("queries %d and %d are one", i, other)
		}
		seen[set] = i
	}
}

func TestBadQueries(t *testing.T) {
	s := start(t, &source{current: 1}, t.TempDir())
	many := tiles.Query{}
	for i := range tiles.MaxLayers + 1 {
		many.Layers = append(many.Layers, tiles.Layer{Dataset: strconv.Itoa(i)})
	}
	for name, tc := range map[string]struct {
		query tiles.Query
		want  geo.ErrorKind
	}{
		"none": {tiles.Query{}, geo.KindInvalid}, "many": {many, geo.KindInvalid}, "twice": {tiles.Query{Layers: points("points", "points")}, geo.KindInvalid},
		"no MLT": {tiles.Query{Layers: points("points"), Encoding: tiles.MLT}, geo.KindNotFound},
	} {
		if _, err := s.Tileset(tc.query); err == nil || geo.KindOf(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tc := range map[string]struct {
		layers []tiles.Layer
		want   geo.ErrorKind
	}{
		"absent": {points("points", "absent"), geo.KindNotFound}, "table": {points("table", "points"), geo.KindNotFound},
		"field":    {[]tiles.Layer{{Dataset: "points", Filter: tiles.Filter{Where: []tiles.Condition{{Field: "x"}}}}}, geo.KindInvalid},
		"too many": {[]tiles.Layer{{Dataset: "points", Filter: where(everything)}}, geo.KindInvalid},
	} {
		if _, err := tileset(t, s, tiles.Query{Layers: tc.layers}).Tile(t.Context(), 0, 0, 0, tiles.Gzip); err == nil || geo.KindOf(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	world := tileset(t, s, tiles.Query{Layers: points("points"), Set: tms.WorldCRS84Quad()})
	for _, zxy := range [][3]int{{0, 2, 0}, {0, 0, 1}, {-1, 0, 0}, {24, 0, 0}, {1, 4, 0}, {1, 0, -1}} {
		if _, err := world.Tile(t.Context(), zxy[0], zxy[1], zxy[2], tiles.Gzip); geo.KindOf(err) != geo.KindNotFound {
			t.Errorf("%v: %v", zxy, err)
		}
	}
}

// Tiles that are asked for at once in several codings come from one filter and
// one version.
func TestMissesShareAFilter(t *testing.T) {
	src := &source{current: 400}
	s := start(t, src, t.TempDir())
	set := tileset(t, s, tiles.Query{Layers: []tiles.Layer{{Dataset: "points", Filter: where(7)}}})
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			if tile, err := set.Tile(t.Context(), i%2, 0, 0, tiles.Coding(i%3)); err != nil || tile.Version != "400" {
				t.Errorf("%+v %v", tile, err)
			}
		})
	}
	wg.Wait()
	if n := src.filters.Load(); n != 1 {
		t.Errorf("the filter was evaluated %d times", n)
	}
}

func TestMLTIsMadeOfTheTile(t *testing.T) {
	s, err := tiles.NewService(tiles.Options{Source: &source{current: 3}, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler),
		MLT: func(dst, mvt []byte) ([]byte, error) { return append(append(dst, "MLT "...), mvt...), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	plain := get(t, tileset(t, s, tiles.Query{Layers: points("points")}), tiles.Identity)
	other := get(t, tileset(t, s, tiles.Query{Layers: points("points"), Encoding: tiles.MLT}), tiles.Identity)
	if diff := cmp.Diff("MLT "+string(plain.Body), string(other.Body)); diff != "" || plain.ETag == other.ETag || other.Features != 3 {
		t.Error(diff, plain.ETag, other.ETag)
	}
}

// A cut that takes too long ends, and a filter that selects too much is not
// evaluated again and again.
func TestBounds(t *testing.T) {
	src := &source{current: 50}
	s, err := tiles.NewService(tiles.Options{Source: src, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Patience: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Tile(t.Context(), "points", 0, 0, 0); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("the tile: %v", err)
	}
	for range 3 {
		set := tileset(t, s, tiles.Query{Layers: []tiles.Layer{{Dataset: "points", Filter: where(everything)}}})
		if _, err := set.Tile(t.Context(), 0, 0, 0, tiles.Gzip); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("the filter: %v", err)
		}
	}
	if n := src.filters.Load(); n != 1 {
		t.Errorf("the filter was evaluated %d times", n)
	}
}

// A request does not wait for ever for a snapshot, which is built all the same.
func TestBuildPatience(t *testing.T) {
	src := &source{current: 3, gate: make(chan struct{})}
	s, err := tiles.NewService(tiles.Options{Source: src, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), BuildPatience: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Tile(t.Context(), "points", 0, 0, 0); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("while it is built: %v", err)
	}
	close(src.gate)
	for {
		tile, err := s.Tile(t.Context(), "points", 0, 0, 0)
		if err == nil {
			if tile.Features != 3 {
				t.Errorf("%d features", tile.Features)
			}
			break
		}
		if geo.KindOf(err) != geo.KindUnavailable {
			t.Fatal(err)
		}
	}
	if n := src.streams.Load(); n != 1 {
		t.Errorf("it was built %d times", n)
	}
}

func BenchmarkCachedTile(b *testing.B) {
	s, err := tiles.NewService(tiles.Options{Source: &source{current: 1000}, Dir: b.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, names := range [][]string{{"points"}, {"points", "others"}} {
		set := tileset(b, s, tiles.Query{Layers: points(names...)})
		b.Run(strconv.Itoa(len(names)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := set.Tile(context.Background(), 0, 0, 0, tiles.Gzip); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
