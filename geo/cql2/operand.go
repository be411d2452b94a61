package cql2

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
)

// reserved are the words that are never a property's name, unless quoted.
var reserved = [...]string{"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE"}

// operand parses a literal, a property, a function or an expression in brackets.
func (p *parser) operand(depth int) (Expr, error) {
	t := p.tok
	if err := p.budget.node(t.at); err != nil {
		return nil, err
	}
	switch t.kind {
	case tokenText:
		return &Literal{t.at, geo.Text(t.text)}, p.advance()
	case tokenNumber:
		return p.signedNumber(t.at, false)
	case tokenQuoted:
		return &Property{t.at, t.text}, p.advance()
	case tokenName:
		return p.word(depth)
	}
	switch t.text {
	case "(":
		return p.bracketed(depth)
	case "[":
		if err := p.advance(); err != nil {
			return nil, err
		}
		items, err := p.items(depth, "]", true)
		return &Array{t.at, items}, err
	}
	return nil, p.unexpected("a property, a value or a function")
}

// bracketed parses an expression in parentheses, or an array of none or of more than one.
func (p *parser) bracketed(depth int) (Expr, error) {
	at := p.tok.at
	if err := p.advance(); err != nil {
		return nil, err
	}
	items, err := p.items(depth, ")", true)
	if err != nil || len(items) == 1 {
		return first(items), err
	}
	return &Array{at, items}, nil
}

// word parses what begins with a bare word.
func (p *parser) word(depth int) (Expr, error) {
	t := p.tok
	upper := strings.ToUpper(t.text)
	switch {
	case upper == "TRUE" || upper == "FALSE":
		return &Literal{t.at, geo.Boolean(upper == "TRUE")}, p.advance()
	case slices.Contains(reserved[:], upper):
		return nil, p.unexpected("a property, a value or a function (a property of this name stands in double quotes)")
	case isShape(upper) && (p.after.is("(") || p.after.is("Z") || p.after.is("EMPTY")):
		return p.shape()
	case !p.after.is("("):
		return &Property{t.at, t.text}, p.advance()
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if depth++; depth > MaxDepth {
		return nil, tooDeep(t.at)
	}
	switch upper {
	case "BBOX":
		return p.bbox(t.at)
	case "DATE", "TIMESTAMP":
		v, err := p.instant(upper)
		if err == nil {
			err = p.expect(")")
		}
		return &Literal{t.at, v}, err
	case "INTERVAL":
		return p.interval(t.at, depth)
	case "CASEI", "ACCENTI":
		arg, err := p.sum(depth)
		if err == nil {
			err = p.expect(")")
		}
		if upper == "CASEI" {
			return &CaseI{t.at, arg}, err
		}
		return &AccentI{t.at, arg}, err
	}
	if r, ok := relation(t.text); ok {
		return p.relate(t.at, r, depth)
	}
	if isKeyword(t.text) {
		return nil, invalid(t.at, "%q is not the name of a function", t.text)
	}
	args, err := p.items(depth, ")", true)
	return &Call{t.at, t.text, args}, err
}

func (p *parser) relate(at Position, r Relation, depth int) (Expr, error) {
	e := &Relate{Position: at, Relation: r}
	argument := p.sum
	if r[0] == 'a' {
		argument = p.arrayArgument
	}
	var err error
	if e.A, err = argument(depth); err != nil {
		return nil, err
	}
	if err = p.expect(","); err != nil {
		return nil, err
	}
	if e.B, err = argument(depth); err != nil {
		return nil, err
	}
	return e, p.expect(")")
}

// arrayArgument parses an array, or what has no operator: parentheses around
// one item are an array.
func (p *parser) arrayArgument(depth int) (Expr, error) {
	at := p.tok.at
	if !p.tok.is("(") {
		e, err := p.factor(depth)
		if err == nil && tightness(e) < tightest {
			err = invalid(at, "an array function compares arrays, found an operator")
		}
		return e, err
	}
	if err := p.budget.node(at); err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	items, err := p.items(depth, ")", true)
	return &Array{at, items}, err
}

// instant parses the text of a DATE or TIMESTAMP.
func (p *parser) instant(keyword string) (geo.Value, error) {
	t := p.tok
	if t.kind != tokenText {
		return geo.Value{}, p.unexpected("a text in single quotes")
	}
	if keyword == "DATE" {
		v, ok := parseDate(t.text)
		if !ok {
			return v, invalid(t.at, "expected a date as '2024-12-31', found %s", t.describe())
		}
		return v, p.advance()
	}
	v, ok := parseTimestamp(t.text)
	if !ok {
		return v, invalid(t.at, "expected a time in UTC as '2024-12-31T23:59:59Z', found %s", t.describe())
	}
	return v, p.advance()
}

func (p *parser) interval(at Position, depth int) (Expr, error) {
	start, err := p.intervalEnd(depth)
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	end, err := p.intervalEnd(depth)
	if err != nil {
		return nil, err
	}
	return &Interval{at, start, end}, p.expect(")")
}

func (p *parser) intervalEnd(depth int) (Expr, error) {
	t := p.tok
	if t.kind != tokenText {
		e, err := p.operand(depth)
		if err != nil {
			return nil, err
		}
		return e, checkEnd(e)
	}
	if err := p.budget.node(t.at); err != nil {
		return nil, err
	}
	e, ok := parseEnd(t.at, t.text)
	if !ok {
		return nil, invalid(t.at, "expected a date, a time in UTC or '..', found %s", t.describe())
	}
	return e, p.advance()
}

// checkEnd refuses what cannot be the end of an interval.
func checkEnd(e Expr) error {
	switch e := e.(type) {
	case *Property, *Call, *Open:
		return nil
	case *Literal:
		if t := e.Value.Type(); t == geo.TypeDate || t == geo.TypeDateTime {
			return nil
		}
	}
	return invalid(e.Pos(), "an interval ends at a date, a time, a property or '..'")
}

// signedNumber parses a number whose sign has been read.
func (p *parser) signedNumber(at Position, minus bool) (Expr, error) {
	v, err := p.numberValue(minus)
	if err != nil {
		return nil, err
	}
	return &Literal{at, v}, nil
}

func (p *parser) numberValue(minus bool) (geo.Value, error) {
	t := p.tok
	if t.kind != tokenNumber {
		return geo.Value{}, p.unexpected("a number")
	}
	text := t.text
	if minus {
		text = "-" + text
	}
	v, ok := parseNumber(text)
	if !ok {
		return v, invalid(t.at, "the number %s is too large", cut(text))
	}
	return v, p.advance()
}

// parseNumber gives an integer where text is written as one and fits 64 bits,
// else a number.
func parseNumber(text string) (geo.Value, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return geo.Integer(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) || err != nil && f == 0 {
		return geo.Value{}, err == nil
	}
	return geo.Number(f), true
}
