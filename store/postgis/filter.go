package postgis

import (
	"strings"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/predicate"
)

// filter writes the condition that a CQL2 filter is true.
func (t *table) filter(b *statement, e cql2.Expr) error {
	n, err := predicate.Check(e, &t.schema)
	if err != nil {
		return err
	}
	w := filterWriter{t, b}
	b.WriteString(" AND ")
	return w.node(n)
}

// filterWriter writes conditions and values as SQL. Every constant is a parameter.
type filterWriter struct {
	*table
	b *statement
}

func (w filterWriter) write(parts ...string) {
	for _, p := range parts {
		w.b.WriteString(p)
	}
}

func (w filterWriter) node(n predicate.Node) error {
	switch n := n.(type) {
	case predicate.Truth:
		w.write([...]string{"NULL::boolean", "false", "true"}[n])
		return nil
	case *predicate.And:
		return w.list(n.Args, " AND ")
	case *predicate.Or:
		return w.list(n.Args, " OR ")
	case *predicate.Not:
		return w.around("(NOT ", n.Arg, ")")
	case *predicate.IsUnknown:
		return w.around("((", n.Arg, ") IS NULL)")
	case *predicate.NoGeometry:
		w.write("(geom IS NULL)")
		return nil
	case *predicate.IsNull:
		w.write("(")
		if err := w.value(n.Value, 0); err != nil {
			return err
		}
		w.write(" IS NULL)")
		return nil
	case *predicate.Compare:
		w.write("(")
		if err := w.value(n.A, n.Kind); err != nil {
			return err
		}
		w.write(" ", string(n.Op), " ")
		if err := w.value(n.B, n.Kind); err != nil {
			return err
		}
		w.write(")")
		return nil
	case *predicate.In:
		return w.in(n)
	case *predicate.Like:
		w.write("(")
		if err := w.value(n.A, predicate.Text); err != nil {
			return err
		}
		return w.pattern(n.Pattern)
	case *predicate.Spatial:
		return w.spatial(n)
	case *predicate.Arrays:
		return w.arrays(n)
	}
	return unknownNode(n)
}

func unknownNode(n any) error {
	return geo.Errorf(geo.KindInternal, "a filter has a node of type %T, which cannot be written as SQL", n)
}

func (w filterWriter) around(before string, n predicate.Node, after string) error {
	w.write(before)
	err := w.node(n)
	w.write(after)
	return err
}

func (w filterWriter) list(list []predicate.Node, between string) error {
	w.write("(")
	for i, n := range list {
		if i > 0 {
			w.write(between)
		}
		if err := w.node(n); err != nil {
			return err
		}
	}
	w.write(")")
	return nil
}

// in writes one test against an array, which an index answers.
func (w filterWriter) in(n *predicate.In) error {
	list := make([]any, 0, len(n.List))
	for _, item := range n.List {
		c, ok := item.(*predicate.Constant)
		if !ok {
			return unknownNode(item)
		}
		v, err := parameter(c.Value, n.Kind)
		if err != nil {
			return err
		}
		list = append(list, v)
	}
	w.write("(")
	if err := w.value(n.A, n.Kind); err != nil {
		return err
	}
	w.write(" = ANY (", w.b.bind(list), "::", sqlType(n.Kind), "[]))")
	return nil
}

// pattern writes LIKE and a pattern in which every backslash stands before what
// it escapes: a single one at the end is an error in PostgreSQL.
func (w filterWriter) pattern(p predicate.Pattern) error {
	var text strings.Builder
	p.Each(func(literal rune, wild byte) {
		if wild != 0 {
			text.WriteByte(wild)
			return
		}
		if literal == '%' || literal == '_' || literal == '\\' {
			text.WriteByte('\\')
		}
		text.WriteRune(literal)
	})
	if !storable(text.String()) {
		return unstorable()
	}
	w.write(" LIKE ", w.b.bind(text.String()), "::text)")
	return nil
}

func unstorable() error {
	return geo.Errorf(geo.KindInvalid, "a text of the filter holds characters that no data holds")
}

// arrays writes a relation of arrays as sets.
func (w filterWriter) arrays(n *predicate.Arrays) error {
	operator := map[cql2.Relation]string{cql2.ArrayContains: " @> ", cql2.ArrayContainedBy: " <@ ", cql2.ArrayOverlaps: " && ", cql2.ArrayEquals: " @> "}
	both := func(operator string) error {
		w.write("(")
		if err := w.array(n.A); err != nil {
			return err
		}
		w.write(operator)
		if err := w.array(n.B); err != nil {
			return err
		}
		w.write(")")
		return nil
	}
	if n.Relation != cql2.ArrayEquals {
		return both(operator[n.Relation])
	}
	w.write("(")
	if err := both(" @> "); err != nil {
		return err
	}
	w.write(" AND ")
	if err := both(" <@ "); err != nil {
		return err
	}
	w.write(")")
	return nil
}

func (w filterWriter) array(a predicate.Array) error {
	if a.Column != nil {
		w.write(quote(w.columns[a.Column.Index]))
		return nil
	}
	w.write("array_remove(ARRAY[")
	for i, item := range a.Items {
		if i > 0 {
			w.write(", ")
		}
		if err := w.value(item, predicate.Text); err != nil {
			return err
		}
	}
	w.write("]::text[], NULL)")
	return nil
}

// spatial writes the test of boxes beside that of shapes, for the index: boxes
// that do not meet decide every relation but Disjoint.
func (w filterWriter) spatial(n *predicate.Spatial) error {
	a, b := w.shape(n.A), w.shape(n.B)
	switch n.Relation {
	case cql2.Intersects:
		w.write("ST_Intersects(", a, ", ", b, ")")
		return nil
	case cql2.Disjoint:
		w.write("(NOT ST_Intersects(", a, ", ", b, "))")
		return nil
	}
	relates := "puy.relates('" + string(n.Relation) + "', " + a + ", " + b + ")"
	if n.A.Own && !n.B.Own && !n.B.Geometry.IsEmpty() {
		relates = "(" + a + " && " + b + " AND " + relates + ")"
	}
	w.write(relates)
	return nil
}

func (w filterWriter) shape(s predicate.Shape) string {
	if s.Own {
		return "geom"
	}
	return "ST_GeomFromEWKB(" + w.b.bind(s.Geometry.AppendEWKB(nil, 4326)) + "::bytea)"
}
