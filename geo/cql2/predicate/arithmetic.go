package predicate

import (
	"math"

	"puy/geo/cql2"
)

// The bounds of operands: within them no operation overflows or underflows,
// which databases make an error of.
const (
	MaxOperand = 1e150
	MinOperand = 1e-150
	maxLog     = 690 // of a power
)

func operand(x float64) bool {
	abs := math.Abs(x)
	return abs == 0 || abs >= MinOperand && abs <= MaxOperand
}

// Calculate gives the result of an operation; false where that is null. Div
// cuts towards zero; % has the sign of a.
func Calculate(op cql2.ArithmeticOp, a, b float64) (float64, bool) {
	if !operand(a) || !operand(b) {
		return 0, false
	}
	switch op {
	case cql2.Add:
		return a + b, true
	case cql2.Subtract:
		return a - b, true
	case cql2.Multiply:
		return a * b, true
	case cql2.Power:
		return power(a, b)
	}
	if b == 0 {
		return 0, false
	}
	switch op {
	case cql2.Divide:
		return a / b, true
	case cql2.Quotient:
		return math.Trunc(a / b), true
	}
	product := b * math.Trunc(a/b) // a statement of its own, not fused with the difference
	return a - float64(product), true
}

func power(a, b float64) (float64, bool) {
	switch {
	case a == 0 && b < 0, a < 0 && b != math.Trunc(b):
		return 0, false
	case a == 0 && b > 0:
		return 0, true
	case b == 0:
		return 1, true
	case math.Abs(b*math.Log(math.Abs(a))) > maxLog:
		return 0, false
	}
	return math.Pow(a, b), true
}
