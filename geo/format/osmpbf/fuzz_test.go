package osmpbf_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/osmpbf"
	"puy/internal/osmtest"
)

// FuzzRead reads bytes as the ways and relations of a small town: what is told of
// the layer is what comes, and nothing is left behind.
func FuzzRead(f *testing.F) {
	ways := osmtest.Ways(osmtest.Raw, way(1, "a=1", 1, 2, 3), way(2, "building=yes", 5, 4, 3, 5), way(3, "", 3, 25, 1), way(4, "", 7, 8, 13, 12, 7))
	f.Add(append(ways, osmtest.Relations(osmtest.Raw, relation(1, "multipolygon", 1, "outer", 3, "outer", 4, "inner"), relation(2, "route", 1, "", 9, ""))...), "*", "")
	f.Add(append(osmtest.Relations(osmtest.Raw, relation(1, "boundary", 1, "", 3, "", 3, "")), ways...), "r=1", "areas")
	f.Add(osmtest.Dense(osmtest.Raw, osmtest.Node{ID: 1, Tags: []string{"a", "b"}}), "a & !b", "points")
	f.Add(ways[:len(ways)-4], "", "lines")
	dir := f.TempDir()
	path := filepath.Join(dir, "a.osm.pbf")
	f.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, blocks []byte, tags, layer string) {
		if err := os.WriteFile(path, town(blocks), 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		opt := format.Options{Layer: layer}
		if tags != "" {
			opt.Tags = []string{tags}
		}
		r, err := osmpbf.Format().Open(t.Context(), src, opt)
		if err != nil {
			if kind := geo.KindOf(err); kind != geo.KindInvalid && kind != geo.KindLimit {
				t.Fatal(err)
			}
			return
		}
		layerOf := r.Layer()
		for n := int64(0); ; n++ {
			var f geo.Feature
			err := r.Read(&f)
			if errors.Is(err, io.EOF) {
				if n != layerOf.Count {
					t.Fatalf("%d rows of %d", n, layerOf.Count)
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if !f.Geometry.Finite() || f.Geometry.IsEmpty() || !layerOf.Schema.Geometry.Accepts(f.Geometry.Type()) || len(f.Values) != len(layerOf.Schema.Fields) {
				t.Fatalf("%s is not of the layer", f.ID)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
			t.Fatal(left, err)
		}
	})
}
