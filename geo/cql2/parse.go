package cql2

import (
	"fmt"
	"strings"

	"puy/geo"
)

// ParseText parses a filter in the text encoding (21-065r2 annex B). Keywords
// may be in any case; where a name has the form of a function's, it is one only
// before a parenthesis. Errors are of KindInvalid or KindLimit and begin with
// the column, from 1.
func ParseText(src string) (Expr, error) {
	if err := checkSource(src, MaxText); err != nil {
		return nil, err
	}
	p := &parser{lex: lexer{src: src, column: 1}}
	// Two tokens are read ahead: a name is a function's before a parenthesis.
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokenEnd {
		return nil, geo.Errorf(geo.KindInvalid, "the filter is empty")
	}
	e, err := p.or(0)
	if err == nil && p.tok.kind != tokenEnd {
		err = p.unexpected("AND, OR or the end of the filter")
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

type parser struct {
	lex    lexer
	tok    token // the next token
	after  token // the one after it
	budget budget
}

func (p *parser) advance() (err error) {
	p.tok = p.after
	p.after, err = p.lex.next()
	return err
}

// accept takes the next token if it is s.
func (p *parser) accept(s string) (bool, error) {
	if !p.tok.is(s) {
		return false, nil
	}
	return true, p.advance()
}

// expect takes the next token, which must be s.
func (p *parser) expect(s string) error {
	if !p.tok.is(s) {
		return p.unexpected(fmt.Sprintf("%q", s))
	}
	return p.advance()
}

func (p *parser) unexpected(want string) error {
	return invalid(p.tok.at, "expected %s, found %s", want, p.tok.describe())
}

// list parses operands joined by word; less tight operators are parsed by operand.
func (p *parser) list(depth int, word string, operand func(int) (Expr, error)) ([]Expr, error) {
	first, err := operand(depth)
	if err != nil {
		return nil, err
	}
	list := []Expr{first}
	for p.tok.is(word) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := operand(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	return list, nil
}

func (p *parser) or(depth int) (Expr, error) {
	at := p.tok.at
	if depth++; depth > MaxDepth {
		return nil, tooDeep(at)
	}
	args, err := p.list(depth, "OR", p.and)
	if err != nil || len(args) == 1 {
		return first(args), err
	}
	return &Or{at, args}, p.budget.node(at)
}

func (p *parser) and(depth int) (Expr, error) {
	at := p.tok.at
	args, err := p.list(depth, "AND", p.not)
	if err != nil || len(args) == 1 {
		return first(args), err
	}
	return &And{at, args}, p.budget.node(at)
}

func first(list []Expr) Expr {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func (p *parser) not(depth int) (Expr, error) {
	at := p.tok.at
	if !p.tok.is("NOT") {
		return p.predicate(depth)
	}
	if depth++; depth > MaxDepth {
		return nil, tooDeep(at)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	arg, err := p.not(depth)
	if err != nil {
		return nil, err
	}
	return &Not{at, arg}, p.budget.node(at)
}

func (p *parser) predicate(depth int) (Expr, error) {
	at := p.tok.at
	a, err := p.sum(depth)
	if err != nil {
		return nil, err
	}
	if err := p.budget.node(at); err != nil {
		return nil, err
	}
	if op := p.tok; op.kind == tokenSymbol {
		switch CompareOp(op.text) {
		case Equal, NotEqual, Less, Greater, LessOrEqual, GreaterOrEqual:
			if err := p.advance(); err != nil {
				return nil, err
			}
			b, err := p.sum(depth)
			return &Compare{at, CompareOp(op.text), a, b}, err
		}
		return a, nil
	}
	if yes, err := p.accept("IS"); yes || err != nil {
		if err != nil {
			return nil, err
		}
		negated, err := p.accept("NOT")
		if err == nil {
			err = p.expect("NULL")
		}
		return negate(&IsNull{at, a}, negated), err
	}
	negated := p.tok.is("NOT") && (p.after.is("LIKE") || p.after.is("BETWEEN") || p.after.is("IN"))
	if negated {
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	word := strings.ToUpper(p.tok.text)
	if p.tok.kind != tokenName || word != "LIKE" && word != "BETWEEN" && word != "IN" {
		return a, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	var e Expr
	switch word {
	case "LIKE":
		like := &Like{Position: at, Arg: a}
		like.Pattern, err = p.sum(depth)
		e = like
	case "BETWEEN":
		between := &Between{Position: at, Arg: a}
		if between.Low, err = p.sum(depth); err == nil {
			if err = p.expect("AND"); err == nil {
				between.High, err = p.sum(depth)
			}
		}
		e = between
	default:
		in := &In{Position: at, Arg: a}
		if err = p.expect("("); err == nil {
			in.List, err = p.items(depth, ")", false)
		}
		e = in
	}
	if err != nil {
		return nil, err
	}
	return negate(e, negated), nil
}

func negate(e Expr, yes bool) Expr {
	if yes {
		return &Not{e.Pos(), e}
	}
	return e
}

// items parses a list of expressions and the symbol that closes it.
func (p *parser) items(depth int, closing string, empty bool) ([]Expr, error) {
	if empty && p.tok.is(closing) {
		return nil, p.advance()
	}
	list, err := p.list(depth, ",", p.or)
	if err != nil {
		return nil, err
	}
	if !p.tok.is(closing) {
		return nil, p.unexpected(fmt.Sprintf(`"," or %q`, closing))
	}
	return list, p.advance()
}

// sum parses operands of + and -.
func (p *parser) sum(depth int) (Expr, error) {
	return p.chain(depth, p.product, Add, Subtract)
}

func (p *parser) product(depth int) (Expr, error) {
	return p.chain(depth, p.power, Multiply, Divide, Remainder, Quotient)
}

// chain parses operands of operators that bind alike, from the left.
func (p *parser) chain(depth int, operand func(int) (Expr, error), ops ...ArithmeticOp) (Expr, error) {
	at := p.tok.at
	a, err := operand(depth)
	for level := depth; err == nil; level++ {
		op, ok := p.operator(ops)
		if !ok {
			return a, nil
		}
		if level > MaxDepth {
			return nil, tooDeep(p.tok.at)
		}
		if err = p.advance(); err != nil {
			break
		}
		var b Expr
		if b, err = operand(depth); err == nil {
			a, err = &Arithmetic{at, op, a, b}, p.budget.node(at)
		}
	}
	return nil, err
}

func (p *parser) operator(ops []ArithmeticOp) (ArithmeticOp, bool) {
	for _, op := range ops {
		if p.tok.is(string(op)) {
			return op, true
		}
	}
	return "", false
}

// power parses a^b, from the right. A sign binds tighter, as the grammar has it.
func (p *parser) power(depth int) (Expr, error) {
	at := p.tok.at
	a, err := p.factor(depth)
	if err != nil || !p.tok.is("^") {
		return a, err
	}
	if depth++; depth > MaxDepth {
		return nil, tooDeep(at)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	b, err := p.power(depth)
	if err != nil {
		return nil, err
	}
	return &Arithmetic{at, Power, a, b}, p.budget.node(at)
}

// factor parses an operand that may have a sign.
func (p *parser) factor(depth int) (Expr, error) {
	at := p.tok.at
	minus := p.tok.is("-")
	if !minus && !p.tok.is("+") {
		return p.operand(depth)
	}
	if depth++; depth > MaxDepth {
		return nil, tooDeep(at)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokenNumber {
		return p.signedNumber(at, minus)
	}
	arg, err := p.factor(depth)
	if err != nil || !minus {
		return arg, err
	}
	return &Arithmetic{at, Multiply, &Literal{at, geo.Integer(-1)}, arg}, p.budget.node(at)
}
