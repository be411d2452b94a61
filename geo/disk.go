package geo

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
)

// DiskFull tells in words where there is no room left, if err is about that, as a
// write of a temporary file may be; else it gives err as it is.
func DiskFull(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindUnavailable {
		return err // said already
	}
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) && !errors.Is(err, syscall.EFBIG) {
		return err
	}
	file, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return Errorf(KindUnavailable, "the disk is full: %w", err).WithHint("what was served stays; make room, or set TMPDIR to a folder on a larger disk")
	}
	return Errorf(KindUnavailable, "the disk that holds %s is full: %w", filepath.Dir(file.Path), err).
		WithHint("what was served stays; make room, or set TMPDIR to a folder on a larger disk")
}
