package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"puy/geo"
	"puy/tiles"
	"puy/tiles/pmtiles"
)

// maxRaw bounds a tile, decompressed.
const maxRaw = 64 << 20

// Tile is a tile of an archive, its Body and its Coding as the archive has
// them; Version names the edition of the archive. One without Body is empty.
type Tile struct {
	tiles.Tile
	Type pmtiles.TileType
}

// Tile gives tile z, x, y (XYZ scheme, web Mercator) as it is stored, and empty
// where the archive has none. Errors are those of Describe.
func (s *Source) Tile(ctx context.Context, z, x, y int) (Tile, error) {
	if z < 0 || z > pmtiles.MaxZoom || x < 0 || y < 0 || x>>z != 0 || y>>z != 0 {
		return Tile{}, geo.Errorf(geo.KindNotFound, "there is no tile %d/%d/%d", z, x, y)
	}
	edition, err := s.edition(ctx)
	if err != nil {
		return Tile{}, err
	}
	key := tileKey{s.serial, versionOf(edition), uint8(z), stored, uint32(x), uint32(y)}
	if t, ok := s.service.cache.GetIfPresent(key); ok {
		return t, nil
	}
	v, err := s.share(ctx, fmt.Sprint(key), func(ctx context.Context) (any, error) { return s.read(ctx, key) })
	if err != nil {
		return Tile{}, err
	}
	return v.(Tile), nil
}

func (s *Source) read(ctx context.Context, key tileKey) (Tile, error) {
	a, err := s.open(ctx)
	if err != nil {
		return Tile{}, err
	}
	read, err := a.Tile(ctx, int(key.z), int(key.x), int(key.y))
	if err != nil {
		return Tile{}, err
	}
	t := Tile{Type: read.Type}
	t.Version = versionOf(read.Edition)
	if t.Coding, err = codingOf(&read); err != nil {
		return Tile{}, err
	}
	// What clients could not read is not passed on, and caches would keep it.
	raw, err := pmtiles.Decompress(compressionOf(t.Coding), read.Data, maxRaw)
	if err != nil {
		return Tile{}, fmt.Errorf("tile %d/%d/%d: %w", key.z, key.x, key.y, err)
	}
	if len(raw) > 0 {
		t.Body = read.Data
	} else {
		t.Coding = tiles.Identity
	}
	sum := sha256.Sum256(read.Data)
	t.ETag = tag(hex.EncodeToString(sum[:16]), t.Coding)
	key.edition = t.Version // the archive may have been replaced meanwhile
	s.service.cache.Set(key, t)
	return t, nil
}

// In gives a tile that Tile gave in another coding. Brotli is none of them
// unless the tile is stored so.
func (s *Source) In(t Tile, z, x, y int, coding tiles.Coding) (Tile, error) {
	if t.Coding == coding || len(t.Body) == 0 {
		return t, nil
	}
	if coding == tiles.Brotli {
		return Tile{}, geo.Errorf(geo.KindInternal, "tiles are not compressed with Brotli here")
	}
	key := tileKey{s.serial, t.Version, uint8(z), coding, uint32(x), uint32(y)}
	if known, ok := s.service.cache.GetIfPresent(key); ok {
		return known, nil
	}
	raw, err := pmtiles.Decompress(compressionOf(t.Coding), t.Body, maxRaw)
	if err != nil {
		return Tile{}, err
	}
	base := strings.TrimSuffix(strings.Trim(t.ETag, `"`), "-"+t.Coding.String())
	t.Body, t.Coding = raw, tiles.Identity
	if coding != tiles.Identity {
		if t.Tile, err = s.service.recode(t.Tile, coding); err != nil {
			return Tile{}, err
		}
	}
	t.ETag = tag(base, coding)
	s.service.cache.Set(key, t)
	return t, nil
}

// tag gives the strong validator of a tile in a coding (RFC 9110 section 8.8.3).
func tag(base string, coding tiles.Coding) string {
	if coding != tiles.Identity {
		base += "-" + coding.String()
	}
	return `"` + base + `"`
}

// codingOf tells how a tile is stored. Where the header does not say, gzip is
// known by its first bytes.
func codingOf(t *pmtiles.Tile) (tiles.Coding, error) {
	if len(t.Data) == 0 {
		return tiles.Identity, nil
	}
	switch t.Compression {
	case pmtiles.CompressionNone:
		return tiles.Identity, nil
	case pmtiles.CompressionGzip:
		return tiles.Gzip, nil
	case pmtiles.CompressionZstd:
		return tiles.Zstd, nil
	case pmtiles.CompressionBrotli:
		return tiles.Brotli, nil
	case pmtiles.CompressionUnknown:
		if bytes.HasPrefix(t.Data, []byte{0x1f, 0x8b}) {
			return tiles.Gzip, nil
		}
		return tiles.Identity, nil
	}
	return 0, geo.Errorf(geo.KindInvalid, "the tiles of the PMTiles archive are compressed in an unknown way (%d)", t.Compression)
}

func compressionOf(c tiles.Coding) pmtiles.Compression {
	switch c {
	case tiles.Gzip:
		return pmtiles.CompressionGzip
	case tiles.Zstd:
		return pmtiles.CompressionZstd
	case tiles.Brotli:
		return pmtiles.CompressionBrotli
	}
	return pmtiles.CompressionNone
}
