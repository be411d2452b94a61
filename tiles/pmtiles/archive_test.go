package pmtiles_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"puy/geo"
	"puy/tiles/pmtiles"
)

func open(t *testing.T, path string) *pmtiles.Archive {
	t.Helper()
	return openRanger(t, pmtiles.NewFile(path))
}

func openRanger(t *testing.T, r pmtiles.Ranger) *pmtiles.Archive {
	t.Helper()
	a, err := pmtiles.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// tile gives the tile with an id as text.
func tile(ctx context.Context, a *pmtiles.Archive, id uint64) (string, error) {
	z, x, y, _ := pmtiles.ZXY(id)
	got, err := a.Tile(ctx, z, x, y)
	if err == nil && got.Data == nil {
		err = errors.New("not found")
	}
	return string(got.Data), err
}

func one(text string) []stored { return []stored{{0, []byte(text)}} }

func TestFileIsReplaced(t *testing.T) {
	path := write(t, one("first"))
	a := open(t, path)
	if got, err := tile(t.Context(), a, 0); got != "first" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if err := os.Rename(write(t, one("the second")), path); err != nil {
		t.Fatal(err)
	}
	if got, err := tile(t.Context(), a, 0); got != "the second" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	// Half an upload is an error for as long as it is there.
	if err := os.WriteFile(path, []byte("PMT"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := tile(t.Context(), a, 0); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("error %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := tile(t.Context(), a, 0); geo.KindOf(err) != geo.KindNotFound {
		t.Errorf("error %v", err)
	}
	if err := os.Rename(write(t, one("the third one")), path); err != nil {
		t.Fatal(err)
	}
	if got, err := tile(t.Context(), a, 0); got != "the third one" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A tile that was absent appears with a new file, within the time that absence
// is believed.
func TestAbsentTileAppears(t *testing.T) {
	path := write(t, one("first"))
	second := write(t, []stored{{1, []byte("new")}})
	synctest.Test(t, func(t *testing.T) {
		a := open(t, path)
		if got, err := a.Tile(t.Context(), 1, 0, 0); got.Data != nil || err != nil {
			t.Fatal(got, err)
		}
		if err := os.Rename(second, path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got, err := tile(t.Context(), a, 1); got != "new" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		a.Close()
	})
}

// site serves an archive that may be replaced, with or without ETags.
type site struct {
	content atomic.Pointer[[]byte]
	tags    bool
	served  atomic.Int64
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b := *s.content.Load()
	sum := sha256.Sum256(b)
	if s.tags {
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum[:8]))
	}
	s.served.Add(1)
	http.ServeContent(w, r, "", time.Unix(int64(binary.LittleEndian.Uint32(sum[:])), 0), bytes.NewReader(b))
}

func (s *site) put(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.content.Store(&b)
}

func web(t *testing.T, h http.Handler) *pmtiles.HTTP {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	r, err := pmtiles.NewHTTP(server.URL+"/a.pmtiles", true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestHTTP(t *testing.T) {
	for _, tags := range []bool{true, false} {
		t.Run(fmt.Sprint("ETag ", tags), func(t *testing.T) {
			s := &site{tags: tags}
			tiles := pyramid(60_000)
			s.put(t, write(t, tiles))
			a := openRanger(t, web(t, s))
			for i := 0; i < len(tiles); i += 5000 {
				if got, err := tile(t.Context(), a, tiles[i].id); got != string(tiles[i].data) || err != nil {
					t.Fatalf("tile %d: %q, %v", tiles[i].id, got, err)
				}
			}
			before := a.Edition()
			s.put(t, write(t, []stored{{tiles[0].id, []byte("replaced")}}))
			if got, err := tile(t.Context(), a, tiles[0].id); got != "replaced" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			if a.Edition() == before {
				t.Error("the edition is the same")
			}
		})
	}
}

func TestLeafIsReadOnce(t *testing.T) {
	s := &site{tags: true}
	tiles := pyramid(60_000)
	s.put(t, write(t, tiles))
	a := openRanger(t, web(t, s))
	s.served.Store(0)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := tile(t.Context(), a, tiles[0].id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.served.Load(); n != 17 {
		t.Errorf("%d requests for 16 tiles of one leaf", n)
	}
}

// What a server does wrong is told, does not last, and leaves nobody waiting.
func TestBadServers(t *testing.T) {
	s := &site{tags: true}
	s.put(t, write(t, one("a tile")))
	var bad atomic.Pointer[http.HandlerFunc]
	r := web(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := bad.Load(); h != nil {
			(*h)(w, r)
			return
		}
		s.ServeHTTP(w, r)
	}))
	a := openRanger(t, r)
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		kind   geo.ErrorKind
	}{
		"ignores Range": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "all of it") }, geo.KindInvalid},
		"another range": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-3/100")
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, "abcd")
		}, geo.KindInvalid},
		"no size": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-3/*")
			w.WriteHeader(http.StatusPartialContent)
		}, geo.KindInvalid},
		"breaks off":        {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, geo.KindUnavailable},
		"fails":             {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) }, geo.KindUnavailable},
		"has lost the file": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound) }, geo.KindNotFound},
		"redirects for ever": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, geo.KindUnavailable},
		"changes for ever": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusPreconditionFailed) }, geo.KindUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			bad.Store(&tc.answer)
			if _, err := tile(t.Context(), a, 0); geo.KindOf(err) != tc.kind {
				t.Errorf("%v, of kind %v", err, geo.KindOf(err))
			}
			bad.Store(nil)
			if got, err := tile(t.Context(), a, 0); got != "a tile" || err != nil {
				t.Errorf("afterwards: %q, %v", got, err)
			}
		})
	}
}

// A server that hangs holds no one longer than they want to wait, nor Close.
func TestServerHangs(t *testing.T) {
	s := &site{tags: true}
	tiles := pyramid(60_000)
	s.put(t, write(t, tiles))
	var hang atomic.Bool
	a := openRanger(t, web(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hang.Load() {
			<-r.Context().Done()
			return
		}
		s.ServeHTTP(w, r)
	})))
	hang.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := tile(ctx, a, tiles[0].id); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	waiting := make(chan error)
	go func() {
		_, err := tile(context.Background(), a, tiles[0].id)
		waiting <- err
	}()
	time.Sleep(10 * time.Millisecond)
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := <-waiting; err == nil {
		t.Error("a tile came from a server that hangs")
	}
}

func TestTileOutsideOfTheWorld(t *testing.T) {
	a := open(t, write(t, one("a")))
	for _, at := range [][3]int{{-1, 0, 0}, {0, 1, 0}, {1, 0, 2}, {1, -1, 0}, {pmtiles.MaxZoom + 1, 0, 0}, {64, 0, 0}, {pmtiles.MaxZoom, 0, 0}} {
		if got, err := a.Tile(t.Context(), at[0], at[1], at[2]); got.Data != nil || err != nil {
			t.Errorf("tile %v: %v, %v", at, got, err)
		}
	}
}

// craft makes an archive around a root directory, compressed as c tells.
func craft(root []byte, c pmtiles.Compression, tiles string) []byte {
	b := append([]byte("PMTiles\x03"), make([]byte, 119)...)
	for i, v := range []int{127, len(root), 0, 0, 127 + len(root), 0, 127 + len(root), len(tiles)} {
		binary.LittleEndian.PutUint64(b[8+8*i:], uint64(v))
	}
	b[97], b[98], b[101] = byte(c), 1, 3
	return append(append(b, root...), tiles...)
}

func TestCraftedArchives(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte{1, 0, 1, 4, 1} // tile 0, run 1, 4 bytes at 0
	var br bytes.Buffer
	w := brotli.NewWriter(&br)
	if _, err := w.Write(plain); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		file []byte
		open bool
		want string // of tile 0
	}{
		"no compression":   {craft(plain, pmtiles.CompressionNone, "tile"), true, "tile"},
		"zstd":             {craft(z.EncodeAll(plain, nil), pmtiles.CompressionZstd, "tile"), true, "tile"},
		"Brotli":           {craft(br.Bytes(), pmtiles.CompressionBrotli, "tile"), true, "tile"},
		"not Brotli":       {craft(plain, pmtiles.CompressionBrotli, "tile"), false, ""},
		"unknown":          {craft(plain, 0, "tile"), false, ""},
		"not gzip":         {craft(plain, pmtiles.CompressionGzip, "tile"), false, ""},
		"no tiles":         {craft([]byte{0}, pmtiles.CompressionNone, ""), true, ""},
		"tile cut short":   {craft(plain, pmtiles.CompressionNone, "til"), true, ""},
		"many entries":     {craft(binary.AppendUvarint(nil, 1<<40), pmtiles.CompressionNone, ""), false, ""},
		"a bomb":           {craft(z.EncodeAll(make([]byte, 32<<20), nil), pmtiles.CompressionZstd, ""), false, ""},
		"ids stand still":  {craft([]byte{2, 0, 0, 1, 1, 4, 4, 1, 0}, pmtiles.CompressionNone, "tiletile"), false, ""},
		"runs overlap":     {craft([]byte{2, 0, 1, 2, 1, 4, 4, 1, 0}, pmtiles.CompressionNone, "tiletile"), false, ""},
		"a tile of 0":      {craft([]byte{1, 0, 1, 0, 1}, pmtiles.CompressionNone, "tile"), false, ""},
		"no first offset":  {craft([]byte{1, 0, 1, 4, 0}, pmtiles.CompressionNone, "tile"), false, ""},
		"bytes left":       {craft([]byte{1, 0, 1, 4, 1, 1}, pmtiles.CompressionNone, "tile"), false, ""},
		"a leaf in itself": {leafInItself(), true, ""},
		"version 4":        {append([]byte("PMTiles\x04"), make([]byte, 200)...), false, ""},
		"version 2":        {append([]byte("PM\x02\x00"), make([]byte, 200)...), false, ""},
		"short":            {[]byte("PMTiles\x03"), false, ""},
		"empty":            {nil, false, ""},
		"cut short":        {craft(plain, pmtiles.CompressionNone, "tile")[:134], false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/a.pmtiles"
			if err := os.WriteFile(path, tc.file, 0o644); err != nil {
				t.Fatal(err)
			}
			r := pmtiles.NewFile(path)
			defer r.Close()
			a, err := pmtiles.Open(t.Context(), r)
			if !tc.open {
				if geo.KindOf(err) != geo.KindInvalid || a != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			got, err := a.Tile(t.Context(), 0, 0, 0)
			if string(got.Data) != tc.want {
				t.Errorf("%q, %v", got.Data, err)
			}
			if err != nil && geo.KindOf(err) != geo.KindInvalid {
				t.Errorf("error %v", err)
			}
		})
	}
}

// leafInItself gives an archive whose leaf names itself.
func leafInItself() []byte {
	root := []byte{1, 0, 0, 5, 1}
	b := craft(root, pmtiles.CompressionNone, "")
	binary.LittleEndian.PutUint64(b[40:], 127)
	binary.LittleEndian.PutUint64(b[48:], 5)
	return b
}

func BenchmarkTile(b *testing.B) {
	path := b.TempDir() + "/a.pmtiles"
	w, err := pmtiles.Create(path+".part", "")
	if err != nil {
		b.Fatal(err)
	}
	tiles := pyramid(100_000)
	for _, s := range tiles {
		if err := w.Add(s.id, append(make([]byte, 4000), s.data...)); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Finish(b.Context(), path, description); err != nil {
		b.Fatal(err)
	}
	a, err := pmtiles.Open(b.Context(), pmtiles.NewFile(path))
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(tiles)
		if _, err := tile(b.Context(), a, tiles[i].id); err != nil {
			b.Fatal(err)
		}
	}
}
