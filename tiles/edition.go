package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/snapshot"
)

// edition is one version of one dataset as this process knows it. What may
// change is guarded by Service.mu.
type edition struct {
	id      string
	version catalog.Version
	tiles   catalog.Tiles
	serial  uint64 // never used again, so that cached tiles are never another edition's
	path    string // of the snapshot

	asked    uint64 // the last question to the source that this edition answered
	snapshot *snapshot.Snapshot
	users    int
	retired  bool // a newer edition has taken its place, or the service is closed
	remove   bool // the file goes with the last user
	failure  error
	failed   time.Time
}

// retryAfter is how long a build that failed is not tried again.
const retryAfter = 10 * time.Second

// current asks the source for the current version and gives its edition.
func (s *Service) current(ctx context.Context, id string) (*edition, error) {
	s.mu.Lock()
	s.asked++
	asked := s.asked
	s.mu.Unlock()
	v, t, err := s.source.Version(ctx, id)
	if err != nil {
		return nil, err
	}
	if !v.Schema.Spatial() {
		return nil, geo.Errorf(geo.KindNotFound, "the dataset %s has no geometry and so no tiles", id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed()
	}
	e := s.datasets[id]
	if e != nil {
		same := e.version.Number == v.Number && e.version.Loaded.Equal(v.Loaded) && e.version.Checksum == v.Checksum && e.tiles.Equal(t)
		// An answer that took longer than a later question's must not bring back
		// the version before.
		if same || asked < e.asked {
			e.asked = max(e.asked, asked)
			return e, nil
		}
	}
	path, err := s.path(id, &v, t)
	if err != nil {
		return nil, err
	}
	if e != nil {
		s.retire(e, e.path != path)
	}
	s.serial++
	e = &edition{id: id, version: v, tiles: t, serial: s.serial, path: path, asked: asked}
	s.datasets[id] = e
	return e, nil
}

const extension = ".snapshot"

// path names the snapshot of a version: by the dataset, the number, and a hash of
// all that tells this version from one of another store or of another build of
// puy.
func (s *Service) path(id string, v *catalog.Version, t catalog.Tiles) (string, error) {
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
	for _, n := range []int64{v.Number, v.Rows, v.Loaded.UnixMicro(), snapshot.FormatVersion, keepAll, int64(t.MaxBytes)} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	}
	name := fmt.Sprintf("%s.%d.%s%s", url.PathEscape(id), v.Number, hex.EncodeToString(h.Sum(nil)[:8]), extension)
	return filepath.Join(s.dir, name), nil
}

// outdated tells whether another edition has taken the place of e.
func (s *Service) outdated(e *edition) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.retired && !s.closed
}

// hold counts a user of e, so that its snapshot stays open until release.
func (s *Service) hold(e *edition) (release func()) {
	s.mu.Lock()
	e.users++
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if e.users--; e.retired && e.users == 0 {
			s.drop(e)
		}
	}
}

// retire marks e as replaced, and drops it once nobody uses it. s.mu is held.
func (s *Service) retire(e *edition, remove bool) {
	e.retired, e.remove = true, remove
	if e.users == 0 {
		s.drop(e)
	}
}

// drop closes the snapshot of e. s.mu is held.
func (s *Service) drop(e *edition) {
	if e.snapshot != nil {
		if err := e.snapshot.Close(); err != nil {
			s.log.Error("a tile snapshot cannot be closed", "dataset", e.id, "err", err)
		}
		e.snapshot = nil
	}
	if e.remove {
		s.removeFile(e.path)
	}
}
