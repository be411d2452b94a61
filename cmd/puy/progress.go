package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progressLine shows how far something is: on a terminal as one line that is
// drawn again, elsewhere as a line of its own every ten seconds.
type progressLine struct {
	w        io.Writer
	terminal bool
	every    time.Duration
	shown    time.Time
	drawn    bool
}

func newProgressLine(w io.Writer) progressLine {
	l := progressLine{w: w, every: 10 * time.Second}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		l.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if l.terminal {
		l.every = 100 * time.Millisecond
	}
	return l
}

// due tells whether it is time for the next line, and counts it as shown.
func (l *progressLine) due(now time.Time) bool {
	if now.Sub(l.shown) < l.every {
		return false
	}
	l.shown = now
	return true
}

// show writes text, and how much is left of what has gone on for elapsed if
// total is known.
func (l *progressLine) show(text string, elapsed time.Duration, done, total int64) {
	if total > 0 && done > 0 {
		left := time.Duration(float64(elapsed) * float64(total-done) / float64(done))
		text += fmt.Sprintf(", %d%%, %s left", 100*done/total, left.Round(time.Second))
	}
	if l.terminal {
		fmt.Fprintf(l.w, "\r\x1b[K%s", text)
		l.drawn = true
		return
	}
	fmt.Fprintln(l.w, text)
}

// clear removes a line that is drawn.
func (l *progressLine) clear() {
	if l.drawn {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.drawn = false
	}
}
