package columns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"puy/geo"
)

// The codecs (parquet.thrift, enum CompressionCodec).
const (
	codecNone    = 0
	codecSnappy  = 1
	codecGzip    = 2
	codecLZO     = 3
	codecBrotli  = 4
	codecLZ4     = 5 // in the frames of Hadoop
	codecZstd    = 6
	codecLZ4Raw  = 7
	codecUnknown = 8
)

// decompressor undoes the codecs, each within the size that the page announced.
type decompressor struct {
	gzip   *gzip.Reader
	brotli *brotli.Reader
	zstd   *zstd.Decoder
}

var errSize = errors.New("the bytes are not as many as announced")

// decode gives size bytes that src holds, in buf where they fit.
func (d *decompressor) decode(codec int32, buf, src []byte, size int) ([]byte, error) {
	if size == 0 {
		return buf[:0], nil
	}
	var err error
	switch codec {
	case codecNone:
		if len(src) != size {
			return nil, errSize
		}
		return append(buf[:0], src...), nil
	case codecSnappy:
		n, e := snappy.DecodedLen(src)
		if e != nil || n != size || n > 32*len(src) { // a copy of 64 bytes takes 2
			return nil, errSize
		}
		buf, err = snappy.Decode(grown(buf, size), src)
	case codecLZ4Raw:
		buf, err = lz4Block(buf[:0], src, size)
	case codecLZ4:
		if buf, err = lz4Frames(buf[:0], src, size); err != nil { // some writers left the frames out
			buf, err = lz4Block(buf[:0], src, size)
		}
	case codecGzip:
		if d.gzip == nil {
			d.gzip = new(gzip.Reader)
		}
		if err := d.gzip.Reset(bytes.NewReader(src)); err != nil {
			return nil, err
		}
		buf, err = readExactly(d.gzip, buf, size)
	case codecBrotli:
		if d.brotli == nil {
			d.brotli = new(brotli.Reader)
		}
		if err := d.brotli.Reset(bytes.NewReader(src)); err != nil {
			return nil, err
		}
		buf, err = readExactly(d.brotli, buf, size)
	case codecZstd:
		if d.zstd == nil {
			d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPage))
			if err != nil {
				return nil, err
			}
		}
		if err := d.zstd.Reset(bytes.NewReader(src)); err != nil {
			return nil, err
		}
		buf, err = readExactly(d.zstd, buf, size)
	default:
		return nil, geo.Errorf(geo.KindInvalid, "the compression %s is not read", codecName(codec))
	}
	if err == nil && len(buf) != size {
		err = errSize
	}
	return buf, err
}

func (d *decompressor) close() {
	if d.zstd != nil {
		d.zstd.Close()
	}
}

func codecName(codec int32) string {
	names := [...]string{"none", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4_RAW"}
	if codec >= 0 && codec < codecUnknown {
		return names[codec]
	}
	return geo.Integer(int64(codec)).String()
}

func grown(buf []byte, size int) []byte {
	if cap(buf) < size {
		return make([]byte, size)
	}
	return buf[:size]
}

// readExactly reads all of r, which must be size bytes. The buffer grows with what
// is there.
func readExactly(r io.Reader, buf []byte, size int) ([]byte, error) {
	buf = buf[:0]
	if cap(buf) == 0 {
		buf = make([]byte, 0, min(size+1, 64<<10))
	}
	for {
		n, err := r.Read(buf[len(buf):min(cap(buf), size+1)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > size:
			return nil, errSize
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) == cap(buf):
			buf = append(make([]byte, 0, min(2*cap(buf), size+1)), buf...)
		}
	}
}

// lz4Frames undoes blocks that each follow their two lengths.
func lz4Frames(dst, src []byte, size int) ([]byte, error) {
	for len(src) > 0 {
		if len(src) < 8 {
			return nil, errSize
		}
		n, packed := int64(binary.BigEndian.Uint32(src)), int64(binary.BigEndian.Uint32(src[4:]))
		if n > int64(size-len(dst)) || packed > int64(len(src)-8) {
			return nil, errSize
		}
		end := len(dst) + int(n)
		var err error
		if dst, err = lz4Block(dst, src[8:8+packed], end); err != nil {
			return nil, err
		}
		if len(dst) != end {
			return nil, errSize
		}
		src = src[8+packed:]
	}
	return dst, nil
}

// lz4Block appends what one block (LZ4 block format) holds to dst, up to size bytes
// in all. Matches reach back to the first of the bytes appended here.
func lz4Block(dst, src []byte, size int) ([]byte, error) {
	base, i := len(dst), 0
	length := func(n int) (int, bool) {
		if n < 15 {
			return n, true
		}
		for i < len(src) {
			c := src[i]
			i++
			if n += int(c); n > size {
				return 0, false
			}
			if c != 255 {
				return n, true
			}
		}
		return 0, false
	}
	for i < len(src) {
		token := src[i]
		i++
		n, ok := length(int(token >> 4))
		if !ok || n > len(src)-i || n > size-len(dst) {
			return nil, errSize
		}
		dst = append(dst, src[i:i+n]...)
		if i += n; i == len(src) {
			return dst, nil
		}
		if len(src)-i < 2 {
			return nil, errSize
		}
		back := int(src[i]) | int(src[i+1])<<8
		i += 2
		n, ok = length(int(token & 15))
		if n += 4; !ok || back == 0 || back > len(dst)-base || n > size-len(dst) {
			return nil, errSize
		}
		for from := len(dst) - back; n > 0; {
			k := min(n, len(dst)-from)
			dst = append(dst, dst[from:from+k]...)
			n -= k
		}
	}
	return dst, nil
}
