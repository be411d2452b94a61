package pmtiles

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzHeader(f *testing.F) {
	h := Header{Root: Section{127, 20}, Metadata: Section{147, 5}, Tiles: Section{152, 100}, AddressedTiles: 3, Type: TypeMVT, MaxZoom: 4}
	f.Add(h.append(nil), uint64(300))
	f.Add([]byte("PM\x02"), uint64(3))
	f.Fuzz(func(t *testing.T, b []byte, size uint64) {
		h, err := parseHeader(b, size)
		if err != nil {
			return
		}
		for _, s := range []Section{h.Root, h.Metadata, h.Leaves, h.Tiles} {
			if end := s.Offset + s.Length; end < s.Offset || end > size {
				t.Errorf("section %v in %d bytes", s, size)
			}
		}
		again, err := parseHeader(h.append(nil), size)
		h.Bounds, again.Bounds = again.Bounds, h.Bounds // degrees beyond 180 are cut
		h.CenterLon, h.CenterLat = again.CenterLon, again.CenterLat
		again.Bounds = h.Bounds
		if diff := cmp.Diff(h, again); err != nil || diff != "" {
			t.Errorf("%v, %s", err, diff)
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add(appendDirectory(nil, []entry{{0, 0, 5, 1}, {1, 5, 7, 3}, {9, 0, 5, 1}, {20, 0, 100, 0}}), uint64(2))
	f.Add([]byte{0}, uint64(0))
	f.Add([]byte{2, 0, 1, 1, 1, 4, 4, 1, 0}, uint64(1))
	f.Fuzz(func(t *testing.T, b []byte, id uint64) {
		entries, err := parseDirectory(b)
		if err != nil {
			return
		}
		for i, e := range entries {
			if e.length == 0 || i > 0 && (e.id <= entries[i-1].id || e.id-entries[i-1].id < uint64(entries[i-1].run)) {
				t.Fatalf("entry %d %+v after %+v", i, e, entries[max(0, i-1)])
			}
		}
		again, err := parseDirectory(appendDirectory(nil, entries))
		if diff := cmp.Diff(entries, again, cmp.AllowUnexported(entry{})); err != nil || diff != "" {
			t.Errorf("%v, %s", err, diff)
		}
		if e, ok := find(entries, id); ok && (e.id > id || e.run > 0 && id-e.id >= uint64(e.run)) {
			t.Errorf("%+v is found for %d", e, id)
		}
	})
}

// memory is a Ranger over bytes.
type memory []byte

func (m memory) ReadRange(_ context.Context, p []byte, off int64, _ string) (int, Edition, error) {
	if off < 0 || off > math.MaxInt64-int64(len(p)) {
		panic("a range that is none")
	}
	n := 0
	if off < int64(len(m)) {
		n = copy(p, m[off:])
	}
	return n, Edition{Tag: "the only one", Size: int64(len(m))}, nil
}

func (m memory) Close() error { return nil }

// FuzzArchive reads archives of which bytes are changed.
func FuzzArchive(f *testing.F) {
	dir := f.TempDir()
	for _, n := range []uint64{1, 30, 300} {
		w, err := Create(filepath.Join(dir, "part"), "")
		if err != nil {
			f.Fatal(err)
		}
		for id := range n {
			if err := w.Add(id*2, bytes.Repeat([]byte{byte(id * id)}, int(1+id%5))); err != nil {
				f.Fatal(err)
			}
		}
		path := filepath.Join(dir, "a.pmtiles")
		if _, err := w.Finish(f.Context(), path, Description{Type: TypeMVT, TileCompression: CompressionNone}); err != nil {
			f.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint64(2*n-2))
	}
	f.Add(uncompressed(), uint64(7))
	f.Fuzz(func(t *testing.T, b []byte, id uint64) {
		a, err := Open(t.Context(), memory(b))
		if err != nil {
			return
		}
		defer a.Close()
		for _, id := range []uint64{0, 2, id} {
			z, x, y, ok := ZXY(id)
			if !ok {
				continue
			}
			got, err := a.Tile(t.Context(), z, x, y)
			if err != nil && got.Data != nil || len(got.Data) > len(b) {
				t.Errorf("%d bytes, %v", len(got.Data), err)
			}
		}
		if _, err := a.Metadata(t.Context()); err != nil && len(err.Error()) == 0 {
			t.Error("an error without a word")
		}
	})
}

// uncompressed gives an archive of a root, two leaves and tiles, whose bytes
// mean something wherever they are changed.
func uncompressed() []byte {
	first := appendDirectory(nil, []entry{{0, 0, 4, 2}, {3, 4, 3, 1}})
	second := appendDirectory(nil, []entry{{5, 7, 2, 1}, {7, 0, 4, 9}})
	n, m := uint64(len(first)), uint64(len(second))
	root := appendDirectory(nil, []entry{{0, 0, uint32(n), 0}, {5, n, uint32(m), 0}, {100, 4, 3, 1}})
	at := headerSize + uint64(len(root))
	h := Header{Root: Section{headerSize, uint64(len(root))}, Metadata: Section{at, 2}, Leaves: Section{at + 2, n + m}, Tiles: Section{at + 2 + n + m, 9},
		InternalCompression: CompressionNone, TileCompression: CompressionNone, MaxZoom: 4}
	return append(bytes.Join([][]byte{h.append(nil), root, []byte("{}"), first, second}, nil), "ninebytes"...)
}
