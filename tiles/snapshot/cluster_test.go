package snapshot_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/fidset"
	"puy/tiles/mvt"
	"puy/tiles/snapshot"
)

var treeSchema = geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{
	{Name: "kind", Type: geo.TypeText}, {Name: "age", Type: geo.TypeInteger}, {Name: "height", Type: geo.TypeNumber}}}

// trees gives n points in heaps, some of them at one place. Heights are whole
// quarters, so that sums are exact; ages may be null.
func trees(n int) []geo.Feature {
	rng := rand.New(rand.NewPCG(7, 7))
	all := make([]geo.Feature, 0, n)
	for len(all) < n {
		x, y, wide := 3+rng.Float64(), 45+rng.Float64(), math.Exp(-8*rng.Float64())
		for range 1 + rng.IntN(60) {
			at := []float64{x + wide*rng.NormFloat64(), y + wide*rng.NormFloat64()}
			for range 1 + rng.IntN(10)/9 {
				g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, at))
				if err != nil {
					panic(err)
				}
				f := geo.Feature{FID: int64(len(all) + 1), Geometry: g, Values: []geo.Value{
					geo.Text(fmt.Sprint("kind ", int(math.Sqrt(float64(rng.IntN(400)))))), geo.Integer(int64(rng.IntN(200) - 50)), geo.Number(float64(rng.IntN(100)) / 4)}}
				if len(all)%5 == 0 {
					f.Values[1] = geo.Value{}
				}
				all = append(all, f)
			}
		}
	}
	return all[:n]
}

