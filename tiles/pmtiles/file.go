package pmtiles

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"puy/geo"
)

// Edition is one state of a file that may be replaced.
type Edition struct {
	Tag  string // never empty, and different once the file has changed
	Size int64  // in bytes
}

// ErrChanged is what a Ranger gives when the file is no longer of the edition
// that was asked for.
var ErrChanged = errors.New("the PMTiles archive has changed")

// Ranger reads ranges of a file. Its methods may be called from many goroutines.
type Ranger interface {
	// ReadRange fills p with the bytes from off, fewer only where the file ends,
	// and tells of which edition they are. With a tag it reads of that edition
	// alone, or gives ErrChanged.
	ReadRange(ctx context.Context, p []byte, off int64, tag string) (int, Edition, error)
	Close() error
}

// File is a Ranger over a file on disk, which may be replaced or written over
// while it is read.
type File struct {
	path string

	mu     sync.Mutex
	file   *os.File
	open   Edition
	closed bool
}

// NewFile gives the Ranger of the file at path, which is opened when it is read.
func NewFile(path string) *File { return &File{path: path} }

// ReadRange implements Ranger. A file that does not exist gives KindNotFound.
func (f *File) ReadRange(ctx context.Context, p []byte, off int64, tag string) (int, Edition, error) {
	if ctx.Err() != nil {
		return 0, Edition{}, context.Cause(ctx)
	}
	file, edition, err := f.latest()
	if err != nil {
		return 0, edition, err
	}
	if tag != "" && tag != edition.Tag {
		return 0, edition, ErrChanged
	}
	n, err := file.ReadAt(p, off)
	switch {
	case errors.Is(err, io.EOF):
		err = nil
	case errors.Is(err, fs.ErrClosed):
		err = ErrChanged // another reader saw the new file first
	case err != nil:
		err = geo.Errorf(geo.KindUnavailable, "a PMTiles archive cannot be read: %w", err)
	}
	return n, edition, err
}

// latest gives the file as it is now.
func (f *File) latest() (*os.File, Edition, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, Edition{}, cannotOpen(err)
	}
	edition := editionOf(info)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, edition, geo.Errorf(geo.KindUnavailable, "the PMTiles archive is closed")
	}
	if f.file != nil && f.open == edition {
		return f.file, edition, nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, edition, cannotOpen(err)
	}
	if info, err = file.Stat(); err != nil {
		file.Close()
		return nil, edition, cannotOpen(err)
	}
	if f.file != nil {
		f.file.Close()
	}
	f.file, f.open = file, editionOf(info)
	return f.file, f.open, nil
}

func editionOf(info fs.FileInfo) Edition {
	return Edition{Tag: fmt.Sprintf("%x-%x", info.ModTime().UnixNano(), info.Size()), Size: info.Size()}
}

func cannotOpen(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return geo.Errorf(geo.KindNotFound, "there is no such PMTiles archive: %w", err)
	}
	return geo.Errorf(geo.KindUnavailable, "a PMTiles archive cannot be opened: %w", err)
}

// Close closes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.file == nil {
		return nil
	}
	file := f.file
	f.file = nil
	return file.Close()
}
