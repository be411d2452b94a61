package tiles

import (
	"cmp"
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
	// KindNotFound where there is none. Its Edits tell that Features, Filter and
	// Changes know so many edits at least. It is called for every tile, so it must be
	// cheap.
	Version(ctx context.Context, id string) (catalog.Version, catalog.Tiles, error)
	// Features gives all features of a version that have a geometry, or those
	// of them that have one of these fids if fids is not nil, with all fields, as
	// they are now. A Feature may be reused for the next.
	Features(ctx context.Context, id string, version int64, fids []int64) iter.Seq2[*geo.Feature, error]
	// Filter gives the fids of the features that f selects among what Features
	// gives, in ascending order. KindInvalid for a field that there is not.
	Filter(ctx context.Context, id string, version int64, f Filter, fids []int64) iter.Seq2[int64, error]
	// Changes gives what was changed in place after the first `after` edits of a
	// version, in the order of the edits. KindConflict where that is not known
	// any more.
	Changes(ctx context.Context, id string, version, after int64) iter.Seq2[Change, error]
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
	// FoldQuiet is how long a dataset must not have changed before its recent
	// changes become part of a snapshot; 0 means 30 seconds, less than 0 for ever.
	// FoldChanges are how many changed features are not kept so long; 0 means 1000.
	FoldQuiet   time.Duration
	FoldChanges int
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

	foldQuiet   time.Duration
	foldChanges int

	cache     *otter.Cache[tileKey, *cached] // nil: none
	sets      *otter.Cache[filterKey, *selection]
	encodings flights[flightKey, Tile]
	cuts      flights[flightKey, rawTile]
	builds    flights[uint64, struct{}]
	updates   flights[uint64, struct{}]
	filters   flights[filterFlight, *selection]
	folds     sync.WaitGroup
	alive     context.Context // until Close
	die       context.CancelFunc
	stats     counters
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

// tileKey names a tile of the versions of an assembly.
type tileKey struct {
	assembly uint64
	z        uint8
	coding   Coding
	x, y     uint32
}

// flightKey names a tile as it is at one moment: work that began before a change
// is not shared with who asks after it.
type flightKey struct {
	tileKey
	at *stamp
}

const (
	defaultCacheBytes  = 256 << 20
	defaultFilterBytes = 64 << 20
	defaultPatience    = 20 * time.Second
	tileOverhead       = 280 // about what the cache and the allocator add to a tile
)

// NewService makes a Service. Close ends it.
func NewService(opt Options) (*Service, error) {
	if err := os.MkdirAll(opt.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("the folder for tile snapshots: %w", err)
	}
	atOnce := 2 * runtime.GOMAXPROCS(0)
	s := &Service{builds: flights[uint64, struct{}]{keep: true}, updates: flights[uint64, struct{}]{keep: true}, source: opt.Source, dir: opt.Dir, log: opt.Log, mlt: opt.MLT, patience: opt.Patience,
		foldQuiet: cmp.Or(opt.FoldQuiet, defaultFoldQuiet), foldChanges: cmp.Or(opt.FoldChanges, defaultFoldChanges),
		datasets: map[string]*edition{}, tilesets: map[string]*Tileset{},
		cutting: make(chan struct{}, atOnce), building: make(chan struct{}, 2), filtering: make(chan struct{}, 2), tooMany: &fidset.Set{}}
	s.alive, s.die = context.WithCancel(context.Background())
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
		s.cache, err = otter.New(&otter.Options[tileKey, *cached]{
			MaximumWeight: uint64(opt.CacheBytes),
			Weigher:       func(_ tileKey, c *cached) uint32 { return uint32(len(c.tile.Body) + tileOverhead) },
		})
		if err != nil {
			return nil, fmt.Errorf("the tile cache: %w", err)
		}
	}
	s.sets, err = otter.New(&otter.Options[filterKey, *selection]{
		MaximumWeight: uint64(opt.FilterBytes),
		Weigher: func(k filterKey, sel *selection) uint32 {
			return uint32(len(k.filter) + sel.set.Bytes() + tileOverhead)
		},
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

// Warm makes the snapshot of the current version of a dataset ready, and reads
// what has changed since. A dataset
// without geometry gives KindNotFound.
func (s *Service) Warm(ctx context.Context, id string) error {
	_, _, err := s.current(ctx, id)
	return err
}

// Close waits for the work in flight to end and closes all snapshots, whose
// files stay.
func (s *Service) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.die()
	s.encodings.close()
	s.cuts.close()
	s.filters.close()
	s.builds.close()
	s.updates.close()
	s.folds.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
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
