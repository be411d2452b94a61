package store

import (
	"fmt"

	"puy/geo"
)

// Edit is one feature to create, replace or delete.
type Edit struct {
	Kind EditKind
	// Feature has all values in the order of the schema, and its geometry in
	// longitude, latitude. Its FID is ignored. A new one without an ID gets the
	// text of its fid. To delete, only the ID counts.
	Feature geo.Feature
	// Expect, where not nil, is what the feature must be when it is replaced or
	// deleted: whoever edits has seen the newest state.
	Expect *geo.Feature
}

// EditKind is what an Edit does.
type EditKind uint8

// The kinds of edit.
const (
	Create EditKind = 1 + iota
	Replace
	Delete
)

// EditError tells which edit of a list failed.
type EditError struct {
	Index int // in the list
	Err   error
}

func (e *EditError) Error() string { return fmt.Sprintf("edit %d: %v", e.Index+1, e.Err) }

// Unwrap gives the error of the edit.
func (e *EditError) Unwrap() error { return e.Err }

// Change is one feature that was created, changed or deleted in place.
type Change struct {
	Edit int64 // up to catalog.Version.Edits; the changes of a transaction have one or several
	FID  int64
	// Before and After are boxes around the geometry in longitude latitude;
	// empty where there was or is no feature, or it has no geometry. They are the
	// smallest ones, unless another program wrote a geometry that hides its box.
	Before, After geo.Bounds
}
