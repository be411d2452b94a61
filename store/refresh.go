package store

import "time"

// Refresh is what is known of how a dataset is brought up to date from its
// source. Times are in UTC, to the microsecond.
type Refresh struct {
	Dataset   string    `json:"dataset"`
	Tried     time.Time `json:"tried,omitzero"`     // when the last one began
	Succeeded time.Time `json:"succeeded,omitzero"` // when one ended well for the last time, with news or without
	Next      time.Time `json:"next,omitzero"`      // when the next one is due; zero: now
	Failures  int       `json:"failures,omitempty"` // in a row
	Error     string    `json:"error,omitempty"`    // of the last one, for operators alone; empty after a success
	Reason    Reason    `json:"reason,omitempty"`   // what anybody may know of Error
	Held      *Held     `json:"held,omitempty"`     // nil: no version waits

	// What the publisher told of the edition that was read last, and its SHA-256,
	// hexadecimal: the former only tells of the version that has the latter.
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Checksum string `json:"checksum,omitempty"`
}

// Held is a version that waits for a person to accept it, because it has much
// fewer rows than the one that is served.
type Held struct {
	Since time.Time `json:"since"`
	Rows  int64     `json:"rows"`
}

// Reason says in one word why a load made no version. Unlike the text of an
// error it names no address, path or value.
type Reason string

// The reasons.
const (
	ReasonUnavailable Reason = "unavailable" // the source does not answer, or with an error
	ReasonGone        Reason = "gone"        // the source is not there
	ReasonLimit       Reason = "limit"       // it is too large or takes too long
	ReasonUnreadable  Reason = "unreadable"  // what it gives cannot be read
	ReasonEmpty       Reason = "empty"       // it has no row
	ReasonRows        Reason = "rows"        // too many rows have errors
	ReasonGate        Reason = "gate"        // it is below the publication gate
	ReasonShrunk      Reason = "shrunk"      // it has much fewer rows than before
	ReasonEdited      Reason = "edited"      // it would undo edits in place
	ReasonBusy        Reason = "busy"        // another load is on its way
	ReasonInternal    Reason = "internal"    // a defect, or the store failed
)

// Reasons gives all of them.
func Reasons() []Reason {
	return []Reason{ReasonUnavailable, ReasonGone, ReasonLimit, ReasonUnreadable, ReasonEmpty, ReasonRows, ReasonGate, ReasonShrunk, ReasonEdited,
		ReasonBusy, ReasonInternal}
}
