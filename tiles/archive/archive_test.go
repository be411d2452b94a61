package archive_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"puy/catalog"
	"puy/geo"
	"puy/internal/archivetest"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/pmtiles"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, opt archive.Options) *archive.Service {
	t.Helper()
	opt.Log = slog.New(slog.DiscardHandler)
	opt.Recode = func(tiles.Tile, tiles.Coding) (tiles.Tile, error) {
		t.Error("a tile is compressed")
		return tiles.Tile{}, nil
	}
	s, err := archive.NewService(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func source(t *testing.T, s *archive.Service, dataset, address string) *archive.Source {
	t.Helper()
	a, err := s.Source(dataset, catalog.Source{PMTiles: address, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// site serves an archive by ranges, slowly where told so, and counts.
type site struct {
	path  string
	asked atomic.Int64
	slow  atomic.Pointer[chan struct{}] // requests wait until it is closed
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	if slow := s.slow.Load(); slow != nil {
		select {
		case <-*slow:
		case <-r.Context().Done():
			return
		}
	}
	http.ServeFile(w, r, s.path)
}

func serve(t *testing.T, name string) (*site, string) {
	t.Helper()
	content := &site{path: write(t, name)}
	server := httptest.NewServer(content)
	t.Cleanup(server.Close)
	return content, server.URL + "/a.pmtiles"
}

func write(t *testing.T, name string) string {
	t.Helper()
	all := map[[3]int][]byte{}
	for x := range 8 {
		all[[3]int{3, x, 2}] = archivetest.Vector("couche", name, 2+x)
	}
	return archivetest.Write(t, archivetest.Archive{Type: pmtiles.TypeMVT, Compression: pmtiles.CompressionGzip, Tiles: all})
}

// Clients that ask for one tile at the same time share one reading, and later
// ones have it from memory.
func TestReadsAreShared(t *testing.T) {
	content, address := serve(t, "nord")
	a := source(t, start(t, archive.Options{}), "relief", address)
	if _, err := a.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := content.asked.Load()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if tile, err := a.Tile(t.Context(), 3, 1, 2); err != nil || tile.Coding != tiles.Gzip || len(tile.Body) == 0 {
				t.Errorf("%+v, %v", tile, err)
			}
		})
	}
	all.Wait()
	if n := content.asked.Load() - before; n > 3 {
		t.Errorf("%d reads for 50 clients", n)
	}
}

// Tiles of one edition never come under the version of another, whatever comes
// first.
func TestEditionsAreNotMixed(t *testing.T) {
	path := write(t, "nord")
	a := source(t, start(t, archive.Options{}), "relief", path)
	bodies := map[string]string{} // of tile 3/0/2, by version
	for _, next := range []string{"sud", "est", "ouest"} {
		for x := range 8 {
			tile, err := a.Tile(t.Context(), 3, x, 2)
			if err != nil {
				t.Fatal(err)
			}
			if known, ok := bodies[tile.Version]; ok && x == 0 && known != string(tile.Body) {
				t.Errorf("version %s has two tiles", tile.Version)
			}
			if x == 0 {
				bodies[tile.Version] = string(tile.Body)
			}
		}
		before, err := a.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(write(t, next), path); err != nil {
			t.Fatal(err)
		}
		for limit := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			about, err := a.Describe(t.Context())
			if err == nil && about.Version != before.Version {
				break
			}
			if err != nil || time.Now().After(limit) {
				t.Fatalf("the new archive is not seen: %v", err)
			}
		}
	}
	if len(bodies) != 3 {
		t.Errorf("%d versions", len(bodies))
	}
}

// A server that hangs holds no more than some clients, for no longer than
// patience, and those that come next are told at once.
func TestHangingServer(t *testing.T) {
	content, address := serve(t, "nord")
	a := source(t, start(t, archive.Options{Patience: 300 * time.Millisecond}), "relief", address)
	tile, err := a.Tile(t.Context(), 3, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	content.slow.Store(&open)
	begin := time.Now()
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			if _, err := a.Tile(t.Context(), 3, 1+i%7, 2); geo.KindOf(err) != geo.KindUnavailable {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("failing took %v", took)
	}
	if n := content.asked.Load(); n > 30 {
		t.Errorf("%d reads of a server that hangs", n)
	}
	// What is known stays, and the rest comes back with the server.
	if again, err := a.Tile(t.Context(), 3, 0, 2); err != nil || again.ETag != tile.ETag {
		t.Errorf("%v", err)
	}
	close(open)
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, err = a.Tile(t.Context(), 3, 5, 2); err == nil {
			break
		}
		if time.Now().After(limit) {
			t.Fatal(err)
		}
	}
}

// A client that leaves does not wait; another address is another archive; a closed
// service gives nothing.
func TestLeavingReplacingClosing(t *testing.T) {
	content, address := serve(t, "nord")
	s := start(t, archive.Options{})
	open := make(chan struct{})
	content.slow.Store(&open)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	a := source(t, s, "relief", address)
	if _, err := a.Tile(ctx, 3, 0, 2); err == nil {
		t.Error("a tile of a server that waits")
	}
	b := source(t, s, "relief", write(t, "sud"))
	if tile, err := b.Tile(t.Context(), 3, 0, 2); err != nil || len(tile.Body) == 0 {
		t.Errorf("%v", err)
	}
	if _, err := a.Tile(t.Context(), 3, 0, 2); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("the archive before: %v", err)
	}
	s.Close()
	if _, err := b.Tile(t.Context(), 3, 1, 2); err == nil {
		t.Error("a tile after the end")
	}
	if _, err := s.Source("relief", catalog.Source{PMTiles: address, Private: true}); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("%v", err)
	}
	close(open)
}

func TestCheck(t *testing.T) {
	_, address := serve(t, "nord")
	for _, at := range []string{write(t, "nord"), address} {
		if n, err := archive.Check(t.Context(), at, true); n != 8 || err != nil {
			t.Errorf("%s: %d tiles, %v", at, n, err)
		}
	}
	for at, want := range map[string]geo.ErrorKind{t.TempDir() + "/absent": geo.KindNotFound, "http://": geo.KindInvalid, "http://127.0.0.1:1/a": geo.KindUnavailable} {
		if _, err := archive.Check(t.Context(), at, true); geo.KindOf(err) != want {
			t.Errorf("%s: %v", at, err)
		}
	}
}
