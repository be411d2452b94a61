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
	Error     string    `json:"error,omitempty"`    // of the last one; empty after a success
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
