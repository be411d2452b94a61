package cfb

import (
	"encoding/binary"

	"puy/geo"
)

const (
	entrySize  = 128
	maxEntries = 1 << 16 // of the directory

	smallSector = 64 // bytes

	kindStream = 2
	kindRoot   = 5
)

// entry is a stream or a storage ([MS-CFB] 2.6.1).
type entry struct {
	name               string
	kind               byte
	left, right, child uint32
	start              uint32
	size               int64
}

// loadDirectory reads the entries of the root and the small sectors, whose table begins
// in a sector.
func (f *File) loadDirectory(directory *Stream, table uint32, narrow bool) error {
	if directory.size > maxEntries*entrySize {
		return geo.Errorf(geo.KindLimit, "a compound file of more than %d streams", maxEntries)
	}
	b := make([]byte, directory.size)
	if _, err := directory.ReadAt(b, 0); err != nil {
		return damaged("its directory is not whole", err)
	}
	var all []entry
	for ; len(b) >= entrySize; b = b[entrySize:] {
		n := min(max(int(binary.LittleEndian.Uint16(b[64:]))-2, 0), 62) // without the zero at the end
		e := entry{
			name: decodeName(b[:n]), kind: b[66],
			left: binary.LittleEndian.Uint32(b[68:]), right: binary.LittleEndian.Uint32(b[72:]), child: binary.LittleEndian.Uint32(b[76:]),
			start: binary.LittleEndian.Uint32(b[116:]), size: int64(binary.LittleEndian.Uint32(b[120:])),
		}
		if high := binary.LittleEndian.Uint32(b[124:]); high != 0 && !narrow {
			e.size = MaxSize + 1 // version 3 may have anything there
		}
		all = append(all, e)
	}
	if len(all) == 0 || all[0].kind != kindRoot {
		return damaged("its directory has no root", nil)
	}
	if err := f.loadSmall(all[0], table); err != nil {
		return err
	}
	seen := make([]bool, len(all))
	for next := []uint32{all[0].child}; len(next) > 0; {
		at := next[len(next)-1]
		next = next[:len(next)-1]
		if int64(at) >= int64(len(all)) || seen[at] {
			continue
		}
		seen[at] = true
		f.entries = append(f.entries, all[at])
		next = append(next, all[at].left, all[at].right)
	}
	return nil
}

// loadSmall reads the table of the small sectors, which lie in the root's own stream.
func (f *File) loadSmall(root entry, table uint32) error {
	if root.size == 0 || table > lastInUse {
		return nil
	}
	small, err := f.stream(root.start, root.size)
	if err != nil {
		return err
	}
	f.small = *small
	list, err := f.stream(table, -1)
	if err != nil {
		return err
	}
	n := min(list.size/4, (small.size+smallSector-1)/smallSector)
	b := make([]byte, 4*n)
	if _, err := list.ReadAt(b, 0); err != nil {
		return damaged("the table of its small sectors is not whole", err)
	}
	for ; len(b) > 0; b = b[4:] {
		f.smalls = append(f.smalls, binary.LittleEndian.Uint32(b))
	}
	return nil
}
