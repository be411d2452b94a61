package mlt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"puy/geo"
	"puy/tiles/mlt"
	"puy/tiles/mvt"
)

type (
	points     = []mvt.Point
	properties = map[string]any
)

func at(id uint64, x, y int32, p properties) mvt.Feature {
	return mvt.Feature{ID: id, HasID: id != 0, Type: mvt.Points, Parts: []points{{{X: x, Y: y}}}, Properties: p}
}

func square(x, y, size int32) points {
	return points{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}}
}

func hole(x, y, size int32) points {
	return points{{X: x, Y: y}, {X: x, Y: y + size}, {X: x + size, Y: y + size}, {X: x + size, Y: y}}
}

// shapes are one feature of each geometry type of MLT, and some more.
func shapes() []mvt.Feature {
	return []mvt.Feature{
		at(1, -64, 4160, nil),
		{Type: mvt.Points, Parts: []points{{{X: 5, Y: 6}, {X: 9, Y: -3}, {X: 4000, Y: 2}}}},
		{Type: mvt.LineString, Parts: []points{{{X: 1, Y: 1}, {X: 300, Y: 2}, {X: 299, Y: 5}}}},
		{Type: mvt.LineString, Parts: []points{{{X: 1, Y: 1}, {X: 2, Y: 2}}, {{X: -5, Y: 0}, {X: 7, Y: 4000}, {X: 8, Y: 3}}}},
		{Type: mvt.Polygon, Parts: []points{square(10, 10, 20)}},
		{Type: mvt.Polygon, Parts: []points{square(0, 0, 4096), hole(10, 10, 5), hole(100, 900, 70)}},
		{Type: mvt.Polygon, Parts: []points{square(0, 0, 100), hole(10, 10, 5), square(500, 500, 100), square(900, 900, 100), hole(950, 950, 10)}},
		{Type: mvt.Points, Parts: []points{{{X: 70, Y: 70}, {X: 71, Y: 71}}}},
	}
}

