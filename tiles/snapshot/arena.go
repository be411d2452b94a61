package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// arena is a temporary file of packed features:
//
//	box, 16 bytes | length of the record, uint32 | cost, uint32 | place of the attributes, uint64 | record | attributes
//
// The attributes are, per column, the length, uvarint, and the value. The cost
// is about how many bytes they and the head of the feature take in a tile. What
// is drawn in the place of others has the attributes of one of them.
type arena struct {
	file  *os.File
	view  []byte // what was written before the last remap
	unmap func() error
	buf   []byte
	base  int64 // of buf in the file
	room  int   // about how long buf gets
	dirty bool  // whether anything was added since the last remap
	err   error
}

const (
	arenaHead = boxSize + 16
	arenaRoom = 1 << 20
)

func newArena(path string) (*arena, error) {
	dir, name := filepath.Split(path)
	file, err := os.CreateTemp(dir, name+".spool-*")
	if err != nil {
		return nil, fmt.Errorf("building a snapshot: %w", err)
	}
	return &arena{file: file, room: arenaRoom, unmap: func() error { return nil }}, nil
}

// close removes the file.
func (a *arena) close() error {
	return errors.Join(a.unmap(), a.file.Close(), os.Remove(a.file.Name()))
}

func (a *arena) end() int64 { return a.base + int64(len(a.buf)) }

// add writes a feature and gives its place. Attributes that are nil are those at
// the given place.
func (a *arena) add(b box, r *record, cost uint32, attributes []byte, place int64) (offset int64, size int) {
	if len(a.buf) >= a.room {
		a.flush()
	}
	a.dirty = true
	offset = a.end()
	a.buf, size = appendSpooled(a.buf, a.base, b, r, cost, attributes, place)
	return offset, size
}

// appendSpooled appends a feature to a buffer that begins at base.
func appendSpooled(buf []byte, base int64, b box, r *record, cost uint32, attributes []byte, place int64) (_ []byte, size int) {
	start := len(buf)
	buf = b.append(buf)
	buf = append(buf, make([]byte, arenaHead-boxSize)...)
	buf = r.append(buf)
	size = len(buf) - start - arenaHead
	if attributes != nil {
		place = base + int64(len(buf))
		buf = append(buf, attributes...)
	}
	head := buf[start+boxSize:]
	binary.LittleEndian.PutUint32(head, uint32(size))
	binary.LittleEndian.PutUint32(head[4:], cost)
	binary.LittleEndian.PutUint64(head[8:], uint64(place))
	return buf, size
}

// move adds delta to the place of the attributes of a feature.
func move(spooled []byte, delta int64) {
	b := spooled[boxSize+8:]
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)+uint64(delta))
}

func (a *arena) flush() {
	if a.err == nil {
		_, a.err = a.file.WriteAt(a.buf, a.base)
	}
	a.base += int64(len(a.buf))
	a.buf = a.buf[:0]
}

// rewind forgets what was written from offset on.
func (a *arena) rewind(offset int64) {
	if offset >= a.base {
		a.buf = a.buf[:offset-a.base]
		return
	}
	a.base, a.buf = offset, a.buf[:0]
}

// remap makes all that was written readable.
func (a *arena) remap() error {
	if !a.dirty {
		return nil
	}
	a.flush()
	if a.err != nil {
		return fmt.Errorf("building a snapshot: %w", a.err)
	}
	a.dirty = false
	err := a.unmap()
	if err == nil {
		a.view, a.unmap, err = mapFile(a.file)
	}
	if err != nil {
		a.unmap = func() error { return nil }
		return fmt.Errorf("building a snapshot: %w", err)
	}
	return nil
}

// spooled is one feature of an arena: slices of it.
type spooled struct {
	box        []byte
	cost       uint32
	place      int64
	record     []byte
	attributes []byte // and whatever follows them
}

func (a *arena) at(offset int64) spooled {
	b := a.view[offset:]
	size := binary.LittleEndian.Uint32(b[boxSize:])
	place := int64(binary.LittleEndian.Uint64(b[boxSize+8:]))
	return spooled{b[:boxSize], binary.LittleEndian.Uint32(b[boxSize+4:]), place, b[arenaHead : arenaHead+size], a.view[place:]}
}

// value takes the next attribute.
func (s *spooled) value() []byte {
	n, rest, _ := uvarint(s.attributes)
	s.attributes = rest[n:]
	return rest[:n]
}
