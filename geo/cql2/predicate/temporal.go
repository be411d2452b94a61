package predicate

import (
	"puy/geo/cql2"
)

// extent is a temporal operand: its first and its last instant. A side that is
// a date is one only while it is compared with other dates.
type extent struct {
	start, end operandOf
	interval   bool
}

// temporal gives a temporal function as comparisons of the ends of its operands
// (21-065r2 section 7.7, OWL-Time section 4.1).
func (c *checker) temporal(e *cql2.Relate) (Node, error) {
	a, err := c.extent(e.A)
	if err != nil {
		return nil, err
	}
	b, err := c.extent(e.B)
	if err != nil {
		return nil, err
	}
	a, b = c.readTexts(a, b), c.readTexts(b, a)
	for _, x := range [...]struct {
		extent
		from cql2.Expr
	}{{a, e.A}, {b, e.B}} {
		for _, end := range [...]operandOf{x.start, x.end} {
			if end.value != nil && end.kind != Date && end.kind != Instant {
				return nil, c.invalid(x.from.Pos(), "%s is neither a date nor a time nor an interval", end.describe())
			}
		}
		if !x.interval && intervalsOnly(e.Relation) && x.start.value != nil {
			return nil, c.invalid(x.from.Pos(), "the function %s compares intervals; an instant is none", e.Relation)
		}
	}
	test := func(op cql2.CompareOp, x, y operandOf, xEnd, yEnd bool) Node {
		if x.value == nil || y.value == nil {
			return Unknown
		}
		if x.kind == Date && y.kind == Date {
			return &Compare{op, Date, x.value, y.value}
		}
		return &Compare{op, Instant, bound(x, xEnd), bound(y, yEnd)}
	}
	ss := func(op cql2.CompareOp) Node { return test(op, a.start, b.start, false, false) }
	se := func(op cql2.CompareOp) Node { return test(op, a.start, b.end, false, true) }
	es := func(op cql2.CompareOp) Node { return test(op, a.end, b.start, true, false) }
	ee := func(op cql2.CompareOp) Node { return test(op, a.end, b.end, true, true) }
	and := func(args ...Node) (Node, error) { return &And{args}, nil }
	const eq, lt, gt = cql2.Equal, cql2.Less, cql2.Greater
	switch e.Relation {
	case cql2.TimeAfter:
		return se(gt), nil
	case cql2.TimeBefore:
		return es(lt), nil
	case cql2.TimeDisjoint:
		return &Or{[]Node{es(lt), se(gt)}}, nil
	case cql2.TimeIntersects:
		return and(es(cql2.GreaterOrEqual), se(cql2.LessOrEqual))
	case cql2.TimeEquals:
		return and(ss(eq), ee(eq))
	case cql2.TimeContains:
		return and(ss(lt), ee(gt))
	case cql2.TimeDuring:
		return and(ss(gt), ee(lt))
	case cql2.TimeFinishes:
		return and(ss(gt), ee(eq))
	case cql2.TimeFinishedBy:
		return and(ss(lt), ee(eq))
	case cql2.TimeMeets:
		return es(eq), nil
	case cql2.TimeMetBy:
		return se(eq), nil
	case cql2.TimeOverlaps:
		return and(ss(lt), es(gt), ee(lt))
	case cql2.TimeOverlappedBy:
		return and(ss(gt), se(lt), ee(gt))
	case cql2.TimeStarts:
		return and(ss(eq), ee(lt))
	default: // TimeStartedBy
		return and(ss(eq), ee(gt))
	}
}

// intervalsOnly tells of the functions for which instants are an error.
func intervalsOnly(r cql2.Relation) bool {
	switch r {
	case cql2.TimeAfter, cql2.TimeBefore, cql2.TimeDisjoint, cql2.TimeEquals, cql2.TimeIntersects:
		return false
	}
	return true
}

// bound gives a side as an instant: of a date, the first or the last of the day.
func bound(o operandOf, end bool) Value {
	switch {
	case o.kind == Instant:
		return o.value
	case end:
		return dayEnd(o.value)
	}
	return dayStart(o.value)
}

func (c *checker) extent(e cql2.Expr) (extent, error) {
	i, ok := e.(*cql2.Interval)
	if !ok {
		o, err := c.scalar(e)
		return extent{o, o, false}, err
	}
	x := extent{interval: true}
	var err error
	if x.start, err = c.end(i.Start, -1); err != nil {
		return x, err
	}
	if x.end, err = c.end(i.End, 1); err != nil {
		return x, err
	}
	start, startOK := x.start.value.(*Constant)
	end, endOK := x.end.value.(*Constant)
	if startOK && endOK && instantOf(bound(operandOf{value: start, kind: x.start.kind}, false)) > instantOf(bound(operandOf{value: end, kind: x.end.kind}, true)) {
		return x, c.invalid(i.Pos(), "an interval ends before it begins")
	}
	return x, nil
}

func instantOf(v Value) int64 {
	c, ok := v.(*Constant)
	if !ok {
		return 0
	}
	return c.Value.Micros()
}

func (c *checker) end(e cql2.Expr, sign int) (operandOf, error) {
	if _, ok := e.(*cql2.Open); ok {
		return operandOf{e.Pos(), Instant, &Endless{sign}}, nil
	}
	return c.scalar(e)
}

// readTexts reads a text literal as a time where the other operand is one.
func (c *checker) readTexts(a, b extent) extent {
	if a.start.kind == Text && !a.interval {
		a.start = coerce(a.start, operandOf{kind: Instant})
		a.end = a.start
	}
	return a
}