// drawn gives what all tiles of a zoom draw within their edges where the features
// of data are: clusters stand there as well.
func drawn(t *testing.T, s *snapshot.Snapshot, zoom int, sel snapshot.Selection, data []geo.Feature) []mvt.Feature {
	t.Helper()
	var found []mvt.Feature
	var scratch snapshot.Scratch
	seen := map[[2]int]bool{}
	for i := range data {
		b := data[i].Geometry.Bounds()
		fx, fy := tilePosition(b.MinX, b.MinY, zoom, 0, 0)
		at := [2]int{int(fx / mvt.Extent), int(fy / mvt.Extent)}
		if seen[at] {
			continue
		}
		seen[at] = true
		frame, err := snapshot.Mercator(zoom, at[0], at[1])
		if err != nil {
			t.Fatal(err)
		}
		tile, _, err := s.AppendTile(context.Background(), nil, "l", frame, sel, &scratch)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := mvt.Decode(tile)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layers {
			for _, f := range l.Features {
				if p := f.Parts[0][0]; p.X >= 0 && p.Y >= 0 && p.X < mvt.Extent && p.Y < mvt.Extent {
					found = append(found, f)
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b mvt.Feature) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

// whole reads a whole number of a feature.
func whole(t *testing.T, f mvt.Feature, name string) int64 {
	t.Helper()
	v, ok := f.Properties[name].(int64)
	if !ok {
		t.Fatalf("%s of %d is %v", name, f.ID, f.Properties[name])
	}
	return v
}

// At every zoom clusters and points together tell what the data do: counts, sums,
// means and categories.
func TestClustersKeepSums(t *testing.T) {
	until := 13
	data := trees(2500)
	s := buildWith(t, treeSchema, stream(data...), snapshot.Options{Cluster: &catalog.Cluster{Until: &until, Sum: []string{"age", "height"}, Mean: []string{"height"}, By: "kind"}})
	var age, height float64
	kinds := map[string]int64{}
	for _, f := range data {
		kinds[f.Values[0].String()]++
		height += f.Values[2].Number()
		if f.Values[1].Type() != geo.TypeNull {
			age += float64(f.Values[1].Integer())
		}
	}
	before := 0
	for z := range 16 {
		features := drawn(t, s, z, snapshot.Selection{}, data)
		var n, clusters int64
		var sumAge, sumHeight, meanHeight float64
		byKind := map[string]int64{}
		for _, f := range features {
			if f.Properties["cluster"] != true {
				n++
				h, _ := f.Properties["height"].(float64)
				a, _ := f.Properties["age"].(int64)
				sumAge, sumHeight, meanHeight = sumAge+float64(a), sumHeight+h, meanHeight+h
				byKind[f.Properties["kind"].(string)]++
				if f.ID > uint64(len(data)) || len(f.Properties) < 2 {
					t.Fatalf("zoom %d: %+v is no feature", z, f)
				}
				continue
			}
			clusters++
			count := whole(t, f, "point_count")
			n += count
			if a, ok := f.Properties["sum_age"]; ok {
				sumAge += float64(a.(int64))
			}
			sumHeight += f.Properties["sum_height"].(float64)
			meanHeight += f.Properties["mean_height"].(float64) * float64(count)
			for kind := range kinds {
				if c, ok := f.Properties["count_"+kind].(int64); ok {
					byKind[kind] += c
				}
			}
			if count < 2 || f.ID < 1<<52 || f.ID >= 1<<53 {
				t.Fatalf("zoom %d: cluster %d of %d", z, f.ID, count)
			}
		}
		if n != int64(len(data)) || sumAge != age || sumHeight != height || math.Abs(meanHeight-height) > 1e-9*height {
			t.Errorf("zoom %d: %d of %d points, age %g of %g, height %g and %g of %g", z, n, len(data), sumAge, age, sumHeight, meanHeight, height)
		}
		rare := 0
		for kind, want := range kinds {
			if byKind[kind] != want {
				rare++
			}
		}
		if rare > len(kinds)-16 || z > until && rare > 0 {
			t.Errorf("zoom %d: %d of %d kinds are not all counted", z, rare, len(kinds))
		}
		if (clusters > 0) != (z <= until) || s.Drawn(z) != int64(len(features)) && z <= snapshot.MaxGeneralised || len(features) < before {
			t.Errorf("zoom %d: %d clusters, %d features, %d said, %d at the zoom before", z, clusters, len(features), s.Drawn(z), before)
		}
		before = len(features)
	}
}

// A cluster is the same from the zoom where it comes to be to the one before its
// expansion zoom; no two are nearer than the radius; the order of the rows is
// nothing to them.
func TestClustersAreStable(t *testing.T) {
	data := trees(1500)
	opt := snapshot.Options{Cluster: &catalog.Cluster{Radius: 40, Mean: []string{"age"}, By: "kind"}}
	s := buildWith(t, treeSchema, stream(data...), opt)
	rand.New(rand.NewPCG(3, 3)).Shuffle(len(data), func(i, j int) { data[i], data[j] = data[j], data[i] })
	shuffled := buildWith(t, treeSchema, stream(data...), opt)
	type life struct{ first, last, until, count int64 }
	lives := map[uint64]life{}
	for z := range int64(16) {
		features := drawn(t, s, int(z), snapshot.Selection{}, data)
		if diff := gocmp.Diff(features, drawn(t, shuffled, int(z), snapshot.Selection{}, data)); diff != "" {
			t.Fatalf("zoom %d in another order: %s", z, diff)
		}
		for _, f := range features {
			if f.Properties["cluster"] != true {
				continue
			}
			l, known := lives[f.ID]
			if !known {
				l = life{z, z, whole(t, f, "expansion_zoom"), whole(t, f, "point_count")}
			}
			if l.last+1 < z || l.until != whole(t, f, "expansion_zoom") || l.count != whole(t, f, "point_count") {
				t.Errorf("zoom %d: cluster %d was %+v and is %v", z, f.ID, l, f.Properties)
			}
			l.last = z
			lives[f.ID] = l
		}
	}
	for id, l := range lives {
		if l.last+1 != l.until {
			t.Errorf("cluster %d: %+v", id, l)
		}
	}
	if len(lives) < 100 {
		t.Errorf("%d clusters", len(lives))
	}
	for z := range 15 {
		fx, fy := tilePosition(3.5, 45.5, z, 0, 0)
		near := cut(t, s, z, int(fx/4096), int(fy/4096))
		for i, a := range near {
			for _, b := range near[:i] {
				p, q := a.Parts[0][0], b.Parts[0][0]
				if d := math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)); d < 40*8-2 {
					t.Errorf("zoom %d: %d and %d are %.0f units apart", z, a.ID, b.ID, d)
				}
			}
		}
	}
}

func TestClusterOfOnePlace(t *testing.T) {
	var data []geo.Feature
	for i, v := range []geo.Value{geo.Integer(1), {}, geo.Integer(5)} {
		data = append(data, geo.Feature{FID: int64(i + 4), Geometry: seal(t, "POINT (3 45)"), Values: []geo.Value{geo.Boolean(i < 2), v}})
	}
	schema := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "open", Type: geo.TypeBoolean}, {Name: "n", Type: geo.TypeInteger}}}
	s := buildWith(t, schema, stream(data...), snapshot.Options{Cluster: &catalog.Cluster{Sum: []string{"n"}, Mean: []string{"n"}, By: "open"}})
	want := map[string]any{"cluster": true, "point_count": int64(3), "point_count_abbreviated": "3", "expansion_zoom": int64(15),
		"sum_n": int64(6), "mean_n": 3.0, "count_true": int64(2), "count_false": int64(1)}
	for z := range 17 {
		fx, fy := tilePosition(3, 45, z, 0, 0)
		got := cut(t, s, z, int(fx/4096), int(fy/4096))
		if z > 14 {
			if len(got) != 3 || got[0].ID < 4 || got[0].ID > 6 {
				t.Errorf("zoom %d: %v", z, got)
			}
			continue
		}
		if len(got) != 1 || got[0].ID != 1<<52|4<<4|14 {
			t.Fatalf("zoom %d: %v", z, got)
		}
		if diff := gocmp.Diff(want, got[0].Properties); diff != "" {
			t.Error(diff)
		}
	}
	frame, _ := snapshot.Mercator(0, 0, 0)
	for fields, want := range map[string]int{"": 4, "n": 6, "open": 6} {
		b, _, err := s.AppendTile(t.Context(), nil, "l", frame, snapshot.Selection{Fields: []string{fields}}, new(snapshot.Scratch))
		if err != nil {
			t.Fatal(err)
		}
		if layers, err := mvt.Decode(b); err != nil || len(layers[0].Features[0].Properties) != want {
			t.Errorf("fields %q: %v, %v", fields, layers, err)
		}
	}
}

