package storetest

import (
	"math/rand/v2"

	"puy/geo"
	"puy/geo/cql2"
)

// filterGenerator makes filters on the table filtered.
type filterGenerator struct {
	*rand.Rand
	schema geo.Schema
}

func newFilterGenerator(schema geo.Schema) *filterGenerator {
	return &filterGenerator{rand.New(rand.NewPCG(21, 65)), schema}
}

func pick[T any](g *filterGenerator, list ...T) T { return list[g.IntN(len(list))] }

func text(s string) cql2.Expr { return &cql2.Literal{Value: geo.Text(s)} }

func property(name string) cql2.Expr { return &cql2.Property{Name: name} }

func (g *filterGenerator) condition(depth int) cql2.Expr {
	if depth > 0 && g.IntN(3) > 0 {
		switch g.IntN(4) {
		case 0:
			return &cql2.And{Args: []cql2.Expr{g.condition(depth - 1), g.condition(depth - 1)}}
		case 1:
			return &cql2.Or{Args: []cql2.Expr{g.condition(depth - 1), g.condition(depth - 1), g.condition(depth - 1)}}
		case 2:
			return &cql2.IsNull{Arg: g.condition(depth - 1)}
		}
		return &cql2.Not{Arg: g.condition(depth - 1)}
	}
	op := pick(g, cql2.Equal, cql2.NotEqual, cql2.Less, cql2.Greater, cql2.LessOrEqual, cql2.GreaterOrEqual)
	switch g.IntN(8) {
	case 0:
		return &cql2.Compare{Op: op, A: g.text(2), B: g.text(2)}
	case 1:
		return &cql2.Compare{Op: op, A: g.number(2), B: g.number(2)}
	case 2:
		return &cql2.Compare{Op: op, A: g.instant(), B: g.instant()}
	case 3:
		return &cql2.Like{Arg: g.text(2), Pattern: text(pick(g, "%", "_", "a%", "%b", "%_s%", `50\%`, "a*%", "É", "%[%", `%\`))}
	case 4:
		list := []cql2.Expr{g.number(1), g.number(0), g.number(0)}
		return &cql2.In{Arg: g.number(1), List: list}
	case 5:
		r := pick(g, cql2.TimeAfter, cql2.TimeBefore, cql2.TimeContains, cql2.TimeDisjoint, cql2.TimeDuring, cql2.TimeEquals, cql2.TimeFinishedBy, cql2.TimeFinishes,
			cql2.TimeIntersects, cql2.TimeMeets, cql2.TimeMetBy, cql2.TimeOverlappedBy, cql2.TimeOverlaps, cql2.TimeStartedBy, cql2.TimeStarts)
		return &cql2.Relate{Relation: r, A: g.interval(), B: g.interval()}
	case 6:
		r := pick(g, cql2.ArrayContains, cql2.ArrayContainedBy, cql2.ArrayEquals, cql2.ArrayOverlaps)
		return &cql2.Relate{Relation: r, A: g.array(), B: g.array()}
	}
	r := pick(g, cql2.Intersects, cql2.Disjoint, cql2.Equals, cql2.Touches, cql2.Within, cql2.Contains, cql2.Overlaps, cql2.Crosses)
	a, b := property("geom"), g.shape()
	if g.IntN(2) == 0 {
		a, b = b, a
	}
	return &cql2.Relate{Relation: r, A: a, B: b}
}

func (g *filterGenerator) text(depth int) cql2.Expr {
	if depth > 0 && g.IntN(2) == 0 {
		if g.IntN(2) == 0 {
			return &cql2.CaseI{Arg: g.text(depth - 1)}
		}
		return &cql2.AccentI{Arg: g.text(depth - 1)}
	}
	return pick(g, property("name"), property("other"), text("a"), text("É"), text("straße"), text("CHISINAU"), text(""))
}

func (g *filterGenerator) number(depth int) cql2.Expr {
	if depth > 0 && g.IntN(2) == 0 {
		// A column comes first: of constants alone, some results are errors.
		op := pick(g, cql2.Add, cql2.Subtract, cql2.Multiply, cql2.Divide, cql2.Remainder, cql2.Quotient)
		return &cql2.Arithmetic{Op: op, A: pick(g, property("n"), property("x")), B: g.number(depth - 1)}
	}
	return pick(g, property("n"), property("x"), cql2.Expr(&cql2.Literal{Value: geo.Integer(int64(g.IntN(12) - 3))}),
		cql2.Expr(&cql2.Literal{Value: geo.Number(float64(g.IntN(20)-5) / 4)}))
}

func (g *filterGenerator) moment() cql2.Expr {
	v, _ := cql2.ParseInstant(pick(g, "2024-01-02", "2024-01-03", "2022-04-16", "2024-01-02T12:00:00Z", "2022-04-16T10:13:19Z", "2024-01-02T23:59:59.999999Z", "2024-01-03T00:00:00Z"))
	return &cql2.Literal{Value: v}
}

func (g *filterGenerator) instant() cql2.Expr {
	return pick(g, property("day"), property("at"), property("until"), g.moment())
}

func (g *filterGenerator) interval() cql2.Expr {
	start, end := pick(g, property("at"), property("day"), cql2.Expr(&cql2.Open{})), pick(g, property("until"), property("day"), cql2.Expr(&cql2.Open{}), g.moment())
	return &cql2.Interval{Start: start, End: end}
}

func (g *filterGenerator) array() cql2.Expr {
	if g.IntN(2) == 0 {
		return property("tags")
	}
	a := &cql2.Array{}
	for range g.IntN(3) {
		a.Items = append(a.Items, pick(g, text("a"), text("b"), text("é"), property("name")))
	}
	return a
}

func (g *filterGenerator) shape() cql2.Expr {
	x, y := float64(g.IntN(10)), float64(g.IntN(10))
	switch g.IntN(4) {
	case 0:
		return &cql2.BBox{Coordinates: []float64{x, y, x + float64(g.IntN(5)), y + float64(g.IntN(5))}}
	case 1:
		e, _ := cql2.ParseText("S_EQUALS(" + pick(g, "MULTIPOINT(0 0, 9 9)", "LINESTRING(0 0, 4 4)", "LINESTRING(4 0, 4 9, 0 9)", "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))",
			"MULTILINESTRING((0 0, 4 0), (0 0, 0 4))", "GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 4 0))", "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 1, 0 0)), ((2 2, 6 2, 6 6, 2 6, 2 2)))") + ", geom)")
		if r, ok := e.(*cql2.Relate); ok {
			return r.A
		}
	}
	return &cql2.Shape{Geometry: shape("POINT (" + string(geo.AppendNumber(nil, x)) + " " + string(geo.AppendNumber(nil, y)) + ")")}
}
