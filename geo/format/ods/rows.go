package ods

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/markup"
	"puy/geo/format/sheet"
)

const (
	maxColumns  = 16384
	maxRepeated = 1 << 20 // lines that one line stands for
	maxCells    = 16 << 20
	maxLine     = 64 << 20 // bytes of all cells of a line
)

// rows reads the lines of a table.
type rows struct {
	scanner *markup.Scanner
	part    *part
	cells   []sheet.Cell
	spans   [][2]int // of each cell in text
	text    []byte
	column  int
	again   int   // times that the line is still to be given
	given   int64 // cells that were given for repeated lines
	merged  int
	first   string // text that stands for merged cells
	done    bool
}

// rows starts at the first line of a table, the first being 0.
func (d *document) rows(table int) (sheet.Rows, error) {
	s, p, err := d.scan()
	if err != nil {
		return nil, err
	}
	for {
		t, err := s.Next()
		if err != nil {
			p.Close()
			if errors.Is(err, io.EOF) {
				err = geo.Errorf(geo.KindInvalid, "%s has fewer tables than it had", d.name)
			}
			return nil, err
		}
		e, isStart := t.(xml.StartElement)
		if !isStart {
			continue
		}
		if e.Name.Local == "table" {
			if table == 0 {
				return &rows{scanner: s, part: p}, nil
			}
			table--
		}
		if err := s.Skip(); err != nil {
			p.Close()
			return nil, err
		}
	}
}

func (r *rows) Close() error { return r.part.Close() }

func (r *rows) Offset() (done, total int64) { return r.part.done, r.part.size }

func (r *rows) Odd() []geo.Problem {
	if r.merged == 0 {
		return nil
	}
	return []geo.Problem{{Value: geo.ClipValue(r.first), Rule: geo.RuleMerged, Detail: fmt.Sprintf("%d merged areas", r.merged)}}
}

// Next gives the next line; lines without a value are given once.
func (r *rows) Next() ([]sheet.Cell, error) {
	if r.again > 0 {
		r.again--
		if r.given += int64(len(r.cells)); r.given > maxCells {
			return nil, r.scanner.Limit("lines that stand for others hold more than %d cells", maxCells)
		}
		return r.cells, nil
	}
	for !r.done {
		t, err := r.scanner.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "table" {
				r.done = true
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "table-row":
				return r.row(t)
			case "table-rows", "table-header-rows", "table-row-group":
			default:
				if err := r.scanner.Skip(); err != nil {
					return nil, err
				}
			}
		}
	}
	return nil, io.EOF
}

// repeated gives how many an element stands for, up to limit.
func repeated(e xml.StartElement, name string, limit int) int {
	n, err := strconv.Atoi(markup.Attribute(e, name))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, limit)
}

func (r *rows) row(start xml.StartElement) ([]sheet.Cell, error) {
	r.cells, r.spans, r.text, r.column = r.cells[:0], r.spans[:0], r.text[:0], 0
	err := r.scanner.Each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "table-cell":
			return r.cell(e)
		case "covered-table-cell":
			r.column += repeated(e, "number-columns-repeated", maxColumns)
		}
		return r.scanner.Skip()
	}, nil)
	if err != nil {
		return nil, err
	}
	for i, s := range r.spans {
		r.cells[i].Text = r.text[s[0]:s[1]]
	}
	if len(r.cells) > 0 {
		r.again = repeated(start, "number-rows-repeated", maxRepeated) - 1
	}
	return r.cells, nil
}

