package cql2

import "puy/geo"

// Position is where an expression begins in its source: the column, from 1, in
// characters of a text and in bytes of a JSON document. 0 is unknown.
type Position int

// Expr is one node of a filter. The types of this file are all there are.
type Expr interface {
	// Pos tells where the node begins.
	Pos() Position
	expr()
}

// Pos gives p, so that nodes that embed a Position have the method of Expr.
func (p Position) Pos() Position { return p }

func (Position) expr() {}

// CompareOp is one of = <> < > <= >=.
type CompareOp string

// The comparison operators.
const (
	Equal          CompareOp = "="
	NotEqual       CompareOp = "<>"
	Less           CompareOp = "<"
	Greater        CompareOp = ">"
	LessOrEqual    CompareOp = "<="
	GreaterOrEqual CompareOp = ">="
)

// ArithmeticOp is one of + - * / % div ^.
type ArithmeticOp string

// The arithmetic operators.
const (
	Add       ArithmeticOp = "+"
	Subtract  ArithmeticOp = "-"
	Multiply  ArithmeticOp = "*"
	Divide    ArithmeticOp = "/"
	Remainder ArithmeticOp = "%"
	Quotient  ArithmeticOp = "div"
	Power     ArithmeticOp = "^"
)

// Relation is a spatial, temporal or array function of two arguments, by its
// name in JSON, as s_intersects or t_finishedBy.
type Relation string

// The spatial functions.
const (
	Contains   Relation = "s_contains"
	Crosses    Relation = "s_crosses"
	Disjoint   Relation = "s_disjoint"
	Equals     Relation = "s_equals"
	Intersects Relation = "s_intersects"
	Overlaps   Relation = "s_overlaps"
	Touches    Relation = "s_touches"
	Within     Relation = "s_within"
)

// The temporal functions.
const (
	TimeAfter        Relation = "t_after"
	TimeBefore       Relation = "t_before"
	TimeContains     Relation = "t_contains"
	TimeDisjoint     Relation = "t_disjoint"
	TimeDuring       Relation = "t_during"
	TimeEquals       Relation = "t_equals"
	TimeFinishedBy   Relation = "t_finishedBy"
	TimeFinishes     Relation = "t_finishes"
	TimeIntersects   Relation = "t_intersects"
	TimeMeets        Relation = "t_meets"
	TimeMetBy        Relation = "t_metBy"
	TimeOverlappedBy Relation = "t_overlappedBy"
	TimeOverlaps     Relation = "t_overlaps"
	TimeStartedBy    Relation = "t_startedBy"
	TimeStarts       Relation = "t_starts"
)

// The array functions.
const (
	ArrayContainedBy Relation = "a_containedBy"
	ArrayContains    Relation = "a_contains"
	ArrayEquals      Relation = "a_equals"
	ArrayOverlaps    Relation = "a_overlaps"
)

// And is true where all of Args, two or more, are.
type And struct {
	Position
	Args []Expr
}

// Or is true where one of Args, two or more, is.
type Or struct {
	Position
	Args []Expr
}

// Not negates.
type Not struct {
	Position
	Arg Expr
}

// Compare compares two scalar expressions.
type Compare struct {
	Position
	Op   CompareOp
	A, B Expr
}

// Like tests a text against a pattern: % stands for any text, _ for one
// character, and a backslash takes the special meaning of the next.
type Like struct {
	Position
	Arg, Pattern Expr
}

// Between tests whether Low <= Arg <= High.
type Between struct {
	Position
	Arg, Low, High Expr
}

// In tests whether Arg equals one of List, one or more.
type In struct {
	Position
	Arg  Expr
	List []Expr
}

// IsNull tests whether Arg has no value.
type IsNull struct {
	Position
	Arg Expr
}

// Relate applies a spatial, temporal or array function.
type Relate struct {
	Position
	Relation Relation
	A, B     Expr
}

// Call calls a function that the standard does not define.
type Call struct {
	Position
	Name string
	Args []Expr
}

// Arithmetic is an operation on two numbers.
type Arithmetic struct {
	Position
	Op   ArithmeticOp
	A, B Expr
}

// CaseI gives a text without differences of case.
type CaseI struct {
	Position
	Arg Expr
}

// AccentI gives a text without diacritical marks.
type AccentI struct {
	Position
	Arg Expr
}

// Property names a field, or the geometry.
type Property struct {
	Position
	Name string
}

// Literal is a text, integer, number, boolean, date or date-time.
type Literal struct {
	Position
	Value geo.Value
}

// Interval is a closed range of time. Its ends are literals, properties, calls or Open.
type Interval struct {
	Position
	Start, End Expr
}

// Open is the end of an interval that has none, written "..".
type Open struct{ Position }

// Shape is a geometry literal, in the coordinates that were written.
type Shape struct {
	Position
	Geometry geo.Geometry
}

// BBox is a box literal of four or six coordinates: the lower corner, then the
// upper. Of longitudes, the first may be the greater: it crosses the antimeridian.
type BBox struct {
	Position
	Coordinates []float64
}

// Array is a list of expressions.
type Array struct {
	Position
	Items []Expr
}
