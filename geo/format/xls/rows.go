package xls

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"

	"puy/geo"
	"puy/geo/format/sheet"
)

const (
	maxColumns = 256      // of a worksheet
	maxLine    = 64 << 20 // bytes of all cells of a line
)

// rows gives the lines of a worksheet.
type rows struct {
	*cells
	book   *book
	survey survey
	places []uint64 // those that are left, where the records do not stand line by line
	line   []sheet.Cell
	spans  [][2]int // of each cell in text
	text   []byte
	errors int
	done   bool
}

// rows starts at the first line of a worksheet.
func (b *book) rows(s survey) (sheet.Rows, error) {
	c, err := b.cells(s.worksheet)
	if err != nil {
		return nil, err
	}
	return &rows{cells: c, book: b, survey: s, places: s.places}, nil
}

func (r *rows) Close() error { return nil }

func (r *rows) Offset() (done, total int64) { return r.end, r.book.stream.Size() }

func (r *rows) Odd() []geo.Problem {
	var list []geo.Problem
	if r.survey.merged > 0 {
		list = append(list, geo.Problem{Value: geo.ClipValue(r.survey.first), Rule: geo.RuleMerged, Detail: fmt.Sprintf("%d merged areas", r.survey.merged)})
	}
	if r.errors > 0 {
		list = append(list, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf("%d cells with an error", r.errors)})
	}
	return list
}

// Next gives the next line that has cells.
func (r *rows) Next() ([]sheet.Cell, error) {
	r.line, r.spans, r.text = r.line[:0], r.spans[:0], r.text[:0]
	at := -1
	for !r.done {
		more, err := r.advance()
		if err != nil {
			return nil, r.book.damaged(err)
		}
		if !more {
			r.done = true
			break
		}
		if at >= 0 && r.cells.line() != at {
			r.back()
			break
		}
		at = r.cells.line()
		if err := r.read(); err != nil {
			return nil, r.book.damaged(err)
		}
	}
	if at < 0 {
		return nil, io.EOF
	}
	for i, s := range r.spans { // the text grew while it was cut
		r.line[i].Text = r.text[s[0]:s[1]]
	}
	return r.line, nil
}

// advance goes to the next record of cells in the order of lines.
func (r *rows) advance() (bool, error) {
	if r.survey.places == nil || r.again {
		return r.cells.next()
	}
	if len(r.places) == 0 {
		return false, nil
	}
	if at := int64(r.places[0] & (1<<48 - 1)); at != r.end {
		r.seek(r.book, at)
	}
	r.places = r.places[1:]
	return r.cells.next()
}

// read takes the values of the record.
func (r *rows) read() error {
	b, column := r.body, r.column()
	style := binary.LittleEndian.Uint16(b[4:])
	need := func(n int) bool { return len(b) >= n }
	switch r.kind {
	case recordNumber:
		if !need(14) {
			return r.errShort()
		}
		return r.number(column, style, math.Float64frombits(binary.LittleEndian.Uint64(b[6:])))
	case recordRK:
		if !need(10) {
			return r.errShort()
		}
		return r.number(column, style, rk(b[6:]))
	case recordMulRK:
		for b = b[4:]; len(b) >= 8; b = b[6:] { // the last column stands after the last one
			if err := r.number(column, binary.LittleEndian.Uint16(b), rk(b[2:])); err != nil {
				return err
			}
			column++
		}
		return nil
	case recordBoolErr:
		if !need(8) {
			return r.errShort()
		}
		return r.truth(column, b[6], b[7] != 0)
	case recordLabelSST:
		if !need(10) {
			return r.errShort()
		}
		i := int(binary.LittleEndian.Uint32(b[6:]))
		text, found, err := r.book.texts.Text(i)
		if err == nil && !found {
			err = geo.Errorf(geo.KindInvalid, "cell %s has the shared text %d, which there is not", reference(r.cells.line(), column), i)
		}
		if err != nil {
			return err
		}
		return r.put(column, append(r.text, text...), false)
	case recordFormula:
		if !need(14) {
			return r.errShort()
		}
		return r.formula(column, style, b[6:14])
	}
	return r.label(column, 6) // recordLabel, recordRString
}

// label takes the text that stands in the record after some bytes.
func (r *rows) label(column, skip int) error {
	t, err := r.book.textAt(r.records, skip)
	if err != nil {
		return err
	}
	text, err := t.read(r.text, 2)
	if err != nil {
		return err
	}
	return r.put(column, text, false)
}

// formula takes what was last computed ([MS-XLS] 2.5.133): a number, or a mark of what
// else it is, of which texts stand in a record of their own.
func (r *rows) formula(column int, style uint16, result []byte) error {
	if result[6] != 0xff || result[7] != 0xff {
		return r.number(column, style, math.Float64frombits(binary.LittleEndian.Uint64(result)))
	}
	switch result[0] {
	case 1, 2:
		return r.truth(column, result[2], result[0] == 2)
	case 0:
		for {
			if err := r.records.next(); err != nil {
				return err
			}
			switch r.kind {
			case recordShared, recordArray, recordTable, recordContinue:
			case recordString:
				return r.label(column, 0)
			default:
				if r.survey.places == nil { // else it is looked up
					r.back()
				}
				return nil
			}
		}
	}
	return nil
}

func (r *rows) truth(column int, value byte, isError bool) error {
	if isError {
		r.errors++
		return nil
	}
	return r.put(column, strconv.AppendBool(r.text, value != 0), true)
}

func (r *rows) number(column int, style uint16, f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		r.errors++
		return nil
	}
	if int(style) < len(r.book.kinds) {
		if b, ok := r.book.kinds[style].AppendDate(r.text, f, r.book.from04); ok {
			return r.put(column, b, true)
		}
	}
	return r.put(column, geo.Number(f).Append(r.text), true)
}

// rk reads a number in 4 bytes ([MS-XLS] 2.5.219): the upper 30 bits of a float or an
// integer, in hundredths where a bit says so.
func rk(b []byte) float64 {
	bits := binary.LittleEndian.Uint32(b)
	const inHundredths, isInteger = 1, 2
	var f float64
	if bits&isInteger != 0 {
		f = float64(int32(bits) >> 2)
	} else {
		f = math.Float64frombits(uint64(bits&^3) << 32)
	}
	if bits&inHundredths != 0 {
		f /= 100
	}
	return f
}

// put makes what text has more than r.text the value of a column.
func (r *rows) put(column int, text []byte, typed bool) error {
	start := len(r.text)
	if len(text) == start {
		return nil
	}
	switch {
	case column >= maxColumns:
		return geo.Errorf(geo.KindInvalid, "line %d has a cell in column %d: a worksheet has %d", r.cells.line()+1, column+1, maxColumns)
	case len(text) > maxLine:
		return geo.Errorf(geo.KindLimit, "a line of more than %d MB", maxLine>>20)
	}
	r.text = text
	for len(r.line) <= column {
		r.line, r.spans = append(r.line, sheet.Cell{}), append(r.spans, [2]int{})
	}
	r.line[column].Typed, r.spans[column] = typed, [2]int{start, len(text)}
	return nil
}
