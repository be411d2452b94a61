package format

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"

	"puy/geo"
)

// HeadSize is how many decompressed bytes Format.Detect sees.
const HeadSize = 64 << 10

// Source is a file on disk that can be read from its start any number of
// times, decompressed on the way if it is gzip.
type Source struct {
	path    string
	name    string
	size    int64
	gzipped bool

	checksum func() (string, error) // computed once
}

// OpenSource looks at the file at path. Name is what the publisher called it,
// or "" for the name in path. Errors are of KindNotFound or KindInvalid.
func OpenSource(path, name string) (*Source, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return nil, geo.Errorf(geo.KindNotFound, "there is no file %s", path)
	case err != nil:
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", path, err)
	case info.IsDir():
		return nil, geo.Errorf(geo.KindInvalid, "%s is a folder, not a file", path)
	case info.Size() == 0:
		return nil, geo.Errorf(geo.KindInvalid, "%s is empty", path)
	}
	if name == "" {
		name = filepath.Base(path)
	}
	s := &Source{path: path, name: name, size: info.Size()}
	s.checksum = sync.OnceValues(s.sum)
	f, err := os.Open(path)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", path, err)
	}
	defer f.Close()
	magic := make([]byte, 2)
	n, _ := io.ReadFull(f, magic)
	s.gzipped = bytes.Equal(magic[:n], []byte{0x1f, 0x8b})
	return s, nil
}

// Path gives the file's place on disk, for formats that need random access.
func (s *Source) Path() string { return s.path }

// Name gives the publisher's name of the file.
func (s *Source) Name() string { return s.name }

// Compressed tells whether the file is gzip, so that Path is of no direct use.
func (s *Source) Compressed() bool { return s.gzipped }

// Size gives the size on disk in bytes.
func (s *Source) Size() int64 { return s.size }

// WindowSize gives the size of a Window on s: the usual one, or less where the
// whole file is smaller.
func (s *Source) WindowSize() int {
	const usual = 512 << 10
	if s.gzipped {
		return usual
	}
	return int(min(s.size+64, usual))
}

// Open starts reading at the first decompressed byte.
func (s *Source) Open() (*SourceReader, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", s.name, err)
	}
	r := &SourceReader{file: f, size: s.size}
	r.Reader = (*counter)(r)
	if s.gzipped {
		z, err := gzip.NewReader(bufio.NewReaderSize((*counter)(r), 256<<10))
		if err != nil {
			f.Close()
			return nil, geo.Errorf(geo.KindInvalid, "%s is not valid gzip: %w", s.name, err)
		}
		r.Reader = z
	}
	return r, nil
}

// maxUnpacked bounds what a compressed file may become on disk, in bytes.
const maxUnpacked = 32 << 30

// AtRandom gives the place of a file with the decompressed bytes, for formats that
// read here and there: that of s itself, or of a copy. Remove must be called in the
// end.
func (s *Source) AtRandom() (path string, remove func() error, err error) {
	if !s.gzipped {
		return s.path, func() error { return nil }, nil
	}
	r, err := s.Open()
	if err != nil {
		return "", nil, err
	}
	defer r.Close()
	w, err := os.CreateTemp("", "puy-unpacked-")
	if err != nil {
		return "", nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	n, err := io.Copy(w, io.LimitReader(r, maxUnpacked+1))
	if closed := w.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		err = geo.Errorf(geo.KindInvalid, "cannot decompress %s: %w", s.name, err)
	case n > maxUnpacked:
		err = geo.Errorf(geo.KindLimit, "%s is larger than %d GiB when decompressed", s.name, int64(maxUnpacked)>>30)
	}
	if err != nil {
		os.Remove(w.Name())
		return "", nil, err
	}
	return w.Name(), func() error { return os.Remove(w.Name()) }, nil
}

// Head gives the first HeadSize decompressed bytes. A damaged gzip file gives
// what could be decompressed.
func (s *Source) Head() ([]byte, error) {
	r, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head := make([]byte, HeadSize)
	n, err := io.ReadFull(r, head)
	if n == 0 && err != nil && err != io.EOF {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", s.name, err)
	}
	return head[:n], nil
}

// LowerName gives the name in lower case, without ".gz", for Format.Detect.
func (s *Source) LowerName() string {
	return strings.TrimSuffix(strings.ToLower(s.name), ".gz")
}

// Checksum gives the SHA-256 of the file on disk in hexadecimal. The file is
// read for it once, however often it is asked for.
func (s *Source) Checksum() (string, error) { return s.checksum() }

func (s *Source) sum() (string, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return "", geo.Errorf(geo.KindInvalid, "cannot read %s: %w", s.name, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", geo.Errorf(geo.KindInvalid, "cannot read %s: %w", s.name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// SourceReader reads a Source once.
type SourceReader struct {
	io.Reader
	file *os.File
	done atomic.Int64
	size int64
}

// Offset tells how many bytes on disk were read, of how many.
func (r *SourceReader) Offset() (done, total int64) { return r.done.Load(), r.size }

// Close closes the file.
func (r *SourceReader) Close() error { return r.file.Close() }

// counter reads the file and counts.
type counter SourceReader

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.file.Read(b)
	c.done.Add(int64(n))
	return n, err
}
