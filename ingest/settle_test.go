package ingest

import (
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		every    time.Duration
		failures int
		want     time.Duration // more or less a tenth
	}{
		{time.Minute, 1, time.Minute}, {time.Minute, 3, 4 * time.Minute}, {time.Minute, 50, time.Hour},
		{24 * time.Hour, 1, 5 * time.Minute}, {24 * time.Hour, 4, 40 * time.Minute}, {24 * time.Hour, 1000, 24 * time.Hour},
		{0, 5, 0},
	} {
		different := map[time.Duration]bool{}
		for range 100 {
			got := retryAfter(test.every, test.failures)
			different[got] = true
			if got < test.want*9/10 || got > test.want*11/10 {
				t.Errorf("%+v: %v", test, got)
			}
		}
		if test.want > 0 && len(different) < 50 {
			t.Errorf("%+v: %d different waits of 100", test, len(different))
		}
	}
}
