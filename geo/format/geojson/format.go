package geojson

import (
	"bytes"
	"strings"

	"puy/geo/format"
)

// Format is GeoJSON. It reads sequences as well.
func Format() format.Format {
	return format.Format{
		Name:       "geojson",
		Title:      "GeoJSON",
		MediaType:  "application/geo+json",
		Extensions: []string{".geojson", ".json"},
		Detect:     detect,
		Open:       open,
		NewWriter:  newWriter,
	}
}

// FormatSeq is GeoJSON text sequences. It reads everything that Format reads.
func FormatSeq() format.Format {
	return format.Format{
		Name:       "geojsonseq",
		Title:      "GeoJSON text sequences",
		MediaType:  "application/geo+json-seq",
		Extensions: []string{".geojsonseq", ".geojsons", ".geojsonl", ".ndjson", ".ndgeojson", ".jsonl"},
		Detect:     detectSeq,
		Open:       open,
		NewWriter:  newSeqWriter,
		LonLatOnly: true,
	}
}

// detect accepts every JSON object, so that open can say what is wrong with it.
func detect(name string, head []byte) bool {
	head = plain(head)
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	if strings.HasSuffix(name, "json") {
		return true
	}
	rest := bytes.TrimLeft(head[1:], " \t\r\n")
	return head[0] == '{' && len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

func detectSeq(name string, head []byte) bool {
	head = plain(head)
	return len(head) > 0 && (head[0] == recordSeparator || head[0] == '{' && isSequenceName(name))
}

// plain drops white space, byte order marks and the zeros of UTF-16.
func plain(head []byte) []byte {
	if len(head) > 1 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) {
		head = bytes.ReplaceAll(head[:min(len(head), 1024)], []byte{0}, nil)
		head = bytes.TrimLeft(head, "\xfe\xff")
	}
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
}

func isSequenceName(name string) bool {
	for _, ext := range FormatSeq().Extensions {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}
