package predicate

import (
	"slices"

	"puy/geo"
	"puy/geo/cql2"
)

// arrays relates two arrays of text. Two lists of constants of any type are
// compared at once.
func (c *checker) arrays(e *cql2.Relate) (Node, error) {
	a, aList, err := c.array(e.A)
	if err != nil {
		return nil, err
	}
	b, bList, err := c.array(e.B)
	if err != nil {
		return nil, err
	}
	if aList != nil && bList != nil {
		x, xOK := constants(aList)
		y, yOK := constants(bList)
		if xOK && yOK {
			if RelateSets(e.Relation, x, y) {
				return True, nil
			}
			return False, nil
		}
	}
	for _, list := range [...][]operandOf{aList, bList} {
		for _, o := range list {
			if o.value != nil && o.kind != Text {
				return nil, c.invalid(o.at, "an array of text holds no other values, found %s", o.describe())
			}
		}
	}
	if a == nil || b == nil {
		return Unknown, nil
	}
	return &Arrays{e.Relation, *a, *b}, nil
}

// array gives a property or a list; of a property of nothing but nulls, neither.
func (c *checker) array(e cql2.Expr) (*Array, []operandOf, error) {
	switch e := e.(type) {
	case *cql2.Property:
		i, err := c.property(e)
		if err != nil {
			return nil, nil, err
		}
		if i < 0 {
			return nil, nil, c.invalid(e.Pos(), "the geometry is not an array")
		}
		switch t := c.schema.Fields[i].Type; t {
		case geo.TypeNull:
			return nil, nil, nil
		case geo.TypeTextArray:
			return &Array{Column: &Column{i, t}}, nil, nil
		default:
			return nil, nil, c.invalid(e.Pos(), "the property %q is of type %s, not an array", e.Name, t)
		}
	case *cql2.Array:
		list, values := make([]operandOf, len(e.Items)), []Value(nil)
		for i, item := range e.Items {
			o, err := c.scalar(item)
			if err != nil {
				return nil, nil, err
			}
			list[i] = o
			if o.value != nil {
				values = append(values, o.value)
			}
		}
		return &Array{Items: values}, list, nil
	}
	return nil, nil, c.invalid(e.Pos(), "expected an array or a property that is one")
}

// constants gives the values of a list, numbers as numbers.
func constants(list []operandOf) ([]geo.Value, bool) {
	values := make([]geo.Value, len(list))
	for i, o := range list {
		constant, ok := o.value.(*Constant)
		if !ok {
			return nil, false
		}
		if values[i] = constant.Value; o.kind == Integer {
			values[i] = geo.Number(constant.Value.Number())
		}
	}
	return values, true
}

// RelateSets relates two arrays as sets: neither order nor repetition counts.
func RelateSets[T comparable](r cql2.Relation, a, b []T) bool {
	all := func(of, in []T) bool {
		return !slices.ContainsFunc(of, func(v T) bool { return !slices.Contains(in, v) })
	}
	switch r {
	case cql2.ArrayContains:
		return all(b, a)
	case cql2.ArrayContainedBy:
		return all(a, b)
	case cql2.ArrayEquals:
		return all(a, b) && all(b, a)
	}
	return slices.ContainsFunc(a, func(v T) bool { return slices.Contains(b, v) })
}
