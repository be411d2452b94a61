package columns

import (
	"encoding/binary"
	"errors"
)

var errDelta = errors.New("differences that cannot be read")

// delta reads integers that are stored as differences, packed in blocks of mini
// blocks (parquet-format, encoding DELTA_BINARY_PACKED), one by one.
type delta struct {
	b      []byte
	per    int    // values in a mini block
	minis  int    // mini blocks in a block
	left   uint64 // values in all that were not given
	last   int64
	first  bool // last is still to be given
	widths []byte
	least  int64
	mini   int
	inMini int // values left in the mini block
	pos    uint
}

// start begins with b, which holds at most limit values.
func (d *delta) start(b []byte, limit int) error {
	*d = delta{b: b, first: true}
	block, ok1 := d.uvarint()
	minis, ok2 := d.uvarint()
	left, ok3 := d.uvarint()
	first, ok4 := d.uvarint()
	if !ok1 || !ok2 || !ok3 || !ok4 || block == 0 || block > 1<<20 || minis == 0 || minis > block || block%minis != 0 || left > uint64(limit) {
		return errDelta
	}
	d.per, d.minis, d.left, d.mini = int(block/minis), int(minis), left, int(minis)
	if d.per%8 != 0 {
		return errDelta
	}
	d.last = unzigzag(first)
	return nil
}

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

func (d *delta) uvarint() (uint64, bool) {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		return 0, false
	}
	d.b = d.b[n:]
	return v, true
}

func (d *delta) next() (int64, error) {
	if d.left == 0 {
		return 0, errDelta
	}
	d.left--
	if d.first {
		d.first = false
		return d.last, nil
	}
	if d.inMini == 0 {
		if err := d.nextMini(); err != nil {
			return 0, err
		}
	}
	width := uint(d.widths[d.mini-1])
	v := uint64(0)
	if width <= 32 {
		v = uint64(unpack(d.b, d.pos, width))
	} else {
		v = uint64(unpack(d.b, d.pos, 32)) | uint64(unpack(d.b, d.pos+32, width-32))<<32
	}
	d.pos += width
	d.inMini--
	if d.inMini == 0 {
		d.b = d.b[d.size(d.mini-1):]
	}
	d.last += d.least + int64(v) // wraps around as the standard says
	return d.last, nil
}

func (d *delta) size(mini int) int { return d.per / 8 * int(d.widths[mini]) }

func (d *delta) nextMini() error {
	if d.mini == d.minis {
		least, ok := d.uvarint()
		if !ok || len(d.b) < d.minis {
			return errDelta
		}
		d.least, d.widths, d.mini = unzigzag(least), d.b[:d.minis], 0
		d.b = d.b[d.minis:]
	}
	if d.widths[d.mini] > 64 || d.size(d.mini) > len(d.b) {
		return errDelta
	}
	d.mini++
	d.inMini, d.pos = d.per, 0
	return nil
}

// end reads on to the last value and gives the bytes behind, as encodings of two
// parts need them.
func (d *delta) end() ([]byte, error) {
	for d.left > 0 {
		if _, err := d.next(); err != nil {
			return nil, err
		}
	}
	if d.inMini > 0 {
		return d.b[d.size(d.mini-1):], nil
	}
	return d.b, nil
}
