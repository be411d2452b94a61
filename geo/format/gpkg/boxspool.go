package gpkg

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
)

// boxSpool keeps boxes in a temporary file until their number is known: a list
// that grows in memory takes several times its size.
type boxSpool struct {
	file *os.File
	buf  *bufio.Writer
	n    int
	item [boxBytes]byte
}

// boxBytes is the size of a box in the file.
const boxBytes = 8 + 4*4

func newBoxSpool(dir string) (*boxSpool, error) {
	file, err := os.Create(filepath.Join(dir, "boxes"))
	if err != nil {
		return nil, err
	}
	return &boxSpool{file: file, buf: bufio.NewWriterSize(file, 64<<10)}, nil
}

func (s *boxSpool) add(b Box) error {
	le := binary.LittleEndian
	le.PutUint64(s.item[:], uint64(b.FID))
	for i, v := range [...]float32{b.MinX, b.MaxX, b.MinY, b.MaxY} {
		le.PutUint32(s.item[8+4*i:], math.Float32bits(v))
	}
	s.n++
	_, err := s.buf.Write(s.item[:])
	return err
}

// all gives the boxes that were added.
func (s *boxSpool) all() ([]Box, error) {
	if err := s.buf.Flush(); err != nil {
		return nil, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	le, in, boxes := binary.LittleEndian, bufio.NewReaderSize(s.file, 64<<10), make([]Box, s.n)
	for i := range boxes {
		if _, err := io.ReadFull(in, s.item[:]); err != nil {
			return nil, err
		}
		at := func(i int) float32 { return math.Float32frombits(le.Uint32(s.item[8+4*i:])) }
		boxes[i] = Box{int64(le.Uint64(s.item[:])), at(0), at(1), at(2), at(3)}
	}
	return boxes, nil
}

func (s *boxSpool) close() error { return s.file.Close() }
