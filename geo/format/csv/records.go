package csv

import (
	"io"

	"puy/geo/format"
)

// Records gives the records of delimited text one by one, for formats that are made
// of several tables. Blank lines are skipped.
type Records struct{ s *splitter }

// NewRecords starts at the first record of r, which is in UTF-8 without a byte order
// mark.
func NewRecords(r io.Reader, delimiter byte) *Records {
	const usual = 256 << 10
	return &Records{&splitter{w: format.NewWindow(r, usual, maxRecord), delimiter: delimiter}}
}

// Next gives the cells of the next record, without quotes; they are valid until Next
// is called again. io.EOF ends the text; errors are of KindLimit where a record is too
// long, and those of the stream.
func (r *Records) Next() ([][]byte, error) { return r.s.next() }

// Unclosed tells that the last record ended inside quotes, with the text.
func (r *Records) Unclosed() bool { return r.s.unclosed }
