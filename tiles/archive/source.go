package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"puy/geo"
	"puy/tiles/pmtiles"
)

const (
	// atOnce is how many reads of one archive are under way at a time: one whose
	// server hangs must not take the places of all other tiles.
	atOnce = 16
	// retryAfter is how long an archive that could not be read is not tried again.
	retryAfter = 3 * time.Second
	// glance is how long a look whether the archive has changed may take.
	glance = 2 * time.Second
)

// Source is the archive of one dataset. Its methods may be called from many
// goroutines.
type Source struct {
	service *Service
	dataset string
	address string
	private bool
	serial  uint64 // never used again, so that cached tiles are never another archive's
	ranger  pmtiles.Ranger
	age     time.Duration
	places  chan struct{}
	flights singleflight.Group
	life    context.Context // ends with the source
	end     context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex
	archive     *pmtiles.Archive // nil until it is open
	closed      bool
	failure     error
	failed      time.Time
	description *Description
}

// Description is what an archive tells of itself.
type Description struct {
	Version  string // of the archive, as in Tile
	Header   pmtiles.Header
	Metadata pmtiles.Metadata // without Raw

	edition pmtiles.Edition
}

// Describe gives the description of the archive as it is now. What is no
// archive, or a damaged one, gives KindInvalid, one that is not there
// KindNotFound, one that cannot be reached KindUnavailable.
func (s *Source) Describe(ctx context.Context) (*Description, error) {
	edition, err := s.edition(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	known := s.description
	s.mu.Unlock()
	if known != nil && known.edition == edition {
		return known, nil
	}
	v, err := s.share(ctx, "description", func(ctx context.Context) (any, error) { return s.describe(ctx) })
	if err != nil {
		return nil, err
	}
	return v.(*Description), nil
}

func (s *Source) describe(ctx context.Context) (*Description, error) {
	a, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	for range 3 {
		before := a.Edition()
		d := &Description{Version: versionOf(before), Header: a.Header(), edition: before}
		if d.Metadata, err = a.Metadata(ctx); err != nil {
			return nil, err
		}
		if a.Edition() != before {
			continue
		}
		d.Metadata.Raw = nil
		s.mu.Lock()
		s.description = d
		s.mu.Unlock()
		return d, nil
	}
	return nil, geo.Errorf(geo.KindUnavailable, "the PMTiles archive changes again and again")
}

// edition gives the archive's edition, which may be as old as s.age.
func (s *Source) edition(ctx context.Context) (pmtiles.Edition, error) {
	s.mu.Lock()
	a := s.archive
	s.mu.Unlock()
	if a == nil {
		v, err := s.share(ctx, "open", func(ctx context.Context) (any, error) { return s.open(ctx) })
		if err != nil {
			return pmtiles.Edition{}, err
		}
		a = v.(*pmtiles.Archive)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, min(s.service.patience, glance), errSlow)
	defer cancel()
	return a.Revalidate(ctx, s.age)
}

// open opens the archive, or gives the open one.
func (s *Source) open(ctx context.Context) (*pmtiles.Archive, error) {
	s.mu.Lock()
	a := s.archive
	s.mu.Unlock()
	if a != nil {
		return a, nil
	}
	a, err := pmtiles.Open(ctx, s.ranger)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.archive = a
	return a, nil
}

// share does work once for all who ask for key at the same time. It does not
// end with the one who asked first. An archive that has just failed fails at once.
func (s *Source) share(ctx context.Context, key string, work func(context.Context) (any, error)) (any, error) {
	s.mu.Lock()
	failure := s.failure
	if time.Since(s.failed) >= retryAfter {
		failure = nil
	}
	s.mu.Unlock()
	if failure != nil {
		return nil, failure
	}
	done := s.flights.DoChan(key, func() (any, error) {
		select {
		case s.places <- struct{}{}:
		default:
			return nil, errBusy
		}
		defer func() { <-s.places }()
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil, errReplaced
		}
		s.running.Add(1)
		s.mu.Unlock()
		defer s.running.Done()
		ctx, cancel := context.WithTimeoutCause(s.life, s.service.patience, errSlow)
		defer cancel()
		v, err := work(ctx)
		if err != nil && s.life.Err() != nil {
			return nil, errReplaced
		}
		s.note(err)
		return v, err
	})
	select {
	case r := <-done:
		return r.Val, r.Err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

var (
	errSlow     = geo.Errorf(geo.KindUnavailable, "the PMTiles archive does not answer in time")
	errBusy     = geo.Errorf(geo.KindUnavailable, "the PMTiles archive is read by too many at a time")
	errReplaced = geo.Errorf(geo.KindUnavailable, "the PMTiles archive has just been replaced by another")
)

// note logs a failure and remembers one of the whole archive.
func (s *Source) note(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	if s.archive == nil || geo.KindOf(err) == geo.KindUnavailable {
		s.failure, s.failed = err, time.Now()
	}
	s.mu.Unlock()
	s.service.log.Error("a tile archive cannot be read", "dataset", s.dataset, "err", err)
}

// close gives up what is being read and closes the archive.
func (s *Source) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.running.Wait()
	if s.archive != nil {
		s.archive.Close() //nolint:errcheck // it was only read
	} else {
		s.ranger.Close() //nolint:errcheck // it was only read
	}
}

// versionOf gives a short name of an edition that can stand in an address.
func versionOf(e pmtiles.Edition) string {
	sum := sha256.Sum256([]byte(e.Tag))
	return hex.EncodeToString(sum[:6])
}
