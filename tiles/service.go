package tiles

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/fidset"
	"puy/tiles/snapshot"
)

// MaxZoom is the deepest zoom of a tile.
const MaxZoom = clip.MaxZoom

// Source gives versions of datasets and their features.
type Source interface {
	// Version gives the current version and how its dataset is generalised;
	// KindNotFound where there is none. It is called for every tile, so it must
	// be cheap.
	Version(ctx context.Context, id string) (catalog.Version, catalog.Tiles, error)
	// Features gives all features of a version that have a geometry, with all
	// fields. A Feature may be reused for the next.
	Features(ctx context.Context, id string, version int64) iter.Seq2[*geo.Feature, error]
	// Filter gives the fids of the features of a version that f selects, in
	// ascending order. KindInvalid for a field that there is not.
	Filter(ctx context.Context, id string, version int64, f Filter) iter.Seq2[int64, error]
}

// Options of a Service. Dir and Source are required.
type Options struct {
	Source      Source
	Dir         string // where snapshots are kept; made if need be
	CacheBytes  int64  // of tiles in memory; 0 means 256 MB, less than 0 none
	FilterBytes int64  // of what filters select; 0 means 64 MB
	// Patience is how long one tile may be cut; 0 means 20 seconds. The snapshot
	// and the filters that it needs take what they take.
	Patience time.Duration
	// MLT appends an MVT tile as a MapLibre Tile; nil: there is no MLT.
	MLT func(dst, mvt []byte) ([]byte, error)
	Log *slog.Logger // nil means slog.Default
}

// Service gives tiles. Its methods may be called from many goroutines.
type Service struct {
	source   Source
	dir      string
	log      *slog.Logger
	mlt      func(dst, mvt []byte) ([]byte, error)
	patience time.Duration

	cache     *otter.Cache[tileKey, Tile] // nil: none
	sets      *otter.Cache[filterKey, *fidset.Set]
	encodings flights[tileKey, Tile]
	cuts      flights[tileKey, rawTile]
	builds    flights[uint64, struct{}]
	filters   flights[filterKey, *fidset.Set]
	cutting   chan struct{} // bounds cuts and compressions at one time, and so the memory they hold
	building  chan struct{}
	filtering chan struct{}
	tooMany   *fidset.Set // stands in sets for what is too large
	scratch   snapshot.Pool
	buffers   sync.Pool // *[]byte
	coder     *coder

	mu       sync.Mutex
	datasets map[string]*edition
	tilesets map[string]*Tileset
	asked    uint64 // counts questions to the source
	serial   uint64 // counts editions and assemblies
	closed   bool
}

type tileKey struct {
	assembly uint64
	z        uint8
	coding   Coding
	x, y     uint32
}

const (
	defaultCacheBytes  = 256 << 20
	defaultFilterBytes = 64 << 20
	defaultPatience    = 20 * time.Second
	tileOverhead       = 250 // about what the cache and the allocator add to a tile
)

// NewService makes a Service. Close ends it.
func NewService(opt Options) (*Service, error) {
	if err := os.MkdirAll(opt.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("the folder for tile snapshots: %w", err)
	}
	atOnce := 2 * runtime.GOMAXPROCS(0)
	s := &Service{builds: flights[uint64, struct{}]{keep: true}, source: opt.Source, dir: opt.Dir, log: opt.Log, mlt: opt.MLT, patience: opt.Patience,
		datasets: map[string]*edition{}, tilesets: map[string]*Tileset{},
		cutting: make(chan struct{}, atOnce), building: make(chan struct{}, 2), filtering: make(chan struct{}, 2), tooMany: &fidset.Set{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.patience <= 0 {
		s.patience = defaultPatience
	}
	if opt.CacheBytes == 0 {
		opt.CacheBytes = defaultCacheBytes
	}
	if opt.FilterBytes <= 0 {
		opt.FilterBytes = defaultFilterBytes
	}
	var err error
	if opt.CacheBytes > 0 {
		s.cache, err = otter.New(&otter.Options[tileKey, Tile]{
			MaximumWeight: uint64(opt.CacheBytes),
			Weigher:       func(_ tileKey, t Tile) uint32 { return uint32(len(t.Body) + tileOverhead) },
		})
		if err != nil {
			return nil, fmt.Errorf("the tile cache: %w", err)
		}
	}
	s.sets, err = otter.New(&otter.Options[filterKey, *fidset.Set]{
		MaximumWeight: uint64(opt.FilterBytes),
		Weigher:       func(k filterKey, set *fidset.Set) uint32 { return uint32(len(k.filter) + set.Bytes() + tileOverhead) },
	})
	if err != nil {
		return nil, fmt.Errorf("the cache of filters: %w", err)
	}
	if s.coder, err = newCoder(atOnce); err != nil {
		return nil, err
	}
	s.removeAbandoned()
	return s, nil
}

func (s *Service) cached(key tileKey) (Tile, bool) {
	if s.cache == nil {
		return Tile{}, false
	}
	return s.cache.GetIfPresent(key)
}

func (s *Service) nextSerial() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return s.serial
}

// Tile gives tile z, x, y (XYZ scheme, WebMercatorQuad) of the current version of
// a dataset, gzipped, as one layer with the dataset's id as its name. KindNotFound
// for a dataset that does not exist or has no geometry, and for a tile outside of
// the zooms 0 to MaxZoom or of the world.
func (s *Service) Tile(ctx context.Context, id string, z, x, y int) (Tile, error) {
	t, err := s.Tileset(Query{Layers: []Layer{{Dataset: id}}})
	if err != nil {
		return Tile{}, err
	}
	return t.Tile(ctx, z, x, y, Gzip)
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

// Close waits for the work in flight to end and closes all snapshots, whose
// files stay.
func (s *Service) Close() error {
	s.encodings.close()
	s.cuts.close()
	s.filters.close()
	s.builds.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	for id, e := range s.datasets {
		delete(s.datasets, id)
		s.retire(e, false)
	}
	if s.cache != nil {
		s.cache.InvalidateAll()
		s.cache.StopAllGoroutines()
	}
	s.sets.InvalidateAll()
	s.sets.StopAllGoroutines()
	return s.coder.close()
}
