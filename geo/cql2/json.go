package cql2

import (
	"slices"

	"puy/geo"
)

// ParseJSON parses a filter in the JSON encoding (21-065r2 section 9). Members
// that the standard does not define are refused. Errors are of KindInvalid or
// KindLimit and begin with the column: a byte of src, from 1.
func ParseJSON(src string) (Expr, error) {
	if err := checkSource(src, MaxJSON); err != nil {
		return nil, err
	}
	r := &reader{src: src}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.offset < len(src) {
		return nil, invalid(r.at(), "something follows the filter")
	}
	d := &decoder{}
	return d.expr(&v, 0)
}

// decoder makes the tree of JSON values.
type decoder struct{ budget budget }

func (d *decoder) expr(v *value, depth int) (Expr, error) {
	if depth++; depth > MaxDepth {
		return nil, tooDeep(v.at)
	}
	if err := d.budget.node(v.at); err != nil {
		return nil, err
	}
	switch v.kind {
	case 't', 'f':
		return &Literal{v.at, geo.Boolean(v.kind == 't')}, nil
	case '"':
		return &Literal{v.at, geo.Text(v.text)}, nil
	case '0':
		n, ok := parseNumber(v.text)
		if !ok {
			return nil, invalid(v.at, "the number %s is too large", cut(v.text))
		}
		return &Literal{v.at, n}, nil
	case '[':
		items, err := d.list(v, depth)
		return &Array{v.at, items}, err
	case 'n':
		return nil, invalid(v.at, "null is not a value; use the operator isNull")
	}
	switch {
	case v.get("op") != nil:
		return d.operation(v, depth)
	case v.get("property") != nil:
		name, err := d.only(v, "property", '"')
		if err == nil && name.text == "" {
			err = invalid(name.at, "a name is empty")
		}
		if err != nil {
			return nil, err
		}
		return &Property{v.at, name.text}, nil
	case v.get("date") != nil:
		return d.instant(v, "date", "a date as 2024-12-31", parseDate)
	case v.get("timestamp") != nil:
		return d.instant(v, "timestamp", "a time in UTC as 2024-12-31T23:59:59Z", parseTimestamp)
	case v.get("interval") != nil:
		return d.interval(v, depth)
	case v.get("type") != nil:
		g, err := d.geometry(v, 0)
		return &Shape{v.at, g}, err
	case v.get("bbox") != nil:
		return d.bbox(v)
	}
	return nil, invalid(v.at, "expected an object with one of op, property, date, timestamp, interval, type or bbox")
}