// samples are tiles that between them use every column type and stream.
func samples() map[string][]mvt.Layer {
	tiles := map[string][]mvt.Layer{}
	one := func(name string, features ...mvt.Feature) {
		tiles[name] = []mvt.Layer{{Name: name, Features: features}}
	}
	// Each geometry alone, each pair, and all together: the streams differ.
	all := shapes()
	for i := range all {
		one(fmt.Sprintf("shape-%d", i), all[i])
		for j := range all {
			one(fmt.Sprintf("shapes-%d-%d", i, j), all[i], all[j], all[i])
		}
	}
	one("shapes", all...)

	column := func(name string, values ...any) {
		var dense, sparse []mvt.Feature
		for i, v := range values {
			dense = append(dense, at(uint64(i+1), int32(i), int32(i), properties{"v": v}))
			sparse = append(sparse, dense[i], at(uint64(1000+i), 7, 7, nil))
		}
		tiles[name] = []mvt.Layer{{Name: "dense", Features: dense}, {Name: "sparse", Features: sparse}, {Name: "first", Features: dense[:1]}}
	}
	column("text", "", "Ménétrol", "Ménétrol", "日本語", "a", "🌋 puy de Dôme, la chaîne", "a", "a")
	column("same text", "rue", "rue", "rue", "rue", "rue", "rue", "rue", "rue")
	column("booleans", true, false, false, true, true, true, true, true, true, false)
	column("unsigned", int64(0), int64(5), int64(5), int64(127), int64(128), int64(math.MaxUint32))
	column("steps", int64(10), int64(12), int64(14), int64(16), int64(18), int64(20), int64(20))
	column("sequence", int64(3), int64(6), int64(9), int64(12), int64(15), int64(18))
	column("negative", int64(-1), int64(0), int64(math.MinInt32), int64(math.MaxInt32), int64(-7), int64(-7), int64(-7), int64(-7))
	column("falling", int64(-10), int64(-20), int64(-30), int64(-40), int64(-50), int64(-60))
	column("beyond 32 bits", int64(1)<<40, int64(-1)<<40, int64(3), int64(3))
	column("beyond 53 bits", int64(1)<<60, int64(1)<<60, int64(1)<<60+1, int64(-5))
	column("beyond 63 bits", uint64(math.MaxUint64), uint64(math.MaxUint64), uint64(1)<<63, uint64(1))
	column("above and below", uint64(math.MaxUint64), int64(-1))
	column("floats", float32(1.5), float32(-0.1), float32(math.MaxFloat32), float32(1.5))
	column("doubles", 0.1, -1e300, math.SmallestNonzeroFloat64, 3.0, math.Copysign(0, -1))
	column("whole doubles", 1.0, 2.0, -3.0, 4e9)
	column("odd numbers", math.NaN(), math.Inf(1), math.Inf(-1))
	column("numbers", int64(1), 2.5, float32(0.25), uint64(7))
	column("numbers that no float holds", int64(1)<<24+1, 2.5)
	column("several types", "un", int64(1), 2.5, true, 1e-9, int64(1)<<52, math.NaN(), "un", false, int64(-4))

	ids := func(name string, ids ...uint64) {
		var features []mvt.Feature
		for i, id := range ids {
			features = append(features, at(id, int32(i), 0, nil))
		}
		one("ids "+name, features...)
	}
	ids("none", 0, 0, 0)
	ids("in steps", 1, 2, 3, 4, 5, 6, 7, 8)
	ids("same", 9, 9, 9, 9, 9, 9, 9)
	ids("some", 5, 0, 7, 0, 1<<31, math.MaxUint32)
	ids("large", 1<<32, 1<<32+1, 1<<32+2, 1<<52)
	ids("one large", 1<<40)
	ids("large in steps", 1<<33, 1<<34, 3<<33, 1<<35)
	ids("some large", 1<<40, 0, 3)
	// The decoder misreads ids from 2^63.
	ids("largest", 1<<62, 1, 1<<62)

	// Squares and lines along them share vertices: the vertex dictionary.
	var grid []mvt.Feature
	for i := range int32(100) {
		x, y := i%10*400, i/10*400
		side := points{{X: x, Y: y}, {X: x + 130, Y: y + 7}, {X: x + 260, Y: y - 9}, {X: x + 400, Y: y}}
		far := points{{X: x + 400, Y: y + 400}, {X: x + 260, Y: y + 391}, {X: x + 130, Y: y + 407}, {X: x, Y: y + 400}}
		grid = append(grid,
			mvt.Feature{Type: mvt.Polygon, Parts: []points{append(side[:4:4], far...), hole(x+50, y+50, 100)}},
			mvt.Feature{Type: mvt.LineString, Parts: []points{side, far}}, at(0, x, y, nil))
	}
	one("grid", grid...)
	one("lines of a grid", grid[1], grid[4], grid[1], grid[1], grid[4], grid[4], grid[1])

	random := rand.New(rand.NewPCG(1, 2))
	var many []mvt.Feature
	for i := range 3000 {
		f := all[random.IntN(len(all))]
		f.ID, f.HasID = uint64(i*3), true
		f.Properties = properties{"rank": int64(random.IntN(9)), "name": fmt.Sprint("n", random.IntN(2000)), "open": random.IntN(2) == 0}
		if random.IntN(5) == 0 {
			f.Properties["rare"] = random.NormFloat64()
		}
		if i > 2000 {
			f.Properties["late"] = "oui"
		}
		many = append(many, f)
	}
	one("many", many...)
	tiles["layers"] = []mvt.Layer{{Name: "a", Features: all}, {Name: "é", Features: many[:9]}, {Name: "c", Features: all[:1]}}
	return tiles
}

