package catalog

import (
	"strconv"
	"time"

	"puy/geo"
)

// Version is one complete, accepted load of a dataset.
type Version struct {
	Number   int64        `json:"number"` // counts from 1 in each dataset
	Loaded   time.Time    `json:"loaded"`
	Source   string       `json:"source,omitempty"`   // the file's name or URL
	Checksum string       `json:"checksum,omitempty"` // SHA-256 of the source, hexadecimal
	Rows     int64        `json:"rows"`
	Extent   geo.Bounds   `json:"-"`        // of all geometries, longitude latitude; empty without one. Deletions leave it as it was.
	Time     geo.Interval `json:"time"`     // of the dataset's time field; zero without one
	Schema   geo.Schema   `json:"schema"`   //
	Rejected int64        `json:"rejected"` // rows with errors that were left out
	// Differences to the version before, by key. Compared is false for a first
	// version and for datasets without a key.
	Compared bool  `json:"compared"`
	Added    int64 `json:"added"`
	Removed  int64 `json:"removed"`
	Modified int64 `json:"modified"`
	// Edits grows with each edit that changed the version in place since it was
	// loaded, by one or more; Edited is when the last of them was made, zero
	// without one.
	Edits  int64     `json:"edits,omitempty"`
	Edited time.Time `json:"edited,omitzero"`
}

// Tag names v for addresses that caches keep: its number, the beginning of its
// checksum, because another store under the same address counts from 1 as well,
// and the number of its last edit.
func (v *Version) Tag() string {
	tag := strconv.FormatInt(v.Number, 10)
	if v.Checksum != "" {
		tag += "-" + v.Checksum[:min(8, len(v.Checksum))]
	}
	if v.Edits > 0 {
		tag += "-e" + strconv.FormatInt(v.Edits, 10)
	}
	return tag
}

// Updated tells when v was last loaded or edited.
func (v *Version) Updated() time.Time {
	if v.Edited.After(v.Loaded) {
		return v.Edited
	}
	return v.Loaded
}
