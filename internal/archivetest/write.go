// Package archivetest makes small PMTiles archives for tests.
package archivetest

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"puy/geo"
	"puy/tiles/mvt"
	"puy/tiles/pmtiles"
)

// Archive is what an archive holds. Tiles are by zoom, column and row, and not
// yet compressed.
type Archive struct {
	Type        pmtiles.TileType
	Compression pmtiles.Compression
	Tiles       map[[3]int][]byte
	Metadata    pmtiles.Metadata
}

// Write makes an archive in a folder of its own and gives its path.
func Write(t testing.TB, a Archive) string {
	t.Helper()
	dir := t.TempDir()
	w, err := pmtiles.Create(filepath.Join(dir, "work"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	byID := map[uint64][]byte{}
	for at, tile := range a.Tiles {
		byID[pmtiles.ID(at[0], at[1], at[2])] = Compress(t, a.Compression, tile)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if err := w.Add(id, byID[id]); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "tiles.pmtiles")
	_, err = w.Finish(t.Context(), path, pmtiles.Description{Type: a.Type, TileCompression: a.Compression, Metadata: a.Metadata,
		Bounds: geo.Bounds{MinX: 2.5, MinY: 45.5, MaxX: 3.5, MaxY: 46}, CenterLon: 3, CenterLat: 45.75, CenterZoom: 1})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Compress gives b in a compression.
func Compress(t testing.TB, c pmtiles.Compression, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var err error
	switch c {
	case pmtiles.CompressionGzip:
		w := gzip.NewWriter(&out)
		_, err = w.Write(b)
		err = first(err, w.Close())
	case pmtiles.CompressionBrotli:
		w := brotli.NewWriter(&out)
		_, err = w.Write(b)
		err = first(err, w.Close())
	case pmtiles.CompressionZstd:
		var w *zstd.Encoder
		if w, err = zstd.NewWriter(&out); err == nil {
			_, err = w.Write(b)
			err = first(err, w.Close())
		}
	default:
		return b
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// Vector gives a vector tile of one layer with n points called name, of more
// than a thousand bytes where n is a hundred.
func Vector(layer, name string, n int) []byte {
	l := mvt.Layer{Name: layer}
	for i := range n {
		l.Features = append(l.Features, mvt.Feature{ID: uint64(i + 1), HasID: true, Type: mvt.Points,
			Parts: [][]mvt.Point{{{X: int32(100 + 37*i), Y: int32(200 + 31*i)}}}, Properties: map[string]any{"nom": name, "rang": int64(i)}})
	}
	return mvt.AppendTile(nil, l)
}
