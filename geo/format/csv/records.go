package csv

import "io"

// Records gives the records of delimited text one by one, for formats that are made
// of several tables. Blank lines are skipped.
type Records struct{ s *splitter }

// NewRecords starts at the first record of r, which is in UTF-8 without a byte order
// mark; it takes size bytes, if that is known and little.
func NewRecords(r io.Reader, delimiter byte, size int64) *Records {
	const least, usual = 4 << 10, 256 << 10
	return &Records{newSplitter(r, delimiter, int(min(max(size+64, least), usual)))}
}

// Next gives the cells of the next record, without quotes; they are valid until Next
// is called again. io.EOF ends the text; errors are of KindLimit where a record is too
// long, and those of the stream.
func (r *Records) Next() ([][]byte, error) { return r.s.next() }

// Unclosed tells that the last record ended inside quotes, with the text.
func (r *Records) Unclosed() bool { return r.s.unclosed }
