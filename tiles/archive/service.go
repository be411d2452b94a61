package archive

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"puy/catalog"
	"puy/geo"
	"puy/tiles"
	"puy/tiles/pmtiles"
)

// Options of a Service.
type Options struct {
	// Recode gives a tile in another coding than Brotli (see tiles.Service.In).
	Recode     func(t tiles.Tile, coding tiles.Coding) (tiles.Tile, error)
	CacheBytes int64 // of tiles in memory; 0 means 64 MB
	// Patience is how long a read of an archive may take; 0 means ten seconds.
	Patience time.Duration
	// Private lets all archives be at addresses of private networks, not only those
	// whose entries say so.
	Private bool
	Log     *slog.Logger // nil means slog.Default
}

const (
	defaultCacheBytes = 64 << 20
	defaultPatience   = 10 * time.Second
	tileOverhead      = 250 // about what the cache and the allocator add to a tile

	fileAge = time.Second      // how long a file,
	urlAge  = 10 * time.Second // and what is at a URL, is taken for unchanged
)

// Service gives tiles of archives. Its methods may be called from many
// goroutines.
type Service struct {
	recode   func(t tiles.Tile, coding tiles.Coding) (tiles.Tile, error)
	patience time.Duration
	private  bool
	log      *slog.Logger
	cache    *otter.Cache[tileKey, Tile]

	mu      sync.Mutex
	sources map[string]*Source // by dataset
	serial  uint64
	closed  bool
	closing sync.WaitGroup
}

type tileKey struct {
	source  uint64
	edition string
	z       uint8
	coding  tiles.Coding
	x, y    uint32
}

// stored stands in tileKey for the coding in which the archive has the tile.
const stored = tiles.Coding(255)

// NewService makes a Service. Close ends it.
func NewService(opt Options) (*Service, error) {
	s := &Service{recode: opt.Recode, patience: opt.Patience, private: opt.Private, log: opt.Log, sources: map[string]*Source{}}
	if s.patience <= 0 {
		s.patience = defaultPatience
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if opt.CacheBytes <= 0 {
		opt.CacheBytes = defaultCacheBytes
	}
	var err error
	s.cache, err = otter.New(&otter.Options[tileKey, Tile]{
		MaximumWeight: uint64(opt.CacheBytes),
		Weigher:       func(k tileKey, t Tile) uint32 { return uint32(len(t.Body) + len(k.edition) + tileOverhead) },
	})
	if err != nil {
		return nil, fmt.Errorf("the cache of archives' tiles: %w", err)
	}
	return s, nil
}

// Source gives the archive of a dataset at the place that its entry says: a file,
// or an http or https URL. It reads nothing yet.
func (s *Service) Source(dataset string, place catalog.Source) (*Source, error) {
	address, private := place.PMTiles, place.Private || s.private
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, geo.Errorf(geo.KindUnavailable, "the tile service is stopping")
	}
	before := s.sources[dataset]
	if before != nil && before.address == address && before.private == private {
		return before, nil
	}
	ranger, age, err := rangerOf(address, private)
	if err != nil {
		return nil, err
	}
	if before != nil {
		s.closing.Go(before.close) // it waits for what is being read
	}
	s.serial++
	source := &Source{service: s, dataset: dataset, address: address, private: private, serial: s.serial, ranger: ranger, age: age, places: make(chan struct{}, atOnce)}
	source.life, source.end = context.WithCancel(context.Background())
	s.sources[dataset] = source
	return source, nil
}

// rangerOf gives what reads an address, and how long it may be taken for unchanged.
func rangerOf(address string, private bool) (pmtiles.Ranger, time.Duration, error) {
	if !IsURL(address) {
		return pmtiles.NewFile(address), fileAge, nil
	}
	r, err := pmtiles.NewHTTP(address, private)
	if err != nil {
		return nil, 0, err // not a Ranger that is nil
	}
	return r, urlAge, nil
}

// IsURL tells a URL from the path of a file.
func IsURL(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}

// Close gives up what is being read and closes all archives.
func (s *Service) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	for _, source := range s.sources {
		source.close()
	}
	s.closing.Wait()
	s.cache.InvalidateAll()
	s.cache.StopAllGoroutines()
}

// Check tells whether there is an archive at an address, and how many tiles it
// has, as far as its header knows. Private allows addresses of private networks.
// Errors are those of Source.Describe.
func Check(ctx context.Context, address string, private bool) (n int64, err error) {
	ranger, _, err := rangerOf(address, private)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 2*defaultPatience, errSlow)
	defer cancel()
	a, err := pmtiles.Open(ctx, ranger)
	if err != nil {
		ranger.Close() //nolint:errcheck // the error before tells more
		return 0, err
	}
	defer a.Close() //nolint:errcheck // it was only read
	if _, err := a.Metadata(ctx); err != nil {
		return 0, err
	}
	return int64(min(a.Header().AddressedTiles, math.MaxInt64)), nil
}
