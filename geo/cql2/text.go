package cql2

import (
	"slices"
	"strings"

	"puy/geo"
)

// Text writes e in the text encoding, with brackets only where they are needed.
// ParseText gives e again, but for positions.
func Text(e Expr) string { return string(appendText(nil, e, loosest)) }

// How tight an operator binds.
const (
	loosest = iota
	inAnd
	inNot
	inPredicate
	inSum
	inProduct
	inPower
	tightest
)

func appendText(dst []byte, e Expr, within int) []byte {
	if tightness(e) < within {
		return append(appendText(append(dst, '('), e, loosest), ')')
	}
	switch e := e.(type) {
	case *Or:
		return appendList(dst, e.Args, " OR ", inAnd)
	case *And:
		return appendList(dst, e.Args, " AND ", inNot)
	case *Not:
		return appendNot(dst, e)
	case *Compare:
		dst = append(appendText(dst, e.A, inSum), ' ')
		return appendText(append(append(dst, e.Op...), ' '), e.B, inSum)
	case *Like, *Between, *In, *IsNull:
		return appendPredicate(dst, e, "")
	case *Arithmetic:
		return appendArithmetic(dst, e)
	case *Relate:
		return appendRelate(dst, e)
	case *Call:
		return append(appendList(append(append(dst, e.Name...), '('), e.Args, ", ", loosest), ')')
	case *CaseI:
		return append(appendText(append(dst, "CASEI("...), e.Arg, inSum), ')')
	case *AccentI:
		return append(appendText(append(dst, "ACCENTI("...), e.Arg, inSum), ')')
	case *Property:
		return appendName(dst, e.Name)
	case *Literal:
		return appendLiteral(dst, e.Value)
	case *Interval:
		dst = appendEnd(append(dst, "INTERVAL("...), e.Start)
		return append(appendEnd(append(dst, ", "...), e.End), ')')
	case *Open:
		return append(dst, "'..'"...)
	case *Shape:
		return appendShape(dst, e.Geometry)
	case *BBox:
		dst = append(dst, "BBOX("...)
		for i, c := range e.Coordinates {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = geo.AppendNumber(dst, c)
		}
		return append(dst, ')')
	case *Array:
		// Parentheses around one item would be nothing but brackets.
		if len(e.Items) == 1 {
			return append(appendList(append(dst, '['), e.Items, ", ", loosest), ']')
		}
		return append(appendList(append(dst, '('), e.Items, ", ", loosest), ')')
	}
	return dst
}

// tightness tells how tight the outermost operator of e binds.
func tightness(e Expr) int {
	switch e := e.(type) {
	case *Or:
		return loosest
	case *And:
		return inAnd
	case *Not:
		return inNot
	case *Compare, *Like, *Between, *In, *IsNull:
		return inPredicate
	case *Arithmetic:
		switch e.Op {
		case Add, Subtract:
			return inSum
		case Power:
			return inPower
		}
		return inProduct
	}
	return tightest
}

func appendList(dst []byte, list []Expr, between string, within int) []byte {
	for i, e := range list {
		if i > 0 {
			dst = append(dst, between...)
		}
		dst = appendText(dst, e, within)
	}
	return dst
}

func appendNot(dst []byte, e *Not) []byte {
	switch e.Arg.(type) {
	case *Like, *Between, *In, *IsNull:
		return appendPredicate(dst, e.Arg, "NOT ")
	}
	return appendText(append(dst, "NOT "...), e.Arg, inNot)
}

func appendPredicate(dst []byte, e Expr, not string) []byte {
	switch e := e.(type) {
	case *Like:
		dst = append(appendText(dst, e.Arg, inSum), ' ')
		return appendText(append(append(dst, not...), "LIKE "...), e.Pattern, inSum)
	case *Between:
		dst = append(appendText(dst, e.Arg, inSum), ' ')
		dst = appendText(append(append(dst, not...), "BETWEEN "...), e.Low, inSum)
		return appendText(append(dst, " AND "...), e.High, inSum)
	case *In:
		dst = append(appendText(dst, e.Arg, inSum), ' ')
		return append(appendList(append(append(dst, not...), "IN ("...), e.List, ", ", loosest), ')')
	case *IsNull:
		dst = append(appendText(dst, e.Arg, inSum), " IS "...)
		return append(append(dst, not...), "NULL"...)
	}
	return dst
}

func appendArithmetic(dst []byte, e *Arithmetic) []byte {
	left, right := inProduct, inPower
	switch e.Op {
	case Add, Subtract:
		left, right = inSum, inProduct
	case Power:
		left, right = tightest, inPower
	}
	dst = append(appendText(dst, e.A, left), ' ')
	return appendText(append(append(dst, e.Op...), ' '), e.B, right)
}

func appendRelate(dst []byte, e *Relate) []byte {
	dst = append(append(dst, strings.ToUpper(string(e.Relation))...), '(')
	argument := func(a Expr) {
		if list, ok := a.(*Array); ok && e.Relation[0] == 'a' {
			dst = append(appendList(append(dst, '('), list.Items, ", ", loosest), ')')
			return
		}
		dst = appendText(dst, a, inSum)
	}
	argument(e.A)
	dst = append(dst, ", "...)
	argument(e.B)
	return append(dst, ')')
}

// special are the words that other parsers than this one may take for something else than a name.
var special = [...]string{"DIV", "CASEI", "ACCENTI", "DATE", "TIMESTAMP", "INTERVAL", "BBOX", "Z", "EMPTY", "ISNULL"}

// isKeyword tells whether name means something where it stands unquoted.
func isKeyword(name string) bool {
	upper := strings.ToUpper(name)
	_, isRelation := relation(name)
	return isRelation || isShape(upper) || slices.Contains(reserved[:], upper) || slices.Contains(special[:], upper)
}

func appendName(dst []byte, name string) []byte {
	if isName(name) && !isKeyword(name) {
		return append(dst, name...)
	}
	return append(append(append(dst, '"'), strings.ReplaceAll(name, `"`, `""`)...), '"')
}

func appendLiteral(dst []byte, v geo.Value) []byte {
	switch v.Type() {
	case geo.TypeText:
		return appendQuoted(dst, v.Text())
	case geo.TypeNumber:
		return v.AppendJSON(dst) // a whole number with a fraction stays a number
	case geo.TypeBoolean:
		if v.Boolean() {
			return append(dst, "TRUE"...)
		}
		return append(dst, "FALSE"...)
	case geo.TypeDate:
		return append(v.Append(append(dst, "DATE('"...)), "')"...)
	case geo.TypeDateTime:
		return append(v.Append(append(dst, "TIMESTAMP('"...)), "')"...)
	}
	return v.Append(dst)
}

func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '\'')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			dst = append(dst, c, c)
		case c >= '\a' && c <= '\r':
			dst = append(dst, '\\', "abtnvfr"[c-'\a'])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '\'')
}

func appendEnd(dst []byte, e Expr) []byte {
	if l, ok := e.(*Literal); ok {
		return append(l.Value.Append(append(dst, '\'')), '\'')
	}
	return appendText(dst, e, tightest)
}
