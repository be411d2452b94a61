package geojson

import (
	"unicode/utf16"
	"unicode/utf8"

	"puy/geo/format"
)

// maxDepth bounds how deep arrays and objects may nest.
const maxDepth = 256

// failure is why a cursor stopped.
type failure uint8

const (
	ok       failure = iota
	tooShort         // the bytes end in the middle of a value: more may follow
	syntax           // not JSON
	tooDeep
)

// cursor scans JSON in place. Its methods tell whether all went well; after a
// failure, i is the place and the cursor is of no further use.
type cursor struct {
	b    []byte
	i    int
	fail failure
	want string // what was expected where the syntax is wrong
}

// kind is the kind of a JSON value.
type kind uint8

const (
	kindNull kind = iota
	kindString
	kindNumber
	kindBoolean
	kindArray
	kindTexts // an array of strings
	kindObject
)

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

// take consumes the byte b after white space.
func (c *cursor) take(b byte, want string) bool {
	if c.peek() != b {
		return c.expected(want)
	}
	c.i++
	return true
}

// inString marks the bytes that a string is made of without further ado.
var inString = func() (t [256]bool) {
	for i := 0x20; i < 256; i++ {
		t[i] = i != '"' && i != '\\'
	}
	return
}()

// text takes a string and gives what is between the quotes, and whether that has
// escapes.
func (c *cursor) text() (raw []byte, escaped, good bool) {
	if c.peek() != '"' {
		return nil, false, c.expected("a string")
	}
	b := c.b
	start := c.i + 1
	i := start
	for {
		for i < len(b) && inString[b[i]] {
			i++
		}
		if i >= len(b) {
			return nil, false, c.short()
		}
		switch b[i] {
		case '"':
			c.i = i + 1
			return b[start:i], escaped, true
		case '\\':
			escaped = true
			c.i = i
			if !c.escape() {
				return nil, false, false
			}
			i = c.i
		default:
			c.i = i
			return nil, false, c.expected("no unescaped control character in a string")
		}
	}
}

// escape takes one escape sequence.
func (c *cursor) escape() bool {
	c.i++
	if c.i >= len(c.b) {
		return c.short()
	}
	switch c.b[c.i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		c.i++
		return true
	case 'u':
		c.i++
		for range 4 {
			if c.i >= len(c.b) {
				return c.short()
			}
			if hexDigit(c.b[c.i]) < 0 {
				return c.expected("four hexadecimal digits")
			}
			c.i++
		}
		return true
	}
	return c.expected("an escape sequence")
}

// number takes a number and gives its spelling.
func (c *cursor) number() (literal []byte, good bool) {
	_, n := format.ScanNumber(c.b[c.i:])
	if c.i+n == len(c.b) {
		return nil, c.short()
	}
	if n == 0 {
		if c.b[c.i] == '-' && c.i+1 == len(c.b) {
			return nil, c.short()
		}
		return nil, c.expected("a number")
	}
	literal = c.b[c.i : c.i+n]
	c.i += n
	return literal, true
}

// literal takes word.
func (c *cursor) literal(word string) bool {
	if len(c.b)-c.i < len(word) {
		if string(c.b[c.i:]) == word[:len(c.b)-c.i] {
			return c.short()
		}
		return c.expected("a value")
	}
	if string(c.b[c.i:c.i+len(word)]) != word {
		return c.expected("a value")
	}
	c.i += len(word)
	return true
}

// member takes a name and its colon. More is false after the closing brace and
// after a failure; n counts the members before it.
func (c *cursor) member(n int) (name []byte, escaped, more bool) {
	switch b := c.peek(); {
	case c.fail != ok:
		return nil, false, false
	case b == '}':
		c.i++
		return nil, false, false
	case n > 0:
		if b != ',' {
			return nil, false, c.expected("',' or '}'")
		}
		c.i++
	}
	name, escaped, good := c.text()
	if !good || !c.take(':', "':'") {
		return nil, false, false
	}
	return name, escaped, true
}

// element makes ready for the next element of an array. More is false after the
// closing bracket and after a failure; n counts the elements before it.
func (c *cursor) element(n int) (more bool) {
	switch b := c.peek(); {
	case c.fail != ok:
		return false
	case b == ']':
		c.i++
		return false
	case n > 0:
		if b != ',' {
			return c.expected("',' or ']'")
		}
		c.i++
	}
	return true
}

// value takes any value and gives its kind and its bytes: of a string what is
// between the quotes.
func (c *cursor) value(depth int) (k kind, raw []byte, escaped, good bool) {
	switch b := c.peek(); b {
	case '"':
		raw, escaped, good = c.text()
		return kindString, raw, escaped, good
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if b == '-' && c.i+1 < len(c.b) && c.b[c.i+1] == 'I' {
			c.i++
			return kindNull, nil, false, c.literal("Infinity")
		}
		raw, good = c.number()
		return kindNumber, raw, false, good
	case 't':
		return kindBoolean, trueText, false, c.literal("true")
	case 'f':
		return kindBoolean, falseText, false, c.literal("false")
	case 'n':
		return kindNull, nil, false, c.literal("null")
	case 'N':
		return kindNull, nil, false, c.literal("NaN")
	case 'I':
		return kindNull, nil, false, c.literal("Infinity")
	case '[', '{':
		if depth >= maxDepth {
			c.fail = tooDeep
			return 0, nil, false, false
		}
		start := c.i
		c.i++
		if b == '{' {
			k, good = kindObject, c.members(depth+1)
		} else {
			k, good = c.elements(depth + 1)
		}
		return k, c.b[start:c.i], false, good
	}
	return 0, nil, false, c.expected("a value")
}

var trueText, falseText = []byte("true"), []byte("false")

func (c *cursor) members(depth int) bool {
	for n := 0; ; n++ {
		if _, _, more := c.member(n); !more {
			return c.fail == ok
		}
		if _, _, _, good := c.value(depth); !good {
			return false
		}
	}
}

func (c *cursor) elements(depth int) (kind, bool) {
	k := kindTexts
	for n := 0; ; n++ {
		if !c.element(n) {
			return k, c.fail == ok
		}
		e, _, _, good := c.value(depth)
		if !good {
			return k, false
		}
		if e != kindString {
			k = kindArray
		}
	}
}

// skip takes any value.
func (c *cursor) skip() bool {
	_, _, _, good := c.value(0)
	return good
}

func hexDigit(b byte) int {
	switch {
	case b-'0' <= 9:
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return -1
}

// unescape appends what raw, the inside of a string, stands for. A surrogate
// without its other half becomes U+FFFD.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			continue
		}
		i++
		switch raw[i] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := unit(raw[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				pair := utf8.RuneError
				if i+6 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
					pair = utf16.DecodeRune(r, unit(raw[i+3:]))
				}
				if r = pair; r != utf8.RuneError {
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, raw[i])
		}
	}
	return dst
}

func unit(hex []byte) (r rune) {
	for _, b := range hex[:4] {
		r = r<<4 | rune(hexDigit(b))
	}
	return r
}
