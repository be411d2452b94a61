package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"github.com/klauspost/compress/gzip"

	"puy/tiles/pmtiles"
	"puy/tiles/snapshot"
)

const gzipLevel = 6

// cutter is the memory of one worker.
type cutter struct {
	way     walk
	deepest int // the last zoom of the archive
	scratch snapshot.Scratch
	raw     []byte
	gzip    *gzip.Writer
	seed    maphash.Seed
	repeats [1 << 10]repeat
}

// repeat is a small tile that was compressed lately. Those that come often, as
// the inside of an area does, are compressed once.
type repeat struct {
	raw, packed []byte
}

const maxRepeated = 512 // bytes of a tile

// cut cuts and compresses the tiles of a job.
func (c *cutter) cut(ctx context.Context, j *job) (err error) {
	c.way.down(j.square, j.square.z, j.among, func(s square, among []snapshot.Entries) bool {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		} else {
			err = c.tile(ctx, j, s, among)
		}
		return err == nil
	})
	return err
}

func (c *cutter) tile(ctx context.Context, j *job, s square, among []snapshot.Entries) error {
	id := s.first()
	_, x, y, _ := pmtiles.ZXY(id)
	frame, err := snapshot.Mercator(s.z, x, y)
	if err != nil {
		return err
	}
	c.raw = c.raw[:0]
	for i, l := range c.way.layers {
		if len(among[i]) == 0 {
			continue
		}
		// No deeper tile would open a cluster.
		sel := snapshot.Selection{Thinned: s.z == c.deepest, Among: among[i]}
		if c.raw, _, err = l.Snapshot.AppendTile(ctx, c.raw, l.ID, frame, sel, &c.scratch); err != nil {
			return fmt.Errorf("tile %d/%d/%d of %s: %w", s.z, x, y, l.ID, err)
		}
	}
	if len(c.raw) == 0 {
		return nil
	}
	if err := c.pack(&j.packed); err != nil {
		return err
	}
	j.tiles = append(j.tiles, tile{id, j.packed.Len()})
	return nil
}

// pack compresses the tile to the end of dst.
func (c *cutter) pack(dst *bytes.Buffer) error {
	if len(c.raw) > maxRepeated {
		return c.compress(dst)
	}
	r := &c.repeats[maphash.Bytes(c.seed, c.raw)%uint64(len(c.repeats))]
	if !bytes.Equal(r.raw, c.raw) {
		from := dst.Len()
		if err := c.compress(dst); err != nil {
			return err
		}
		r.raw = append(r.raw[:0], c.raw...)
		r.packed = append(r.packed[:0], dst.Bytes()[from:]...)
		return nil
	}
	dst.Write(r.packed)
	return nil
}

func (c *cutter) compress(dst *bytes.Buffer) (err error) {
	if c.gzip == nil {
		if c.gzip, err = gzip.NewWriterLevel(dst, gzipLevel); err != nil {
			return fmt.Errorf("compressing a tile: %w", err)
		}
	} else {
		c.gzip.Reset(dst)
	}
	_, err = c.gzip.Write(c.raw)
	if err = errors.Join(err, c.gzip.Close()); err != nil {
		return fmt.Errorf("compressing a tile: %w", err)
	}
	return nil
}
