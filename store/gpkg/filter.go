package gpkg

import (
	"strings"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/geo/cql2/eval"
	"puy/geo/cql2/predicate"
	"puy/geo/relate"
)

// filterWriter writes conditions and values of a filter as SQL. Every constant
// is a parameter; geometries are prepared, and known to SQL by a number.
type filterWriter struct {
	strings.Builder
	v      *version
	args   []any
	shapes *shapes
	held   []int64 // the numbers to release
}

// filter adds the condition that the filter n is true, and of the boxes in
// which that can be.
func (s *selection) filter(n predicate.Node, boxes []geo.Bounds, how plan) error {
	if boxes != nil && how == byRTree {
		var tests []string
		var args []any
		for _, b := range boxes {
			tests = append(tests, "SELECT r.id FROM "+s.rtree+" r WHERE "+rtreeMeets)
			args = append(args, rtreeArgs(b)...)
		}
		s.add("t.fid IN ("+strings.Join(tests, " UNION ALL ")+")", args...)
	}
	w := filterWriter{v: s.v, shapes: s.shapes}
	err := w.node(n)
	s.held = append(s.held, w.held...)
	if err == nil {
		s.add(w.String(), w.args...)
	}
	return err
}

// boxesOf gives the boxes outside of which n is true of no geometry; nil where
// it may be true anywhere.
func boxesOf(n predicate.Node) []geo.Bounds {
	switch n := n.(type) {
	case *predicate.And:
		for _, arg := range n.Args {
			if boxes := boxesOf(arg); boxes != nil {
				return boxes
			}
		}
	case *predicate.Spatial:
		g := n.B.Geometry
		if !n.A.Own || n.B.Own || eval.Relation(n.Relation) == relate.Disjoint || g.IsEmpty() {
			return nil
		}
		// Two parts at most: those of a box over the antimeridian.
		if parts := parts(g); len(parts) == 2 {
			return parts
		}
		return []geo.Bounds{g.Bounds()}
	}
	return nil
}

func (w *filterWriter) bind(v any) string {
	w.args = append(w.args, v)
	return "?"
}

func (w *filterWriter) write(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

func unknownNode(n any) error {
	return geo.Errorf(geo.KindInternal, "a filter has a node of type %T, which cannot be written as SQL", n)
}

func (w *filterWriter) node(n predicate.Node) error {
	switch n := n.(type) {
	case predicate.Truth:
		w.write([...]string{"NULL", "0", "1"}[n])
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
		w.write("(t.geom IS NULL)")
		return nil
	case *predicate.IsNull:
		return w.call("(", n.Value, 0, " IS NULL)")
	case *predicate.Compare:
		if err := w.call("(", n.A, n.Kind, " "+string(n.Op)+" "); err != nil {
			return err
		}
		return w.call("", n.B, n.Kind, ")")
	case *predicate.In:
		return w.in(n)
	case *predicate.Like:
		if err := w.call("(", n.A, predicate.Text, " GLOB "); err != nil {
			return err
		}
		w.write(w.bind(glob(n.Pattern)), ")")
		return nil
	case *predicate.Spatial:
		return w.spatial(n)
	case *predicate.Arrays:
		w.write("puy_arrays('", string(n.Relation), "', ")
		if err := w.array(n.A); err != nil {
			return err
		}
		w.write(", ")
		if err := w.array(n.B); err != nil {
			return err
		}
		w.write(")")
		return nil
	}
	return unknownNode(n)
}

func (w *filterWriter) around(before string, n predicate.Node, after string) error {
	w.write(before)
	err := w.node(n)
	w.write(after)
	return err
}

// list writes conditions as a balanced tree: SQLite bounds the depth of an
// expression, and a chain is as deep as it is long.
func (w *filterWriter) list(list []predicate.Node, between string) error {
	if len(list) == 1 {
		return w.node(list[0])
	}
	w.write("(")
	if err := w.list(list[:len(list)/2], between); err != nil {
		return err
	}
	w.write(between)
	if err := w.list(list[len(list)/2:], between); err != nil {
		return err
	}
	w.write(")")
	return nil
}

func (w *filterWriter) in(n *predicate.In) error {
	if err := w.call("(", n.A, n.Kind, " IN ("); err != nil {
		return err
	}
	for i, item := range n.List {
		if i > 0 {
			w.write(", ")
		}
		if err := w.value(item, n.Kind); err != nil {
			return err
		}
	}
	w.write("))")
	return nil
}

// glob gives a pattern as GLOB has it, which heeds case where LIKE does not.
func glob(p predicate.Pattern) string {
	var b strings.Builder
	p.Each(func(literal rune, wild byte) {
		switch {
		case wild == '%':
			b.WriteByte('*')
		case wild == '_':
			b.WriteByte('?')
		case literal == '*' || literal == '?' || literal == '[':
			b.WriteString("[" + string(literal) + "]")
		default:
			b.WriteRune(literal)
		}
	})
	return b.String()
}

func (w *filterWriter) spatial(n *predicate.Spatial) error {
	relation := eval.Relation(n.Relation)
	switch {
	case n.A.Own && n.B.Own:
		w.write("puy_relates_itself(", w.bind(int64(relation)), ", t.geom)")
		return nil
	case !n.A.Own:
		p, err := relate.Prepare(n.B.Geometry)
		if err != nil {
			return err
		}
		yes, err := p.Test(relation, n.A.Geometry)
		switch {
		case err != nil:
			w.write("NULL")
		case yes:
			w.write("1")
		default:
			w.write("0")
		}
		return nil
	}
	p, err := relate.Prepare(n.B.Geometry)
	if err != nil {
		return err
	}
	number := w.shapes.hold(p)
	w.held = append(w.held, number)
	w.write("puy_relates(", w.bind(int64(relation)), ", t.geom, ", w.bind(number), ")")
	return nil
}

func (w *filterWriter) array(a predicate.Array) error {
	if a.Column != nil {
		w.write("t." + gp.Quote(w.v.columns[a.Column.Index]))
		return nil
	}
	w.write("json_array(")
	for i, item := range a.Items {
		if i > 0 {
			w.write(", ")
		}
		if err := w.value(item, predicate.Text); err != nil {
			return err
		}
	}
	w.write(")")
	return nil
}
