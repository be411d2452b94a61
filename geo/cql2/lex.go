package cql2

import (
	"strings"
	"unicode/utf8"

	"puy/geo"
)

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenName             // a bare word: a keyword or a property
	tokenQuoted           // a name in double quotes
	tokenText             // a text in single quotes
	tokenNumber           // without a sign
	tokenSymbol           // one of ( ) [ ] , = <> < > <= >= + - * / % ^
)

type token struct {
	kind tokenKind
	text string // what it says, without quotes and escapes
	at   Position
}

// is tells whether t is the symbol or the bare word s; words in any case.
func (t token) is(s string) bool {
	return t.kind == tokenSymbol && t.text == s || t.kind == tokenName && len(t.text) == len(s) && strings.EqualFold(t.text, s)
}

// describe says what t is in an error.
func (t token) describe() geo.Sentence {
	switch t.kind {
	case tokenEnd:
		return geo.Say("the end of the filter")
	case tokenText:
		return geo.Say("the text '%s'", cut(t.text))
	}
	return geo.Say(`"%s"`, cut(t.text))
}

// cut keeps what an error quotes of the input short.
func cut(s string) string {
	const most = 30
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// lexer splits a text into tokens.
type lexer struct {
	src    string
	offset int
	column Position // of offset
}

// peek gives the character at the offset, or -1 at the end.
func (l *lexer) peek() rune {
	if l.offset >= len(l.src) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.offset:])
	return r
}

func (l *lexer) skip(r rune) {
	l.offset += utf8.RuneLen(r)
	l.column++
}

func (l *lexer) next() (token, error) {
	for r := l.peek(); r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f'; r = l.peek() {
		l.skip(r)
	}
	at, start := l.column, l.offset
	switch r := l.peek(); {
	case r < 0:
		return token{at: at}, nil
	case r == '\'':
		return l.text(at)
	case r == '"':
		return l.quoted(at)
	case r >= '0' && r <= '9' || r == '.':
		return l.number(at)
	case nameStart(r):
		for r >= 0 && namePart(r) {
			l.skip(r)
			r = l.peek()
		}
		return token{tokenName, l.src[start:l.offset], at}, nil
	case strings.ContainsRune("()[],=+-*/%^<>", r):
		l.skip(r)
		if n := l.peek(); r == '<' && (n == '>' || n == '=') || r == '>' && n == '=' {
			l.skip(n)
		}
		return token{tokenSymbol, l.src[start:l.offset], at}, nil
	default:
		return token{}, invalid(at, "the character %q has no meaning here", r)
	}
}

// escapes are the letters after a backslash that stand for control characters.
const escapes = "abtnvfr"

// text reads a text in single quotes. A backslash before any other character
// than a quote, a backslash and those of escapes stays: patterns use it.
func (l *lexer) text(at Position) (token, error) {
	l.skip('\'')
	var b strings.Builder
	for {
		r := l.peek()
		if r < 0 {
			return token{}, invalid(at, "a text begins here and has no end: expected '")
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return token{}, invalid(l.column, "a text may not hold the control character %q", r)
		}
		l.skip(r)
		n := l.peek()
		switch {
		case r == '\'' && n == '\'', r == '\\' && (n == '\'' || n == '\\'):
			b.WriteRune(n)
			l.skip(n)
		case r == '\'':
			return token{tokenText, b.String(), at}, nil
		case r == '\\' && n > 0 && strings.ContainsRune(escapes, n):
			b.WriteByte("\a\b\t\n\v\f\r"[strings.IndexRune(escapes, n)])
			l.skip(n)
		default:
			b.WriteRune(r)
		}
	}
}

// control tells of the characters that neither encoding can write.
func control(r rune) bool { return r < '\a' || r > '\r' && r < ' ' }

// quoted reads a name in double quotes, in which any character may stand; a
// double quote is doubled.
func (l *lexer) quoted(at Position) (token, error) {
	l.skip('"')
	var b strings.Builder
	for {
		r := l.peek()
		if r < 0 {
			return token{}, invalid(at, `a name begins here and has no end: expected "`)
		}
		if control(r) {
			return token{}, invalid(l.column, "a name may not hold the control character %q", r)
		}
		l.skip(r)
		if r == '"' {
			if l.peek() != '"' {
				break
			}
			l.skip('"')
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return token{}, invalid(at, "a name is empty")
	}
	return token{tokenQuoted, b.String(), at}, nil
}

func (l *lexer) number(at Position) (token, error) {
	start := l.offset
	digits := func() (n int) {
		for r := l.peek(); r >= '0' && r <= '9'; r = l.peek() {
			l.skip(r)
			n++
		}
		return n
	}
	n := digits()
	if l.peek() == '.' {
		l.skip('.')
		n += digits()
	}
	if n == 0 {
		return token{}, invalid(at, "expected a number after the point")
	}
	if r := l.peek(); r == 'e' || r == 'E' {
		l.skip(r)
		if s := l.peek(); s == '+' || s == '-' {
			l.skip(s)
		}
		if digits() == 0 {
			return token{}, invalid(l.column, "expected the digits of an exponent")
		}
	}
	if r := l.peek(); r >= 0 && namePart(r) {
		return token{}, invalid(l.column, "the character %q cannot be part of a number; names that begin with a digit stand in double quotes", r)
	}
	return token{tokenNumber, l.src[start:l.offset], at}, nil
}

// nameStart and namePart are the rules identifierStart and identifierPart of
// 21-065r2 annex B.
func nameStart(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == ':'
	case r == utf8.RuneError, r == 0xD7, r == 0xF7, r == 0x37E, r == 0x1FFF:
		return false
	}
	return r >= 0xC0 && r <= 0x2FF || r >= 0x370 && r <= 0x1FFE || r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F ||
		r >= 0x2C00 && r <= 0x2FEF || r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}

func namePart(r rune) bool {
	return nameStart(r) || r >= '0' && r <= '9' || r == '.' || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// checkText bounds a source and makes sure of its encoding.
func checkSource(src string, most int) error {
	if len(src) > most {
		return geo.Errorf(geo.KindLimit, "the filter has %d bytes, more than %d", len(src), most)
	}
	if !utf8.ValidString(src) {
		return geo.Errorf(geo.KindInvalid, "the filter is not valid UTF-8")
	}
	return nil
}
