package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/snapshot"
)

// edition is one version of one dataset as this process knows it. What may
// change is guarded by Service.mu.
type edition struct {
	id      string
	version catalog.Version // as it was when it was first seen
	tiles   catalog.Tiles
	serial  uint64 // never used again, so that cached tiles are never another edition's
	stem    string // of the paths of its snapshots

	state     atomic.Pointer[state] // nil until a snapshot is open
	updating  sync.Mutex            // held by who makes the next state
	rest      atomic.Int64          // until when changes are not followed, in Unix nanoseconds
	buildTook atomic.Int64          // nanoseconds

	asked   uint64 // the last question to the source that this edition answered
	retired bool   // a newer edition has taken its place, or the service is closed
	remove  bool   // its files go
	failure error
	failed  time.Time

	timer     *time.Timer // of the next fold
	folding   bool
	foldAgain bool
	foldAnew  bool
}

// retryAfter is how long a build that failed is not tried again.
const retryAfter = 10 * time.Second

// is tells whether e is the edition of a version, however often that was edited.
func (e *edition) is(v *catalog.Version, t catalog.Tiles) bool {
	return e.version.Number == v.Number && e.version.Loaded.Equal(v.Loaded) && e.version.Checksum == v.Checksum && e.tiles.Equal(t)
}

// current asks the source for the current version and gives its edition and
// state.
func (s *Service) current(ctx context.Context, id string) (*edition, *state, error) {
	for attempt := 0; ; attempt++ {
		e, edits, err := s.edition(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		st, err := s.ready(ctx, e, edits)
		if err != nil && attempt < 2 && ctx.Err() == nil && s.outdated(e) {
			continue // a new version came while the snapshot was built
		}
		return e, st, err
	}
}

// edition gives the edition of the current version, and how many edits that has.
func (s *Service) edition(ctx context.Context, id string) (e *edition, edits int64, err error) {
	s.mu.Lock()
	s.asked++
	asked := s.asked
	s.mu.Unlock()
	v, t, err := s.source.Version(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	if !v.Schema.Spatial() {
		return nil, 0, geo.Errorf(geo.KindNotFound, "the dataset %s has no geometry and so no tiles", id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, 0, errClosed()
	}
	e = s.datasets[id]
	if e != nil {
		same := e.is(&v, t)
		// An answer that took longer than a later question's must not bring back
		// the version before.
		if same || asked < e.asked {
			e.asked = max(e.asked, asked)
			if !same {
				v.Edits = 0
			}
			return e, v.Edits, nil
		}
	}
	stem, err := s.stem(id, &v, t)
	if err != nil {
		return nil, 0, err
	}
	if e != nil {
		s.retire(e, e.stem != stem)
	}
	s.serial++
	e = &edition{id: id, version: v, tiles: t, serial: s.serial, stem: stem, asked: asked}
	s.datasets[id] = e
	return e, v.Edits, nil
}

const extension = ".snapshot"

// stem begins the names of the snapshots of a version: the dataset, the number,
// and a hash of all that tells this version from one of another store or of
// another build of puy.
func (s *Service) stem(id string, v *catalog.Version, t catalog.Tiles) (string, error) {
	schema, err := json.Marshal(v.Schema)
	if err != nil {
		return "", fmt.Errorf("the schema of %s: %w", id, err)
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte(id), []byte(v.Checksum), []byte(v.Source), schema} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	keepAll := int64(0)
	if t.KeepAll {
		keepAll = 1
	}
	if t.Cluster != nil {
		text, err := json.Marshal(t.Cluster)
		if err != nil {
			return "", fmt.Errorf("the clusters of %s: %w", id, err)
		}
		h.Write(text)
	}
	for _, n := range []int64{v.Number, v.Loaded.UnixMicro(), snapshot.FormatVersion, keepAll, int64(t.MaxBytes)} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
		fmt.Fprintf(h, "%q %d ", name, t.Fields[name])
	}
	name := fmt.Sprintf("%s.%d.%s-", url.PathEscape(id), v.Number, hex.EncodeToString(h.Sum(nil)[:8]))
	return filepath.Join(s.dir, name), nil
}

// path names the snapshot that contains the first edits of a version.
func (e *edition) path(edits int64) string { return e.stem + strconv.FormatInt(edits, 10) + extension }

// outdated tells whether another edition has taken the place of e.
func (s *Service) outdated(e *edition) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.retired && !s.closed
}

// retire marks e as replaced, and closes its snapshot once nobody uses it. s.mu
// is held.
func (s *Service) retire(e *edition, remove bool) {
	e.retired, e.remove = true, remove
	if e.timer != nil {
		e.timer.Stop()
	}
	if st := e.state.Load(); st != nil {
		s.retireBase(st.base, remove)
	}
}
