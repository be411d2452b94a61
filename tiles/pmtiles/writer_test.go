package pmtiles_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"puy/geo"
	"puy/tiles/pmtiles"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type stored struct {
	id   uint64
	data []byte
}

// pyramid gives tiles of which many are alike, some in a row, with gaps.
func pyramid(n int) []stored {
	r := rand.New(rand.NewPCG(1, 2))
	var tiles []stored
	id := uint64(r.IntN(3))
	for range n {
		data := fmt.Appendf(nil, "tile %d", r.IntN(n))
		switch r.IntN(4) {
		case 0:
			data = []byte("sea")
		case 1:
			if len(tiles) > 0 {
				data = tiles[len(tiles)-1].data
			}
		case 2:
			data = binary.LittleEndian.AppendUint64(data, r.Uint64())
		}
		tiles = append(tiles, stored{id, data})
		id += 1 + uint64(r.IntN(20)/15*r.IntN(1000))
	}
	return tiles
}

func create(t *testing.T, dir string) *pmtiles.Writer {
	t.Helper()
	w, err := pmtiles.Create(dir, "a key")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// add adds those tiles that w does not have.
func add(t *testing.T, w *pmtiles.Writer, tiles []stored) {
	t.Helper()
	last, has := w.Last()
	for _, s := range tiles {
		if has && s.id <= last {
			continue
		}
		if err := w.Add(s.id, s.data); err != nil {
			t.Fatal(err)
		}
	}
}

var description = pmtiles.Description{
	Type: pmtiles.TypeMVT, TileCompression: pmtiles.CompressionNone,
	Bounds: geo.Bounds{MinX: -5.1234567, MinY: 41, MaxX: 9.5, MaxY: 51}, CenterLon: 3.08, CenterLat: 45.77, CenterZoom: 5,
	Metadata: pmtiles.Metadata{Name: "é", VectorLayers: []pmtiles.VectorLayer{{ID: "a", MaxZoom: 3, Fields: map[string]string{"n": "Number"}}}},
}

func finish(t *testing.T, w *pmtiles.Writer, path string) pmtiles.Header {
	t.Helper()
	h, err := w.Finish(t.Context(), path, description)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// write makes an archive of tiles.
func write(t *testing.T, tiles []stored) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.pmtiles")
	w := create(t, path+".part")
	add(t, w, tiles)
	finish(t, w, path)
	return path
}

func TestWriter(t *testing.T) {
	for _, n := range []int{1, 2, 300, 5000, 60_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			tiles := pyramid(n)
			path := write(t, tiles)
			want, different := map[uint64][]byte{}, map[string]bool{}
			for _, s := range tiles {
				want[s.id] = s.data
				different[string(s.data)] = true
			}
			if diff := cmp.Diff(want, verify(t, path)); diff != "" {
				t.Error(diff)
			}
			a := open(t, path)
			if h := a.Header(); h.TileContents != uint64(len(different)) || n >= 60_000 && h.Leaves.Length == 0 {
				t.Errorf("%d contents, %d bytes of leaves; %d tiles are different", h.TileContents, h.Leaves.Length, len(different))
			}
			for _, s := range tiles {
				z, x, y, _ := pmtiles.ZXY(s.id)
				got, err := a.Tile(t.Context(), z, x, y)
				if err != nil || !bytes.Equal(got.Data, s.data) {
					t.Fatalf("tile %d: %q, %v", s.id, got.Data, err)
				}
				if _, ok := want[s.id+1]; ok {
					continue
				}
				z, x, y, _ = pmtiles.ZXY(s.id + 1)
				if got, err := a.Tile(t.Context(), z, x, y); got.Data != nil || err != nil {
					t.Fatalf("tile %d is not in the archive: %v, %v", s.id+1, got, err)
				}
			}
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(left) != 1 {
				t.Errorf("files %v, %v", left, err)
			}
		})
	}
}

func TestDescription(t *testing.T) {
	a := open(t, write(t, pyramid(100)))
	h := a.Header()
	got := pmtiles.Description{Type: h.Type, TileCompression: h.TileCompression, Bounds: h.Bounds, CenterLon: h.CenterLon, CenterLat: h.CenterLat, CenterZoom: h.CenterZoom}
	var err error
	if got.Metadata, err = a.Metadata(t.Context()); err != nil {
		t.Fatal(err)
	}
	got.Metadata.Raw = nil
	if diff := cmp.Diff(description, got); diff != "" {
		t.Error(diff)
	}
}

// A process may end at any byte of what it writes: the archive that the next
// one makes is the same to the byte.
func TestResume(t *testing.T) {
	tiles := pyramid(3000)
	want, err := os.ReadFile(write(t, tiles))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 20 {
		path := filepath.Join(t.TempDir(), "a.pmtiles")
		for range 2 {
			w := create(t, path+".part")
			add(t, w, tiles[:1000+r.IntN(1000)])
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, r, path+".part", []string{"journal", "tiles"}[round%2])
		}
		w := create(t, path+".part")
		if _, has := w.Last(); has != w.Resumed() {
			t.Errorf("resumed %v, has tiles %v", w.Resumed(), has)
		}
		add(t, w, tiles)
		finish(t, w, path)
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("round %d: %d bytes, not the same %d; %v", round, len(got), len(want), err)
		}
	}
}

// damage cuts a file short, and in the journal may also change a byte.
func damage(t *testing.T, r *rand.Rand, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = b[:r.IntN(len(b)+1)]
	if name == "journal" && len(b) > 0 && r.IntN(2) == 0 {
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherKeyStartsAnew(t *testing.T) {
	dir := t.TempDir()
	w := create(t, dir)
	add(t, w, pyramid(10))
	if _, err := pmtiles.Create(dir, "a key"); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("a second writer: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := pmtiles.Create(dir, "another key")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if n, _, _ := other.Counts(); n != 0 || other.Resumed() {
		t.Errorf("%d tiles of another build", n)
	}
}

func TestFolderOfOthers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(path, []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pmtiles.Create(dir, "a key"); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestWrongTiles(t *testing.T) {
	w := create(t, filepath.Join(t.TempDir(), "part"))
	if _, err := w.Finish(t.Context(), filepath.Join(t.TempDir(), "a"), description); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("an archive without tiles: %v", err)
	}
	if err := w.Add(5, []byte("a")); err != nil {
		t.Fatal(err)
	}
	for _, s := range []stored{{5, []byte("b")}, {4, []byte("b")}, {6, nil}, {^uint64(0), []byte("b")}} {
		if err := w.Add(s.id, s.data); err == nil {
			t.Errorf("tile %d of %d bytes was taken", s.id, len(s.data))
		}
	}
}

func TestFinishIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	w := create(t, filepath.Join(dir, "part"))
	add(t, w, pyramid(10))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Finish(ctx, filepath.Join(dir, "a.pmtiles"), description); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("files %v, %v", left, err)
	}
	again := create(t, filepath.Join(dir, "part"))
	if n, _, _ := again.Counts(); n != 10 {
		t.Errorf("%d tiles are kept", n)
	}
}
