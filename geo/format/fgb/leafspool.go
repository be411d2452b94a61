package fgb

import (
	"bufio"
	"errors"
	"io"
	"math"
	"os"

	"puy/geo"
)

// leafSpool keeps leaves in a temporary file until their number is known: a list
// that grows in memory takes several times its size.
type leafSpool struct {
	file *os.File
	buf  *bufio.Writer
	item [leafBytes]byte
}

// leafBytes is the size of a leaf in the file: its box and the size of its record.
const leafBytes = 4*8 + 4

func newLeafSpool(dir string) (*leafSpool, error) {
	file, err := os.CreateTemp(dir, "puy-*.leaves")
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	return &leafSpool{file: file, buf: bufio.NewWriterSize(file, 64<<10)}, nil
}

// add appends the leaf of the next record.
func (s *leafSpool) add(box geo.Bounds, size uint32) error {
	for i, c := range [...]float64{box.MinX, box.MinY, box.MaxX, box.MaxY} {
		le.PutUint64(s.item[8*i:], math.Float64bits(c))
	}
	le.PutUint32(s.item[32:], size)
	if _, err := s.buf.Write(s.item[:]); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write the temporary file: %w", err)
	}
	return nil
}

// all gives the n leaves that were added. Their records follow each other.
func (s *leafSpool) all(n int) ([]leaf, error) {
	err := s.buf.Flush()
	if err == nil {
		_, err = s.file.Seek(0, io.SeekStart)
	}
	leaves := make([]leaf, n)
	in := bufio.NewReaderSize(s.file, 64<<10)
	var offset uint64
	for i := range leaves {
		if err == nil {
			_, err = io.ReadFull(in, s.item[:])
		}
		if err != nil {
			return nil, geo.Errorf(geo.KindInternal, "cannot read the temporary file: %w", err)
		}
		at := func(i int) float64 { return math.Float64frombits(le.Uint64(s.item[8*i:])) }
		leaves[i] = leaf{box: geo.Bounds{MinX: at(0), MinY: at(1), MaxX: at(2), MaxY: at(3)}, offset: offset, size: le.Uint32(s.item[32:])}
		offset += uint64(leaves[i].size)
	}
	return leaves, nil
}

// remove removes the file.
func (s *leafSpool) remove() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
