//go:build unix

package gpkg

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the lock that the file at path stands for, or tells that
// another handle or process has it. The kernel gives it free when a process dies.
func lockFile(path string) (f *os.File, taken bool, err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, false, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, true, nil
			}
			return nil, false, err
		}
		// The one before may have removed the file between our opening and locking it.
		mine, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, false, err
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(mine, there) {
			return f, false, nil
		}
		f.Close()
	}
}

// unlockFile removes the file before it gives the lock free.
func unlockFile(f *os.File) error {
	return errors.Join(os.Remove(f.Name()), f.Close())
}
