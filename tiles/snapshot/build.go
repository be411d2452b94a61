package snapshot

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"puy/geo"
	"puy/tiles/generalise"
)

// maxExpected bounds the memory that is taken on a promise: 1.6 GB.
const maxExpected = 1 << 26

// Build writes the snapshot of a stream of features to path: into temporary
// files beside it, which it syncs and renames when all is written, and removes
// when it fails. Geometries are longitude, latitude; values are in the order of
// schema.Fields. Memory grows by about 40 bytes a feature, 90 more a point where points
// are clustered, and 16 to 32 bytes a node that lines or polygons share; all else is
// bounded (FORMAT.md). Errors of the stream
// and of ctx are given as they are.
func Build(ctx context.Context, path string, schema geo.Schema, features iter.Seq2[*geo.Feature, error], opt Options) (err error) {
	if opt.TileBytes == 0 {
		opt.TileBytes = defaultTileBytes
	}
	read, err := newArena(path)
	if err != nil {
		return err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, read.close())
		}
	}()
	first := spool{arena: read, entries: make([]entry, 0, min(max(0, opt.Features+opt.Features/8), maxExpected))}
	if err := first.fill(ctx, schema, features); err != nil {
		return err
	}
	for i := range first.columns {
		first.columns[i].from = opt.Fields[first.columns[i].field.Name]
	}
	s, err := first.generalised(ctx, path, opt)
	if s != nil {
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err != nil {
		return err
	}
	closed = true
	if err := read.close(); err != nil {
		return err
	}
	s.release()
	return s.build(ctx, path, opt)
}

// build decides what is drawn at which zoom and writes the file, again where
// the largest tiles turn out to be larger than was thought.
func (s *spool) build(ctx context.Context, path string, opt Options) error {
	s.thin()
	clusters, err := s.cluster(ctx, opt)
	if err != nil {
		return err
	}
	c := cascade{spool: s, opt: opt}
	c.prepare()
	if clusters != nil {
		c.clusters = clusters.plan
		_, c.opt.TileBytes = s.shared(opt.TileBytes)
	}
	end, records, sizes := s.end(), s.records, make([]uint64, len(s.columns))
	for i := range s.columns {
		sizes[i] = s.columns[i].size
	}
	for round := 0; ; round++ {
		if err := c.run(ctx); err != nil {
			return err
		}
		clusters.join(&c)
		c.settle()
		again, err := c.write(ctx, path, round < 3)
		if err != nil || !again {
			return err
		}
		s.records = records
		s.rewind(end)
		for i := range s.columns {
			s.columns[i].size = sizes[i]
			s.columns[i].forget()
		}
		s.entries = slices.DeleteFunc(s.entries, func(e entry) bool { return e.until != always })
		for i := range s.entries {
			s.entries[i].from = 0
		}
	}
}

// release gives back the memory of a stage of a large build: by itself it would
// stay until the heap is twice as large.
func (s *spool) release() {
	if s.vertices > 1<<24 {
		runtime.GC()
	}
}

// thin sets the sparsity of points, and as their size that from which on they are
// drawn by chance.
func (s *spool) thin() {
	var sampler generalise.Sampler
	thinner := generalise.NewThinner(func(i int, sparsity byte) {
		s.entries[i].sparsity = sparsity
		sampler.Add(sparsity)
	})
	for i := range s.entries {
		if e := &s.entries[i]; e.kind == kindPoints {
			var p packed
			p.parse(s.at(e.offset).record)
			thinner.Add(i, e.hilbert, p.fid)
		}
	}
	thinner.Close()
	sampler.Close()
	for i := range s.entries {
		if e := &s.entries[i]; e.kind == kindPoints {
			var p packed
			p.parse(s.at(e.offset).record)
			e.size = float32(sampler.From(p.fid))
		}
	}
}

// settle counts what is drawn in the place of others among what is written.
func (s *spool) settle() {
	for _, e := range s.entries[s.features:] {
		f := s.at(e.offset)
		s.records += uint64(len(f.record))
		for i := range s.columns {
			if value := f.value(); s.columns[i].codes == nil {
				s.columns[i].size += uint64(len(value))
			}
		}
	}
	s.sortTail(s.features)
}

// write makes the snapshot file of the spool. If check is set and a tile exceeds
// the budget it makes none and says so.
func (c *cascade) write(ctx context.Context, path string, check bool) (again bool, err error) {
	dir, name := filepath.Split(path)
	out, err := os.CreateTemp(dir, name+".new-*")
	if err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() {
		out.Close()
		if err != nil || again {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	w, err := c.newWriter(out)
	if err != nil {
		return false, err
	}
	for i := range c.entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		e := &c.entries[i]
		w.feature(c.at(e.offset), e)
	}
	if err := w.close(); err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	if check {
		if again, err = c.exceeds(out); again || err != nil {
			return again, err
		}
	}
	if err := out.Close(); err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return false, err
	}
	return false, syncDir(dir)
}

// exceeds cuts the largest tile of each zoom and sets bias where it is larger
// than the budget.
func (c *cascade) exceeds(file *os.File) (yes bool, err error) {
	if c.opt.TileBytes < 0 || c.opt.Exact {
		return false, nil
	}
	b, unmap, err := mapFile(file)
	if err != nil {
		return false, fmt.Errorf("building a snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, unmap()) }()
	s, err := parse(b)
	if err != nil {
		return false, err
	}
	var scratch Scratch
	var tile []byte
	for zoom, at := range c.largest {
		frame, err := Mercator(zoom, at[0], at[1])
		if err != nil {
			return false, err
		}
		if tile, _, err = s.AppendTile(context.Background(), tile[:0], "", frame, Selection{Thinned: true}, &scratch); err != nil {
			return false, err
		}
		if excess := float64(len(tile)) / float64(c.opt.TileBytes); excess > 1 {
			c.bias[zoom] = max(1, c.bias[zoom]) * excess * 1.02
			yes = true
		}
	}
	return yes, nil
}

func syncDir(dir string) error {
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	// Some systems cannot sync a folder; the rename stands then by itself.
	_ = d.Sync()
	return d.Close()
}
