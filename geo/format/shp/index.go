package shp

import (
	"bufio"
	"errors"
	"io"

	"puy/geo"
)

// indexReader reads the entries of a .shx. A nil one is of a file without index.
type indexReader struct {
	file    io.ReadCloser
	in      *bufio.Reader
	count   int64 // entries read
	differs bool  // compare found another place or length
	tooFew  bool  // compare found no entry
}

func openIndex(p *part) (*indexReader, error) {
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	x := &indexReader{file: f, in: bufio.NewReader(f)}
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(x.in, head); err != nil || be.Uint32(head) != fileCode {
		f.Close()
		return nil, geo.Errorf(geo.KindInvalid, "%s is not the index of a Shapefile", p.name)
	}
	return x, nil
}

func (x *indexReader) close() error {
	if x == nil {
		return nil
	}
	return x.file.Close()
}

// next gives the place of a record's header and the length of its content, in bytes.
func (x *indexReader) next() (at, size int64, err error) {
	var b [8]byte
	if _, err := io.ReadFull(x.in, b[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return 0, 0, err
	}
	x.count++
	return 2 * int64(be.Uint32(b[:])), 2 * int64(be.Uint32(b[4:])), nil
}

// compare notes whether the next entry says at and size.
func (x *indexReader) compare(at, size int64) {
	if x == nil || x.differs || x.tooFew {
		return
	}
	a, s, err := x.next()
	x.tooFew = err != nil
	x.differs = err == nil && (a != at || s != size)
}

// exhausted tells whether all entries were compared and none differed.
func (x *indexReader) exhausted() bool {
	if x == nil || x.differs || x.tooFew {
		return false
	}
	_, err := x.in.Peek(8)
	return err != nil
}
