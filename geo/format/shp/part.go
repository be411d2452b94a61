package shp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"

	"puy/geo"
	"puy/geo/format"
)

// partWriter collects the rows of one kind of shape in three temporary files.
type partWriter struct {
	kind             kind // without Z
	hasZ             bool
	rows             int64
	shapeEnd         int64 // bytes of the .shp so far
	bounds           geo.Bounds
	minZ, maxZ       float64
	main, index, row spool
	buf              []byte
}

func newPart(k kind, layer *format.Layer) (*partWriter, error) {
	p := &partWriter{kind: k, hasZ: layer.Schema.HasZ, shapeEnd: headerSize, bounds: geo.EmptyBounds(), minZ: math.Inf(1), maxZ: math.Inf(-1)}
	for _, s := range []*spool{&p.main, &p.index, &p.row} {
		if err := s.create(layer.TempDir); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

func (p *partWriter) suffix() string {
	switch p.kind {
	case point:
		return "_points"
	case multiPoint:
		return "_multipoints"
	case polyLine:
		return "_lines"
	}
	return "_polygons"
}

// fileKind gives the shape type of the whole file.
func (p *partWriter) fileKind() kind {
	if p.hasZ && p.kind != nullShape {
		return p.kind + 10
	}
	return p.kind
}

// add appends a row; a nil shape is a null shape.
func (p *partWriter) add(s *shape, cells []byte) error {
	p.rows++
	p.buf = append(p.buf[:0], 0, 0, 0, 0, 0, 0, 0, 0)
	if s == nil {
		p.buf = le.AppendUint32(p.buf, uint32(nullShape))
	} else {
		p.buf = s.append(p.buf, p.fileKind())
		p.bounds = p.bounds.Extend(s.bounds.MinX, s.bounds.MinY).Extend(s.bounds.MaxX, s.bounds.MaxY)
		p.minZ, p.maxZ = min(p.minZ, s.minZ), max(p.maxZ, s.maxZ)
	}
	be.PutUint32(p.buf, uint32(p.rows))
	be.PutUint32(p.buf[4:], uint32((len(p.buf)-8)/2))
	var entry [8]byte
	be.PutUint32(entry[:], uint32(p.shapeEnd/2))
	copy(entry[4:], p.buf[4:8])
	p.shapeEnd += int64(len(p.buf))
	return errors.Join(p.main.write(p.buf), p.index.write(entry[:]),
		p.row.write(binary.AppendUvarint(nil, uint64(len(cells)))), p.row.write(cells))
}

// header gives the header of a file of size bytes.
func (p *partWriter) header(size int64) []byte {
	b := make([]byte, headerSize)
	be.PutUint32(b, fileCode)
	be.PutUint32(b[24:], uint32(size/2))
	le.PutUint32(b[28:], fileVersion)
	le.PutUint32(b[32:], uint32(p.fileKind()))
	if !p.bounds.IsEmpty() {
		box := []float64{p.bounds.MinX, p.bounds.MinY, p.bounds.MaxX, p.bounds.MaxY}
		if p.hasZ {
			box = append(box, p.minZ, p.maxZ)
		}
		for i, c := range box {
			le.PutUint64(b[36+8*i:], math.Float64bits(c))
		}
	}
	return b
}

func (p *partWriter) writeMain(out io.Writer) error {
	if _, err := out.Write(p.header(p.shapeEnd)); err != nil {
		return err
	}
	return p.main.copyTo(out)
}

func (p *partWriter) writeIndex(out io.Writer) error {
	if _, err := out.Write(p.header(headerSize + 8*p.rows)); err != nil {
		return err
	}
	return p.index.copyTo(out)
}

func (p *partWriter) close() error {
	return errors.Join(p.main.close(), p.index.close(), p.row.close())
}

// spool is a temporary file that is written once and then read once.
type spool struct {
	file    *os.File
	buf     *bufio.Writer
	unnamed bool // it vanishes when it is closed, or when the process dies
}

func (s *spool) create(dir string) error {
	f, err := os.CreateTemp(dir, "puy-*.spool")
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	s.file, s.buf, s.unnamed = f, bufio.NewWriterSize(f, 64<<10), os.Remove(f.Name()) == nil
	return nil
}

func (s *spool) write(b []byte) error {
	if _, err := s.buf.Write(b); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return nil
}

func (s *spool) reader() (*bufio.Reader, error) {
	err := s.buf.Flush()
	if err == nil {
		_, err = s.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return bufio.NewReaderSize(s.file, 256<<10), nil
}

func (s *spool) copyTo(out io.Writer) error {
	r, err := s.reader()
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return err
}

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if !s.unnamed {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	s.file = nil
	return err
}
