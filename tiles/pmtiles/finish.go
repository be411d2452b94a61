package pmtiles

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"puy/geo"
)

// Description is what a Writer cannot know of the tiles it was given. A centre
// and its zoom are where a map should open.
type Description struct {
	Type            TileType
	TileCompression Compression
	Bounds          geo.Bounds // longitude, latitude; not crossing the antimeridian
	CenterLon       float64
	CenterLat       float64
	CenterZoom      int
	Metadata        Metadata
}

// firstLeaf is the number of entries of a leaf directory, unless the root grows
// too large.
const firstLeaf = 4096

// maxEntry is the most bytes of an entry in a directory: two varints of 10, two of 5.
const maxEntry = 30

// Finish makes the archive at path: it writes a temporary file beside it, syncs
// and renames it, and removes the work folder. Where it fails the work folder
// stays, but no more tiles can be added. Without tiles it gives KindInvalid.
func (w *Writer) Finish(ctx context.Context, path string, d Description) (Header, error) {
	if w.tiles == 0 {
		return Header{}, invalid("there are no tiles to write")
	}
	if err := w.Checkpoint(); err != nil {
		return Header{}, err
	}
	metadata, err := packMetadata(d.Metadata)
	if err != nil {
		return Header{}, err
	}
	root, err := w.directories(ctx)
	if err != nil {
		return Header{}, err
	}
	defer root.leaves.Close()
	h := Header{
		AddressedTiles: w.tiles, TileEntries: root.runs, TileContents: w.contents, Clustered: true,
		InternalCompression: CompressionGzip, TileCompression: d.TileCompression, Type: d.Type,
		MinZoom: zoomOf(root.first), MaxZoom: zoomOf(w.last), Bounds: d.Bounds,
		CenterLon: d.CenterLon, CenterLat: d.CenterLat, CenterZoom: d.CenterZoom,
	}
	at := uint64(headerSize)
	for _, part := range []struct {
		section *Section
		length  uint64
	}{{&h.Root, uint64(len(root.packed))}, {&h.Metadata, uint64(len(metadata))}, {&h.Leaves, root.size}, {&h.Tiles, w.size}} {
		*part.section = Section{at, part.length}
		at += part.length
	}
	head := append(append(h.append(nil), root.packed...), metadata...)
	if err := w.assemble(ctx, path, head, root); err != nil {
		return Header{}, err
	}
	return h, w.Discard()
}

func zoomOf(id uint64) int {
	z, _, _, _ := ZXY(id)
	return z
}

func packMetadata(m Metadata) ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("the metadata of an archive: %w", err)
	}
	if len(b) > maxMetadata {
		return nil, geo.Errorf(geo.KindLimit, "the metadata of the archive has %d bytes; at most %d are written", len(b), maxMetadata)
	}
	var p packer
	return p.pack(b)
}

// packer compresses, keeping its memory.
type packer struct {
	z   *gzip.Writer
	buf bytes.Buffer
}

// pack gives b compressed, valid until the next call.
func (p *packer) pack(b []byte) ([]byte, error) {
	p.buf.Reset()
	if p.z == nil {
		var err error
		if p.z, err = gzip.NewWriterLevel(&p.buf, gzip.BestCompression); err != nil {
			return nil, fmt.Errorf("compressing a directory: %w", err)
		}
	} else {
		p.z.Reset(&p.buf)
	}
	_, err := p.z.Write(b)
	if err = errors.Join(err, p.z.Close()); err != nil {
		return nil, fmt.Errorf("compressing a directory: %w", err)
	}
	return p.buf.Bytes(), nil
}

// directories is the root, packed, and a file of the leaves.
type directories struct {
	packed []byte
	leaves *os.File
	size   uint64 // of the leaves
	runs   uint64
	first  uint64 // id of a tile
}

// directories makes all entries one root where they fit, and otherwise the
// smallest leaves of which the root can hold all.
func (w *Writer) directories(ctx context.Context) (d directories, err error) {
	if d.leaves, err = os.Create(w.Path(leavesFile)); err != nil {
		return d, cannotWrite(err)
	}
	defer func() {
		if err != nil {
			d.leaves.Close()
		}
	}()
	for size := firstLeaf; size <= maxDirectory/maxEntry; size += size / 2 {
		if err = w.split(ctx, &d, size); err != nil {
			return d, cannotWrite(err)
		}
		if len(d.packed) <= maxRoot {
			return d, nil
		}
	}
	return d, geo.Errorf(geo.KindLimit, "an archive cannot hold so many tiles")
}

// split makes leaves of so many entries, or a root alone when they are fewer and fit.
func (w *Writer) split(ctx context.Context, d *directories, leafSize int) error {
	if err := d.leaves.Truncate(0); err != nil {
		return err
	}
	d.packed, d.size, d.runs = nil, 0, 0
	var p packer
	var root, leaf []entry
	var raw []byte
	flush := func() error {
		raw = appendDirectory(raw[:0], leaf)
		packed, err := p.pack(raw)
		if err != nil {
			return err
		}
		if d.runs == uint64(len(leaf)) && len(packed) <= maxRoot {
			d.packed = bytes.Clone(packed) // may be all there is
		}
		root = append(root, entry{id: leaf[0].id, offset: d.size, length: uint32(len(packed))})
		if _, err := d.leaves.WriteAt(packed, int64(d.size)); err != nil {
			return err
		}
		d.size += uint64(len(packed))
		leaf = leaf[:0]
		return ctx.Err()
	}
	for e, err := range w.entries() {
		if err != nil {
			return err
		}
		if d.runs == 0 {
			d.first = e.id
		}
		if len(leaf) == leafSize {
			if err := flush(); err != nil {
				return err
			}
		}
		leaf = append(leaf, e)
		d.runs++
	}
	if err := flush(); err != nil {
		return err
	}
	if len(root) == 1 && len(d.packed) > 0 {
		d.size = 0
		return d.leaves.Truncate(0)
	}
	packed, err := p.pack(appendDirectory(raw[:0], root))
	d.packed = bytes.Clone(packed)
	return err
}

// assemble writes the archive beside path and renames it.
func (w *Writer) assemble(ctx context.Context, path string, head []byte, d directories) (err error) {
	out, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return cannotWrite(err)
	}
	defer func() {
		if err != nil {
			out.Close()
			err = errors.Join(cannotWrite(err), os.Remove(out.Name()))
		}
	}()
	if _, err := out.Write(head); err != nil {
		return err
	}
	for _, part := range []struct {
		file *os.File
		size uint64
	}{{d.leaves, d.size}, {w.data, w.size}} {
		if err := copyFile(ctx, out, part.file, int64(part.size)); err != nil {
			return err
		}
	}
	if err := errors.Join(out.Chmod(0o644), out.Sync(), out.Close()); err != nil {
		return err
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// copyFile copies in pieces that the system copies by itself, and that an end
// of ctx can come between.
func copyFile(ctx context.Context, dst, src *os.File, size int64) error {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	const piece = 64 << 20
	for size > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := io.CopyN(dst, src, min(size, piece))
		if err != nil {
			return err
		}
		size -= n
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // some systems cannot sync a folder; the rename stands then by itself
	return d.Close()
}
