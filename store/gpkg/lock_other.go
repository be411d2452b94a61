//go:build !unix

package gpkg

import (
	"errors"
	"io/fs"
	"os"
)

// lockFile takes the lock that the file at path stands for, or tells that
// another handle or process has it: an open file cannot be removed here, so one
// that can was left by a process that died.
func lockFile(path string) (f *os.File, taken bool, err error) {
	os.Remove(path)
	f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, true, nil
	}
	return f, false, err
}

// unlockFile gives the lock free.
func unlockFile(f *os.File) error {
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
