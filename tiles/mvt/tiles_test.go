package mvt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/mvt"
	"puy/tiles/snapshot"
)

const (
	shapes   = 3000
	deepest  = 10
	maxBytes = 50_000
)

// polygon gives a ring around a place, and a smaller one within it the other way.
func polygon(r *rand.Rand, x, y, size float64) [][]geom.Coord {
	ring := func(scale float64) (c []geom.Coord) {
		n := 5 + r.IntN(20)
		for i := range n {
			angle := 2 * math.Pi * float64(i) / float64(n)
			at := scale * (0.8 + 0.2*r.Float64())
			c = append(c, geom.Coord{x + at*math.Cos(angle), y + at*math.Sin(angle)})
		}
		return append(c, c[0])
	}
	rings := [][]geom.Coord{ring(size)}
	if r.IntN(2) == 0 {
		hole := ring(size / 3)
		slices.Reverse(hole)
		rings = append(rings, hole)
	}
	return rings
}

// shape gives the i-th geometry: every kind there is, from metres to degrees.
func shape(r *rand.Rand, i int) geom.T {
	x, y := -1+8*r.Float64(), 42+7*r.Float64()
	size := math.Pow(10, -4+4*r.Float64())
	line := func() (c []geom.Coord) {
		for range 2 + r.IntN(30) {
			x, y = x+size*(r.Float64()-0.5), y+size*(r.Float64()-0.5)
			c = append(c, geom.Coord{x, y})
		}
		return c
	}
	switch i % 6 {
	case 0:
		return geom.NewPointFlat(geom.XY, []float64{x, y})
	case 1:
		return geom.NewMultiPoint(geom.XY).MustSetCoords(line())
	case 2:
		return geom.NewLineString(geom.XY).MustSetCoords(line())
	case 3:
		return geom.NewMultiLineString(geom.XY).MustSetCoords([][]geom.Coord{line(), line()})
	case 4:
		return geom.NewPolygon(geom.XY).MustSetCoords(polygon(r, x, y, size))
	}
	return geom.NewMultiPolygon(geom.XY).MustSetCoords([][][]geom.Coord{polygon(r, x, y, size), polygon(r, x+3*size, y, size)})
}

// pyramid gives all tiles of a generated dataset, by "z/x/y".
func pyramid(t *testing.T) map[string][]byte {
	t.Helper()
	schema := geo.Schema{Geometry: geo.GeometryAny, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "rang", Type: geo.TypeInteger},
		{Name: "part", Type: geo.TypeNumber}, {Name: "ouvert", Type: geo.TypeBoolean}, {Name: "jour", Type: geo.TypeDate}}}
	features := func(yield func(*geo.Feature, error) bool) {
		r := rand.New(rand.NewPCG(3, 4))
		for i := range shapes {
			g, err := geo.NewGeometry(shape(r, i))
			f := &geo.Feature{FID: int64(7*i + 1), Geometry: g, Values: []geo.Value{geo.Text(fmt.Sprintf("Rue n° %d 🚲", i%500)), geo.Integer(int64(i-1500) << (i % 40)),
				geo.Number(float64(i) / 3), geo.Boolean(i%2 == 0), geo.Date(int64(i))}}
			if i%9 == 0 {
				f.Values[i%5] = geo.Value{}
			}
			if !yield(f, err) {
				return
			}
		}
	}
	path := filepath.Join(t.TempDir(), "a.snapshot")
	if err := snapshot.Build(t.Context(), path, schema, features, snapshot.Options{TileBytes: maxBytes}); err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tiles := map[string][]byte{}
	var scratch snapshot.Scratch
	var visit func(z, x, y int)
	visit = func(z, x, y int) {
		tile, _, err := s.AppendMVT(nil, "formes", z, x, y, &scratch)
		if err != nil {
			t.Fatal(err)
		}
		if len(tile) > 0 {
			tiles[fmt.Sprintf("%d/%d/%d", z, x, y)] = tile
		}
		// At the deepest zooms a part of the world says as much as the whole.
		if z == deepest || len(tile) == 0 || z == 8 && (x+y)%4 != 0 {
			return
		}
		for i := range 4 {
			visit(z+1, 2*x+i%2, 2*y+i/2)
		}
	}
	visit(0, 0, 0)
	return tiles
}

