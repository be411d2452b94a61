package predicate

import (
	"puy/geo"
	"puy/geo/cql2"
)

// scalar gives an expression that has one value.
func (c *checker) scalar(e cql2.Expr) (operandOf, error) {
	o := operandOf{at: e.Pos()}
	switch e := e.(type) {
	case *cql2.Literal:
		o.kind, o.value = kindOf(e.Value.Type()), &Constant{e.Value}
		return o, nil
	case *cql2.Property:
		return c.column(e)
	case *cql2.Arithmetic:
		return c.arithmetic(e)
	case *cql2.CaseI:
		return c.fold(e.Arg, "CASEI", FoldCase, func(v Value) Value { return &CaseI{v} })
	case *cql2.AccentI:
		return c.fold(e.Arg, "ACCENTI", FoldAccents, func(v Value) Value { return &AccentI{v} })
	case *cql2.Call:
		return o, c.invalid(e.Pos(), "there is no function %q", e.Name)
	case *cql2.Shape, *cql2.BBox:
		return o, c.invalid(e.Pos(), "a geometry cannot be compared; use a spatial function as S_INTERSECTS")
	case *cql2.Interval, *cql2.Open:
		return o, c.invalid(e.Pos(), "an interval cannot be compared; use a temporal function as T_INTERSECTS")
	case *cql2.Array:
		return o, c.invalid(e.Pos(), "an array cannot be compared; use an array function as A_CONTAINS")
	}
	n, err := c.condition(e)
	o.kind, o.value = Boolean, &Holds{n}
	return o, err
}

func kindOf(t geo.FieldType) Kind {
	switch t {
	case geo.TypeText:
		return Text
	case geo.TypeInteger:
		return Integer
	case geo.TypeNumber:
		return Number
	case geo.TypeBoolean:
		return Boolean
	case geo.TypeDate:
		return Date
	case geo.TypeDateTime:
		return Instant
	}
	return 0
}

func (c *checker) column(e *cql2.Property) (operandOf, error) {
	o := operandOf{at: e.Pos()}
	i, err := c.property(e)
	if err != nil {
		return o, err
	}
	if i < 0 {
		return o, c.invalid(e.Pos(), "the geometry cannot be compared; use a spatial function as S_INTERSECTS")
	}
	t := c.schema.Fields[i].Type
	if t == geo.TypeNull {
		return o, nil
	}
	if o.kind = kindOf(t); o.kind == 0 {
		if t == geo.TypeTextArray {
			return o, c.invalid(e.Pos(), "the property %q is of type %s, which cannot be compared; use an array function as A_CONTAINS", e.Name, t)
		}
		return o, c.invalid(e.Pos(), "the property %q is of type %s, which cannot be compared", e.Name, t)
	}
	o.value = &Column{i, t}
	return o, nil
}

func (c *checker) fold(arg cql2.Expr, name string, constant func(string) string, column func(Value) Value) (operandOf, error) {
	o, err := c.scalar(arg)
	if err != nil || o.value == nil {
		return o, err
	}
	if o.kind != Text {
		return o, c.invalid(arg.Pos(), "%s folds a text, found %s", name, o.describe())
	}
	if v, ok := o.value.(*Constant); ok {
		o.value = &Constant{geo.Text(constant(v.Value.Text()))}
		return o, nil
	}
	o.value = column(o.value)
	return o, nil
}

func (c *checker) arithmetic(e *cql2.Arithmetic) (operandOf, error) {
	o := operandOf{at: e.Pos(), kind: Number}
	a, err := c.scalar(e.A)
	if err != nil {
		return o, err
	}
	b, err := c.scalar(e.B)
	if err != nil {
		return o, err
	}
	for _, x := range [...]operandOf{a, b} {
		if x.value != nil && !numeric(x.kind) {
			return o, c.invalid(x.at, "the operator %s calculates with numbers, found %s", e.Op, x.describe())
		}
	}
	x, xOK := a.value.(*Constant)
	y, yOK := b.value.(*Constant)
	switch {
	case a.value == nil || b.value == nil:
		return o, nil
	case xOK && yOK:
		result, ok := Calculate(e.Op, x.Value.Number(), y.Value.Number())
		if !ok {
			return o, c.invalid(e.Pos(), "the result of %s is not a number", cql2.Text(e))
		}
		o.value = &Constant{geo.Number(result)}
		return o, nil
	}
	o.value = &Arithmetic{e.Op, a.value, b.value}
	return o, nil
}
