package fgb

import (
	"bufio"
	"errors"
	"io"
	"math/bits"
	"slices"

	"puy/geo"
	"puy/geo/format"
)

const (
	maxHeader  = 16 << 20 // bytes of a header
	maxFeature = 64 << 20 // bytes of a feature
	maxCount   = 1 << 40  // features of a file with an index
)

// stream gives the records of a file from its start.
type stream struct {
	src  *format.SourceReader
	in   *bufio.Reader
	name string
	left int64 // bytes that the file still has, -1 where that is not known
	head header
	row  int64 // features given
	buf  []byte
}

// openStream reads the header, passes over the index and stands at the first feature.
func openStream(src *format.Source) (*stream, error) {
	r, err := src.Open()
	if err != nil {
		return nil, err
	}
	s := &stream{src: r, in: bufio.NewReaderSize(r, 64<<10), name: src.Name(), left: -1}
	if !src.Compressed() {
		s.left = src.Size()
	}
	if err := s.start(); err != nil {
		r.Close()
		return nil, err
	}
	return s, nil
}

func (s *stream) start() error {
	magic, err := s.read(magicSize)
	switch {
	case err != nil || !isFlatGeobuf(magic):
		return geo.Errorf(geo.KindInvalid, "%s is not a FlatGeobuf file", s.name)
	case magic[3] != majorVersion:
		return geo.Errorf(geo.KindInvalid, "%s is FlatGeobuf version %d; only version %d can be read", s.name, magic[3], majorVersion)
	}
	size, err := s.size()
	if err != nil {
		return s.errorf("has a header that breaks off: %w", err)
	}
	if size > maxHeader {
		return s.errorf("has a header of %d bytes; at most %d can be read", size, maxHeader)
	}
	record, err := s.read(int(size))
	if err != nil {
		return s.errorf("has a header that breaks off: %w", err)
	}
	if s.head, err = parseHeader(record); err != nil {
		return s.errorf("has a header that cannot be read: %w", err)
	}
	return s.skipIndex()
}

func (s *stream) skipIndex() error {
	if s.head.nodeSize == 0 || s.head.count == 0 {
		return nil
	}
	if s.head.nodeSize == 1 || s.head.count > maxCount {
		return s.errorf("has an impossible index: %d features in nodes of %d", s.head.count, s.head.nodeSize)
	}
	size := indexSize(s.head.count, uint64(s.head.nodeSize))
	if s.left >= 0 && size > uint64(s.left) {
		return s.errorf("breaks off in its index: %d features need %d bytes, %d are there", s.head.count, size, s.left)
	}
	if _, err := io.CopyN(io.Discard, s.in, int64(size)); err != nil {
		return s.errorf("breaks off in its index: %w", err)
	}
	if s.left >= 0 {
		s.left -= int64(size)
	}
	return nil
}

// next gives the record of the next feature, valid until the next call, and
// io.EOF after the last.
func (s *stream) next() ([]byte, error) {
	size, err := s.size()
	switch {
	case errors.Is(err, io.EOF) && (s.head.count == 0 || uint64(s.row) == s.head.count):
		return nil, io.EOF
	case errors.Is(err, io.EOF):
		return nil, s.errorf("breaks off: row %d of %d is missing", s.row+1, s.head.count)
	case err != nil:
		return nil, s.errorf("breaks off in row %d: %w", s.row+1, err)
	}
	s.row++
	if size > maxFeature {
		return nil, s.errorf("has a feature of %d bytes in row %d; at most %d can be read", size, s.row, maxFeature)
	}
	record, err := s.read(int(size))
	if err != nil {
		return nil, s.errorf("breaks off in row %d, which should have %d bytes: %w", s.row, size, err)
	}
	return record, nil
}

// size reads the length before a record; io.EOF where there is no byte more.
func (s *stream) size() (uint32, error) {
	var b [4]byte
	n, err := io.ReadFull(s.in, b[:])
	if s.left >= 0 {
		s.left -= int64(n)
	}
	return le.Uint32(b[:]), err
}

// read gives the next n bytes, in a buffer that grows with what is really there.
func (s *stream) read(n int) ([]byte, error) {
	if s.left >= 0 && int64(n) > s.left {
		return nil, io.ErrUnexpectedEOF
	}
	s.buf = s.buf[:0]
	for len(s.buf) < n {
		at := len(s.buf)
		step := min(n-at, max(1<<20, at))
		s.buf = slices.Grow(s.buf, step)[:at+step]
		if _, err := io.ReadFull(s.in, s.buf[at:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	if s.left >= 0 {
		s.left -= int64(n)
	}
	return s.buf, nil
}

func (s *stream) errorf(format string, args ...any) error {
	return geo.Errorf(geo.KindInvalid, "%s "+format, append([]any{s.name}, args...)...)
}

func (s *stream) close() error { return s.src.Close() }

// indexSize gives the bytes of a packed R-tree over count features. It does not
// overflow for counts up to maxCount.
func indexSize(count, nodeSize uint64) uint64 {
	nodes := count
	for n := count; ; {
		n = (n + nodeSize - 1) / nodeSize
		nodes += n
		if n == 1 {
			break
		}
	}
	hi, size := bits.Mul64(nodes, nodeBytes)
	if hi != 0 {
		return 1 << 63
	}
	return size
}
