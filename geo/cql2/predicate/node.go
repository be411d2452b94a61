package predicate

import (
	"puy/geo"
	"puy/geo/cql2"
)

// Node is a condition: true, false or unknown of a feature. The types of this
// section are all there are.
type Node interface{ node() }

// And is true where all are, and false where one is false.
type And struct{ Args []Node }

// Or is true where one is, and false where all are false.
type Or struct{ Args []Node }

// Not turns true into false and false into true.
type Not struct{ Arg Node }

// Truth does not depend on the feature.
type Truth uint8

// The three truths.
const (
	Unknown Truth = iota
	False
	True
)

// IsNull tells whether a value is null. It is never unknown.
type IsNull struct{ Value Value }

// NoGeometry tells whether the feature is without geometry. It is never unknown.
type NoGeometry struct{}

// IsUnknown tells whether a condition is unknown. It is never unknown itself.
type IsUnknown struct{ Arg Node }

// Compare compares two values of one Kind. It is unknown where one is null.
type Compare struct {
	Op   cql2.CompareOp
	Kind Kind
	A, B Value
}

// In tells whether A equals one of List, which are constants of one Kind, none null.
type In struct {
	Kind Kind
	A    Value
	List []Value
}

// Like tests a text against a pattern.
type Like struct {
	A       Value
	Pattern Pattern
}

// Spatial relates the feature's geometry (A) to B. It is unknown where one is null.
type Spatial struct {
	Relation cql2.Relation
	A, B     Shape
}

// Arrays relates two arrays of text as sets.
type Arrays struct {
	Relation cql2.Relation
	A, B     Array
}

func (*And) node()        {}
func (*Or) node()         {}
func (*Not) node()        {}
func (Truth) node()       {}
func (*IsNull) node()     {}
func (*NoGeometry) node() {}
func (*IsUnknown) node()  {}
func (*Compare) node()    {}
func (*In) node()         {}
func (*Like) node()       {}
func (*Spatial) node()    {}
func (*Arrays) node()     {}

// Kind is what values are compared as.
type Kind uint8

// The kinds. Integers and numbers are compared as numbers where they meet.
const (
	Text Kind = iota + 1
	Integer
	Number
	Boolean
	Date
	Instant
)

// Value is a scalar, perhaps null. The types of this section are all there are.
type Value interface{ value() }

// Column is a field of the schema, by its position.
type Column struct {
	Index int
	Type  geo.FieldType
}

// Constant is a value that is not null.
type Constant struct{ Value geo.Value }

// Endless is the instant before (Sign < 0) or after all others.
type Endless struct{ Sign int }

// CaseI and AccentI fold a text.
type CaseI struct{ Arg Value }

// AccentI removes the marks of a text.
type AccentI struct{ Arg Value }

// Arithmetic is an operation on two numbers, null as the package comment says.
type Arithmetic struct {
	Op   cql2.ArithmeticOp
	A, B Value
}

// DayStart is the first instant of a date.
type DayStart struct{ Date Value }

// DayEnd is the last microsecond of a date.
type DayEnd struct{ Date Value }

// DayOf is the date of an instant.
type DayOf struct{ Instant Value }

// Holds is a condition as a boolean, null where it is unknown.
type Holds struct{ Node Node }

func (*Column) value()     {}
func (*Constant) value()   {}
func (*Endless) value()    {}
func (*CaseI) value()      {}
func (*AccentI) value()    {}
func (*Arithmetic) value() {}
func (*DayStart) value()   {}
func (*DayEnd) value()     {}
func (*DayOf) value()      {}
func (*Holds) value()      {}

// Shape is a geometry: the feature's own, or a literal.
type Shape struct {
	Own      bool
	Geometry geo.Geometry
}

// Array is a column of text arrays, or a list of text values.
type Array struct {
	Column *Column // nil for a list
	Items  []Value
}
