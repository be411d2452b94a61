package xlsx

import (
	"bytes"
	"encoding/xml"
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
	maxColumns = 16384
	maxLine    = 64 << 20 // bytes of all cells of a line
)

// rows reads the lines of a worksheet.
type rows struct {
	book    *book
	scanner *markup.Scanner
	part    *part
	inData  bool
	cells   []sheet.Cell
	spans   [][2]int // of each cell in text
	text    []byte
	merged  int
	first   string // area that is merged
	errors  int
	stale   int // formulas without a value
	done    bool
	lines   int64
}

// rows starts at the first line of s.
func (b *book) rows(s worksheet) (sheet.Rows, error) {
	scanner, part, err := b.scan(s.entry)
	if err != nil {
		return nil, err
	}
	if scanner == nil {
		return nil, geo.Errorf(geo.KindInvalid, "%s has no worksheet %q inside", b.name, s.name)
	}
	return &rows{book: b, scanner: scanner, part: part}, nil
}

func (r *rows) Close() error { return r.part.Close() }

func (r *rows) Offset() (done, total int64) { return r.part.done, r.part.size }

func (r *rows) Odd() []geo.Problem {
	var list []geo.Problem
	if r.merged > 0 {
		list = append(list, geo.Problem{Value: geo.ClipValue(r.first), Rule: geo.RuleMerged, Detail: fmt.Sprintf("%d merged areas", r.merged)})
	}
	if r.errors > 0 {
		list = append(list, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf("%d cells with an error", r.errors)})
	}
	if r.stale > 0 {
		list = append(list, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf("%d formulas that were never computed", r.stale)})
	}
	return list
}

// Next gives the next line that has cells.
func (r *rows) Next() ([]sheet.Cell, error) {
	for !r.done {
		t, err := r.scanner.Next()
		if err == io.EOF {
			r.done = true
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				r.inData = false
			}
		case xml.StartElement:
			switch {
			case t.Name.Local == "worksheet":
			case t.Name.Local == "sheetData":
				r.inData = true
			case r.inData && t.Name.Local == "row":
				r.lines++
				return r.row()
			case t.Name.Local == "mergeCells":
			case t.Name.Local == "mergeCell":
				if r.merged++; r.merged == 1 {
					r.first = markup.Attribute(t, "ref")
				}
			default:
				if err := r.scanner.Skip(); err != nil {
					return nil, err
				}
			}
		}
	}
	return nil, io.EOF
}

func (r *rows) row() ([]sheet.Cell, error) {
	r.cells, r.spans, r.text = r.cells[:0], r.spans[:0], r.text[:0]
	column := -1
	err := r.scanner.Each(func(e xml.StartElement) error {
		if e.Name.Local != "c" {
			return r.scanner.Skip()
		}
		column++
		if ref := markup.Attribute(e, "r"); ref != "" {
			if i, ok := columnOf(ref); ok && i >= column {
				column = i
			}
		}
		if column >= maxColumns {
			return r.scanner.Limit("a line of more than %d cells", maxColumns)
		}
		return r.cell(e, column)
	}, nil)
	if err != nil {
		return nil, err
	}
	for i, s := range r.spans { // the text grew while it was cut
		r.cells[i].Text = r.text[s[0]:s[1]]
	}
	return r.cells, nil
}

// columnOf gives the column of a reference such as AB12, 0 for A.
func columnOf(ref string) (int, bool) {
	n := 0
	for i := range len(ref) {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			return n - 1, n > 0 && i > 0
		}
		if n = n*26 + int(c-'A') + 1; n > maxColumns {
			return 0, false
		}
	}
	return 0, false
}

func (r *rows) cell(e xml.StartElement, column int) error {
	kind, style := markup.Attribute(e, "t"), markup.Attribute(e, "s")
	start, formula := len(r.text), false
	err := r.scanner.Each(func(e xml.StartElement) error {
		var err error
		formula = formula || e.Name.Local == "f"
		switch {
		case e.Name.Local == "v" && kind != "inlineStr":
			err = r.scanner.Each(func(xml.StartElement) error { return r.scanner.Skip() }, func(b []byte) error {
				r.text = append(r.text, b...)
				return nil
			})
		case e.Name.Local == "is":
			r.text, err = richText(r.scanner, r.text)
		default:
			err = r.scanner.Skip()
		}
		if err == nil && len(r.text) > maxLine {
			err = r.scanner.Limit("a line of more than %d MB", maxLine>>20)
		}
		return err
	}, nil)
	if err != nil {
		return err
	}
	if formula && len(r.text) == start && kind != "str" {
		r.stale++
	}
	typed, err := r.value(start, kind, style)
	if err != nil || len(r.text) == start {
		return err
	}
	for len(r.cells) <= column {
		r.cells, r.spans = append(r.cells, sheet.Cell{}), append(r.spans, [2]int{})
	}
	r.cells[column].Typed, r.spans[column] = typed, [2]int{start, len(r.text)}
	return nil
}

// value turns the text from start, as the file has it, into what it means.
func (r *rows) value(start int, kind, style string) (typed bool, err error) {
	raw := r.text[start:]
	switch kind {
	case "s":
		i, e := strconv.Atoi(string(bytes.TrimSpace(raw)))
		text, found, err := r.book.texts.Text(i)
		if err != nil {
			return false, err
		}
		if e != nil || !found {
			return false, geo.Errorf(geo.KindInvalid, "%s: a cell of line %d has the shared text %q, which there is not", r.book.name, r.lines, geo.ClipValue(string(raw)))
		}
		if r.text = append(r.text[:start], text...); len(r.text) > maxLine {
			return false, r.scanner.Limit("a line of more than %d MB", maxLine>>20)
		}
		r.unescape(start)
		return false, nil
	case "str", "inlineStr":
		r.unescape(start)
		return false, nil
	case "e":
		r.errors++
		r.text = r.text[:start]
		return false, nil
	case "b":
		word := "false"
		if string(bytes.TrimSpace(raw)) == "1" || string(bytes.TrimSpace(raw)) == "true" {
			word = "true"
		}
		r.text = append(r.text[:start], word...)
		return true, nil
	case "d": // ISO 8601
		return true, nil
	}
	f, ok := format.ParseNumber(bytes.TrimSpace(raw))
	if !ok {
		parsed, e := strconv.ParseFloat(string(bytes.TrimSpace(raw)), 64)
		if f = parsed; e != nil {
			return false, nil
		}
	}
	if style != "" {
		if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(r.book.kinds) {
			if b, ok := r.book.kinds[i].AppendDate(r.text[:start], f, r.book.from04); ok {
				r.text = b
				return true, nil
			}
		}
	}
	r.text = geo.Number(f).Append(r.text[:start])
	return true, nil
}

// unescape undoes _x000D_ and the like (ECMA-376 part 1, 22.9.2.19) in the text from
// start, but for U+0000.
func (r *rows) unescape(start int) {
	text := string(r.text[start:])
	if !strings.Contains(text, "_x") {
		return
	}
	r.text = r.text[:start]
	for {
		i := strings.Index(text, "_x")
		if i < 0 || len(text) < i+7 {
			break
		}
		code, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
		if err != nil || text[i+6] != '_' || code == 0 || code >= 0xd800 && code < 0xe000 {
			r.text, text = append(r.text, text[:i+2]...), text[i+2:]
			continue
		}
		r.text = append(append(r.text, text[:i]...), string(rune(code))...)
		text = text[i+7:]
	}
	r.text = append(r.text, text...)
}
