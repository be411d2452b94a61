package tiles

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"puy/geo"
	"puy/tiles/snapshot"
)

// open gives the snapshot of e, building it if need be, and keeps it open until
// release.
func (s *Service) open(ctx context.Context, e *edition) (snap *snapshot.Snapshot, release func(), err error) {
	release = s.hold(e)
	for {
		s.mu.Lock()
		snap = e.snapshot
		s.mu.Unlock()
		if snap != nil {
			return snap, release, nil
		}
		_, err = s.builds.do(ctx, e.serial, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.build(ctx, e) })
		if err != nil {
			release()
			return nil, nil, err
		}
	}
}

// build opens the file of e, or makes it first.
func (s *Service) build(ctx context.Context, e *edition) error {
	defer s.hold(e)()
	s.mu.Lock()
	done, failure := e.snapshot != nil, e.failure
	if time.Since(e.failed) >= retryAfter {
		failure = nil
	}
	if e.retired {
		failure = geo.Errorf(geo.KindUnavailable, "version %d of %s has just been replaced", e.version.Number, e.id)
	}
	s.mu.Unlock()
	if done {
		return nil
	}
	if failure != nil {
		return failure
	}
	snap, err := s.openOrMake(ctx, e)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			e.failure, e.failed = err, time.Now()
			s.log.Error("a tile snapshot cannot be built", "dataset", e.id, "version", e.version.Number, "err", err)
		}
		return err
	}
	e.snapshot = snap
	return nil
}

// openOrMake trusts no file that is not whole, and makes it again.
func (s *Service) openOrMake(ctx context.Context, e *edition) (*snapshot.Snapshot, error) {
	snap, err := snapshot.Open(e.path)
	switch kind := geo.KindOf(err); {
	case err == nil:
		return snap, nil
	case kind == geo.KindInvalid:
		s.log.Warn("a tile snapshot is made again", "dataset", e.id, "version", e.version.Number, "err", err)
	case kind != geo.KindNotFound:
		return nil, err
	}
	select {
	case s.building <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-s.building }()
	for _, problem := range e.tiles.Unknown(e.version.Schema) {
		s.log.Warn(problem, "dataset", e.id)
	}
	start := time.Now()
	if err := snapshot.Build(ctx, e.path, e.version.Schema, s.source.Features(ctx, e.id, e.version.Number), snapshot.Generalised(e.tiles)); err != nil {
		return nil, err
	}
	if snap, err = snapshot.Open(e.path); err != nil {
		return nil, err
	}
	s.log.Info("tile snapshot built", "dataset", e.id, "version", e.version.Number,
		"features", snap.Features(), "bytes", snap.Size(), "took", time.Since(start).Round(time.Millisecond))
	s.removeOthers(e)
	return snap, nil
}

// removeOthers removes the snapshots of other versions of a dataset that an
// earlier process left. Who still has one mapped keeps it until it is closed.
func (s *Service) removeOthers(e *edition) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.log.Warn("the folder for tile snapshots cannot be listed", "err", err)
		return
	}
	name := filepath.Base(e.path)
	for _, entry := range entries {
		other := entry.Name()
		if other != name && datasetOf(other) == datasetOf(name) {
			s.removeFile(filepath.Join(s.dir, other))
		}
	}
}

// datasetOf gives the part of a snapshot's name before its number and hash, or
// "" for other files.
func datasetOf(name string) string {
	rest, ok := strings.CutSuffix(name, extension)
	for range 2 {
		i := strings.LastIndexByte(rest, '.')
		if !ok || i < 0 {
			return ""
		}
		rest = rest[:i]
	}
	return rest
}

// removeAbandoned removes temporary files that a process left that died while
// it built a snapshot. Young ones may belong to another process.
func (s *Service) removeAbandoned() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.log.Warn("the folder for tile snapshots cannot be listed", "err", err)
		return
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && strings.Contains(entry.Name(), extension+".") && time.Since(info.ModTime()) > 24*time.Hour {
			s.removeFile(filepath.Join(s.dir, entry.Name()))
		}
	}
}

func (s *Service) removeFile(path string) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		s.log.Warn("an old tile snapshot cannot be removed", "path", path, "err", err)
	}
}
