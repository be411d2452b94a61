package eval

import (
	"puy/geo/cql2"
	"puy/geo/relate"
)

// Relation gives what a spatial function asks.
func Relation(r cql2.Relation) relate.Relation {
	switch r {
	case cql2.Disjoint:
		return relate.Disjoint
	case cql2.Equals:
		return relate.Equals
	case cql2.Touches:
		return relate.Touches
	case cql2.Within:
		return relate.Within
	case cql2.Contains:
		return relate.Contains
	case cql2.Overlaps:
		return relate.Overlaps
	case cql2.Crosses:
		return relate.Crosses
	}
	return relate.Intersects
}
