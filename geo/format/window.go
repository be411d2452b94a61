package format

import (
	"bytes"
	"errors"
	"io"

	"puy/geo"
)

// Window shows a stream as one growing slice of bytes, so that a record can be
// parsed in place. A parser that runs out of bytes calls More and parses the
// record anew, so it never has to be able to stop in the middle.
type Window struct {
	r     io.Reader
	buf   []byte
	pos   int   // first byte that is not consumed
	end   int   // end of what was read
	base  int64 // bytes of the stream before buf[0]
	lines int64 // line breaks before buf[0]
	max   int
	eof   bool
}

// NewWindow gives a Window of size bytes on r that grows to at most limit bytes.
func NewWindow(r io.Reader, size, limit int) *Window {
	return &Window{r: r, buf: make([]byte, size), max: limit}
}

// Bytes gives what was read and not consumed. It is valid until More is called.
func (w *Window) Bytes() []byte { return w.buf[w.pos:w.end] }

// Advance consumes n bytes.
func (w *Window) Advance(n int) { w.pos += n }

// Offset gives the position in the stream of the first byte of Bytes.
func (w *Window) Offset() int64 { return w.base + int64(w.pos) }

// Line gives the line (1 is the first) that the byte n after the start of
// Bytes is on.
func (w *Window) Line(n int) int64 {
	return 1 + w.lines + int64(bytes.Count(w.buf[:min(w.pos+n, w.end)], newline))
}

var newline = []byte{'\n'}

// More makes Bytes longer; false means that the stream has ended. Errors are of
// KindLimit where Bytes would exceed the limit, and of KindInvalid where the
// stream cannot be read.
func (w *Window) More() (bool, error) {
	if w.eof {
		return false, nil
	}
	if rest := w.end - w.pos; rest > len(w.buf)/2 {
		if rest >= w.max {
			return false, geo.Errorf(geo.KindLimit, "line %d: one record takes more than %d MB", w.Line(0), w.max>>20)
		}
		grown := make([]byte, min(2*len(w.buf), w.max+1))
		w.shift(grown)
		w.buf = grown
	} else {
		w.shift(w.buf)
	}
	before := w.end
	// The window is filled to the brim, so that a long record is parsed anew
	// only as often as the window doubles.
	for w.end < len(w.buf) {
		n, err := w.r.Read(w.buf[w.end:])
		w.end += n
		if errors.Is(err, io.EOF) {
			w.eof = true
			break
		}
		if err != nil {
			return false, geo.Errorf(geo.KindInvalid, "cannot read on after byte %d: %w", w.base+int64(w.end), err)
		}
	}
	return w.end > before, nil
}

// shift drops the consumed bytes and moves the rest to the start of to.
func (w *Window) shift(to []byte) {
	w.lines += int64(bytes.Count(w.buf[:w.pos], newline))
	w.base += int64(w.pos)
	w.end = copy(to, w.buf[w.pos:w.end])
	w.pos = 0
}
