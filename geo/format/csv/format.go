package csv

import (
	"bytes"
	"strings"

	"puy/geo/format"
)

// Format is delimited text.
func Format() format.Format {
	return format.Format{
		Name:       "csv",
		Title:      "CSV",
		MediaType:  "text/csv",
		Extensions: []string{".csv", ".tsv", ".tab", ".psv", ".txt"},
		Detect:     detect,
		Open:       open,
		NewWriter:  newWriter,
	}
}

// detect accepts text by the name of its file, and by its content where most
// records have the same number of cells.
func detect(name string, head []byte) bool {
	if len(head) > 1 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) { // UTF-16
		head = bytes.TrimLeft(bytes.ReplaceAll(head, []byte{0}, nil), "\xfe\xff")
	}
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	text := bytes.TrimLeft(head, " \r\n")
	if len(text) == 0 || text[0] == '<' || text[0] == '{' || isBinary(head) {
		return false
	}
	for _, ext := range [...]string{".csv", ".tsv", ".tab", ".psv"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return text[0] != '[' && sniff(head, len(head) < format.HeadSize, 0).stable
}

// isBinary tells whether b has control characters that no text has.
func isBinary(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1a {
			return true
		}
	}
	return false
}
