package idtable

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"puy/geo"
)

// maxTail is how many bytes of a Spool are kept in memory before they are written.
const maxTail = 1 << 20

// Spool keeps lists of ids, each at the place that Append gives. The zero Spool is
// ready.
type Spool struct {
	file *os.File
	size int64 // of the file
	tail []byte
	page []byte // of the file, at from
	from int64
}

// Append adds a list and gives its place, which is not 0.
func (s *Spool) Append(ids []int64) (place uint64, err error) {
	if len(s.tail) > maxTail {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	place = uint64(s.size) + uint64(len(s.tail)) + 1
	s.tail = binary.AppendUvarint(s.tail, uint64(len(ids)))
	last := int64(0)
	for _, id := range ids {
		s.tail = binary.AppendVarint(s.tail, int64(uint64(id)-uint64(last)))
		last = id
	}
	return place, nil
}

func (s *Spool) flush() error {
	if s.file == nil {
		f, err := temporary()
		if err != nil {
			return err
		}
		s.file = f
	}
	if _, err := s.file.WriteAt(s.tail, s.size); err != nil {
		return writing(err)
	}
	s.size += int64(len(s.tail))
	s.tail = s.tail[:0]
	return nil
}

// Read appends the list at place to ids.
func (s *Spool) Read(place uint64, ids []int64) ([]int64, error) {
	r := &spoolReader{s: s, at: int64(place - 1)}
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return ids, reading(err)
	}
	last := int64(0)
	for range n {
		step, err := binary.ReadVarint(r)
		if err != nil {
			return ids, reading(err)
		}
		last = int64(uint64(last) + uint64(step))
		ids = append(ids, last)
	}
	return ids, nil
}

func reading(err error) error {
	return geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
}

// spoolReader reads bytes from a place on.
type spoolReader struct {
	s  *Spool
	at int64
}

// ReadByte gives the next byte.
func (r *spoolReader) ReadByte() (byte, error) {
	s := r.s
	at := r.at
	r.at++
	if at >= s.size {
		if at-s.size >= int64(len(s.tail)) {
			return 0, io.ErrUnexpectedEOF
		}
		return s.tail[at-s.size], nil
	}
	if at < s.from || at >= s.from+int64(len(s.page)) {
		if s.page == nil {
			s.page = make([]byte, 0, 4096)
		}
		n, err := s.file.ReadAt(s.page[:cap(s.page)], at)
		if n == 0 && err != nil {
			return 0, err
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		s.page, s.from = s.page[:n], at
	}
	return s.page[at-s.from], nil
}

// Close frees what s holds, and its file.
func (s *Spool) Close() error {
	err := remove(s.file)
	*s = Spool{}
	return err
}