// What the specification asks of a tile, beyond what Decode refuses: wound
// rings, closed and not flat.
func TestTilesOfEveryZoom(t *testing.T) {
	zooms := map[string]int{}
	types := map[mvt.GeometryType]int{}
	for name, tile := range pyramid(t) {
		layers, err := mvt.Decode(tile)
		if err != nil || len(layers) != 1 || layers[0].Extent != mvt.Extent {
			t.Fatalf("%s: %d layers, %v", name, len(layers), err)
		}
		if len(tile) > maxBytes {
			t.Errorf("%s has %d bytes", name, len(tile))
		}
		zooms[name[:strings.IndexByte(name, '/')]]++
		ids := map[uint64]bool{}
		for _, f := range layers[0].Features {
			types[f.Type]++
			if !f.HasID || ids[f.ID] || (f.ID-1)%7 != 0 || f.ID > 7*shapes {
				t.Errorf("%s: feature id %d, %v", name, f.ID, f.HasID)
			}
			ids[f.ID] = true
			checkParts(t, fmt.Sprintf("%s: feature %d", name, f.ID), &f)
		}
	}
	if len(zooms) != deepest+1 || len(types) != 3 {
		t.Errorf("tiles of zooms %v, features of types %v", zooms, types)
	}
}

func checkParts(t *testing.T, name string, f *mvt.Feature) {
	t.Helper()
	for i, part := range f.Parts {
		for j, p := range part {
			if min(p.X, p.Y) < -clip.Buffer || max(p.X, p.Y) > mvt.Extent+clip.Buffer {
				t.Errorf("%s: point %v lies beyond the buffer", name, p)
			}
			if f.Type != mvt.Points && j > 0 && p == part[j-1] {
				t.Errorf("%s: point %v stands twice", name, p)
			}
		}
		switch f.Type {
		case mvt.LineString:
			if len(part) < 2 {
				t.Errorf("%s: a line of %d points", name, len(part))
			}
		case mvt.Polygon:
			if len(part) < 3 || part[0] == part[len(part)-1] || mvt.Area2(part) == 0 || i == 0 && mvt.Area2(part) < 0 {
				t.Errorf("%s: ring %d of %d points has the area %d/2", name, i, len(part), mvt.Area2(part))
			}
		}
	}
}

// decoded is a feature as every decoder tells it.
type decoded struct {
	ID         uint64         `json:"id"`
	Type       int            `json:"type"`
	Properties map[string]any `json:"properties"`
	Parts      [][][2]int32   `json:"parts"`
}

