package geo

import (
	"errors"
	"fmt"
	"strings"
)

// ErrorKind says, for machines, what sort of failure an error is. The command
// line turns it into an exit code and the server into a status code.
type ErrorKind uint8

// The kinds, from the least to the most specific.
const (
	KindInternal    ErrorKind = iota // a defect or an environment that broke
	KindInvalid                      // input that cannot be accepted as it is
	KindNotFound                     // something named that does not exist
	KindConflict                     // the state forbids it, as when a load is already running
	KindLimit                        // a bound on size, time, count or depth was reached
	KindUnavailable                  // a store or a source that does not answer
	KindUsage                        // a command line that cannot be understood
)

var kindNames = [...]string{"internal", "invalid", "not-found", "conflict", "limit", "unavailable", "usage"}

// String gives the stable name of k, as written in logs and in --json output.
func (k ErrorKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Error is a failure with a kind for machines, a sentence for users and a hint
// for operators. Message may reach a client; Err and Hint never do.
type Error struct {
	Kind    ErrorKind
	Message string // one sentence, without the cause
	Hint    string // what an operator can do about it; may be empty
	Err     error  // the cause; may be nil

	said, hinted Sentence // what Message, with Err, and Hint are made of
}

// Error gives the message, and the cause where there is one.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of the given kind from a format. The text of a %w
// operand, of which there is at most one, at the end and after a colon, is part
// of Error() but not of Message.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Kind: kind, Message: err.Error(), Err: errors.Unwrap(err), said: Say(format, args...)}
	if e.Err != nil {
		e.Message = strings.TrimSuffix(strings.TrimSuffix(e.Message, e.Err.Error()), ": ")
	}
	return e
}

// WithHint gives a copy of e with a hint for the operator, from a format.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.hinted = Say(format, args...)
	c.Hint = c.hinted.String()
	return &c
}

// KindOf gives the kind of the outermost Error in err's chain, and
// KindInternal where there is none.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}
