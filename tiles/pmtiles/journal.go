package pmtiles

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"iter"
)

// record is a tile in the journal: 8 bytes of id, 8 of offset, 4 of length,
// little-endian, 16 of the tile's SHA-256, 4 of the record's CRC-32.
type record struct {
	entry
	hash [16]byte
}

const recordSize = 40

func (r record) append(dst []byte) []byte {
	from := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, r.id)
	dst = binary.LittleEndian.AppendUint64(dst, r.offset)
	dst = binary.LittleEndian.AppendUint32(dst, r.length)
	dst = append(dst, r.hash[:]...)
	return binary.LittleEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[from:]))
}

func parseRecord(b []byte) (record, bool) {
	r := record{entry: entry{id: binary.LittleEndian.Uint64(b), offset: binary.LittleEndian.Uint64(b[8:]), length: binary.LittleEndian.Uint32(b[16:])}}
	copy(r.hash[:], b[20:36])
	return r, crc32.ChecksumIEEE(b[:36]) == binary.LittleEndian.Uint32(b[36:])
}

// resume reads the journal as far as it and the tile data are whole, and cuts
// off the rest of both.
func (w *Writer) resume() error {
	info, err := w.data.Stat()
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(w.journal, 1<<20)
	var b [recordSize]byte
	for {
		_, err := io.ReadFull(in, b[:])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
		r, ok := parseRecord(b[:])
		known := r.offset < w.size
		if !ok || w.tiles > 0 && r.id <= w.last || r.length == 0 || r.offset > w.size ||
			!r.section().within(uint64(info.Size())) || known && !r.section().within(w.size) {
			break
		}
		if known && w.prev.hash != r.hash {
			// The same order of use as when the tile was added.
			if _, found := w.seen.find(r.hash); !found {
				break
			}
		}
		w.remember(content{r.hash, r.entry}, known)
	}
	w.resumed = w.tiles > 0
	length := int64(w.tiles) * recordSize
	if err := errors.Join(w.journal.Truncate(length), w.data.Truncate(int64(w.size))); err != nil {
		return err
	}
	_, err = w.journal.Seek(length, io.SeekStart)
	_, err2 := w.data.Seek(int64(w.size), io.SeekStart)
	return errors.Join(err, err2)
}

// entries gives the runs of all tiles in the journal, in order.
func (w *Writer) entries() iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		in := bufio.NewReaderSize(io.NewSectionReader(w.journal, 0, int64(w.tiles)*recordSize), 1<<20)
		var b [recordSize]byte
		var run entry
		for range w.tiles {
			if _, err := io.ReadFull(in, b[:]); err != nil {
				yield(entry{}, err)
				return
			}
			r, ok := parseRecord(b[:])
			if !ok {
				yield(entry{}, errors.New("the journal has changed"))
				return
			}
			if run.run > 0 && r.offset == run.offset && r.id == run.id+uint64(run.run) && run.run < 1<<31 {
				run.run++
				continue
			}
			if run.run > 0 && !yield(run, nil) {
				return
			}
			run = r.entry
			run.run = 1
		}
		if run.run > 0 {
			yield(run, nil)
		}
	}
}

// recent knows where contents lie: those of the last generation, and of the one
// that is being filled.
type recent struct {
	young, old map[[16]byte]place
}

type place struct {
	offset uint64
	length uint32
}

// generation is how many contents a generation holds.
const generation = 1 << 19

func (r *recent) find(hash [16]byte) (entry, bool) {
	p, ok := r.young[hash]
	if !ok {
		if p, ok = r.old[hash]; ok {
			r.put(hash, p) // what is used stays
		}
	}
	return entry{offset: p.offset, length: p.length}, ok
}

func (r *recent) add(c content) { r.put(c.hash, place{c.at.offset, c.at.length}) }

func (r *recent) put(hash [16]byte, p place) {
	if len(r.young) >= generation || r.young == nil {
		r.young, r.old = map[[16]byte]place{}, r.young
	}
	r.young[hash] = p
}
