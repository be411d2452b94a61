package shp

import (
	"bufio"
	"errors"
	"io"
	"os"

	"puy/geo"
)

// maxRecord bounds the bytes of one shape: 8 million vertices.
const maxRecord = 128 << 20

// shapes gives the contents of the records of a main file, one after the other.
type shapes interface {
	// next gives the content of the next record, valid until the next call, and
	// io.EOF after the last.
	next() ([]byte, error)
	close() error
}

// mainHeader is the header of a .shp.
type mainHeader struct {
	kind kind
	end  int64 // where the file ends by its own account
}

func parseMainHeader(b []byte, name string) (mainHeader, error) {
	if len(b) < headerSize || be.Uint32(b) != fileCode {
		return mainHeader{}, geo.Errorf(geo.KindInvalid, "%s is not the main file of a Shapefile", name)
	}
	h := mainHeader{kind: kind(le.Uint32(b[32:])), end: 2 * int64(be.Uint32(b[24:]))}
	if !h.kind.known() {
		return h, geo.Errorf(geo.KindInvalid, "%s has shapes of the unknown type %d", name, h.kind)
	}
	return h, nil
}

// sequence reads records in the order in which they lie in the file, and
// compares their places with an index if there is one.
type sequence struct {
	file  io.ReadCloser
	in    *bufio.Reader
	name  string
	head  mainHeader
	at    int64
	row   int64
	buf   []byte
	index *indexReader // nil where there is none, or once it is known to differ
}

func openSequence(l *layerFiles) (*sequence, error) {
	f, err := l.shp.open()
	if err != nil {
		return nil, err
	}
	s := &sequence{file: f, in: bufio.NewReaderSize(f, 128<<10), name: l.shp.name, at: headerSize}
	b := make([]byte, headerSize)
	if _, err := io.ReadFull(s.in, b); err != nil {
		f.Close()
		return nil, geo.Errorf(geo.KindInvalid, "%s breaks off in its header: %w", s.name, err)
	}
	if s.head, err = parseMainHeader(b, s.name); err != nil {
		f.Close()
		return nil, err
	}
	// Files longer than their header says were left open by their writer; those
	// shorter broke off, which the last record will tell.
	if s.head.end < headerSize || l.shp.size >= 0 && s.head.end > l.shp.size && s.head.end > 1<<31 {
		s.head.end = l.shp.size
	}
	return s, nil
}

func (s *sequence) close() error { return s.file.Close() }

func (s *sequence) next() ([]byte, error) {
	if s.head.end >= 0 && s.at >= s.head.end {
		return nil, io.EOF
	}
	head, err := s.in.Peek(8)
	if len(head) == 0 && errors.Is(err, io.EOF) && (s.head.end < 0 || s.index.exhausted()) {
		return nil, io.EOF
	}
	s.row++
	if err != nil {
		return nil, s.brokenOff(err)
	}
	size := 2 * int64(int32(be.Uint32(head[4:])))
	if size < 0 || size > maxRecord {
		return nil, geo.Errorf(geo.KindInvalid, "%s cannot be read on after row %d: a record of %d bytes", s.name, s.row-1, size)
	}
	s.index.compare(s.at, size)
	_, _ = s.in.Discard(8)
	if s.buf, err = readGrowing(s.in, s.buf, int(size)); err != nil {
		return nil, s.brokenOff(err)
	}
	s.at += 8 + size
	return s.buf, nil
}

func (s *sequence) brokenOff(err error) error {
	if geo.KindOf(err) != geo.KindInternal {
		return err
	}
	return geo.Errorf(geo.KindInvalid, "%s breaks off in row %d", s.name, s.row)
}

// readGrowing reads n bytes into buf. It grows as bytes come, so that a false
// length costs nothing.
func readGrowing(r io.Reader, buf []byte, n int) ([]byte, error) {
	const step = 1 << 20
	buf = buf[:0]
	for len(buf) < n {
		more := min(n-len(buf), max(step, len(buf)))
		at := len(buf)
		if cap(buf) < at+more {
			grown := make([]byte, at, at+more)
			copy(grown, buf)
			buf = grown
		}
		buf = buf[:at+more]
		if _, err := io.ReadFull(r, buf[at:]); err != nil {
			return buf[:at], err
		}
	}
	return buf, nil
}

// indexed reads records where the index says that they are.
type indexed struct {
	file  *os.File
	spool bool // file is ours
	index *indexReader
	name  string
	buf   []byte
}

// openIndexed opens the main file for reading by its index. A file that is
// inside an archive is copied to a temporary one.
func openIndexed(l *layerFiles) (*indexed, error) {
	index, err := openIndex(l.shx)
	if err != nil {
		return nil, err
	}
	r := &indexed{index: index, name: l.shp.name}
	if l.shp.path != "" {
		if r.file, err = os.Open(l.shp.path); err != nil {
			index.close()
			return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", l.shp.name, err)
		}
		return r, nil
	}
	from, err := l.shp.open()
	if err != nil {
		index.close()
		return nil, err
	}
	defer from.Close()
	if r.file, err = os.CreateTemp("", "puy-*.shp"); err != nil {
		index.close()
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	r.spool = true
	if _, err := io.Copy(r.file, from); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *indexed) close() error {
	err := errors.Join(r.index.close(), r.file.Close())
	if r.spool {
		err = errors.Join(err, os.Remove(r.file.Name()))
	}
	return err
}

// header gives the content's place and length of the next record.
func (r *indexed) header() (at, size int64, err error) {
	at, size, err = r.index.next()
	if err != nil {
		return 0, 0, err
	}
	if at < headerSize || size > maxRecord {
		return 0, 0, geo.Errorf(geo.KindInvalid, "%s has no record at byte %d, where its index says", r.name, at)
	}
	return at + 8, size, nil
}

func (r *indexed) next() ([]byte, error) {
	at, size, err := r.header()
	if err != nil {
		return nil, err
	}
	r.buf, err = readGrowing(io.NewSectionReader(r.file, at, size), r.buf, int(size))
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%s breaks off at byte %d", r.name, at)
	}
	return r.buf, nil
}

// plausible tells whether every entry of the index leads to a shape, and how many
// there are. Lengths that records give themselves do not matter: some programs
// write them wrong, and the index right.
func (r *indexed) plausible() (n int64, ok bool) {
	for {
		at, size, err := r.header()
		if errors.Is(err, io.EOF) {
			return n, true
		}
		var first [4]byte
		var last [1]byte
		if err != nil || size < 4 {
			return n, false
		}
		if _, err := r.file.ReadAt(first[:], at); err != nil || !kind(le.Uint32(first[:])).known() {
			return n, false
		}
		if _, err := r.file.ReadAt(last[:], at+size-1); err != nil {
			return n, false
		}
		n++
	}
}
