package crs

import (
	"strconv"
	"strings"
)

// node is one KEYWORD[argument, …] of well-known text (ISO 19162:2019 section
// 6.3). Its text holds the arguments that are no nodes: strings without their
// quotes, numbers and bare words.
type node struct {
	keyword string // upper case
	text    []string
	nodes   []node
}

// Bounds for text from strangers; real definitions stay below a tenth of them.
const (
	maxTextSize  = 64 << 10
	maxTextDepth = 32
)

// parseNode reads well-known text of one coordinate reference system; what
// follows the outermost bracket is ignored.
func parseNode(s string) (node, bool) {
	s = strings.TrimPrefix(s, "\ufeff")
	if len(s) > maxTextSize {
		return node{}, false
	}
	n, _, ok := readNode(s, 0)
	return n, ok && len(n.text)+len(n.nodes) > 0
}

// readNode reads a keyword with its bracket, or else a bare word, and gives
// what follows it.
func readNode(s string, depth int) (node, string, bool) {
	end := strings.IndexAny(s, "[](),\"")
	if end < 0 {
		end = len(s)
	}
	n, rest := node{keyword: strings.ToUpper(strings.TrimSpace(s[:end]))}, s[end:]
	if rest == "" || rest[0] != '[' && rest[0] != '(' {
		return n, rest, n.keyword != "" && (rest == "" || rest[0] != '"')
	}
	if depth == maxTextDepth {
		return node{}, "", false
	}
	for closed := false; !closed; {
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		switch {
		case rest == "":
			return node{}, "", false
		case rest[0] == '"':
			text, after, ok := readString(rest)
			if !ok {
				return node{}, "", false
			}
			n.text, rest = append(n.text, text), after
		default:
			child, after, ok := readNode(rest, depth+1)
			switch {
			case !ok:
				return node{}, "", false
			case len(child.text)+len(child.nodes) == 0:
				n.text = append(n.text, child.keyword)
			default:
				n.nodes = append(n.nodes, child)
			}
			rest = after
		}
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return node{}, "", false
		}
		switch rest[0] {
		case ']', ')':
			closed = true
		case ',':
		default:
			return node{}, "", false
		}
	}
	return n, rest[1:], true
}

// readString reads a quoted string, in which a doubled quote is one.
func readString(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for rest = s[1:]; ; {
		before, after, ok := strings.Cut(rest, `"`)
		if !ok {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, true
		}
		b.WriteByte('"')
		rest = after[1:]
	}
}

// child gives the first child with one of the keywords, or nil.
func (n *node) child(keywords ...string) *node {
	for i := range n.nodes {
		for _, k := range keywords {
			if n.nodes[i].keyword == k {
				return &n.nodes[i]
			}
		}
	}
	return nil
}

// name gives the first text of n, "" for nil or none.
func (n *node) name() string {
	if n == nil || len(n.text) == 0 {
		return ""
	}
	return n.text[0]
}

// number gives the i-th text of n as a number.
func (n *node) number(i int) (float64, bool) {
	if n == nil || i >= len(n.text) {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.text[i], 64)
	return f, err == nil
}