// TestDecodedByMapLibre compares every sample, decoded by MapLibre's own decoder,
// with its MVT.
func TestDecodedByMapLibre(t *testing.T) {
	folder := t.TempDir()
	for name, layers := range samples() {
		tile := mvt.AppendTile(nil, layers...)
		out, err := mlt.Append(nil, tile)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		write(t, filepath.Join(folder, name+".mvt"), tile)
		write(t, filepath.Join(folder, name+".mlt"), out)
	}
	compare(t, folder)
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// compare lets Node.js decode the tiles of folder.
func compare(t *testing.T, folder string) {
	t.Helper()
	const web = "../../web"
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed")
	}
	if _, err := os.Stat(web + "/node_modules/@maplibre/mlt/package.json"); err != nil {
		missing(t, "the decoder of MapLibre is not installed: run `make web`")
	}
	var stderr strings.Builder
	run := exec.CommandContext(t.Context(), node, "testdata/compare.mjs", web, folder)
	run.Stderr = &stderr
	output, err := run.Output()
	if err != nil {
		t.Fatalf("comparing in Node.js: %v\n%s", err, stderr.String())
	}
	var result struct {
		Tiles, Layers, Features, Vertices, Values int
		Differences                               []string
	}
	if err := json.Unmarshal(output, &result); err != nil {
		t.Fatalf("%v in %q", err, output)
	}
	if result.Features == 0 || result.Values == 0 || result.Vertices == 0 {
		t.Error("nothing was compared")
	}
	for _, difference := range result.Differences {
		t.Error(difference)
	}
	t.Logf("compared %d tiles, %d layers, %d features, %d vertices, %d values", result.Tiles, result.Layers, result.Features, result.Vertices, result.Values)
}

func missing(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	tile := mvt.AppendTile(nil, mvt.Layer{Name: "a", Features: shapes()})
	alone, err := mlt.Append(nil, tile)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mlt.Append([]byte("before"), tile)
	if err != nil || string(got) != "before"+string(alone) {
		t.Errorf("got %q, %v", got, err)
	}
	// A tile that fails in its second layer leaves nothing of its first.
	got, err = mlt.Append([]byte("before"), append(tile, 3<<3|2, 1, 0xff))
	var invalid *geo.Error
	if !errors.As(err, &invalid) || invalid.Kind != geo.KindInvalid || string(got) != "before" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := mlt.Append(nil, nil); err != nil || len(got) != 0 {
		t.Errorf("an empty tile gives %q, %v", got, err)
	}
}

// message makes a protobuf field of bytes.
func message(number byte, content ...byte) []byte {
	return append([]byte{number<<3 | 2, byte(len(content))}, content...)
}

func TestBadTiles(t *testing.T) {
	layer := func(fields ...[]byte) []byte {
		content := message(1, 'n')
		for _, f := range fields {
			content = append(content, f...)
		}
		return message(3, content...)
	}
	const point, line, polygon = 1, 2, 3
	feature := func(kind byte, geometry ...byte) []byte {
		return message(2, append([]byte{3 << 3, kind}, message(4, geometry...)...)...)
	}
	tagged := func(tags ...byte) []byte {
		return message(2, append(message(2, tags...), append([]byte{3 << 3, point}, message(4, 9, 0, 0)...)...)...)
	}
	key, text := message(3, 'k'), message(4, 1<<3|2, 1, 'x')
	for name, c := range map[string]struct {
		tile []byte
		want string
	}{
		"text":              {[]byte("<html>"), "malformed field"},
		"truncated layer":   {[]byte{3<<3 | 2, 9, 1}, "malformed field at byte 0"},
		"nameless":          {message(3, message(2)...), "no name"},
		"name":              {message(3, message(1, 0xff)...), "the name is not UTF-8"},
		"version":           {layer([]byte{15 << 3, 3}), "version 3"},
		"extent":            {layer([]byte{5 << 3, 0}), "extent 0"},
		"key":               {layer(message(3, 0xff)), "key 0 is not UTF-8"},
		"value text":        {layer(message(4, 1<<3|2, 1, 0xff)), "value 0: text is not UTF-8"},
		"value of no kind":  {layer(message(4)), "a value of no kind"},
		"keys":              {bigLayer(t), "5000 keys, more than 4096"},
		"one value for all": {wideLayer(t, 3000), "more than 16 times"},
		"odd tags":          {layer(tagged(0), key, text), "malformed tags"},
		"unknown key":       {layer(tagged(1, 0), key, text), "tag 1, 0 out of range"},
		"unknown value":     {layer(tagged(0, 1), key, text), "tag 0, 1 out of range"},
		"two values":        {layer(tagged(0, 0, 0, 0), key, text), "feature 0: two values of key 0"},
		"no MoveTo":         {layer(feature(point, 10, 0, 0)), "command 2 where 1 is due"},
		"count":             {layer(feature(point, 0xf9, 0xff, 0xff, 0x7f, 0, 0)), "with count"},
		"no vertices":       {layer(feature(point, 1)), "command 1 with count 0"},
		"half a vertex":     {layer(feature(point, 9, 0x80, 0x80)), "malformed geometry"},
		"parameter":         {layer(feature(point, 9, 0xff, 0xff, 0xff, 0xff, 0x7f, 0)), "malformed geometry"},
		"far away":          {layer(feature(point, 9, 0xff, 0xff, 0xff, 0xff, 0x0f, 0)), "out of range"},
		"two starts":        {layer(feature(line, 17, 0, 0, 0, 0)), "MoveTo with count 2"},
		"line of a point":   {layer(feature(line, 9, 0, 0)), "malformed geometry"},
		"open ring":         {layer(feature(polygon, 9, 0, 0, 18, 2, 2, 0, 2)), "malformed geometry"},
		"two geometries":    {layer(message(2, append(message(4, 9, 0, 0), message(4, 9, 0, 0)...)...)), "a second geometry"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := mlt.Append(nil, c.tile)
			var invalid *geo.Error
			if !errors.As(err, &invalid) || invalid.Kind != geo.KindInvalid || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %x, %v, want %q", out, err, c.want)
			}
		})
	}
}

