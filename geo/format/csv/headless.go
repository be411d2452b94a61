package csv

import (
	"bytes"

	"puy/geo"
	"puy/geo/format"
)

// headless tells from the first two records of decoded text whether there is no
// header: a cell of the first is a fraction, a date or a date-time, which no column
// is called, and so is the cell below it. Dates over numbers are names of columns.
func headless(head []byte, found sniffed) bool {
	s := splitter{delimiter: found.delimiter}
	var records [2][][]byte
	for i, rest := 0, head; i < found.skip+2 && len(rest) > 0; {
		n, complete := s.split(rest)
		if !complete {
			n = len(rest)
		}
		if len(s.spans) > 1 || len(bytes.TrimSpace(rest[:n])) > 0 {
			if i >= found.skip {
				for _, span := range s.spans {
					records[i-found.skip] = append(records[i-found.skip], bytes.Trim(rest[span.start:span.end], "\" \t"))
				}
			}
			i++
		}
		rest = rest[n:]
	}
	values := 0
	for i, cell := range records[0] {
		if len(cell) == 0 {
			continue
		}
		if kind := valueKind(cell); kind != geo.TypeNull && i < len(records[1]) && valueKind(records[1][i]) == kind {
			values++
		}
	}
	return values > 0
}

// valueKind tells what a cell is that cannot be a name: a number with a fraction, a
// date or a date-time; otherwise geo.TypeNull.
func valueKind(cell []byte) geo.FieldType {
	if bytes.ContainsAny(cell, ".,") {
		for _, decimal := range [...]byte{'.', ','} {
			if _, ok := format.ParseCellNumber(cell, decimal); ok {
				return geo.TypeNumber
			}
		}
	}
	for _, t := range [...]geo.FieldType{geo.TypeDate, geo.TypeDateTime} {
		for _, dayFirst := range [...]bool{false, true} {
			n := format.Notation{Type: t, DayFirst: dayFirst}
			if v, ok := n.Parse(cell); ok && !v.IsNull() {
				return t
			}
		}
	}
	return geo.TypeNull
}
