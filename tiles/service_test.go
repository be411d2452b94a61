package tiles_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"puy/catalog"
	"puy/geo"
	"puy/tiles"
	"puy/tiles/mvt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, s *source, dir string) *tiles.Service {
	t.Helper()
	service, err := tiles.NewService(tiles.Options{Source: s, Dir: dir, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return service
}

// features asks for a tile and gives the number of its features as a strict reader counts them.
func features(t *testing.T, s *tiles.Service, z, x, y int) (int, tiles.Tile) {
	t.Helper()
	tile, err := s.Tile(t.Context(), "points", z, x, y)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := s.In(tile, tiles.Identity)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Decode(plain.Body)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range layers {
		if l.Name != "points" {
			t.Errorf("layer %q", l.Name)
		}
		n += len(l.Features)
	}
	if n != tile.Features {
		t.Errorf("%d features, and Features is %d", n, tile.Features)
	}
	return n, tile
}

func snapshots(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTile(t *testing.T) {
	s := start(t, &source{current: 3}, t.TempDir())
	n, tile := features(t, s, 0, 0, 0)
	if n != 3 || tile.Version != "3" || len(tile.ETag) != 34 {
		t.Errorf("%d features, version %s, ETag %q", n, tile.Version, tile.ETag)
	}
	empty, emptyTile := features(t, s, 3, 0, 7)
	if empty != 0 || emptyTile.Body != nil || emptyTile.ETag == tile.ETag {
		t.Errorf("the empty tile has %d features, %d bytes, ETag %q", empty, len(emptyTile.Body), emptyTile.ETag)
	}
}

func TestNotFound(t *testing.T) {
	s := start(t, &source{current: 1}, t.TempDir())
	for _, tc := range []struct {
		id      string
		z, x, y int
	}{
		{"absent", 0, 0, 0}, {"table", 0, 0, 0}, {"points", -1, 0, 0}, {"points", tiles.MaxZoom + 1, 0, 0},
		{"points", 1, 2, 0}, {"points", 1, 0, 2}, {"points", 1, -1, 0}, {"points", 0, 0, 1}, {"points", 64, 1, 1},
	} {
		_, err := s.Tile(t.Context(), tc.id, tc.z, tc.x, tc.y)
		if geo.KindOf(err) != geo.KindNotFound {
			t.Errorf("%+v: %v", tc, err)
		}
	}
	if err := s.Warm(t.Context(), "table"); geo.KindOf(err) != geo.KindNotFound {
		t.Errorf("Warm: %v", err)
	}
}

func TestRestartMapsTheFile(t *testing.T) {
	dir := t.TempDir()
	src := &source{current: 5}
	first := start(t, src, dir)
	_, a := features(t, first, 0, 0, 0)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	_, b := features(t, start(t, src, dir), 0, 0, 0)
	if a.ETag != b.ETag || src.streams.Load() != 1 {
		t.Errorf("ETags %s and %s, %d builds", a.ETag, b.ETag, src.streams.Load())
	}
	// Another store with a dataset of the same name and number is not confused.
	other := &source{current: 5, loaded: time.Unix(1e9, 0)}
	features(t, start(t, other, dir), 0, 0, 0)
	if other.streams.Load() != 1 {
		t.Error("the snapshot of another store was used")
	}
	if files := snapshots(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

func TestDamagedFileIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	src := &source{current: 5}
	if err := start(t, src, dir).Warm(t.Context(), "points"); err != nil {
		t.Fatal(err)
	}
	file := snapshots(t, dir)[0]
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	// As a new file: the first service still has the old one mapped.
	if err := errors.Join(os.Remove(file), os.WriteFile(file, b, 0o600)); err != nil {
		t.Fatal(err)
	}
	if n, _ := features(t, start(t, src, dir), 0, 0, 0); n != 5 || src.streams.Load() != 2 {
		t.Errorf("%d features after %d builds", n, src.streams.Load())
	}
}

func TestNewVersion(t *testing.T) {
	dir := t.TempDir()
	src := &source{current: 2}
	s := start(t, src, dir)
	_, a := features(t, s, 0, 0, 0)
	src.set(4)
	n, b := features(t, s, 0, 0, 0)
	if n != 4 || b.Version != "4" || a.ETag == b.ETag {
		t.Errorf("%d features of version %s", n, b.Version)
	}
	if files := snapshots(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
	src.set(2) // a rollback
	if n, c := features(t, s, 0, 0, 0); n != 2 || c.ETag != a.ETag {
		t.Errorf("%d features after the rollback", n)
	}
}

// An answer about the version before that comes late must not bring it back.
func TestLateAnswer(t *testing.T) {
	src := &source{current: 2}
	s := start(t, src, t.TempDir())
	features(t, s, 0, 0, 0)
	asked, reply := make(chan struct{}), make(chan struct{})
	src.delay = func(v catalog.Version) {
		if v.Number == 2 {
			close(asked)
			<-reply
		}
	}
	late := make(chan string)
	go func() {
		tile, err := s.Tile(t.Context(), "points", 0, 0, 0)
		if err != nil {
			t.Error(err)
		}
		late <- tile.Version
	}()
	<-asked
	src.set(3)
	features(t, s, 0, 0, 0)
	close(reply)
	if v := <-late; v != "3" {
		t.Errorf("version %s", v)
	}
	if features(t, s, 0, 0, 0); src.streams.Load() != 2 {
		t.Errorf("%d builds", src.streams.Load())
	}
}

func TestMissesShareOneBuild(t *testing.T) {
	src := &source{current: 10, gate: make(chan struct{})}
	s := start(t, src, t.TempDir())
	// The first caller leaves; the build goes on for the others.
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := s.Tile(ctx, "points", 0, 0, 0)
		left <- err
	}()
	for src.streams.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that left got %v", err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			tile, err := s.Tile(t.Context(), "points", i%3, 0, 0)
			if err != nil || tile.Version != "10" {
				t.Errorf("version %s, %v", tile.Version, err)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	close(src.gate)
	wg.Wait()
	if n := src.streams.Load(); n != 1 {
		t.Errorf("%d builds", n)
	}
}

func TestFailedBuild(t *testing.T) {
	dir := t.TempDir()
	src := &source{current: 1, fail: geo.Errorf(geo.KindUnavailable, "the database does not answer")}
	s := start(t, src, dir)
	for range 3 {
		if _, err := s.Tile(t.Context(), "points", 0, 0, 0); geo.KindOf(err) != geo.KindUnavailable {
			t.Errorf("error %v", err)
		}
	}
	if n := src.streams.Load(); n != 1 {
		t.Errorf("a failing source was read %d times in a row", n)
	}
	if files := snapshots(t, dir); len(files) != 0 {
		t.Errorf("files left: %v", files)
	}
}

func TestCloseEndsABuild(t *testing.T) {
	src := &source{current: 1, gate: make(chan struct{})}
	s := start(t, src, t.TempDir())
	failed := make(chan error)
	go func() { failed <- s.Warm(t.Context(), "points") }()
	for src.streams.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("Warm succeeded")
	}
	if _, err := s.Tile(t.Context(), "points", 0, 0, 0); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("after Close: %v", err)
	}
}

// Versions change while tiles are asked for: each tile must be whole, and of
// one version.
func TestManyClients(t *testing.T) {
	dir := t.TempDir()
	src := &source{current: 1}
	s := start(t, src, dir)
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			for i := range 60 {
				if c == 0 {
					src.set(int64(1 + i%20))
				}
				tile, err := s.Tile(t.Context(), "points", 0, 0, 0)
				if err != nil || strconv.Itoa(tile.Features) != tile.Version {
					t.Errorf("%d features of version %s, %v", tile.Features, tile.Version, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if files := snapshots(t, dir); len(files) != 1 {
		t.Errorf("files left: %v", files)
	}
}
