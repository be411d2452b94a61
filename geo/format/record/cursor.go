package record

import (
	"encoding/json"
	"math"
	"strings"

	"puy/geo/format"
)

// failure is why a cursor stopped.
type failure uint8

const (
	none     failure = iota
	tooShort         // the bytes end in the middle of a value: more may follow
	syntax           // not JSON
	tooDeep
	tooMany
)

// cursor reads JSON in place. After a failure i is the place.
type cursor struct {
	b     []byte
	i     int
	nodes int // that were made
	fail  failure
	want  string // what was expected where the syntax is wrong
}

func (c *cursor) short() bool {
	c.i, c.fail = len(c.b), tooShort
	return false
}

func (c *cursor) expected(want string) bool {
	if c.i >= len(c.b) {
		return c.short()
	}
	c.fail, c.want = syntax, want
	return false
}

// peek skips white space and gives the next byte, 0 where there is none.
func (c *cursor) peek() byte {
	for c.i < len(c.b) {
		switch b := c.b[c.i]; b {
		case ' ', '\n', '\r', '\t':
			c.i++
		default:
			return b
		}
	}
	return 0
}

func (c *cursor) take(b byte, want string) bool {
	if c.peek() != b {
		return c.expected(want)
	}
	c.i++
	return true
}

// string takes a string.
func (c *cursor) string() (text string, good bool) {
	if !c.take('"', "a string") {
		return "", false
	}
	escaped := false
	for i := c.i; i < len(c.b); i++ {
		switch b := c.b[i]; {
		case b == '\\':
			escaped = true
			i++
		case b < 0x20:
			c.i = i
			return "", c.expected("no unescaped control character in a string")
		case b == '"':
			raw := c.b[c.i:i]
			if !escaped {
				text = strings.ToValidUTF8(string(raw), "\ufffd")
			} else if json.Unmarshal(c.b[c.i-1:i+1], &text) != nil {
				return "", c.expected("an escape sequence")
			}
			c.i = i + 1
			// Databases refuse U+0000.
			return strings.ReplaceAll(text, "\x00", ""), true
		}
	}
	return "", c.short()
}

// word takes w.
func (c *cursor) word(w string) bool {
	rest := c.b[c.i:]
	if len(rest) < len(w) && strings.HasPrefix(w, string(rest)) {
		return c.short()
	}
	if len(rest) < len(w) || string(rest[:len(w)]) != w {
		return c.expected("a value")
	}
	c.i += len(w)
	return true
}

// member takes a key and its colon, after n members. More is false after the closing
// brace and after a failure.
func (c *cursor) member(n int) (key string, more bool) {
	switch b := c.peek(); {
	case b == '}':
		c.i++
		return "", false
	case n > 0 && !c.take(',', "',' or '}'"):
		return "", false
	}
	key, good := c.string()
	return key, good && c.take(':', "':'")
}

// element makes ready for the next element of an array, after n.
func (c *cursor) element(n int) (more bool) {
	if c.peek() == ']' {
		c.i++
		return false
	}
	return n == 0 || c.take(',', "',' or ']'")
}

// value takes a value.
func (c *cursor) value(depth int) (n Node, good bool) {
	if c.nodes++; c.nodes > maxNodes {
		c.fail = tooMany
		return n, false
	}
	switch b := c.peek(); b {
	case '"':
		n.Kind = Text
		n.Text, good = c.string()
		return n, good
	case 't':
		return Node{Kind: Boolean, Text: "true"}, c.word("true")
	case 'f':
		return Node{Kind: Boolean, Text: "false"}, c.word("false")
	case 'n':
		return n, c.word("null")
	case 'N':
		return Node{Kind: Text, Text: "NaN"}, c.word("NaN")
	case 'I':
		return Node{Kind: Text, Text: "Infinity"}, c.word("Infinity")
	case '[', '{':
		if depth >= maxDepth {
			c.fail = tooDeep
			return n, false
		}
		c.i++
		if b == '[' {
			n.Kind = Array
			return n, c.elements(&n, depth+1)
		}
		n.Kind = Object
		return n, c.members(&n, depth+1)
	}
	return c.number()
}

func (c *cursor) number() (n Node, good bool) {
	if c.i+1 < len(c.b) && c.b[c.i] == '-' && c.b[c.i+1] == 'I' {
		return Node{Kind: Text, Text: "-Infinity"}, c.word("-Infinity")
	}
	rest := c.b[c.i:]
	f, size := format.ScanNumber(rest)
	if size == len(rest) || len(rest) == 1 && rest[0] == '-' {
		return n, c.short() // it might go on
	}
	if size == 0 {
		return n, c.expected("a value")
	}
	c.i += size
	n = Node{Kind: Number, Text: string(rest[:size])}
	if math.IsInf(f, 0) { // which databases do not take for JSON
		n.Kind = Text
	}
	return n, true
}

func (c *cursor) elements(n *Node, depth int) bool {
	for c.element(len(n.Nodes)) {
		child, good := c.value(depth)
		if !good {
			return false
		}
		n.Nodes = append(n.Nodes, child)
	}
	return c.fail == none
}

func (c *cursor) members(n *Node, depth int) bool {
	for {
		key, more := c.member(len(n.Nodes))
		if !more {
			return c.fail == none
		}
		child, good := c.value(depth)
		if !good {
			return false
		}
		child.Key = key
		n.Nodes = append(n.Nodes, child)
	}
}
