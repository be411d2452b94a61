package block

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"puy/geo"
)

// The fields of BlobHeader (fileformat.proto) and HeaderBlock (osmformat.proto).
const (
	headerType     = 1
	headerDataSize = 3

	blockRequired = 4
)

// The types of blobs.
const (
	typeHeader = "OSMHeader"
	typeData   = "OSMData"
)

// IsPBF tells whether a file that starts with head is OpenStreetMap PBF.
func IsPBF(head []byte) bool {
	return len(head) > 15 && head[0] == 0 && head[1] == 0 && strings.HasPrefix(string(head[4:]), "\x0a\x09"+typeHeader)
}

// File is an open PBF file. It is for one goroutine.
type File struct {
	file  *os.File
	name  string
	size  int64
	first int64 // where the blocks after the header begin
	blob  []byte
	unpacker
}

// Open opens the file at path and checks its header; name is what errors call it.
func Open(path, name string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", name, err)
	}
	f := &File{file: file, name: name}
	if err := f.begin(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *File) begin() error {
	info, err := f.file.Stat()
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot read %s: %w", f.name, err)
	}
	f.size = info.Size()
	kind, data, next, err := f.read(0, 1)
	if err != nil {
		return err
	}
	if kind != typeHeader {
		return f.damaged(1, geo.Errorf(geo.KindInvalid, "it is of type %q, and the header is expected first", kind))
	}
	f.first = next
	m := message{rest: data}
	for m.next() {
		if m.field != blockRequired {
			continue
		}
		switch feature := string(m.bytes()); feature {
		case "OsmSchema-V0.6", "DenseNodes":
		case "HistoricalInformation":
			return geo.Errorf(geo.KindInvalid, "%s is a history file, with all that ever was; send an extract of one moment, as those of download.geofabrik.de, or make one with osmium time-filter", f.name)
		default:
			return geo.Errorf(geo.KindInvalid, "%s needs the feature %q, which puy does not know", f.name, geo.ClipValue(strings.ToValidUTF8(feature, "\ufffd")))
		}
	}
	if m.err != nil {
		return f.damaged(1, m.err)
	}
	return nil
}

// First gives the place of the first block after the header, which is block 2.
func (f *File) First() int64 { return f.first }

// Size gives the size of the file in bytes.
func (f *File) Size() int64 { return f.size }

// Close closes the file.
func (f *File) Close() error {
	f.close()
	return f.file.Close()
}

// Read makes b the block with that number at that place, and gives the place of the
// next one; io.EOF ends the file. B is valid until the next call. Blocks of types
// that are not known are empty.
func (f *File) Read(b *Block, at int64, number int) (next int64, err error) {
	b.reset()
	if at == f.size {
		return at, io.EOF
	}
	kind, data, next, err := f.read(at, number)
	if err != nil {
		return at, err
	}
	switch kind {
	case typeData:
		if err := b.open(data); err != nil {
			return at, f.damaged(number, err)
		}
	case typeHeader:
		return at, f.damaged(number, geo.Errorf(geo.KindInvalid, "it is a second header; several files seem to have been put together"))
	}
	b.fault = func(err error) error { return f.damaged(number, err) }
	return next, nil
}

func (f *File) read(at int64, number int) (kind string, data []byte, next int64, err error) {
	var length [4]byte
	if err := f.fill(length[:], at, number); err != nil {
		return "", nil, 0, err
	}
	size := int64(binary.BigEndian.Uint32(length[:]))
	if size > maxHeader {
		return "", nil, 0, f.damaged(number, geo.Errorf(geo.KindInvalid, "its header has %d bytes; at most %d are allowed", size, maxHeader))
	}
	if err := f.fill(f.buffer(size), at+4, number); err != nil {
		return "", nil, 0, err
	}
	kind, dataSize, err := blobHeader(f.blob)
	if err != nil {
		return "", nil, 0, f.damaged(number, err)
	}
	at += 4 + size
	if dataSize > f.size-at {
		return "", nil, 0, f.broken(number)
	}
	if err := f.fill(f.buffer(dataSize), at, number); err != nil {
		return "", nil, 0, err
	}
	next = at + dataSize
	if kind != typeData && kind != typeHeader {
		return kind, nil, next, nil
	}
	if data, err = f.unpack(f.blob); err != nil {
		return "", nil, 0, f.damaged(number, err)
	}
	return kind, data, next, nil
}

func blobHeader(b []byte) (kind string, size int64, err error) {
	m := message{rest: b}
	size = -1
	for m.next() {
		switch m.field {
		case headerType:
			kind = string(m.bytes())
		case headerDataSize:
			size = int64(m.number())
		}
	}
	if m.err == nil && (size < 0 || size > MaxBlob) {
		m.err = geo.Errorf(geo.KindInvalid, "it states %d bytes of data; at most %d are allowed", size, MaxBlob)
	}
	return kind, size, m.err
}

// buffer gives f.blob with n bytes.
func (f *File) buffer(n int64) []byte {
	f.blob = slices.Grow(f.blob[:0], int(n))[:n]
	return f.blob
}

func (f *File) fill(b []byte, at int64, number int) error {
	_, err := f.file.ReadAt(b, at)
	switch {
	case err == nil || len(b) == 0:
		return nil
	case errors.Is(err, io.EOF):
		return f.broken(number)
	}
	return geo.Errorf(geo.KindInvalid, "cannot read %s: %w", f.name, err)
}

func (f *File) broken(number int) error {
	return geo.Errorf(geo.KindInvalid, "%s breaks off in block %d", f.name, number)
}

func (f *File) damaged(number int, err error) error {
	return geo.Errorf(geo.KindInvalid, "%s is damaged in block %d: %s", f.name, number, err)
}
