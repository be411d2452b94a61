// Package valid decides whether a geometry is valid by the OGC simple features
// standard (OGC 06-103r4 section 6.1), as ST_IsValid of PostGIS does: rings
// are simple and closed, holes lie in their shell and apart from each other,
// the interior of each polygon is connected, and polygons of one geometry do
// not overlap. Lines may cross themselves. Heights are not looked at.
//
// Decisions are exact: a predicate that floating point cannot settle is
// evaluated without rounding.
package valid
