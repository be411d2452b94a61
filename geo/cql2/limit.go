package cql2

import (
	"strings"

	"puy/geo"
)

// The limits of a filter, beyond which parsers give an error of KindLimit.
const (
	MaxText     = 8 << 10  // bytes of a filter as text
	MaxJSON     = 64 << 10 // bytes of a filter as JSON
	MaxDepth    = 64       // levels of expressions in each other
	MaxNodes    = 2000     // nodes of the tree
	MaxVertices = 2000     // positions of all geometry literals
)

// budget counts what a parser makes.
type budget struct{ nodes, vertices int }

func (b *budget) node(at Position) error {
	if b.nodes++; b.nodes > MaxNodes {
		return errorAt(geo.KindLimit, at, "the filter has more than %d parts", MaxNodes)
	}
	return nil
}

func (b *budget) vertex(at Position) error {
	if b.vertices++; b.vertices > MaxVertices {
		return errorAt(geo.KindLimit, at, "the filter's geometries have more than %d positions", MaxVertices)
	}
	return nil
}

func tooDeep(at Position) error {
	return errorAt(geo.KindLimit, at, "the filter is nested more than %d levels deep", MaxDepth)
}

// errorAt makes an error of a filter that says where.
func errorAt(kind geo.ErrorKind, at Position, format string, args ...any) error {
	return geo.Errorf(kind, "column %d: "+format, append([]any{int(at)}, args...)...)
}

func invalid(at Position, format string, args ...any) error {
	return errorAt(geo.KindInvalid, at, format, args...)
}

// relation gives a Relation by its name, in any case.
func relation(name string) (Relation, bool) {
	for _, r := range relations {
		if len(r) == len(name) && strings.EqualFold(string(r), name) {
			return r, true
		}
	}
	return "", false
}

var relations = [...]Relation{Intersects, Contains, Crosses, Disjoint, Equals, Overlaps, Touches, Within,
	TimeAfter, TimeBefore, TimeContains, TimeDisjoint, TimeDuring, TimeEquals, TimeFinishedBy, TimeFinishes, TimeIntersects, TimeMeets,
	TimeMetBy, TimeOverlappedBy, TimeOverlaps, TimeStartedBy, TimeStarts, ArrayContainedBy, ArrayContains, ArrayEquals, ArrayOverlaps}
