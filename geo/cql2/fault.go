package cql2

import (
	"strconv"

	"puy/geo"
)

// Fault is what is wrong with a filter. It is the error of all that reads filters,
// and has a *geo.Error in its chain.
type Fault struct {
	Kind geo.ErrorKind // KindInvalid or KindLimit
	At   Position      // 0 where it is the filter as a whole
	Says geo.Phrase    // what was expected, and what was found
}

// NewFault makes the Fault that a phrase tells.
func NewFault(kind geo.ErrorKind, at Position, format string, args ...any) *Fault {
	return &Fault{kind, at, geo.Say(format, args...)}
}

// Error gives the sentence in English, with the column.
func (f *Fault) Error() string {
	if f.At <= 0 {
		return f.Says.String()
	}
	return "column " + strconv.Itoa(int(f.At)) + ": " + f.Says.String()
}

// Unwrap gives f as the error that it is for whoever knows nothing of filters.
func (f *Fault) Unwrap() error { return &geo.Error{Kind: f.Kind, Message: f.Error()} }
