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
	Extent   geo.Bounds   `json:"-"`        // of all geometries, longitude latitude; empty without one
	Time     geo.Interval `json:"time"`     // of the dataset's time field; zero without one
	Schema   geo.Schema   `json:"schema"`   //
	Rejected int64        `json:"rejected"` // rows with errors that were left out
	// Differences to the version before, by key. Compared is false for a first
	// version and for datasets without a key.
	Compared bool  `json:"compared"`
	Added    int64 `json:"added"`
	Removed  int64 `json:"removed"`
	Modified int64 `json:"modified"`
}

// Tag names v for addresses that caches keep: its number, and the beginning of
// its checksum, because another store under the same address counts from 1 as well.
func (v *Version) Tag() string {
	tag := strconv.FormatInt(v.Number, 10)
	if v.Checksum != "" {
		tag += "-" + v.Checksum[:min(8, len(v.Checksum))]
	}
	return tag
}
