//go:build unix

package pmtiles

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the only lock of a file, which ends with the process.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
