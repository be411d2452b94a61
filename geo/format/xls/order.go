package xls

import (
	"context"
	"encoding/binary"
	"slices"

	"puy/geo"
)

// maxUnordered is how many places of cells are held for a worksheet whose cells do not
// stand line by line, 8 bytes each.
const maxUnordered = 8 << 20

// cells goes through the records of cells of a worksheet, without those of charts in it.
type cells struct {
	*records
	depth  int // of the charts that the record is in
	merged int
	first  string // area that is merged
}

func (b *book) cells(s worksheet) (*cells, error) {
	c := &cells{records: newRecords(b, s.at, 64<<10)}
	return c, b.damaged(b.begin(c.records))
}

// next goes to the next record of cells; false after the last one.
func (c *cells) next() (bool, error) {
	for {
		if err := c.records.next(); err != nil {
			return false, err
		}
		switch c.kind {
		case recordBOF:
			c.depth++
		case recordEOF:
			if c.depth == 0 {
				return false, nil
			}
			c.depth--
		case recordMergedCells:
			c.merge()
		case recordFormula, recordMulRK, recordRString, recordLabelSST, recordNumber, recordLabel, recordBoolErr, recordRK:
			if c.depth > 0 {
				continue
			}
			if len(c.body) < 6 {
				return false, c.errShort()
			}
			return true, nil
		}
	}
}

// merge counts merged areas.
func (c *cells) merge() {
	if c.depth > 0 || len(c.body) < 2 {
		return
	}
	areas := c.body[2:]
	n := min(int(binary.LittleEndian.Uint16(c.body)), len(areas)/8)
	if n > 0 && c.merged == 0 {
		part := func(i int) int { return int(binary.LittleEndian.Uint16(areas[2*i:])) }
		c.first = reference(part(0), part(2)) + ":" + reference(part(1), part(3))
	}
	c.merged += n
}

func (c *cells) line() int { return int(binary.LittleEndian.Uint16(c.body)) }

func (c *cells) column() int { return int(binary.LittleEndian.Uint16(c.body[2:])) }

// survey is what a first look at a worksheet shows.
type survey struct {
	worksheet
	// places are those of all records of cells in the order of lines, the line in the
	// upper 16 bits and the byte in the lower 48; nil where the records stand line by
	// line, as Excel writes them.
	places []uint64
	merged int
	first  string // area that is merged
}

func (b *book) survey(ctx context.Context, s worksheet) (survey, error) {
	found := survey{worksheet: s}
	ordered, last := true, 0
	c, err := b.eachCell(ctx, s, func(c *cells) error {
		ordered = ordered && c.line() >= last
		last = c.line()
		return nil
	})
	if err != nil {
		return found, err
	}
	found.merged, found.first = c.merged, c.first
	if ordered {
		return found, nil
	}
	_, err = b.eachCell(ctx, s, func(c *cells) error {
		if len(found.places) == maxUnordered {
			return geo.Errorf(geo.KindLimit, "the cells of worksheet %q do not stand line by line, and there are more than %d of them", s.name, maxUnordered)
		}
		found.places = append(found.places, uint64(c.line())<<48|uint64(c.at))
		return nil
	})
	slices.Sort(found.places)
	return found, err
}

func (b *book) eachCell(ctx context.Context, s worksheet, do func(*cells) error) (*cells, error) {
	c, err := b.cells(s)
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		if n%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		more, err := c.next()
		if err == nil && more {
			err = do(c)
		}
		if err != nil {
			return nil, b.damaged(err)
		}
		if !more {
			return c, nil
		}
	}
}

// reference writes a cell as people do: A1 is line 0, column 0.
func reference(line, column int) string {
	var letters []byte
	for column++; column > 0; column = (column - 1) / 26 {
		letters = append(letters, byte('A'+(column-1)%26))
	}
	slices.Reverse(letters)
	digits := []byte{}
	for line++; line > 0; line /= 10 {
		digits = append(digits, byte('0'+line%10))
	}
	slices.Reverse(digits)
	return string(letters) + string(digits)
}
