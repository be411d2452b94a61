package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Tile is one vector tile. Its bytes are shared and must not be changed.
type Tile struct {
	// Gzip is the tile, compressed; nil for a tile without features.
	Gzip []byte
	// ETag is a hash of the uncompressed tile in hexadecimal, without quotes. A
	// strong validator needs quotes, and a suffix for each content coding.
	ETag     string
	Features int
	Version  int64 // of the dataset
}

// Raw gives the tile uncompressed, empty for a tile without features.
func (t Tile) Raw() ([]byte, error) {
	if len(t.Gzip) == 0 {
		return nil, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(t.Gzip))
	if err != nil {
		return nil, fmt.Errorf("decompressing a tile: %w", err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("decompressing a tile: %w", err)
	}
	return b, nil
}

// A tile is compressed once and sent often, but a first client waits for it.
const gzipLevel = 5

// compressor makes Tiles of raw bytes, keeping its memory.
type compressor struct{ writers sync.Pool }

func (c *compressor) tile(raw []byte, features int, version int64) (Tile, error) {
	sum := sha256.Sum256(raw)
	t := Tile{ETag: hex.EncodeToString(sum[:16]), Features: features, Version: version}
	if features == 0 {
		return t, nil
	}
	w, ok := c.writers.Get().(*gzip.Writer)
	if !ok {
		var err error
		if w, err = gzip.NewWriterLevel(nil, gzipLevel); err != nil {
			return Tile{}, fmt.Errorf("compressing a tile: %w", err)
		}
	}
	defer c.writers.Put(w)
	buf := bytes.NewBuffer(make([]byte, 0, len(raw)/2+64))
	w.Reset(buf)
	if _, err := w.Write(raw); err != nil {
		return Tile{}, fmt.Errorf("compressing a tile: %w", err)
	}
	if err := w.Close(); err != nil {
		return Tile{}, fmt.Errorf("compressing a tile: %w", err)
	}
	t.Gzip = bytes.Clone(buf.Bytes())
	return t, nil
}
