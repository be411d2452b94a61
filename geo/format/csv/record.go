package csv

import (
	"bytes"
	"io"

	"puy/geo"
	"puy/geo/format"
)

const (
	maxRecord  = 64 << 20
	maxCell    = 16 << 20
	maxColumns = 4096
)

// splitter cuts a stream into records of cells.
type splitter struct {
	w         *format.Window
	delimiter byte
	used      int // bytes of the last record, not consumed yet
	cells     [][]byte
	spans     []span
	unclosed  bool // the last record ended inside quotes
}

// span is where a cell lies in the window.
type span struct {
	start, end int
	quoted     bool // it begins with a quote
}

func newSplitter(r io.Reader, delimiter byte, windowSize int) *splitter {
	return &splitter{w: format.NewWindow(r, windowSize, maxRecord), delimiter: delimiter}
}

// next gives the cells of the next record that is not blank; they are valid until
// next is called again. io.EOF ends the stream.
func (s *splitter) next() ([][]byte, error) {
	s.w.Advance(s.used)
	s.used = 0
	for {
		b := s.w.Bytes()
		n, complete := s.split(b)
		if !complete {
			more, err := s.w.More()
			if err != nil {
				if geo.KindOf(err) == geo.KindLimit {
					return nil, geo.Errorf(geo.KindLimit, "the record at line %d takes more than %d MB: is a quote not closed?", s.w.Line(0), maxRecord>>20)
				}
				return nil, err
			}
			if more {
				continue
			}
			if len(b) == 0 {
				return nil, io.EOF
			}
			n = len(b)
		}
		if len(s.spans) == 1 && !s.spans[0].quoted && len(bytes.TrimSpace(b[:s.spans[0].end])) == 0 {
			s.w.Advance(n)
			continue
		}
		if len(s.spans) > maxColumns {
			return nil, geo.Errorf(geo.KindLimit, "line %d has more than %d cells", s.w.Line(0), maxColumns)
		}
		s.cells = s.cells[:0]
		for _, sp := range s.spans {
			cell := b[sp.start:sp.end]
			if len(cell) > maxCell {
				return nil, geo.Errorf(geo.KindLimit, "the record at line %d has a cell of more than %d MB", s.w.Line(0), maxCell>>20)
			}
			if sp.quoted {
				cell = unquote(cell)
			}
			s.cells = append(s.cells, cell)
		}
		s.used = n
		return s.cells, nil
	}
}

// split finds the cells of the record that b begins with and the length of the
// record; complete is false where b ends before the record is known to end.
func (s *splitter) split(b []byte) (n int, complete bool) {
	s.spans, s.unclosed = s.spans[:0], false
	i := 0
	for {
		start := i
		quoted := i < len(b) && b[i] == '"'
		if quoted {
			i++
			for {
				q := bytes.IndexByte(b[i:], '"')
				if q < 0 {
					s.unclosed = true
					s.spans = append(s.spans, span{start, len(b), true})
					return 0, false
				}
				i += q + 1
				if i < len(b) && b[i] == '"' {
					i++
					continue
				}
				break
			}
		}
		for i < len(b) && b[i] != s.delimiter && b[i] != '\n' && b[i] != '\r' {
			i++
		}
		if len(s.spans) <= maxColumns {
			s.spans = append(s.spans, span{start, i, quoted})
		}
		if i >= len(b) {
			return 0, false
		}
		switch b[i] {
		case '\n':
			return i + 1, true
		case '\r':
			if i+1 >= len(b) {
				return 0, false
			}
			if b[i+1] == '\n' {
				i++
			}
			return i + 1, true
		}
		i++
	}
}

// unquote takes the quotes off in place. What follows the closing quote belongs to
// the cell as it stands.
func unquote(cell []byte) []byte {
	in := cell[1:]
	q := bytes.IndexByte(in, '"')
	if q >= 0 && q == len(in)-1 {
		return in[:q]
	}
	out := in[:0]
	for i := 0; i < len(in); i++ {
		if in[i] != '"' {
			out = append(out, in[i])
			continue
		}
		if i+1 < len(in) && in[i+1] == '"' {
			out = append(out, '"')
			i++
			continue
		}
		return append(out, in[i+1:]...)
	}
	return out
}
