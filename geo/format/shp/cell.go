package shp

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"puy/geo"
	"puy/geo/format"
)

// found is what all cells of a column show beyond its type.
type found struct {
	fraction bool // a number that is no integer of 64 bits
	misfit   bool // a cell that does not fit the column's type
}

// readable tells whether cells of c can be read at all; the others refer to data
// elsewhere.
func (c *column) readable(h *tableHeader) bool {
	switch c.letter {
	case 'C', 'N', 'F', 'L', 'D':
		return true
	case 'I', '+':
		return c.width == 4
	case 'O', '@', 'T', 'Y':
		return c.width == 8
	case 'B':
		return h.foxPro() && c.width == 8
	}
	return false
}

// fieldType gives the type of a field whose column showed f.
func (c *column) fieldType(f found) geo.FieldType {
	if f.misfit {
		return geo.TypeText
	}
	switch c.letter {
	case 'N', 'F':
		if c.decimals > 0 || f.fraction {
			return geo.TypeNumber
		}
		return geo.TypeInteger
	case 'I', '+':
		return geo.TypeInteger
	case 'O', 'Y', 'B':
		return geo.TypeNumber
	case 'L':
		return geo.TypeBoolean
	case 'D':
		return geo.TypeDate
	case '@', 'T':
		return geo.TypeDateTime
	}
	return geo.TypeText
}

func (c *column) cell(record []byte) []byte { return record[c.offset : c.offset+c.width] }

// see notes what a cell shows.
func (c *column) see(cell []byte, h *tableHeader, f *found) {
	switch c.letter {
	case 'N', 'F':
		if f.misfit {
			return
		}
		v, ok := numeric(cell)
		f.misfit = !ok
		f.fraction = f.fraction || v.Type() == geo.TypeNumber
	case 'L', 'D':
		if !f.misfit {
			_, ok := c.value(cell, h)
			f.misfit = !ok
		}
	}
}

// value reads a cell that is not text; false means that it does not fit the type.
func (c *column) value(cell []byte, h *tableHeader) (geo.Value, bool) {
	switch c.letter {
	case 'N', 'F':
		return numeric(cell)
	case 'L':
		return logical(cell)
	case 'D':
		return date(cell)
	}
	return machine(c.letter, cell, h.level7()), true
}

// filled tells whether a text reaches the end of its cell, so that it may be cut.
func filled(cell []byte) bool {
	return len(cell) > 0 && cell[len(cell)-1] != ' ' && cell[len(cell)-1] != 0
}

// blank is what stands for nothing in cells.
func blank(cell []byte) []byte { return bytes.Trim(cell, " \x00\t\r\n") }

// numeric reads an integer or a number with any of both decimal signs. Blanks, and
// the asterisks of numbers that did not fit their column, are null.
func numeric(cell []byte) (geo.Value, bool) {
	b := blank(cell)
	if len(b) == 0 || b[0] == '*' || string(b) == "-" {
		return geo.Value{}, true
	}
	if b[0] == '+' {
		b = b[1:]
	}
	if i, ok := format.ParseInteger(b); ok {
		return geo.Integer(i), true
	}
	if i, err := strconv.ParseInt(string(b), 10, 64); err == nil { // zeros first
		return geo.Integer(i), true
	}
	if i := bytes.IndexByte(b, ','); i >= 0 {
		b = bytes.Clone(b)
		b[i] = '.'
	}
	for _, c := range b { // no hexadecimal, no words for infinity
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return geo.Value{}, bytes.EqualFold(b, []byte("nan"))
		}
	}
	x, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return geo.Value{}, false
	}
	return geo.Number(x), true
}

func logical(cell []byte) (geo.Value, bool) {
	b := blank(cell)
	if len(b) == 0 {
		return geo.Value{}, true
	}
	if len(b) > 1 {
		return geo.Value{}, false
	}
	switch b[0] {
	case 'T', 't', 'Y', 'y', '1', 'O', 'o', 'V', 'v':
		return geo.Boolean(true), true
	case 'F', 'f', 'N', 'n', '0':
		return geo.Boolean(false), true
	case '?', '*':
		return geo.Value{}, true
	}
	return geo.Value{}, false
}

// date reads yyyymmdd; blanks and zeros are null.
func date(cell []byte) (geo.Value, bool) {
	b := blank(cell)
	if len(bytes.Trim(b, "0")) == 0 {
		return geo.Value{}, true
	}
	if len(b) == 8 {
		iso := [10]byte{b[0], b[1], b[2], b[3], '-', b[4], b[5], '-', b[6], b[7]}
		b = iso[:]
	}
	days, ok := format.ParseDate(b)
	return geo.Date(days), ok
}

const (
	julian   = 2440588 // the day number of 1970-01-01
	firstDay = -719162 // 0001-01-01
	lastDay  = 2932896 // 9999-12-31
)

// machine reads the types of four and eight bytes: integers, counters, numbers,
// amounts and instants. Integers of dBASE 7 stand in the order in which they sort.
func machine(letter byte, cell []byte, level7 bool) geo.Value {
	switch letter {
	case 'I', '+':
		if level7 {
			return geo.Integer(int64(int32(be.Uint32(cell) ^ 1<<31)))
		}
		return geo.Integer(int64(int32(le.Uint32(cell))))
	case 'Y':
		return geo.Number(float64(int64(le.Uint64(cell))) / 10000)
	case 'O', 'B':
		return geo.Number(math.Float64frombits(le.Uint64(cell)))
	}
	// Days as astronomers count them, then milliseconds.
	days, milliseconds := int64(le.Uint32(cell))-julian, int64(le.Uint32(cell[4:]))
	if len(blank(cell)) == 0 || days < firstDay || days > lastDay || milliseconds >= 86400000 {
		return geo.Value{}
	}
	return geo.DateTime(time.UnixMilli(days*86400000 + milliseconds))
}
