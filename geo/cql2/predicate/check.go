package predicate

import (
	"slices"

	"puy/geo"
	"puy/geo/cql2"
)

// Check gives the meaning of a filter on features of s. Its geometry literals
// are in longitude, latitude (CRS84). The geometry's own name is geom or
// geometry, where no field is called so. Errors are of KindInvalid, and begin
// with the column of what is wrong.
func Check(e cql2.Expr, s *geo.Schema) (Node, error) {
	c := &checker{s}
	return c.condition(e)
}

type checker struct{ schema *geo.Schema }

func (c *checker) invalid(at cql2.Position, format string, args ...any) error {
	if at > 0 {
		format, args = "column %d: "+format, append([]any{int(at)}, args...)
	}
	return geo.Errorf(geo.KindInvalid, format, args...)
}

// operandOf is a scalar expression: where, of what kind, and its value, which
// is nil for a field that holds nothing but nulls.
type operandOf struct {
	at    cql2.Position
	kind  Kind
	value Value
}

// describe names an operand in an error.
func (o operandOf) describe() geo.Sentence {
	kind := [...]string{"", "a text", "an integer", "a number", "a boolean", "a date", "a time"}[o.kind]
	switch v := o.value.(type) {
	case *Constant:
		return geo.Say("%s (%s)", kind, v.Value.String())
	case *Column:
		return geo.Say("%s property", kind)
	}
	return geo.Say("%s", kind)
}

func (c *checker) conditions(list []cql2.Expr) ([]Node, error) {
	nodes := make([]Node, len(list))
	for i, e := range list {
		var err error
		if nodes[i], err = c.condition(e); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

func (c *checker) condition(e cql2.Expr) (Node, error) {
	switch e := e.(type) {
	case *cql2.And:
		list, err := c.conditions(e.Args)
		return &And{list}, err
	case *cql2.Or:
		list, err := c.conditions(e.Args)
		return &Or{list}, err
	case *cql2.Not:
		arg, err := c.condition(e.Arg)
		return &Not{arg}, err
	case *cql2.Compare:
		return c.pair(e.Op, e.A, e.B)
	case *cql2.Like:
		return c.like(e)
	case *cql2.Between:
		low, err := c.pair(cql2.GreaterOrEqual, e.Arg, e.Low)
		if err != nil {
			return nil, err
		}
		high, err := c.pair(cql2.LessOrEqual, e.Arg, e.High)
		return &And{[]Node{low, high}}, err
	case *cql2.In:
		return c.in(e)
	case *cql2.IsNull:
		return c.isNull(e.Arg)
	case *cql2.Relate:
		switch e.Relation[0] {
		case 's':
			return c.spatial(e)
		case 't':
			return c.temporal(e)
		}
		return c.arrays(e)
	}
	o, err := c.scalar(e)
	if err != nil {
		return nil, err
	}
	constant, ok := o.value.(*Constant)
	switch {
	case o.value == nil:
		return Unknown, nil
	case o.kind != Boolean:
		return nil, c.invalid(e.Pos(), "expected a condition, found %s", o.describe())
	case ok && constant.Value.Boolean():
		return True, nil
	case ok:
		return False, nil
	}
	return &Compare{cql2.Equal, Boolean, o.value, &Constant{geo.Boolean(true)}}, nil
}

func (c *checker) pair(op cql2.CompareOp, x, y cql2.Expr) (Node, error) {
	a, err := c.scalar(x)
	if err != nil {
		return nil, err
	}
	b, err := c.scalar(y)
	if err != nil {
		return nil, err
	}
	return c.compare(op, a, b)
}

// in gives one test where A is compared with constants of its own kind, else a
// comparison with each.
func (c *checker) in(e *cql2.In) (Node, error) {
	a, err := c.scalar(e.Arg)
	if err != nil {
		return nil, err
	}
	nodes := make([]Node, len(e.List))
	for i, item := range e.List {
		b, err := c.scalar(item)
		if err != nil {
			return nil, err
		}
		if nodes[i], err = c.compare(cql2.Equal, a, b); err != nil {
			return nil, err
		}
	}
	if in := oneOf(nodes); in != nil {
		return in, nil
	}
	return &Or{nodes}, nil
}

// oneOf gives one test in place of comparisons of one value with constants, or nil.
func oneOf(nodes []Node) *In {
	in := &In{}
	for i, n := range nodes {
		equal, ok := n.(*Compare)
		if !ok || i > 0 && (equal.A != in.A || equal.Kind != in.Kind) {
			return nil
		}
		if _, ok := equal.B.(*Constant); !ok {
			return nil
		}
		in.A, in.Kind, in.List = equal.A, equal.Kind, append(in.List, equal.B)
	}
	return in
}

func (c *checker) like(e *cql2.Like) (Node, error) {
	a, err := c.scalar(e.Arg)
	if err != nil {
		return nil, err
	}
	p, err := c.scalar(e.Pattern)
	if err != nil {
		return nil, err
	}
	pattern, ok := p.value.(*Constant)
	if p.kind != Text || !ok {
		return nil, c.invalid(e.Pattern.Pos(), "the pattern of LIKE is a text, perhaps in CASEI or ACCENTI")
	}
	if a.value == nil {
		return Unknown, nil
	}
	if a.kind != Text {
		return nil, c.invalid(e.Arg.Pos(), "LIKE tests a text, found %s", a.describe())
	}
	return &Like{a.value, Pattern(pattern.Value.Text())}, nil
}

// isNull accepts what has no scalar value as well.
func (c *checker) isNull(e cql2.Expr) (Node, error) {
	switch e := e.(type) {
	case *cql2.Shape, *cql2.BBox, *cql2.Interval, *cql2.Array:
		return False, nil
	case *cql2.Property:
		i, err := c.property(e)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			return &NoGeometry{}, nil
		}
		f := c.schema.Fields[i]
		if f.Type == geo.TypeNull {
			return True, nil
		}
		return &IsNull{&Column{i, f.Type}}, nil
	case *cql2.And, *cql2.Or, *cql2.Not, *cql2.Compare, *cql2.Like, *cql2.Between, *cql2.In, *cql2.IsNull, *cql2.Relate:
		n, err := c.condition(e)
		return &IsUnknown{n}, err
	}
	o, err := c.scalar(e)
	if err != nil {
		return nil, err
	}
	if o.value == nil {
		return True, nil
	}
	return &IsNull{o.value}, nil
}

// property gives the position of a field, or -1 for the geometry.
func (c *checker) property(e *cql2.Property) (int, error) {
	if i := c.schema.Index(e.Name); i >= 0 {
		return i, nil
	}
	if c.schema.Spatial() && slices.Contains(geometryNames[:], e.Name) {
		return -1, nil
	}
	if near := c.nearest(e.Name); near != "" {
		return 0, c.invalid(e.Pos(), "there is no property %q; did you mean %q?", e.Name, near)
	}
	return 0, c.invalid(e.Pos(), "there is no property %q", e.Name)
}

// geometryNames are the names of the geometry, which has none in a schema.
var geometryNames = [...]string{"geom", "geometry"}
