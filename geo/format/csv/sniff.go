package csv

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// sniffed is what the first bytes of a file tell about its table.
type sniffed struct {
	delimiter byte
	skip      int // lines of comment before the header
	columns   int
	header    int  // cells of the header
	stable    bool // two records or more have the same number of cells, two or more
}

// sniffRecords is how many records are looked at.
const sniffRecords = 50

// sniff finds the delimiter from decoded text; declared overrules unless it is 0.
func sniff(head []byte, whole bool, declared byte) sniffed {
	var separator byte
	if rest, found := bytes.CutPrefix(head, []byte("sep=")); found && len(rest) > 1 && rest[0] != '\r' && rest[0] != '\n' && (rest[1] == '\n' || rest[1] == '\r') {
		separator = rest[0]
	}
	candidates := []byte{',', ';', '\t', '|'}
	if declared != 0 {
		candidates = []byte{declared}
	} else if separator != 0 {
		candidates = []byte{separator}
	}
	best, bestScore := sniffed{delimiter: candidates[0], columns: 1}, 0.0
	for i, c := range candidates {
		s, score := try(head, whole, c)
		if i == 0 || score > bestScore {
			best, bestScore = s, score
		}
	}
	if separator != 0 {
		best.skip++
	}
	// A header of one cell over rows of two or of several numbers of cells is a table
	// of one column whose cells hold the sign by chance; over even rows of three
	// or more it is rather a title, which the rows shall be reported for.
	if declared == 0 && separator == 0 && best.header < 2 && !(best.columns > 2 && bestScore > 0.6) {
		best.delimiter, best.columns, best.stable = noDelimiter, 1, false
	}
	return best
}

// noDelimiter occurs in no text in UTF-8.
const noDelimiter = 0xff

// try cuts the head with one delimiter. The score is higher the more records have
// the same number of cells, the more so if the header is one of them, and then the
// more cells there are.
func try(head []byte, whole bool, delimiter byte) (sniffed, float64) {
	var widths []int
	var unclosed, stray bool
	comments := []bool{}
	s := splitter{delimiter: delimiter}
	for rest := head; len(rest) > 0 && len(widths) < sniffRecords; {
		n, complete := s.split(rest)
		if !complete {
			if !whole && len(widths) > 0 {
				break
			}
			n, unclosed = len(rest), s.unclosed && whole
		}
		if len(s.spans) > 1 || len(bytes.TrimSpace(rest[:n])) > 0 {
			widths = append(widths, len(s.spans))
			comments = append(comments, rest[0] == '#')
			stray = stray || slices.ContainsFunc(s.spans, func(at span) bool { return straysIn(rest[at.start:at.end], at.quoted) })
		}
		rest = rest[n:]
	}
	count := map[int]int{}
	for i, w := range widths {
		if !comments[i] {
			count[w]++
		}
	}
	usual, records := 1, 0
	for w, n := range count {
		records += n
		if n > count[usual] || n == count[usual] && w > usual {
			usual = w
		}
	}
	r := sniffed{delimiter: delimiter, columns: usual, stable: usual > 1 && count[usual] > 1}
	for r.skip < len(widths) && comments[r.skip] && widths[r.skip] != usual {
		r.skip++
	}
	if r.skip < len(widths) {
		r.header = widths[r.skip]
	}
	if usual < 2 {
		return r, 0
	}
	score := float64(count[usual]) / float64(max(records, 1))
	if r.header == usual {
		score++
	}
	if unclosed || stray { // as where the sign stands inside of quotes
		score--
	}
	return r, score + float64(min(usual, 1000))/1e4
}

// straysIn tells whether a quote stands where none should in a cell.
func straysIn(cell []byte, quoted bool) bool {
	if quoted {
		return len(cell) < 2 || cell[len(cell)-1] != '"'
	}
	return bytes.IndexByte(cell, '"') >= 0
}

// invisible takes out what no name of a column may have.
var invisible = strings.NewReplacer("\x00", "", "\ufeff", "")

// headerNames makes the names of the columns: not empty, each once.
func headerNames(cells [][]byte) []string {
	names := make([]string, len(cells))
	for i, cell := range cells {
		name := strings.ToValidUTF8(string(cell), string(utf8.RuneError))
		names[i] = strings.Join(strings.Fields(invisible.Replace(name)), " ")
	}
	format.CutDeclarations(names)
	format.NameColumns(names)
	return names
}

// delimiterName is how a report names a delimiter.
func delimiterName(delimiter byte, columns int) string {
	switch {
	case columns < 2:
		return ""
	case delimiter == '\t':
		return "tab"
	}
	return string(rune(delimiter))
}

// delimiterByte checks a declared delimiter.
func delimiterByte(r rune) (byte, error) {
	if r < 0 || r >= utf8.RuneSelf || r == '"' || r == '\n' || r == '\r' {
		return 0, geo.Errorf(geo.KindInvalid, "%q cannot be the delimiter of a table", r)
	}
	return byte(r), nil
}
