package cfb

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"

	"puy/geo"
)

const (
	signature  = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	headerSize = 512
	inHeader   = 109 // sectors of the table that the header itself lists

	// MaxSize bounds compound files, in bytes. The tables take up to one hundredth of it.
	MaxSize = 2 << 30

	lastInUse  = 0xfffffffa // sector numbers above mean something else
	endOfChain = 0xfffffffe
)

// Is tells whether a file that starts with head is a compound file.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte(signature)) }

// File is an open compound file. Its streams may be read at the same time.
type File struct {
	all     Stream   // the sectors in their order
	table   []uint32 // the sector that follows each
	small   Stream   // the small sectors in their order
	smalls  []uint32 // the small sector that follows each
	cutoff  int64    // streams of fewer bytes lie in small sectors
	entries []entry  // streams and storages in the root
}

// Open reads the tables and the directory of a compound file of size bytes.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var h [headerSize]byte
	if n, err := r.ReadAt(h[:], 0); n < headerSize {
		return nil, damaged("it ends in its header", err)
	}
	shift, smallShift := binary.LittleEndian.Uint16(h[30:]), binary.LittleEndian.Uint16(h[32:])
	switch {
	case !Is(h[:]):
		return nil, geo.Errorf(geo.KindInvalid, "it is no compound file")
	case h[28] != 0xfe || h[29] != 0xff || shift != 9 && shift != 12 || smallShift != 6:
		return nil, damaged("its header makes no sense", nil)
	case size > MaxSize:
		return nil, geo.Errorf(geo.KindLimit, "compound files of more than %d MB are not read", MaxSize>>20)
	}
	f := &File{cutoff: int64(binary.LittleEndian.Uint32(h[56:]))}
	sector := int64(1) << shift
	f.all = Stream{r: r, base: sector, sector: sector, size: max(size-sector, 0)}
	if err := f.loadTable(h[:]); err != nil {
		return nil, err
	}
	directory, err := f.stream(binary.LittleEndian.Uint32(h[48:]), -1)
	if err != nil {
		return nil, err
	}
	return f, f.loadDirectory(directory, binary.LittleEndian.Uint32(h[60:]), shift == 9)
}

// sectors gives how many sectors the file has, a cut one at its end included.
func (f *File) sectors() int64 { return (f.all.size + f.all.sector - 1) / f.all.sector }

// loadTable reads the file allocation table, of which the header names the first
// sectors and a chain of sectors the others.
func (f *File) loadTable(h []byte) error {
	buf := make([]byte, f.all.sector)
	claimed, sectors := int64(binary.LittleEndian.Uint32(h[44:])), f.sectors()
	var found int64
	load := func(list []byte) error {
		for ; len(list) >= 4 && found < claimed && int64(len(f.table)) < sectors; list = list[4:] {
			at := binary.LittleEndian.Uint32(list)
			if at > lastInUse {
				continue
			}
			found++
			if _, err := f.all.ReadAt(buf, int64(at)*f.all.sector); err != nil {
				return damaged("a sector of its table is missing", err)
			}
			for b := buf; len(b) > 0 && int64(len(f.table)) < sectors; b = b[4:] {
				f.table = append(f.table, binary.LittleEndian.Uint32(b))
			}
		}
		return nil
	}
	if err := load(h[76 : 76+4*inHeader]); err != nil {
		return err
	}
	list := make([]byte, f.all.sector)
	next := binary.LittleEndian.Uint32(h[68:])
	for n := int64(0); next <= lastInUse && found < claimed && int64(len(f.table)) < sectors; n++ {
		if n > sectors {
			return damaged("the list of its tables has no end", nil)
		}
		if _, err := f.all.ReadAt(list, int64(next)*f.all.sector); err != nil {
			return damaged("a part of the list of its tables is missing", err)
		}
		last := len(list) - 4
		if err := load(list[:last]); err != nil {
			return err
		}
		next = binary.LittleEndian.Uint32(list[last:])
	}
	return nil
}

// stream gives the stream of size bytes that begins in a sector; all of the chain
// where size is negative.
func (f *File) stream(start uint32, size int64) (*Stream, error) {
	list, err := chain(f.table, start, size, f.all.sector)
	if err != nil {
		return nil, err
	}
	if size < 0 {
		size = int64(len(list)) * f.all.sector
	}
	return &Stream{r: f.all.r, base: f.all.base, sector: f.all.sector, chain: list, size: size}, nil
}

// chain follows table from start until its sectors hold size bytes, or to its end
// where size is negative.
func chain(table []uint32, start uint32, size, sector int64) ([]uint32, error) {
	most := int64(len(table))
	whole := size < 0
	if !whole {
		if most = (size + sector - 1) / sector; most > int64(len(table)) {
			return nil, damaged("a stream claims to be longer than the file", nil)
		}
	}
	var list []uint32
	seen := make([]uint64, (len(table)+63)/64)
	for at := start; whole || int64(len(list)) < most; at = table[at] {
		if whole && at == endOfChain {
			break
		}
		if int64(at) >= int64(len(table)) {
			return nil, damaged("a stream ends early", nil)
		}
		if seen[at/64]&(1<<(at%64)) != 0 {
			return nil, damaged("the sectors of a stream follow each other in a circle", nil)
		}
		seen[at/64] |= 1 << (at % 64)
		list = append(list, at)
	}
	return list, nil
}

// Names gives the names of the streams and storages in the root.
func (f *File) Names() []string {
	var names []string
	for _, e := range f.entries {
		names = append(names, e.name)
	}
	return names
}

// Stream opens the stream of the root with a name, in any letter case; nil without an
// error where there is none.
func (f *File) Stream(name string) (*Stream, error) {
	for _, e := range f.entries {
		if e.kind != kindStream || !strings.EqualFold(e.name, name) {
			continue
		}
		if e.size >= f.cutoff {
			return f.stream(e.start, e.size)
		}
		list, err := chain(f.smalls, e.start, e.size, smallSector)
		if err != nil {
			return nil, err
		}
		return &Stream{r: &f.small, sector: smallSector, chain: list, size: e.size}, nil
	}
	return nil, nil
}

func decodeName(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// damaged says what is wrong; err may be nil.
func damaged(format string, err error) error {
	if err == nil || err == io.EOF {
		return geo.Errorf(geo.KindInvalid, "%s", geo.Say(format))
	}
	return geo.Errorf(geo.KindInvalid, "%s: %w", geo.Say(format), err)
}
