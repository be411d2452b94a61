package pmtiles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"puy/geo"
)

// Archive is an open archive. Its methods may be called from many goroutines.
type Archive struct {
	ranger Ranger
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	reads  singleflight.Group
	wg     sync.WaitGroup

	mu      sync.Mutex
	current *state
	stale   bool // the file has changed since
	serial  int
	closed  bool
}

// state is what is known of one edition of the file.
type state struct {
	edition Edition
	serial  int
	header  Header
	root    []entry
	leaves  leafCache
	checked atomic.Int64 // when the file was last seen to be of this edition, in Unix nanoseconds
}

// checkEvery is how long a tile that directories do not have is taken for absent
// without a look at the file. Tiles that they have are read, and so looked at, each time.
const checkEvery = 10 * time.Second

// sharedTimeout bounds a read that several callers wait for.
const sharedTimeout = time.Minute

// Open reads the header and the root directory of an archive. What is no
// archive of version 3, or is cut short, gives KindInvalid. Close closes r too;
// when Open fails, r is the caller's.
func Open(ctx context.Context, r Ranger) (*Archive, error) {
	a := &Archive{ranger: r}
	a.ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if _, err := a.state(ctx); err != nil {
		a.stop()
		return nil, err
	}
	return a, nil
}

// Close gives up what is being read and closes the Ranger.
func (a *Archive) Close() error {
	a.stop()
	return a.ranger.Close()
}

func (a *Archive) stop() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cancel()
	a.wg.Wait()
}

// Header gives the header as it was last read.
func (a *Archive) Header() Header { return a.last().header }

// Edition gives the state of the file that was last read.
func (a *Archive) Edition() Edition { return a.last().edition }

func (a *Archive) last() *state {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current
}

// Tile is one tile as an archive stores it.
type Tile struct {
	Data        []byte // nil where the archive has no such tile
	Compression Compression
	Type        TileType
	Edition     Edition // of the file that it was read of
}

// Tile gives tile z, x, y; one without Data where the archive has none, and for
// coordinates outside of the world. Damage gives KindInvalid, a server that
// does not answer KindUnavailable; neither is kept for the next call.
func (a *Archive) Tile(ctx context.Context, z, x, y int) (t Tile, err error) {
	inWorld := z >= 0 && z <= MaxZoom && x >= 0 && y >= 0 && x>>z == 0 && y>>z == 0
	err = a.attempt(ctx, func(s *state) (err error) {
		t = Tile{Compression: s.header.TileCompression, Type: s.header.Type, Edition: s.edition}
		if inWorld {
			t.Data, err = a.tile(ctx, s, ID(z, x, y))
		}
		return err
	})
	if err != nil {
		return Tile{}, fmt.Errorf("tile %d/%d/%d: %w", z, x, y, err)
	}
	return t, nil
}

// Revalidate gives the file's edition, at which it looks anew unless that
// happened within age. A file that cannot be reached is taken for unchanged.
func (a *Archive) Revalidate(ctx context.Context, age time.Duration) (e Edition, err error) {
	err = a.attempt(ctx, func(s *state) error {
		e = s.edition
		return a.check(ctx, s, age)
	})
	return e, err
}

// Metadata gives the archive's description, read anew each time.
func (a *Archive) Metadata(ctx context.Context) (m Metadata, err error) {
	err = a.attempt(ctx, func(s *state) error {
		if s.header.Metadata.Length == 0 {
			m = Metadata{}
			return nil
		}
		b, err := a.read(ctx, s, s.header.Metadata, maxMetadata)
		if err != nil {
			return err
		}
		if b, err = Decompress(s.header.InternalCompression, b, maxMetadata); err != nil {
			return err
		}
		m = Metadata{Raw: b}
		// A value of another type than usual must not hide the rest.
		if err, odd := json.Unmarshal(b, &m), new(*json.UnmarshalTypeError); err != nil && !errors.As(err, odd) {
			return invalid("the metadata of the PMTiles archive is not JSON: %w", err)
		}
		return nil
	})
	return m, err
}

// attempt calls f, and again with what is read anew when the file has changed.
func (a *Archive) attempt(ctx context.Context, f func(*state) error) error {
	for range 3 {
		s, err := a.state(ctx)
		if err == nil {
			err = f(s)
		}
		if !errors.Is(err, ErrChanged) {
			return err
		}
		a.mu.Lock()
		a.stale = a.stale || a.current == s
		a.mu.Unlock()
	}
	return geo.Errorf(geo.KindUnavailable, "the PMTiles archive changes again and again: %w", ErrChanged)
}

// state gives the header and root directory, reading them where the file has changed.
func (a *Archive) state(ctx context.Context) (*state, error) {
	a.mu.Lock()
	s, stale := a.current, a.stale
	a.mu.Unlock()
	if s != nil && !stale {
		return s, nil
	}
	v, err := a.share(ctx, "head", func(ctx context.Context) (any, error) { return a.load(ctx) })
	if err != nil {
		return nil, err
	}
	return v.(*state), nil
}

