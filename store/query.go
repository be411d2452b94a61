package store

import (
	"puy/geo"
	"puy/geo/cql2"
)

// Query selects features of one version of a dataset. The zero Query selects
// all of the current version.
type Query struct {
	Version int64 // 0 is the current one
	// Bounds, in longitude latitude, selects features whose geometry's box
	// meets it, and features without geometry (OGC 17-069r4 requirement
	// fc-bbox-response C). It may cross the antimeridian.
	Bounds *geo.Bounds
	// SpatialOnly leaves out features without geometry.
	SpatialOnly bool
	Where       []Condition // all must hold
	Time        *TimeFilter
	// Filter must be true as well; nil for none. Its geometry literals are in
	// longitude, latitude. What does not go with the schema gives KindInvalid.
	Filter cql2.Expr
	FIDs   []int64 // when not nil: only these

	Fields     []string // the fields to give, in this order; nil for all of them
	NoGeometry bool     // do not give the geometry

	// Sort is the order in which features come; nil is that of fids. Texts are in
	// the order of their code points, false before true, and null is the greatest
	// value. Equals come in the order of their fids, which runs the way of the
	// last of Sort.
	Sort []Order
	// Backward turns the whole order round.
	Backward bool
	// After, where positive, is the keyset cursor: only what comes after the
	// feature of this fid with AfterValues in the fields of Sort, whether or not
	// there still is one.
	After       int64
	AfterValues []geo.Value

	Offset int64 // skip this many first
	Limit  int64 // give at most this many; 0 for all
}

// Condition is the test field = value. Value is of the field's type; a null
// value matches nulls; a text array matches if it contains the text.
type Condition struct {
	Field string
	Value geo.Value
}

// TimeFilter selects features whose date or date-time Field lies in Interval,
// ends included, and features where it is null (OGC 17-069r4 requirement
// fc-time-response C). A date counts as the whole day in UTC.
type TimeFilter struct {
	Field    string
	Interval geo.Interval
}
