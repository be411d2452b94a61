package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Coding is a content coding (RFC 9110 section 8.4.1).
type Coding uint8

// The codings that tiles have.
const (
	Identity Coding = iota
	Gzip
	Zstd
	Brotli // only where it was computed ahead: nothing here writes or reads it
	codings
)

// String gives the name that Content-Encoding bears.
func (c Coding) String() string { return [...]string{"identity", "gzip", "zstd", "br"}[c] }

// MinCompressed is the size in bytes below which a tile is not compressed.
const MinCompressed = 1024

// A tile is compressed once and sent often, but a first client waits for it, and
// compressing takes several times as long as cutting: all but small tiles are
// compressed 2.5 times as fast at the price of 4 to 6 % more bytes.
const (
	gzipLevel      = 5
	gzipLargeLevel = 2
	largeTile      = 4 << 10 // bytes uncompressed
)

// maxRaw bounds what a compressed tile may come to.
const maxRaw = 1 << 30

// coder compresses and decompresses, keeping its memory.
type coder struct {
	gzips   sync.Pool // *gzip.Writer of gzipLevel
	large   sync.Pool // *gzip.Writer of gzipLargeLevel
	zstd    *zstd.Encoder
	unzstd  *zstd.Decoder
	scratch sync.Pool // *bytes.Buffer
}

func newCoder(atOnce int) (*coder, error) {
	c := &coder{}
	var err error
	if c.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(atOnce)); err != nil {
		return nil, fmt.Errorf("the compression of tiles: %w", err)
	}
	if c.unzstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(atOnce), zstd.WithDecoderMaxMemory(maxRaw)); err != nil {
		return nil, fmt.Errorf("the compression of tiles: %w", err)
	}
	return c, nil
}

// close frees what the coder holds.
func (c *coder) close() error {
	c.unzstd.Close()
	return c.zstd.Close()
}

// encode gives raw in a coding, as memory of its own.
func (c *coder) encode(raw []byte, coding Coding) ([]byte, error) {
	switch coding {
	case Gzip:
	case Zstd:
		return bytes.Clone(c.zstd.EncodeAll(raw, make([]byte, 0, len(raw)/2+64))), nil
	default:
		return bytes.Clone(raw), nil
	}
	pool, level := &c.gzips, gzipLevel
	if len(raw) > largeTile {
		pool, level = &c.large, gzipLargeLevel
	}
	w, ok := pool.Get().(*gzip.Writer)
	if !ok {
		var err error
		if w, err = gzip.NewWriterLevel(nil, level); err != nil {
			return nil, fmt.Errorf("compressing a tile: %w", err)
		}
	}
	defer pool.Put(w)
	buf, ok := c.scratch.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	defer c.scratch.Put(buf)
	buf.Reset()
	w.Reset(buf)
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("compressing a tile: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing a tile: %w", err)
	}
	return bytes.Clone(buf.Bytes()), nil
}

// decode is the inverse of encode.
func (c *coder) decode(body []byte, coding Coding) ([]byte, error) {
	switch coding {
	case Gzip:
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("decompressing a tile: %w", err)
		}
		raw, err := io.ReadAll(z)
		if err != nil {
			return nil, fmt.Errorf("decompressing a tile: %w", err)
		}
		return raw, nil
	case Zstd:
		raw, err := c.unzstd.DecodeAll(body, nil)
		if err != nil {
			return nil, fmt.Errorf("decompressing a tile: %w", err)
		}
		return raw, nil
	}
	return body, nil
}

// tagOf gives the strong validator of a tile in a coding (RFC 9110 section 8.8.3).
func tagOf(raw []byte, coding Coding) string {
	sum := sha256.Sum256(raw)
	tag := `"` + hex.EncodeToString(sum[:16])
	if coding != Identity {
		tag += "-" + coding.String()
	}
	return tag + `"`
}
