package gpkg_test

import (
	"context"
	"testing"
	"time"
)

// TestWatchOfOtherPrograms has another program write the file.
func TestWatchOfOtherPrograms(t *testing.T) {
	path, s := six(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	calls, ended := make(chan int64, 100), make(chan struct{})
	go func() {
		defer close(ended)
		s.Watch(ctx, func() { calls <- revisionOf(t, s) })
	}()
	<-calls
	run(t, bare(t, path), "DELETE FROM d WHERE fid = 1")
	revision := revisionOf(t, s)
	for timeout := time.After(2 * time.Second); ; {
		select {
		case seen := <-calls:
			if seen < revision {
				continue
			}
		case <-timeout:
			t.Error("Watch did not call")
		}
		break
	}
	run(t, bare(t, path), "CREATE TABLE other (a)") // which is nothing that the store shows
	select {
	case <-calls:
		t.Error("called for a table of another program")
	case <-time.After(1200 * time.Millisecond):
	}
	cancel()
	<-ended
}
