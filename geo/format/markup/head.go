package markup

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Root gives the name, without its prefix, of the first element of a document that
// starts with head, and head from there; name is "" where it is no XML.
func Root(head []byte) (name string, rest []byte) {
	head = head[:min(len(head), 8192)]
	if len(head) > 1 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) { // UTF-16
		head = bytes.TrimLeft(bytes.ReplaceAll(head, []byte{0}, nil), "\xfe\xff")
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	for len(head) > 1 && head[0] == '<' && (head[1] == '?' || head[1] == '!') {
		end := ">"
		switch first := bytes.IndexAny(head, "[>"); {
		case bytes.HasPrefix(head, []byte("<!--")):
			end = "-->"
		case head[1] == '!' && first >= 0 && head[first] == '[': // a document type with declarations
			end = "]>"
		}
		_, after, found := bytes.Cut(head, []byte(end))
		if !found {
			return "", nil
		}
		head = bytes.TrimLeft(after, " \t\r\n")
	}
	if len(head) == 0 || head[0] != '<' {
		return "", nil
	}
	full := head[1:]
	if i := bytes.IndexAny(full, " \t\r\n/>"); i >= 0 {
		full = full[:i]
	}
	if i := bytes.IndexByte(full, ':'); i >= 0 {
		full = full[i+1:]
	}
	return string(full), head
}

// DeclaredEncoding gives the encoding in the XML declaration that head starts
// with, or "" where the text itself tells more, as with UTF-8, which many declare
// of text that is not.
func DeclaredEncoding(head []byte) string {
	text := strings.TrimSpace(strings.TrimPrefix(string(head[:min(len(head), 200)]), "\ufeff"))
	if !strings.HasPrefix(text, "<?xml") {
		return ""
	}
	text, _, _ = strings.Cut(text, "?>")
	_, rest, found := strings.Cut(text, "encoding")
	if rest = strings.TrimLeft(rest, " \t="); !found || len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	label, _, _ := strings.Cut(rest[1:], rest[:1])
	label = strings.ToLower(strings.TrimSpace(label))
	if _, err := htmlindex.Get(label); err != nil || label == "utf-8" || label == "utf8" || strings.HasPrefix(label, "utf-16") {
		return ""
	}
	return label
}
