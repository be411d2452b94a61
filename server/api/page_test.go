package api

import (
	"net/http/httptest"
	"testing"
	"time"
)

// deadlines is an answer that notes until when it may be written.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// A client that takes little at a time cannot hold a query open for ever.
func TestPageEndsForSlowClients(t *testing.T) {
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	now := time.Now()
	for _, until := range []time.Time{now.Add(time.Hour), now.Add(time.Second)} {
		c := &chunks{w: w, until: until}
		if err := c.send([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.set) != 2 || w.set[0].Before(now.Add(chunkPatience)) || w.set[0].After(now.Add(chunkPatience+time.Minute)) || !w.set[1].Equal(now.Add(time.Second)) {
		t.Error(now, w.set)
	}
}
