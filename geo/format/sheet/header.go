package sheet

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"puy/geo/format"
)

const (
	lookahead  = 40   // lines in which the header is looked for
	maxColumns = 4096 // of a table
)

// header is what the first lines show.
type header struct {
	lines int      // that hold values, up to and with the header
	names []string // of the columns of the header
	title string   // the first text above the header
	above int      // lines above the header
}

// findHeader finds the header in the first lines that hold values.
func findHeader(lines [][]Cell) header {
	widest := 0
	for _, line := range lines {
		widest = max(widest, width(line))
	}
	for i, line := range lines {
		if !isHeader(line, widest) {
			continue
		}
		h := header{lines: i + 1, above: i, names: texts(line)}
		if i > 0 {
			h.title = firstText(lines[0])
		}
		if i+1 < len(lines) && fillsGaps(line, lines[i+1]) {
			h.names = joined(line, lines[i+1])
			h.lines++
		}
		format.CutDeclarations(h.names)
		format.NameColumns(h.names)
		return h
	}
	return header{}
}

func blank(c Cell) bool { return len(bytes.TrimSpace(c.Text)) == 0 }

// width counts the cells with a value.
func width(line []Cell) int {
	n := 0
	for _, c := range line {
		if !blank(c) {
			n++
		}
	}
	return n
}

func isHeader(line []Cell, widest int) bool {
	words := 0
	for _, c := range line {
		switch {
		case blank(c):
		case !c.Typed:
			words++
		case !isYear(c.Text):
			return false
		}
	}
	return words > 0 && width(line)*10 >= widest*6
}

func isYear(b []byte) bool {
	year, err := strconv.Atoi(string(b))
	return err == nil && year >= 1900 && year <= 2100
}

// fillsGaps tells whether below is a second line of the header: texts, most of them
// where the first line has nothing or its cell stands for several.
func fillsGaps(first, below []Cell) bool {
	gaps, filled := 0, 0
	for i, c := range below {
		if blank(c) {
			continue
		}
		if c.Typed {
			return false
		}
		filled++
		if i >= len(first) || blank(first[i]) || i+1 < len(first) && blank(first[i+1]) {
			gaps++
		}
	}
	return gaps > 0 && gaps == filled && filled < width(first)+gaps && width(first) < max(len(first), len(below))
}

// joined names columns by two lines; a cell of the first counts for the gaps after it.
func joined(first, below []Cell) []string {
	upper, lower := texts(first), texts(below)
	names := make([]string, max(len(upper), len(lower)))
	last := ""
	for i := range names {
		if i < len(upper) && upper[i] != "" {
			last = upper[i]
		}
		switch {
		case i < len(lower) && lower[i] != "":
			names[i] = strings.TrimSpace(last + " " + lower[i])
		case i < len(upper):
			names[i] = upper[i]
		}
	}
	return names
}

// texts gives the cells as names, without the blank ones at the end.
func texts(line []Cell) []string {
	names := make([]string, 0, len(line))
	last := 0
	for i, c := range line {
		name := strings.ToValidUTF8(string(c.Text), string(utf8.RuneError))
		names = append(names, strings.Join(strings.Fields(name), " "))
		if names[i] != "" {
			last = i + 1
		}
	}
	return names[:last]
}

func firstText(line []Cell) string {
	for _, c := range line {
		if !blank(c) {
			return string(c.Text)
		}
	}
	return ""
}