// load reads the start of the file.
func (a *Archive) load(ctx context.Context) (*state, error) {
	head := make([]byte, headSize)
	n, edition, err := a.ranger.ReadRange(ctx, head, 0, "")
	if err != nil {
		return nil, err
	}
	s := &state{edition: edition}
	s.checked.Store(time.Now().UnixNano())
	if s.header, err = parseHeader(head[:n], uint64(max(0, edition.Size))); err != nil {
		return nil, err
	}
	root := s.header.Root
	if !root.within(uint64(n)) {
		return nil, invalid("the PMTiles archive is cut short")
	}
	if s.root, err = s.directory(head[root.Offset : root.Offset+root.Length]); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	s.serial = a.serial
	a.current, a.stale = s, false
	return s, nil
}

func (s *state) directory(packed []byte) ([]entry, error) {
	b, err := Decompress(s.header.InternalCompression, packed, maxDirectory)
	if err != nil {
		return nil, err
	}
	return parseDirectory(b)
}

// tile follows directories from the root to tile id; nil where there is none.
func (a *Archive) tile(ctx context.Context, s *state, id uint64) ([]byte, error) {
	entries := s.root
	for range maxDepth {
		e, ok := find(entries, id)
		if !ok {
			return nil, a.check(ctx, s, checkEvery)
		}
		if e.run > 0 {
			section, err := inside(e, s.header.Tiles)
			if err != nil {
				return nil, err
			}
			return a.read(ctx, s, section, maxTile)
		}
		section, err := inside(e, s.header.Leaves)
		if err != nil {
			return nil, err
		}
		if entries, err = a.leaf(ctx, s, section); err != nil {
			return nil, err
		}
	}
	return nil, invalid("directories of the PMTiles archive lie more than %d deep", maxDepth)
}

// check gives ErrChanged when the file is known to have changed; it looks
// where nobody has within age.
func (a *Archive) check(ctx context.Context, s *state, age time.Duration) error {
	now := time.Now().UnixNano()
	last := s.checked.Load()
	if now-last < int64(age) || !s.checked.CompareAndSwap(last, now) {
		return nil
	}
	var b [1]byte
	if _, _, err := a.ranger.ReadRange(ctx, b[:], 0, s.edition.Tag); errors.Is(err, ErrChanged) {
		return err
	}
	return nil
}

// inside gives the place in the file of what e names in a section.
func inside(e entry, of Section) (Section, error) {
	if !e.section().within(of.Length) {
		return Section{}, invalid("the PMTiles archive names %d bytes from %d in a section of %d", e.length, e.offset, of.Length)
	}
	return Section{of.Offset + e.offset, uint64(e.length)}, nil
}

// leaf gives a leaf directory, which all who ask for it at the same time share.
func (a *Archive) leaf(ctx context.Context, s *state, section Section) ([]entry, error) {
	if entries, ok := s.leaves.get(section); ok {
		return entries, nil
	}
	key := fmt.Sprintf("%d %d %d", s.serial, section.Offset, section.Length)
	v, err := a.share(ctx, key, func(ctx context.Context) (any, error) {
		b, err := a.read(ctx, s, section, maxPackedDirectory)
		if err != nil {
			return nil, err
		}
		entries, err := s.directory(b)
		if err == nil {
			s.leaves.add(section, entries)
		}
		return entries, err
	})
	if err != nil {
		return nil, err
	}
	return v.([]entry), nil
}

// share does work once for all who ask for key at the same time. It ends with
// the archive or after sharedTimeout, not with the one who asked first.
func (a *Archive) share(ctx context.Context, key string, work func(context.Context) (any, error)) (any, error) {
	done := a.reads.DoChan(key, func() (any, error) {
		a.mu.Lock()
		if a.closed {
			a.mu.Unlock()
			return nil, geo.Errorf(geo.KindUnavailable, "the PMTiles archive is closed")
		}
		a.wg.Add(1)
		a.mu.Unlock()
		defer a.wg.Done()
		ctx, cancel := context.WithTimeoutCause(a.ctx, sharedTimeout, geo.Errorf(geo.KindUnavailable, "the PMTiles archive does not answer in time"))
		defer cancel()
		return work(ctx)
	})
	select {
	case r := <-done:
		return r.Val, r.Err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// read gives a section, which lies in the file, and of which at most limit bytes are read.
func (a *Archive) read(ctx context.Context, s *state, section Section, limit uint64) ([]byte, error) {
	if section.Length > limit {
		return nil, geo.Errorf(geo.KindLimit, "a part of the PMTiles archive has %d bytes; at most %d are read", section.Length, limit)
	}
	b := make([]byte, section.Length)
	n, _, err := a.ranger.ReadRange(ctx, b, int64(section.Offset), s.edition.Tag)
	if err == nil && n < len(b) {
		err = ErrChanged // the section lies in the file as it was
	}
	return b, err
}
