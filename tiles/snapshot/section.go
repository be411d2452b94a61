package snapshot

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
)

// sectionWriter writes one section from its beginning to its known end,
// remembering the first error for close.
type sectionWriter struct {
	section
	file    *os.File
	buf     []byte
	written uint64 // to the file
	wide    bool   // places take eight bytes
	err     error
}

const sectionBuffer = 64 << 10

func (w *sectionWriter) write(b []byte) {
	w.buf = append(w.buf, b...)
	if len(w.buf) >= sectionBuffer {
		w.flush()
	}
}

// place writes an offset.
func (w *sectionWriter) place(v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	if w.wide {
		w.write(b[:])
	} else {
		w.write(b[:4])
	}
}

// at gives how many bytes the section has so far.
func (w *sectionWriter) at() uint64 { return w.written + uint64(len(w.buf)) }

func (w *sectionWriter) flush() {
	if w.err == nil {
		_, w.err = w.file.WriteAt(w.buf, int64(w.offset+w.written))
	}
	w.crc = crc32.Update(w.crc, crcTable(), w.buf)
	w.written += uint64(len(w.buf))
	w.buf = w.buf[:0]
}

func (w *sectionWriter) close() error {
	w.flush()
	if w.err == nil && w.written != w.length {
		w.err = fmt.Errorf("section %d has %d bytes instead of %d", w.kind, w.written, w.length)
	}
	return w.err
}
