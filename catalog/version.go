package catalog

import (
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
