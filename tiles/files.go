package tiles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"puy/geo"
	"puy/tiles/snapshot"
)

// build opens the newest snapshot of e, or makes it first, and brings it up to
// date.
func (s *Service) build(ctx context.Context, e *edition, edits int64) error {
	s.mu.Lock()
	failure := e.failure
	if time.Since(e.failed) >= retryAfter {
		failure = nil
	}
	if e.retired {
		failure = replaced(e)
	}
	s.mu.Unlock()
	if e.state.Load() != nil {
		return nil
	}
	if failure != nil {
		return failure
	}
	e.updating.Lock()
	defer e.updating.Unlock()
	st, err := s.openOrMake(ctx, e, edits)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			s.mu.Lock()
			e.failure, e.failed = err, time.Now()
			s.mu.Unlock()
			s.log.Error("a tile snapshot cannot be built", "dataset", e.id, "version", e.version.Number, "err", err)
		}
		return err
	}
	if err := s.put(e, st); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.retireBase(st.base, e.remove)
		return err
	}
	s.planFold(e, st)
	return nil
}

// openOrMake gives the first state of e. It trusts no file that is not whole, and
// makes it again.
func (s *Service) openOrMake(ctx context.Context, e *edition, edits int64) (*state, error) {
	b, err := s.openNewest(e, edits)
	if err != nil {
		return nil, err
	}
	if b != nil {
		st := first(e, b)
		next, err := s.advance(ctx, e, st, edits, edits)
		switch {
		case err == nil:
			return next, nil
		case !errors.Is(err, errTooMany) && geo.KindOf(err) != geo.KindConflict:
			// The tiles of before are better than none; those who ask try again.
			s.log.Warn("tiles cannot follow the changes", "dataset", e.id, "version", e.version.Number, "err", err)
			return st, nil
		}
		s.log.Info("a tile snapshot is made anew", "dataset", e.id, "version", e.version.Number, "edits", edits, "because", err)
		s.mu.Lock()
		s.retireBase(b, true)
		s.mu.Unlock()
	}
	if b, err = s.make(ctx, e, e.path(edits), edits); err != nil {
		return nil, err
	}
	return first(e, b), nil
}

func first(e *edition, b *base) *state {
	return &state{edits: b.edits, tag: tagOfEdits(e.version, b.edits), base: b, journal: journal{edits: b.edits}}
}

// openNewest opens the snapshot of e with the most edits, of those that are
// known to have happened; nil where there is none.
func (s *Service) openNewest(e *edition, edits int64) (*base, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("the folder for tile snapshots: %w", err)
	}
	var newest *base
	for _, entry := range entries {
		path := filepath.Join(s.dir, entry.Name())
		text, ours := strings.CutPrefix(path, e.stem)
		text, whole := strings.CutSuffix(text, extension)
		n, err := strconv.ParseInt(text, 10, 64)
		if ours && whole && err == nil && n >= 0 && n <= edits && (newest == nil || n > newest.edits) {
			newest = &base{path: path, edits: n}
		}
	}
	if newest == nil {
		return nil, nil
	}
	newest.snap, err = snapshot.Open(newest.path)
	switch kind := geo.KindOf(err); {
	case err == nil:
		s.removeOthers(newest.path)
		return newest, nil
	case kind == geo.KindInvalid:
		s.log.Warn("a tile snapshot is made again", "dataset", e.id, "version", e.version.Number, "err", err)
	case kind != geo.KindNotFound:
		return nil, err
	}
	return nil, nil
}

// make builds the snapshot of what e is now, with at least so many edits.
func (s *Service) make(ctx context.Context, e *edition, path string, edits int64) (*base, error) {
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
	if err := snapshot.Build(ctx, path, e.version.Schema, s.source.Features(ctx, e.id, e.version.Number, nil), snapshot.Generalised(e.tiles)); err != nil {
		return nil, err
	}
	snap, err := snapshot.Open(path)
	if err != nil {
		return nil, err
	}
	took := time.Since(start)
	e.buildTook.Store(int64(took))
	s.log.Info("tile snapshot built", "dataset", e.id, "version", e.version.Number, "edits", edits,
		"features", snap.Features(), "bytes", snap.Size(), "took", took.Round(time.Millisecond))
	s.removeOthers(path)
	return &base{path: path, edits: edits, snap: snap}, nil
}

// removeOthers removes the other snapshots of a dataset, which an earlier
// process left. Who still has one mapped keeps it until it is closed.
func (s *Service) removeOthers(path string) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.log.Warn("the folder for tile snapshots cannot be listed", "err", err)
		return
	}
	name := filepath.Base(path)
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