func (d *decoder) list(v *value, depth int) ([]Expr, error) {
	var list []Expr
	for i := range v.items {
		e, err := d.expr(&v.items[i], depth)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// only gives the one member that v may have, which is of the given kind.
func (d *decoder) only(v *value, name string, kind byte) (*value, error) {
	for _, m := range v.members {
		if m.name != name {
			return nil, invalid(m.at, "the member %q does not go with %q", cut(m.name), name)
		}
	}
	m := v.get(name)
	if m.kind != kind {
		return nil, invalid(m.at, "the member %q is %s, found %s", name, kindName(kind), m.describe())
	}
	return m, nil
}

func (d *decoder) instant(v *value, name, want string, parse func(string) (geo.Value, bool)) (Expr, error) {
	text, err := d.only(v, name, '"')
	if err != nil {
		return nil, err
	}
	t, ok := parse(text.text)
	if !ok {
		return nil, invalid(text.at, "expected %s, found %q", want, cut(text.text))
	}
	return &Literal{v.at, t}, nil
}

func (d *decoder) interval(v *value, depth int) (Expr, error) {
	ends, err := d.only(v, "interval", '[')
	if err != nil {
		return nil, err
	}
	if len(ends.items) != 2 {
		return nil, invalid(ends.at, "an interval has two ends, found %d", len(ends.items))
	}
	list := make([]Expr, 2)
	for i := range ends.items {
		end, ok := &ends.items[i], true
		if end.kind != '"' {
			if list[i], err = d.expr(end, depth); err == nil {
				err = checkEnd(list[i])
			}
		} else if list[i], ok = parseEnd(end.at, end.text); !ok {
			err = invalid(end.at, `expected a date, a time in UTC or "..", found %q`, cut(end.text))
		}
		if err != nil {
			return nil, err
		}
	}
	return &Interval{v.at, list[0], list[1]}, d.budget.node(v.at)
}

func (d *decoder) bbox(v *value) (Expr, error) {
	box, err := d.only(v, "bbox", '[')
	if err != nil {
		return nil, err
	}
	list, err := d.coordinates(box)
	if err == nil && len(list) != 4 && len(list) != 6 {
		err = invalid(box.at, "a bbox has four or six coordinates, found %d", len(list))
	}
	return &BBox{v.at, list}, err
}

var (
	compareOps    = [...]CompareOp{Equal, NotEqual, Less, Greater, LessOrEqual, GreaterOrEqual}
	arithmeticOps = [...]ArithmeticOp{Add, Subtract, Multiply, Divide, Remainder, Quotient, Power}
)

// arity gives the number of arguments of an operator that has a fixed one, or 0.
func arity(name string) int {
	switch name {
	case "not", "isNull", "casei", "accenti":
		return 1
	case "like", "in":
		return 2
	case "between":
		return 3
	}
	if slices.Contains(compareOps[:], CompareOp(name)) || slices.Contains(arithmeticOps[:], ArithmeticOp(name)) {
		return 2
	}
	return 0
}

func (d *decoder) operation(v *value, depth int) (Expr, error) {
	for _, m := range v.members {
		if m.name != "op" && m.name != "args" {
			return nil, invalid(m.at, "the member %q does not go with \"op\"", cut(m.name))
		}
	}
	op, args := v.get("op"), v.get("args")
	if op.kind != '"' || op.text == "" {
		return nil, invalid(op.at, "the member \"op\" is the name of an operator")
	}
	if args == nil || args.kind != '[' {
		return nil, invalid(v.at, "the operator %q wants its arguments in an array \"args\"", cut(op.text))
	}
	name, n := op.text, len(args.items)
	r, relates := relation(name)
	want := arity(name)
	if relates {
		want = 2
	}
	if want > 0 && n != want {
		return nil, invalid(args.at, "the operator %q has %d arguments, found %d", cut(name), want, n)
	}
	if name == "in" {
		return d.in(v, args, depth)
	}
	list, err := d.list(args, depth)
	if err != nil {
		return nil, err
	}
	switch name {
	case "and", "or":
		if n < 2 {
			return nil, invalid(args.at, "the operator %q has two arguments or more, found %d", name, n)
		}
		if name == "and" {
			return &And{v.at, list}, nil
		}
		return &Or{v.at, list}, nil
	case "not":
		return &Not{v.at, list[0]}, nil
	case "isNull":
		return &IsNull{v.at, list[0]}, nil
	case "casei":
		return &CaseI{v.at, list[0]}, nil
	case "accenti":
		return &AccentI{v.at, list[0]}, nil
	case "like":
		return &Like{v.at, list[0], list[1]}, nil
	case "between":
		return &Between{v.at, list[0], list[1], list[2]}, nil
	}
	switch {
	case relates:
		for i, a := range list {
			if r[0] == 'a' && tightness(a) < tightest {
				return nil, invalid(args.items[i].at, "an array function compares arrays, found an operator")
			}
		}
		return &Relate{v.at, r, list[0], list[1]}, nil
	case slices.Contains(compareOps[:], CompareOp(name)):
		return &Compare{v.at, CompareOp(name), list[0], list[1]}, nil
	case slices.Contains(arithmeticOps[:], ArithmeticOp(name)):
		return &Arithmetic{v.at, ArithmeticOp(name), list[0], list[1]}, nil
	}
	if !isName(name) || isKeyword(name) {
		return nil, invalid(op.at, "%q is not the name of an operator or function", cut(name))
	}
	return &Call{v.at, name, list}, nil
}

func (d *decoder) in(v, args *value, depth int) (Expr, error) {
	arg, err := d.expr(&args.items[0], depth)
	if err != nil {
		return nil, err
	}
	list := &args.items[1]
	if list.kind != '[' || len(list.items) == 0 {
		return nil, invalid(list.at, "the second argument of \"in\" is an array of one value or more")
	}
	items, err := d.list(list, depth)
	return &In{v.at, arg, items}, err
}

// isName tells whether name can stand unquoted.
func isName(name string) bool {
	for i, r := range name {
		if i == 0 && !nameStart(r) || !namePart(r) {
			return false
		}
	}
	return name != ""
}
