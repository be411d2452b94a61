package geo

import (
	"errors"
	"fmt"
	"strings"
)

// Sentence is a text in English whose parts are kept apart, so that another
// language can tell it.
type Sentence struct {
	format string
	args   []any
}

// Say makes a Sentence of a format of package fmt. Operands may be Sentences.
func Say(format string, args ...any) Sentence { return Sentence{format, args} }

// Tongue gives the format of one language for a format or a phrase in English;
// it is false where the language has none.
type Tongue func(english string) (string, bool)

// String gives the text in English.
func (s Sentence) String() string {
	return fmt.Errorf(s.format, s.args...).Error() // as Errorf knows %w
}

// In gives the text in a language; what the language has no text for stays English.
func (s Sentence) In(t Tongue) string {
	format, ok := s.FormatIn(t)
	if !ok {
		format = s.format
	}
	args := make([]any, len(s.args))
	for i, a := range s.args {
		args[i] = operandIn(a, t)
	}
	return fmt.Sprintf(strings.ReplaceAll(format, "%w", "%v"), args...)
}

// FormatIn gives the format of a language: it looks the whole format up, then what follows the place that it
// begins with, as in "%s: row %d: …".
func (s Sentence) FormatIn(t Tongue) (string, bool) {
	if format, ok := t(s.format); ok {
		return format, true
	}
	for at := 0; ; {
		i := strings.Index(s.format[at:], ": ")
		if i < 0 {
			return "", false
		}
		at += i + len(": ")
		place, known := t(s.format[:at])
		rest, ok := t(s.format[at:])
		if known && ok {
			return place + rest, true
		}
	}
}

// operandIn tells an operand of a Sentence in a language: sentences, errors, and
// words and phrases that the language has a text for.
func operandIn(a any, t Tongue) any {
	text := ""
	switch a := a.(type) {
	case Sentence:
		return a.In(t)
	case error:
		return ErrorIn(a, t)
	case string:
		if text = a; !strings.Contains(text, " ") {
			return a // a name or a value
		}
	case fmt.Stringer:
		text = a.String()
	default:
		return a
	}
	if said, ok := t(text); ok {
		return said
	}
	return a
}

// ErrorIn gives err, with its causes, in a language.
func ErrorIn(err error, t Tongue) string {
	if e, ok := err.(*Error); ok { //nolint:errorlint // what wraps it is told too
		return e.sentence().In(t)
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, e := range several.Unwrap() {
			lines = append(lines, ErrorIn(e, t))
		}
		return strings.Join(lines, "\n")
	}
	text := err.Error()
	if e, ok := errors.AsType[*Error](err); ok {
		text = strings.Replace(text, e.Error(), ErrorIn(e, t), 1)
	}
	if said, ok := t(text); ok {
		return said
	}
	return text
}

// MessageIn gives the sentence of e without its cause in a language: what a
// client may read.
func (e *Error) MessageIn(t Tongue) string {
	s := e.sentence()
	if e.Err == nil {
		return s.In(t)
	}
	whole, cause := s.In(t), ErrorIn(e.Err, t)
	return strings.TrimRight(strings.TrimSuffix(whole, cause), " :\u00a0\u202f")
}

// HintIn gives the hint of e in a language.
func (e *Error) HintIn(t Tongue) string { return e.hinted.In(t) }

// Sentence gives the message of e, without its cause, for use within another.
func (e *Error) Sentence() Sentence {
	if e.Err != nil {
		return Say("%s", e.Message)
	}
	return e.sentence()
}

func (e *Error) sentence() Sentence {
	if e.said.format == "" {
		return Say("%s", e.Error())
	}
	return e.said
}
