package tiles

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"runtime"
	"sync"

	"github.com/maypok86/otter/v2"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/snapshot"
)

// MaxZoom is the deepest zoom of a tile.
const MaxZoom = clip.MaxZoom

// Source gives versions of datasets and their features.
type Source interface {
	// Version gives the current version; KindNotFound where there is none. It is
	// called for every tile, so it must be cheap.
	Version(ctx context.Context, id string) (catalog.Version, error)
	// Features gives all features of a version that have a geometry, with all
	// fields. A Feature may be reused for the next.
	Features(ctx context.Context, id string, version int64) iter.Seq2[*geo.Feature, error]
}

// Options of a Service. Dir and Source are required.
type Options struct {
	Source     Source
	Dir        string       // where snapshots are kept; made if need be
	CacheBytes int64        // of compressed tiles in memory; 0 means 256 MB, less than 0 none
	Log        *slog.Logger // nil means slog.Default
}

// Service gives tiles. Its methods may be called from many goroutines.
type Service struct {
	source   Source
	dir      string
	log      *slog.Logger
	cache    *otter.Cache[tileKey, Tile]
	cuts     flights[tileKey, Tile]
	builds   flights[uint64, struct{}]
	cutting  chan struct{} // bounds cuts at one time, and so the memory they hold
	building chan struct{}
	scratch  snapshot.Pool
	raw      sync.Pool // *[]byte
	compressor

	mu       sync.Mutex
	datasets map[string]*edition
	asked    uint64 // counts questions to the source
	serial   uint64 // counts editions
	closed   bool
}

type tileKey struct {
	edition uint64
	z       uint8
	x, y    uint32
}

const (
	defaultCacheBytes = 256 << 20
	tileOverhead      = 200 // about what the cache and the allocator add to a tile
)

// NewService makes a Service. Close ends it.
func NewService(opt Options) (*Service, error) {
	if err := os.MkdirAll(opt.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("the folder for tile snapshots: %w", err)
	}
	s := &Service{builds: flights[uint64, struct{}]{keep: true}, source: opt.Source, dir: opt.Dir, log: opt.Log, datasets: map[string]*edition{},
		cutting: make(chan struct{}, 2*runtime.GOMAXPROCS(0)), building: make(chan struct{}, 2)}
	if s.log == nil {
		s.log = slog.Default()
	}
	if opt.CacheBytes == 0 {
		opt.CacheBytes = defaultCacheBytes
	}
	if opt.CacheBytes > 0 {
		var err error
		s.cache, err = otter.New(&otter.Options[tileKey, Tile]{
			MaximumWeight: uint64(opt.CacheBytes),
			Weigher:       func(_ tileKey, t Tile) uint32 { return uint32(len(t.Gzip) + tileOverhead) },
		})
		if err != nil {
			return nil, fmt.Errorf("the tile cache: %w", err)
		}
	}
	s.removeAbandoned()
	return s, nil
}

// Tile gives tile z, x, y (XYZ scheme, WebMercatorQuad) of the current version of
// a dataset, as one layer with the dataset's id as its name. KindNotFound for a
// dataset that does not exist or has no geometry, and for a tile outside of the
// zooms 0 to MaxZoom or of the world.
func (s *Service) Tile(ctx context.Context, id string, z, x, y int) (Tile, error) {
	if z < 0 || z > MaxZoom || x < 0 || y < 0 || x>>z != 0 || y>>z != 0 {
		return Tile{}, geo.Errorf(geo.KindNotFound, "there is no tile %d/%d/%d", z, x, y)
	}
	for attempt := 0; ; attempt++ {
		e, err := s.current(ctx, id)
		if err != nil {
			return Tile{}, err
		}
		key := tileKey{e.serial, uint8(z), uint32(x), uint32(y)}
		if s.cache != nil {
			if t, ok := s.cache.GetIfPresent(key); ok {
				return t, nil
			}
		}
		t, err := s.cuts.do(ctx, key, func(ctx context.Context) (Tile, error) { return s.cut(ctx, e, key) })
		if err != nil && attempt < 2 && s.outdated(e) {
			continue // a new version came meanwhile and took this one's data along
		}
		return t, err
	}
}

// Warm makes the snapshot of the current version of a dataset ready. A dataset
// without geometry gives KindNotFound.
func (s *Service) Warm(ctx context.Context, id string) error {
	e, err := s.current(ctx, id)
	if err != nil {
		return err
	}
	_, release, err := s.open(ctx, e)
	if err != nil {
		return err
	}
	release()
	return nil
}

func (s *Service) cut(ctx context.Context, e *edition, key tileKey) (Tile, error) {
	snap, release, err := s.open(ctx, e)
	if err != nil {
		return Tile{}, err
	}
	defer release()
	select {
	case s.cutting <- struct{}{}:
	case <-ctx.Done():
		return Tile{}, context.Cause(ctx)
	}
	defer func() { <-s.cutting }()
	scratch := s.scratch.Get()
	defer s.scratch.Put(scratch)
	buf, ok := s.raw.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	defer s.raw.Put(buf)
	raw, n, err := snap.AppendMVT((*buf)[:0], e.id, int(key.z), int(key.x), int(key.y), scratch)
	if err != nil {
		return Tile{}, fmt.Errorf("tile %d/%d/%d of %s: %w", key.z, key.x, key.y, e.id, err)
	}
	*buf = raw
	t, err := s.tile(raw, n, e.version.Number)
	if err == nil && s.cache != nil {
		s.cache.Set(key, t)
	}
	return t, err
}

// Close waits for the work in flight to end and closes all snapshots, whose
// files stay.
func (s *Service) Close() error {
	s.builds.close()
	s.cuts.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for id, e := range s.datasets {
		delete(s.datasets, id)
		s.retire(e, false)
	}
	if s.cache != nil {
		s.cache.InvalidateAll()
		s.cache.StopAllGoroutines()
	}
	return nil
}