// own gives the features of a tile by this package, with numbers as JSON has them.
func own(t *testing.T, tile []byte) []decoded {
	t.Helper()
	layers, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	all := []decoded{}
	for _, f := range layers[0].Features {
		d := decoded{ID: f.ID, Type: int(f.Type)}
		for _, part := range f.Parts {
			points := [][2]int32{}
			for _, p := range part {
				points = append(points, [2]int32{p.X, p.Y})
			}
			switch f.Type {
			case mvt.Points: // each is a part of its own elsewhere
				for _, p := range points {
					d.Parts = append(d.Parts, [][2]int32{p})
				}
				continue
			case mvt.Polygon:
				points = append(points, points[0])
			}
			d.Parts = append(d.Parts, points)
		}
		b, err := json.Marshal(f.Properties)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &d.Properties); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func save(t *testing.T, tiles map[string][]byte, extension string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, tile := range tiles {
		path := filepath.Join(folder, name+extension)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, tile, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func missing(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

// Mapbox's decoder tells the same ids, types, points and values in every tile.
func TestDecodedByVectorTile(t *testing.T) {
	const web = "../../web"
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed")
	}
	if _, err := os.Stat(web + "/node_modules/@mapbox/vector-tile/package.json"); err != nil {
		missing(t, "@mapbox/vector-tile is not installed: run `make web`")
	}
	tiles := pyramid(t)
	var stderr strings.Builder
	run := exec.CommandContext(t.Context(), node, "testdata/decode.mjs", web, save(t, tiles, ".mvt"))
	run.Stderr = &stderr
	output, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var theirs map[string][]decoded
	if err := json.Unmarshal(output, &theirs); err != nil {
		t.Fatal(err)
	}
	if len(theirs) != len(tiles) {
		t.Errorf("%d tiles of %d", len(theirs), len(tiles))
	}
	count := 0
	for name, tile := range tiles {
		if diff := cmp.Diff(own(t, tile), theirs[name]); diff != "" {
			t.Fatalf("%s (-here +there): %s", name, diff)
		}
		count += len(theirs[name])
	}
	t.Logf("%d features in %d tiles are alike", count, len(tiles))
}

// GDAL's MVT driver reads every tile, zoom by zoom: the same features with the
// same ids and values.
func TestDecodedByGDAL(t *testing.T) {
	ogr2ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		missing(t, "ogr2ogr (Debian: gdal-bin) is not installed")
	}
	tiles := pyramid(t)
	folder := save(t, tiles, ".pbf")
	count := 0
	for z := range deepest + 1 {
		zoom := fmt.Sprint(z)
		want := map[string]bool{} // whether it has a point within a tile: GDAL leaves out what only a tile's buffer has
		for name, tile := range tiles {
			if strings.HasPrefix(name, zoom+"/") {
				for _, f := range own(t, tile) {
					text := line(t, f.ID, f.Properties)
					want[text] = want[text] || slices.ContainsFunc(slices.Concat(f.Parts...), func(p [2]int32) bool {
						return min(p[0], p[1]) >= 0 && max(p[0], p[1]) < mvt.Extent
					})
				}
			}
		}
		var stderr strings.Builder
		run := exec.CommandContext(t.Context(), ogr2ogr, "-f", "GeoJSONSeq", "-oo", "CLIP=NO", "-oo", "METADATA_FILE=", "/vsistdout/", "MVT:"+filepath.Join(folder, zoom))
		run.Stderr = &stderr
		output, err := run.Output()
		// Rings may touch themselves after rounding (MVT 2.1 section 4.3.4.4 says should not);
		// GDAL, which tries to cut them, says so and gives them whole.
		for said := range strings.Lines(stderr.String()) {
			if !strings.Contains(said, "TopologyException") {
				t.Errorf("zoom %d: %s", z, said)
			}
		}
		if err != nil {
			t.Fatalf("zoom %d: %v", z, err)
		}
		got := map[string]bool{}
		for _, text := range ofGDAL(t, output) {
			got[text] = true
			if _, ok := want[text]; !ok {
				t.Fatalf("zoom %d: GDAL alone has %s", z, text)
			}
		}
		for text, within := range want {
			if within && !got[text] {
				t.Fatalf("zoom %d: GDAL does not have %s", z, text)
			}
		}
		count += len(got)
	}
	t.Logf("%d features in %d tiles are alike", count, len(tiles))
}

// ofGDAL gives the features of GeoJSONSeq in the form of line.
func ofGDAL(t *testing.T, output []byte) []string {
	t.Helper()
	got := []string{}
	for text := range bytes.Lines(output) {
		var f struct {
			Properties map[string]any
			Geometry   struct{ Type string }
		}
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		id, ok := f.Properties["mvt_id"].(float64)
		if !ok || f.Geometry.Type == "" {
			t.Fatalf("no id or no geometry in %s", text)
		}
		delete(f.Properties, "mvt_id")
		maps.DeleteFunc(f.Properties, func(_ string, v any) bool { return v == nil })
		got = append(got, line(t, uint64(id), f.Properties))
	}
	return got
}

// line tells a feature in one line, numbers to nine digits.
func line(t *testing.T, id uint64, properties map[string]any) string {
	t.Helper()
	for name, v := range properties {
		if number, ok := v.(float64); ok {
			properties[name] = fmt.Sprintf("%.9g", number)
		}
	}
	b, err := json.Marshal(properties)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", id, b)
}
