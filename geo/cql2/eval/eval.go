package eval

import (
	"strings"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/predicate"
	"puy/geo/relate"
)

// Filter tests features of one schema. It belongs to one goroutine at a time.
type Filter struct {
	node   predicate.Node
	shapes map[*predicate.Spatial]*relate.Prepared
}

// New makes a Filter of a checked condition.
func New(n predicate.Node) *Filter {
	return &Filter{n, make(map[*predicate.Spatial]*relate.Prepared)}
}

// Compile checks e against s and makes a Filter of it.
func Compile(e cql2.Expr, s *geo.Schema) (*Filter, error) {
	n, err := predicate.Check(e, s)
	if err != nil {
		return nil, err
	}
	return New(n), nil
}

// Match tells whether the filter is true of f, whose values are those of the
// schema, in its order.
func (x *Filter) Match(f *geo.Feature) bool { return x.truth(x.node, f) == predicate.True }

func truthOf(b bool) predicate.Truth {
	if b {
		return predicate.True
	}
	return predicate.False
}

func (x *Filter) truth(n predicate.Node, f *geo.Feature) predicate.Truth {
	switch n := n.(type) {
	case predicate.Truth:
		return n
	case *predicate.And:
		return x.all(n.Args, f, predicate.True, predicate.False)
	case *predicate.Or:
		return x.all(n.Args, f, predicate.False, predicate.True)
	case *predicate.Not:
		switch x.truth(n.Arg, f) {
		case predicate.True:
			return predicate.False
		case predicate.False:
			return predicate.True
		}
		return predicate.Unknown
	case *predicate.IsNull:
		_, ok := x.value(n.Value, f)
		return truthOf(!ok)
	case *predicate.NoGeometry:
		return truthOf(f.Geometry.IsNull())
	case *predicate.IsUnknown:
		return truthOf(x.truth(n.Arg, f) == predicate.Unknown)
	case *predicate.Compare:
		a, aOK := x.value(n.A, f)
		b, bOK := x.value(n.B, f)
		if !aOK || !bOK {
			return predicate.Unknown
		}
		return truthOf(holds(n.Op, order(n.Kind, a, b)))
	case *predicate.In:
		a, ok := x.value(n.A, f)
		if !ok {
			return predicate.Unknown
		}
		for _, item := range n.List {
			if b, _ := x.value(item, f); order(n.Kind, a, b) == 0 {
				return predicate.True
			}
		}
		return predicate.False
	case *predicate.Like:
		a, ok := x.value(n.A, f)
		if !ok {
			return predicate.Unknown
		}
		return truthOf(n.Pattern.Match(a.Text()))
	case *predicate.Spatial:
		return x.spatial(n, f)
	case *predicate.Arrays:
		a, aOK := x.array(n.A, f)
		b, bOK := x.array(n.B, f)
		if !aOK || !bOK {
			return predicate.Unknown
		}
		return truthOf(predicate.RelateSets(n.Relation, a, b))
	}
	return predicate.Unknown
}

// all gives ending where one argument is it, else unknown where one is, else start.
func (x *Filter) all(args []predicate.Node, f *geo.Feature, start, ending predicate.Truth) predicate.Truth {
	result := start
	for _, a := range args {
		switch x.truth(a, f) {
		case ending:
			return ending
		case predicate.Unknown:
			result = predicate.Unknown
		}
	}
	return result
}

func holds(op cql2.CompareOp, order int) bool {
	switch op {
	case cql2.Equal:
		return order == 0
	case cql2.NotEqual:
		return order != 0
	case cql2.Less:
		return order < 0
	case cql2.Greater:
		return order > 0
	case cql2.LessOrEqual:
		return order <= 0
	}
	return order >= 0
}

// order gives the sign of a - b.
func order(k predicate.Kind, a, b geo.Value) int {
	switch k {
	case predicate.Text:
		return strings.Compare(a.Text(), b.Text()) // UTF-8 is in the order of code points
	case predicate.Number:
		return sign(a.Number(), b.Number())
	}
	return sign(a.Integer(), b.Integer()) // booleans, dates and instants are integers within
}

func sign[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// array gives the texts of an array; false where the property is null. Null
// elements of a list are no elements.
func (x *Filter) array(a predicate.Array, f *geo.Feature) ([]string, bool) {
	if a.Column != nil {
		v := f.Values[a.Column.Index]
		return v.Texts(), !v.IsNull()
	}
	var texts []string
	for _, item := range a.Items {
		if v, ok := x.value(item, f); ok {
			texts = append(texts, v.Text())
		}
	}
	return texts, true
}
