package geo_test

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"puy/geo"
)

func TestDiskFull(t *testing.T) {
	full := geo.Errorf(geo.KindInvalid, "cannot decompress a.gz: %w", &fs.PathError{Op: "write", Path: "/tmp/x/puy-1", Err: syscall.ENOSPC})
	e, ok := errors.AsType[*geo.Error](geo.DiskFull(full))
	if !ok || e.Kind != geo.KindUnavailable || e.Message != "the disk that holds /tmp/x is full" || e.Hint == "" || !errors.Is(e, syscall.ENOSPC) {
		t.Errorf("got %+v", e)
	}
	if err := geo.DiskFull(fmt.Errorf("write: %w", syscall.EDQUOT)); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("got %v", err)
	}
	other := &fs.PathError{Op: "open", Path: "/a", Err: fs.ErrNotExist}
	if err := geo.DiskFull(other); err != error(other) {
		t.Errorf("got %v", err)
	}
	if err := geo.DiskFull(nil); err != nil {
		t.Errorf("got %v", err)
	}
}
