package predicate

import (
	"strings"
	"unicode/utf8"
)

// Pattern is a pattern of LIKE, as written: % is any text, _ one character, a
// backslash before any character is that character. One at the end is itself.
type Pattern string

// Each calls the function for each part of p: with a literal character, or
// with 0 and % or _.
func (p Pattern) Each(fn func(literal rune, wild byte)) {
	escaped := false
	for _, r := range string(p) {
		switch {
		case escaped:
			fn(r, 0)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%' || r == '_':
			fn(0, byte(r))
		default:
			fn(r, 0)
		}
	}
	if escaped {
		fn('\\', 0)
	}
}

// Match tells whether s matches p. It takes time proportional to the product
// of their lengths at most.
func (p Pattern) Match(s string) bool {
	type part struct {
		literal rune
		wild    byte
	}
	var parts []part
	p.Each(func(literal rune, wild byte) { parts = append(parts, part{literal, wild}) })
	at, back, backText := 0, -1, ""
	for {
		if at < len(parts) && parts[at].wild == '%' {
			back, backText = at, s
			at++
			continue
		}
		if s == "" {
			for at < len(parts) && parts[at].wild == '%' {
				at++
			}
			if at == len(parts) {
				return true
			}
		} else {
			r, size := utf8.DecodeRuneInString(s)
			if at < len(parts) && (parts[at].wild == '_' || parts[at].wild == 0 && parts[at].literal == r) {
				at, s = at+1, s[size:]
				continue
			}
		}
		// The last % takes one character more.
		if back < 0 || backText == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(backText)
		backText = backText[size:]
		at, s = back+1, backText
	}
}

// Prefix gives the literal text that all matches of p begin with.
func (p Pattern) Prefix() string {
	var b strings.Builder
	done := false
	p.Each(func(literal rune, wild byte) {
		if done = done || wild != 0; !done {
			b.WriteRune(literal)
		}
	})
	return b.String()
}
