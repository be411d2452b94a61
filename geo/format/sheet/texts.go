package sheet

import (
	"os"

	"puy/geo"
)

// heldTexts is how many bytes of shared texts are held before they go to disk.
const heldTexts = 32 << 20

// Texts are the shared texts of a workbook by their number. The last ones are held, the
// others wait in a temporary file.
type Texts struct {
	ends []uint64 // where each text ends
	held []byte   // the last ones
	base uint64   // bytes on disk, before those
	file *os.File
	buf  []byte
}

// Add gives text the next number, 0 being the first. Errors are of KindLimit.
func (t *Texts) Add(text []byte) error {
	if len(t.ends) == 1<<27 {
		return geo.Errorf(geo.KindLimit, "more than %d shared texts", 1<<27)
	}
	t.held = append(t.held, text...)
	t.ends = append(t.ends, t.base+uint64(len(t.held)))
	if len(t.held) < heldTexts {
		return nil
	}
	if t.file == nil {
		f, err := os.CreateTemp("", "puy-texts-")
		if err != nil {
			return geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
		}
		t.file = f
	}
	if _, err := t.file.Write(t.held); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	t.base += uint64(len(t.held))
	t.held = t.held[:0]
	return nil
}

// Text gives text number i, valid until the next call; false where there is none.
func (t *Texts) Text(i int) (b []byte, found bool, err error) {
	if i < 0 || i >= len(t.ends) {
		return nil, false, nil
	}
	start, end := uint64(0), t.ends[i]
	if i > 0 {
		start = t.ends[i-1]
	}
	if start >= t.base {
		return t.held[start-t.base : end-t.base], true, nil
	}
	if n := int(end - start); cap(t.buf) < n {
		t.buf = make([]byte, n)
	}
	t.buf = t.buf[:end-start]
	if _, err := t.file.ReadAt(t.buf, int64(start)); err != nil {
		return nil, false, geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
	}
	return t.buf, true, nil
}

// Close removes the temporary file, if there is one.
func (t *Texts) Close() {
	if t.file != nil {
		t.file.Close()
		os.Remove(t.file.Name())
		t.file = nil
	}
}
