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
	// Keyed tells that a feature's id is the same in every version.
	Keyed bool `json:"keyed"`
	// Comparison says more of the differences. It is nil where Compared is false,
	// and of versions that were loaded before it was kept.
	Comparison *Comparison `json:"comparison,omitempty"`
	// Edits grows with each edit that changed the version in place since it was
	// loaded, by one or more; Edited is when the last of them was made, zero
	// without one.
	Edits  int64     `json:"edits,omitempty"`
	Edited time.Time `json:"edited,omitzero"`
}

// Comparison says to which version the differences of another are, and where
// features differ, as it was when that one was loaded.
type Comparison struct {
	Base      int64 `json:"base"` // the number of the version that was current before
	Unchanged int64 `json:"unchanged"`
	// Fields are those in which modified features differ, in the order of the
	// schema, then those that the version does not have any more.
	Fields   []FieldCount `json:"fields,omitempty"`
	Geometry int64        `json:"geometry,omitempty"` // how many differ in their geometry
}

// FieldCount tells in how many features a field differs.
type FieldCount struct {
	Field string `json:"field"`
	Rows  int64  `json:"rows"`
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