// A filter draws no clusters: they would count what it hides. Few features are
// drawn whole, many thinned, at least as without clusters.
func TestFilterDrawsNoClusters(t *testing.T) {
	data := trees(24_000)
	s := buildWith(t, treeSchema, stream(data...), snapshot.Options{Cluster: &catalog.Cluster{}})
	thinned := buildWith(t, treeSchema, stream(data...), snapshot.Options{})
	for _, n := range []int{500, 23_000} {
		var b fidset.Builder
		for i := range n {
			if err := b.Add(int64(i + 1)); err != nil {
				t.Fatal(err)
			}
		}
		sel := snapshot.Selection{Keep: b.Set()}
		for _, z := range []int{0, 4, 8} {
			got, want := map[uint64]bool{}, drawn(t, thinned, z, sel, data)
			for _, f := range drawn(t, s, z, sel, data) {
				if f.Properties["cluster"] != nil || f.ID > uint64(n) {
					t.Fatalf("%d features at zoom %d: %+v", n, z, f)
				}
				got[f.ID] = true
			}
			for _, f := range want {
				if !got[f.ID] {
					t.Fatalf("%d features at zoom %d: %d is not drawn", n, z, f.ID)
				}
			}
			if n == 500 && len(got) != n || n > 500 && len(got) > len(want)+len(want)/4 {
				t.Errorf("%d features at zoom %d: %d drawn, %d without clusters", n, z, len(got), len(want))
			}
		}
	}
}

// Where tiles would be too large, clusters are larger, at every zoom; nothing is
// left out.
func TestClustersKeepTheBudget(t *testing.T) {
	const budget = 12_000
	until := 5
	var data []geo.Feature
	for f, err := range asPoints(lines(20_000)) {
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, *f)
	}
	mixed := geo.Schema{Geometry: geo.GeometryAny, Fields: lineSchema.Fields}
	for name, features := range map[string]iter.Seq2[*geo.Feature, error]{
		"points": asPoints(lines(20_000)),
		"points and lines": func(yield func(*geo.Feature, error) bool) {
			for f, err := range asPoints(lines(20_000)) {
				if !yield(f, err) {
					return
				}
			}
			for f, err := range lines(5000) {
				if !yield(f, err) {
					return
				}
			}
		},
	} {
		s := buildWith(t, mixed, features, snapshot.Options{TileBytes: budget, Cluster: &catalog.Cluster{Radius: 8, Until: &until, Sum: []string{"lanes", "length"}, By: "kind"}})
		sizes := largest(t, s, 10)
		if slices.Max(sizes) > budget || sizes[4] < budget/8 {
			t.Errorf("%s: tiles of %v bytes", name, sizes)
		}
		for z := range 11 {
			var n int64
			for _, f := range drawn(t, s, z, snapshot.Selection{}, data) {
				if f.Properties["cluster"] == true {
					n += whole(t, f, "point_count")
				} else if f.Type == mvt.Points {
					n++
				}
			}
			if n != 20_000 {
				t.Errorf("%s, zoom %d: %d points", name, z, n)
			}
		}
	}
}

func TestClustersRefuseWhatCannotBe(t *testing.T) {
	data := trees(600)
	for i := range data {
		data[i].Values[0] = geo.Text(fmt.Sprint(i))
	}
	for _, c := range []catalog.Cluster{{Sum: []string{"absent"}}, {Mean: []string{"kind"}}, {By: "height"}, {By: "kind"}} {
		err := snapshot.Build(t.Context(), t.TempDir()+"/x", treeSchema, stream(data...), snapshot.Options{Cluster: &c})
		if geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
