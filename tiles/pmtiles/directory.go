package pmtiles

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"sort"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxPackedDirectory = 4 << 20  // bytes of a directory in the file
	maxDirectory       = 8 << 20  // bytes of a directory, decompressed
	maxMetadata        = 16 << 20 // bytes of metadata, decompressed
	maxTile            = 64 << 20 // bytes of a tile in the file
	maxDepth           = 4        // directories from the root to a tile
	minEntry           = 4        // bytes of an entry in a directory
	entrySize          = 24       // bytes of an entry in memory
)

// entry is a run of equal tiles, or, with a run of 0, a leaf directory.
type entry struct {
	id     uint64
	offset uint64 // in the section of tiles or of leaves
	length uint32
	run    uint32
}

func (e entry) section() Section { return Section{e.offset, uint64(e.length)} }

// parseDirectory reads a decompressed directory: entries in ascending order,
// which do not overlap. Whether they lie in their section is for who follows
// them to check. A directory without entries, which the specification forbids,
// is that of an archive without tiles.
func parseDirectory(b []byte) ([]entry, error) {
	next := func() (uint64, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, false
		}
		b = b[n:]
		return v, true
	}
	count, ok := next()
	if !ok || count > uint64(len(b)/minEntry) {
		return nil, invalid("a directory of the PMTiles archive tells %d entries in %d bytes", count, len(b))
	}
	entries := make([]entry, count)
	id := uint64(0)
	for i := range entries {
		delta, ok := next()
		if !ok || i > 0 && delta == 0 || delta > firstID(MaxZoom+1)-id {
			return nil, invalid("the tile ids of a directory of the PMTiles archive do not ascend")
		}
		id += delta
		entries[i].id = id
	}
	for i := range entries {
		run, ok := next()
		if !ok || run > math.MaxUint32 || i+1 < len(entries) && run > entries[i+1].id-entries[i].id {
			return nil, invalid("runs of tiles in a directory of the PMTiles archive overlap")
		}
		entries[i].run = uint32(run)
	}
	for i := range entries {
		length, ok := next()
		if !ok || length == 0 || length > math.MaxUint32 {
			return nil, invalid("a tile in a directory of the PMTiles archive has %d bytes", length)
		}
		entries[i].length = uint32(length)
	}
	for i := range entries {
		offset, ok := next()
		switch {
		case !ok, offset == 0 && i == 0, offset > math.MaxInt64:
			return nil, invalid("a directory of the PMTiles archive has a wrong offset")
		case offset == 0:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		default:
			entries[i].offset = offset - 1
		}
	}
	if len(b) > 0 {
		return nil, invalid("a directory of the PMTiles archive has %d bytes too many", len(b))
	}
	return entries, nil
}

// appendDirectory writes entries, which are in ascending order, uncompressed.
func appendDirectory(dst []byte, entries []entry) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, uint64(e.run))
	}
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, uint64(e.length))
	}
	follows := uint64(0)
	for i, e := range entries {
		if i > 0 && e.offset == follows {
			dst = append(dst, 0)
		} else {
			dst = binary.AppendUvarint(dst, e.offset+1)
		}
		follows = e.offset + uint64(e.length)
	}
	return dst
}

// find gives the entry that leads to tile id.
func find(entries []entry, id uint64) (entry, bool) {
	i := sort.Search(len(entries), func(i int) bool { return entries[i].id > id }) - 1
	if i < 0 {
		return entry{}, false
	}
	e := entries[i]
	return e, e.run == 0 || id-e.id < uint64(e.run)
}

// Decompress undoes a compression. What is damaged, or comes to more than limit
// bytes, gives KindInvalid.
func Decompress(c Compression, b []byte, limit int) ([]byte, error) {
	var out []byte
	var err error
	switch c {
	case CompressionNone:
		out = b
	case CompressionGzip:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			out, err = io.ReadAll(io.LimitReader(z, int64(limit)+1))
		}
	case CompressionZstd:
		var z *zstd.Decoder
		z, err = zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(uint64(limit)+1))
		if err == nil {
			out, err = io.ReadAll(io.LimitReader(z, int64(limit)+1))
			z.Close()
		}
	case CompressionBrotli:
		out, err = io.ReadAll(io.LimitReader(brotli.NewReader(bytes.NewReader(b)), int64(limit)+1))
	default:
		return nil, invalid("the PMTiles archive is compressed in an unknown way (%d)", c)
	}
	if err != nil {
		return nil, invalid("a part of the PMTiles archive cannot be decompressed: %w", err)
	}
	if len(out) > limit {
		return nil, invalid("a part of the PMTiles archive has more than %d bytes", limit)
	}
	return out, nil
}