func bigLayer(t *testing.T) []byte {
	t.Helper()
	var w mvt.LayerWriter
	w.Reset("n")
	for i := range 5000 {
		w.AddKey(fmt.Sprint(i))
	}
	w.Points(points{{}})
	w.EndFeature(0, false)
	tile, _ := w.AppendLayer(nil)
	return tile
}

// wideLayer has one feature with the same long text under each of n keys.
func wideLayer(t *testing.T, n int) []byte {
	t.Helper()
	var w mvt.LayerWriter
	w.Reset("n")
	w.Points(points{{}})
	text := w.AddValue(mvt.AppendString(nil, strings.Repeat("x", 100_000)))
	for i := range n {
		w.Tag(w.AddKey(fmt.Sprint(i)), text)
	}
	w.EndFeature(0, false)
	tile, _ := w.AppendLayer(nil)
	return tile
}

// FuzzAppend gives Append hostile tiles: it must neither panic nor write much
// more than it was given.
func FuzzAppend(f *testing.F) {
	for _, layers := range samples() {
		if tile := mvt.AppendTile(nil, layers...); len(tile) < 2000 {
			f.Add(tile)
		}
	}
	var encoder mlt.Encoder
	f.Fuzz(func(t *testing.T, tile []byte) {
		out, err := encoder.Append(nil, tile)
		if err != nil && len(out) != 0 {
			t.Fatalf("%d bytes beside the error %v", len(out), err)
		}
		// The last column of a layer may come on top of what is allowed.
		if len(out) > 64+20*len(tile) {
			t.Fatalf("%d bytes of %d", len(out), len(tile))
		}
	})
}

func TestAllocations(t *testing.T) {
	tile := mvt.AppendTile(nil, samples()["many"]...)
	var encoder mlt.Encoder
	var out []byte
	var err error
	if n := testing.AllocsPerRun(20, func() { out, err = encoder.Append(out[:0], tile) }); n > 0 {
		t.Errorf("%v allocations a tile", n)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkAppend(b *testing.B) {
	tile := mvt.AppendTile(nil, samples()["many"]...)
	var encoder mlt.Encoder
	var out []byte
	b.SetBytes(int64(len(tile)))
	b.ReportAllocs()
	for b.Loop() {
		out, _ = encoder.Append(out[:0], tile)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/3000, "ns/feature")
	b.ReportMetric(float64(len(out))/float64(len(tile)), "size/MVT")
}
