package block

import "puy/geo"

// The wire types of protobuf (protobuf.dev, "Encoding").
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

var (
	errTruncated = geo.Errorf(geo.KindInvalid, "a message breaks off")
	errVarint    = geo.Errorf(geo.KindInvalid, "a number has more than 64 bits")
	errWire      = geo.Errorf(geo.KindInvalid, "a field is of another type than the format says")
)

// uvarint reads the number that b starts with, and tells how many bytes it takes;
// 0 where b breaks off, -1 where it has more than 64 bits.
func uvarint(b []byte) (x uint64, size int) {
	for i, c := range b {
		if i == 9 && c > 1 || i > 9 {
			return 0, -1
		}
		x |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return x, i + 1
		}
	}
	return 0, 0
}

// first gives the first error of several.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func zigzag(x uint64) int64 { return int64(x>>1) ^ -int64(x&1) }

// message walks over the fields of one message.
type message struct {
	rest  []byte
	field uint64
	wire  uint64
	num   uint64
	data  []byte
	err   error
}

// next reads the next field; false at the end and where err is set.
func (m *message) next() bool {
	if len(m.rest) == 0 || m.err != nil {
		return false
	}
	key := m.read()
	m.field, m.wire, m.data = key>>3, key&7, nil
	switch m.wire {
	case wireVarint:
		m.num = m.read()
	case wire64:
		m.take(8)
	case wire32:
		m.take(4)
	case wireBytes:
		m.data = m.take(m.read())
	default:
		m.fail(errWire)
	}
	return m.err == nil
}

func (m *message) read() uint64 {
	x, size := uvarint(m.rest)
	switch {
	case size == 0:
		m.fail(errTruncated)
	case size < 0:
		m.fail(errVarint)
	default:
		m.rest = m.rest[size:]
	}
	return x
}

func (m *message) take(n uint64) []byte {
	if m.err != nil {
		return nil
	}
	if n > uint64(len(m.rest)) {
		m.fail(errTruncated)
		return nil
	}
	b := m.rest[:n:n]
	m.rest = m.rest[n:]
	return b
}

// bytes gives the field's bytes.
func (m *message) bytes() []byte {
	if m.wire != wireBytes {
		m.fail(errWire)
	}
	return m.data
}

// number gives the field's number.
func (m *message) number() uint64 {
	if m.wire != wireVarint {
		m.fail(errWire)
		return 0
	}
	return m.num
}

func (m *message) fail(err error) {
	if m.err == nil {
		m.err, m.rest = err, nil
	}
}

// packed is a repeated field of numbers.
type packed struct {
	rest []byte
	err  error
}

// next gives the next number; false at the end and where err is set.
func (p *packed) next() (uint64, bool) {
	if len(p.rest) == 0 {
		return 0, false
	}
	if c := p.rest[0]; c < 0x80 {
		p.rest = p.rest[1:]
		return uint64(c), true
	}
	x, size := uvarint(p.rest)
	if size <= 0 {
		if p.err = errTruncated; size < 0 {
			p.err = errVarint
		}
		p.rest = nil
		return 0, false
	}
	p.rest = p.rest[size:]
	return x, true
}

// deltas is a repeated field of signed numbers, each given as the difference to the
// one before.
type deltas struct {
	packed
	last int64
}

// next gives the next number; false at the end and where err is set.
func (d *deltas) next() (int64, bool) {
	x, ok := d.packed.next()
	if !ok {
		return 0, false
	}
	step := zigzag(x)
	sum := d.last + step
	if (d.last^sum)&(step^sum) < 0 {
		d.err = geo.Errorf(geo.KindInvalid, "differences of numbers add up to more than 64 bits")
		return 0, false
	}
	d.last = sum
	return sum, true
}