func (r *rows) cell(e xml.StartElement) error {
	start := len(r.text)
	shown, err := r.shown(nil)
	if err != nil {
		return err
	}
	typed := r.value(e, shown)
	if len(r.text) > maxLine {
		return r.scanner.Limit("a line of more than %d MB", maxLine>>20)
	}
	n := repeated(e, "number-columns-repeated", maxColumns)
	if len(r.text) == start {
		r.column += n
		return nil
	}
	if repeated(e, "number-columns-spanned", 2)+repeated(e, "number-rows-spanned", 2) > 2 {
		if r.merged++; r.merged == 1 {
			r.first = string(r.text[start:])
		}
	}
	if r.column+n > maxColumns {
		return r.scanner.Limit("a line of more than %d cells", maxColumns)
	}
	for len(r.cells) < r.column+n {
		r.cells, r.spans = append(r.cells, sheet.Cell{}), append(r.spans, [2]int{})
	}
	for range n {
		r.cells[r.column].Typed, r.spans[r.column] = typed, [2]int{start, len(r.text)}
		r.column++
	}
	return nil
}

// value appends what a cell holds, by its attributes or else as it is shown.
func (r *rows) value(e xml.StartElement, shown []byte) (typed bool) {
	switch markup.Attribute(e, "value-type") {
	case "float", "percentage", "currency":
		if f, ok := format.ParseNumber([]byte(markup.Attribute(e, "value"))); ok {
			r.text = geo.Number(f).Append(r.text)
			return true
		}
	case "date":
		if date := markup.Attribute(e, "date-value"); date != "" {
			r.text = append(r.text, strings.TrimSuffix(date, "T00:00:00")...)
			return true
		}
	case "time":
		if clock, ok := clockOf(markup.Attribute(e, "time-value")); ok {
			r.text = append(r.text, clock...)
			return true
		}
	case "boolean":
		r.text = strconv.AppendBool(r.text, markup.Attribute(e, "boolean-value") == "true")
		return true
	case "string":
		if s := markup.Attribute(e, "string-value"); s != "" {
			r.text = append(r.text, s...)
			return false
		}
	}
	r.text = append(r.text, shown...)
	return false
}

// clockOf reads a duration of less than a day, "PT18H05M07.25S", as a time.
func clockOf(s string) (string, bool) {
	s, ok := strings.CutPrefix(s, "PT")
	if !ok {
		return "", false
	}
	hours, s, ok1 := strings.Cut(s, "H")
	minutes, s, ok2 := strings.Cut(s, "M")
	seconds, rest, ok3 := strings.Cut(s, "S")
	if !ok1 || !ok2 || !ok3 || rest != "" || len(hours) > 2 || len(minutes) > 2 {
		return "", false
	}
	seconds, fraction, _ := strings.Cut(strings.ReplaceAll(seconds, ",", "."), ".")
	h, err1 := strconv.ParseUint(hours, 10, 8)
	m, err2 := strconv.ParseUint(minutes, 10, 8)
	sec, err3 := strconv.ParseUint(seconds, 10, 8)
	if err1 != nil || err2 != nil || err3 != nil || h > 23 || m > 59 || sec > 60 {
		return "", false
	}
	clock := fmt.Sprintf("%02d:%02d:%02d", h, m, sec)
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" && len(fraction) <= 9 && strings.Trim(fraction, "0123456789") == "" {
		clock += "." + fraction
	}
	return clock, true
}

// shown appends the text of the element whose start was the last token: paragraphs
// with line breaks between, without notes.
func (r *rows) shown(dst []byte) ([]byte, error) {
	paragraphs := 0
	var inside func(depth int) error
	inside = func(depth int) error {
		return r.scanner.Each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "p", "h":
				if paragraphs++; paragraphs > 1 {
					dst = append(dst, '\n')
				}
			case "s":
				dst = append(dst, strings.Repeat(" ", repeated(e, "c", 1000))...)
			case "tab":
				dst = append(dst, '\t')
			case "line-break":
				dst = append(dst, '\n')
			case "annotation", "note", "forms", "shapes", "frame", "custom-shape", "table":
				return r.scanner.Skip()
			}
			if len(dst) > maxLine {
				return r.scanner.Limit("a cell of more than %d MB", maxLine>>20)
			}
			return inside(depth + 1)
		}, func(b []byte) error {
			if depth > 0 {
				dst = append(dst, b...)
			}
			return nil
		})
	}
	err := inside(0)
	return dst, err
}
