package predicate

import (
	"math"

	"puy/geo"
	"puy/geo/cql2"
)

// compare gives the comparison of two operands, whose kinds must go together.
func (c *checker) compare(op cql2.CompareOp, a, b operandOf) (Node, error) {
	if a.value == nil || b.value == nil { // a column of nothing but nulls
		return Unknown, nil
	}
	a, b = coerce(a, b), coerce(b, a)
	switch {
	case a.kind == b.kind:
	case numeric(a.kind) && numeric(b.kind):
		a, b = unify(a, b), unify(b, a)
		if a.kind != b.kind {
			a.kind, b.kind = Number, Number
		}
	case a.kind == Instant && b.kind == Date:
		return compareDay(op, a.value, b.value), nil
	case a.kind == Date && b.kind == Instant:
		return compareDay(mirror(op), b.value, a.value), nil
	default:
		return nil, c.invalid(b.at, "%s cannot be compared with %s", b.describe(), a.describe())
	}
	return &Compare{op, a.kind, a.value, b.value}, nil
}

func numeric(k Kind) bool { return k == Integer || k == Number }

// coerce reads a text literal as a time where b is one.
func coerce(a, b operandOf) operandOf {
	text, ok := a.value.(*Constant)
	if !ok || a.kind != Text || b.kind != Date && b.kind != Instant {
		return a
	}
	v, ok := cql2.ParseInstant(text.Value.Text())
	if !ok {
		return a
	}
	a.value, a.kind = &Constant{v}, Date
	if v.Type() == geo.TypeDateTime {
		a.kind = Instant
	}
	return a
}

// unify makes a constant of the kind of what it is compared with, if that
// changes nothing: a column is compared as it is, by its index.
func unify(a, b operandOf) operandOf {
	constant, ok := a.value.(*Constant)
	if !ok || a.kind == b.kind {
		return a
	}
	if a.kind == Integer {
		return operandOf{a.at, Number, &Constant{geo.Number(constant.Value.Number())}}
	}
	f := constant.Value.Number()
	if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
		return a
	}
	return operandOf{a.at, Integer, &Constant{geo.Integer(int64(f))}}
}

// mirror gives the operator with its sides exchanged.
func mirror(op cql2.CompareOp) cql2.CompareOp {
	switch op {
	case cql2.Less:
		return cql2.Greater
	case cql2.Greater:
		return cql2.Less
	case cql2.LessOrEqual:
		return cql2.GreaterOrEqual
	case cql2.GreaterOrEqual:
		return cql2.LessOrEqual
	}
	return op
}

// compareDay compares an instant with a date, which counts as the whole day. A
// constant becomes the form of the other, so that a column stays bare.
func compareDay(op cql2.CompareOp, instant, date Value) Node {
	day, ok := date.(*Constant)
	if !ok {
		return &Compare{op, Date, dayOf(instant), date}
	}
	start, next := dayStart(day), dayStart(&Constant{geo.Date(day.Value.Days() + 1)})
	test := func(op cql2.CompareOp, bound Value) Node { return &Compare{op, Instant, instant, bound} }
	switch op {
	case cql2.Less, cql2.GreaterOrEqual:
		return test(op, start)
	case cql2.LessOrEqual:
		return test(cql2.Less, next)
	case cql2.Greater:
		return test(cql2.GreaterOrEqual, next)
	case cql2.NotEqual:
		return &Or{[]Node{test(cql2.Less, start), test(cql2.GreaterOrEqual, next)}}
	}
	return &And{[]Node{test(cql2.GreaterOrEqual, start), test(cql2.Less, next)}}
}

const microsPerDay = 86400 * 1e6

func dayStart(date Value) Value {
	if c, ok := date.(*Constant); ok {
		return &Constant{geo.DateTime(c.Value.Time())}
	}
	return &DayStart{date}
}

func dayEnd(date Value) Value {
	if c, ok := date.(*Constant); ok {
		return &Constant{geo.DateTime(geo.Date(c.Value.Days() + 1).Time().Add(-1000))}
	}
	return &DayEnd{date}
}

func dayOf(instant Value) Value {
	if c, ok := instant.(*Constant); ok {
		return &Constant{geo.Date(DayOfMicros(c.Value.Micros()))}
	}
	return &DayOf{instant}
}

// DayOfMicros gives the day, since 1970-01-01, of microseconds since then.
func DayOfMicros(micros int64) int64 {
	day := micros / microsPerDay
	if micros%microsPerDay < 0 {
		day--
	}
	return day
}
