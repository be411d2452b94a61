package block

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"puy/geo"
)

// Bounds that the format states, in bytes.
const (
	maxHeader = 64 << 10
	MaxBlob   = 32 << 20
)

// The fields of Blob (fileformat.proto).
const (
	blobRaw     = 1
	blobRawSize = 2
	blobZlib    = 3
	blobLZMA    = 4
	blobBzip2   = 5
	blobLZ4     = 6
	blobZstd    = 7
)

// unpacker decompresses blobs, one after the other.
type unpacker struct {
	zlib io.ReadCloser
	zstd *zstd.Decoder
	raw  []byte
}

// unpack gives the content of blob, which is valid until the next call.
func (u *unpacker) unpack(blob []byte) ([]byte, error) {
	var data []byte
	how, size := uint64(0), int64(-1)
	for m := (message{rest: blob}); ; {
		if !m.next() {
			if m.err != nil {
				return nil, m.err
			}
			break
		}
		switch m.field {
		case blobRawSize:
			size = int64(m.number())
		case blobRaw, blobZlib, blobLZMA, blobBzip2, blobLZ4, blobZstd:
			if how != 0 {
				return nil, geo.Errorf(geo.KindInvalid, "it holds its data twice")
			}
			how, data = m.field, m.bytes()
		}
		if m.err != nil {
			return nil, m.err
		}
	}
	switch how {
	case 0:
		return nil, geo.Errorf(geo.KindInvalid, "it holds no data")
	case blobLZMA, blobBzip2:
		return nil, geo.Errorf(geo.KindInvalid, "it is compressed with LZMA or bzip2, which the format does not use any more; zlib, zstd, lz4 or none is expected")
	case blobRaw:
		return data, nil
	}
	if size < 0 || size > MaxBlob {
		return nil, geo.Errorf(geo.KindInvalid, "it states %d bytes of decompressed data; at most %d are allowed", size, MaxBlob)
	}
	if int64(cap(u.raw)) < size {
		u.raw = make([]byte, 0, size)
	}
	got, err := u.inflate(how, data, u.raw[:0:size])
	if err != nil {
		return nil, err
	}
	if int64(len(got)) != size {
		return nil, geo.Errorf(geo.KindInvalid, "it holds %d bytes of decompressed data and states %d", len(got), size)
	}
	return got, nil
}

// inflate decompresses data to dst, whose capacity is the size that is stated.
func (u *unpacker) inflate(how uint64, data, dst []byte) ([]byte, error) {
	var in io.Reader
	switch how {
	case blobLZ4:
		return appendLZ4(dst, data)
	case blobZstd:
		if u.zstd == nil {
			d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*MaxBlob), zstd.WithDecoderMaxWindow(MaxBlob), zstd.WithDecoderLowmem(true))
			if err != nil {
				return nil, err
			}
			u.zstd = d
		}
		if err := u.zstd.Reset(bytes.NewReader(data)); err != nil {
			return nil, err
		}
		in = u.zstd
	default:
		if err := u.resetZlib(data); err != nil {
			return nil, geo.Errorf(geo.KindInvalid, "its zlib data are damaged: %w", err)
		}
		in = u.zlib
	}
	n, err := io.ReadFull(in, dst[:cap(dst)])
	if err == nil {
		if _, err = io.ReadFull(in, make([]byte, 1)); err == nil {
			return nil, geo.Errorf(geo.KindInvalid, "it holds more decompressed data than the %d bytes that it states", cap(dst))
		}
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, geo.Errorf(geo.KindInvalid, "its compressed data are damaged: %w", err)
	}
	return dst[:n], nil
}

func (u *unpacker) resetZlib(data []byte) (err error) {
	if u.zlib == nil {
		u.zlib, err = zlib.NewReader(bytes.NewReader(data))
		return err
	}
	return u.zlib.(zlib.Resetter).Reset(bytes.NewReader(data), nil)
}

func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
	}
}
