package format

import (
	"bytes"
	"encoding/json"
	"math"

	"puy/geo"
)

// Notation is how the cells of one column, which are all text, spell values.
type Notation struct {
	Type     geo.FieldType
	Decimal  byte // of numbers: '.' or ','
	DayFirst bool // dates may be written 31/05/2024
	// Declared tells that the type was declared and not found, which widens what
	// is accepted: integers with a fraction of zeros, 0 and 1 as booleans, dates
	// as date-times and the reverse at midnight.
	Declared bool
}

// Parse reads a cell that is not text. Blank cells are null; false means that the
// cell does not fit. Spaces around a value and, in numbers, between groups of
// three digits do not matter.
func (n Notation) Parse(cell []byte) (geo.Value, bool) {
	if n.Type == geo.TypeText {
		return geo.Text(string(cell)), true
	}
	b := bytes.TrimSpace(cell)
	if len(b) == 0 {
		return geo.Value{}, true
	}
	switch n.Type {
	case geo.TypeInteger:
		if i, ok := ParseInteger(b); ok {
			return geo.Integer(i), true
		}
		return n.integer(b)
	case geo.TypeNumber:
		f, ok := ParseNumber(b)
		if !ok {
			f, ok = ParseCellNumber(b, n.Decimal)
		}
		return geo.Number(f), ok
	case geo.TypeBoolean:
		v, pair := booleanCell(b)
		return geo.Boolean(v), pair != 0 && (n.Declared || pair&declaredBooleans == 0)
	case geo.TypeDate:
		return parseCellDate(b, n.DayFirst, n.Declared)
	case geo.TypeDateTime:
		return parseCellDateTime(b, n.DayFirst, n.Declared)
	case geo.TypeTextArray:
		var texts []*string
		if b[0] != '[' || json.Unmarshal(b, &texts) != nil || !storable(b) {
			return geo.Value{}, false
		}
		plain := make([]string, len(texts))
		for i, s := range texts {
			if s == nil {
				return geo.Value{}, false
			}
			plain[i] = *s
		}
		return geo.TextArray(plain), true
	case geo.TypeJSON:
		if !json.Valid(b) || !storable(b) {
			return geo.Value{}, false
		}
		return geo.JSON(string(b)), true
	}
	return geo.Value{}, false
}

// storable tells whether JSON text has no escaped U+0000, which databases refuse.
func storable(b []byte) bool { return !bytes.Contains(b, []byte(`\u0000`)) }

// integer reads grouped digits and, in declared columns, zeros after the decimal sign.
func (n Notation) integer(b []byte) (geo.Value, bool) {
	s, ok := shapeOf(b)
	if !ok || s.exponent || s.fraction > 0 && (!n.Declared || !s.zeroFraction) {
		return geo.Value{}, false
	}
	digits := make([]byte, 0, 24)
	for _, c := range b {
		if c == '.' || c == ',' {
			break
		}
		if c == '-' || c-'0' <= 9 {
			digits = append(digits, c)
		}
		if len(digits) > 20 {
			return geo.Value{}, false
		}
	}
	if string(digits) == "-0" {
		return geo.Integer(0), true
	}
	i, ok := ParseInteger(digits)
	return geo.Integer(i), ok
}

// ParseCellNumber reads a cell as a number with the given decimal sign; digits may
// stand in groups of three with (no-break) spaces between.
func ParseCellNumber(b []byte, decimal byte) (float64, bool) {
	b = bytes.TrimSpace(b)
	s, ok := shapeOf(b)
	if !ok || s.sign != 0 && s.sign != decimal || len(b) > 400 {
		return 0, false
	}
	plain := make([]byte, 0, 64)
	for i, c := range b {
		switch {
		case c == ',' || c == '.':
			if len(plain) == 0 || plain[len(plain)-1] == '-' {
				plain = append(plain, '0')
			}
			plain = append(plain, '.')
		case c-'0' <= 9, c == '-', c == '+', c|0x20 == 'e' && i > 0:
			plain = append(plain, c)
		}
	}
	f, ok := ParseNumber(plain)
	return f, ok && !math.IsInf(f, 0)
}

// numberShape is what a cell that looks like a number looks like.
type numberShape struct {
	digits       int  // before the decimal sign
	sign         byte // '.', ',' or none
	fraction     int  // digits after the sign
	zeroFraction bool // all of these are 0
	exponent     bool
	zero         bool // the whole part is 0
}

// shapeOf tells whether b is a number in one of the notations: no plus sign, no
// leading zero, spaces only between groups of three digits, an exponent only
// after a decimal sign or with a sign of its own (1E3 is rather a code).
func shapeOf(b []byte) (s numberShape, ok bool) {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	group, grouped := 0, false
	first := i
	for i < len(b) {
		if b[i]-'0' <= 9 {
			s.digits++
			group++
			i++
			continue
		}
		space := spaceAt(b[i:])
		if space == 0 {
			break
		}
		if group == 0 || group > 3 || grouped && group != 3 {
			return s, false
		}
		group, grouped = 0, true
		i += space
	}
	if grouped && group != 3 {
		return s, false
	}
	s.zero = s.digits == 1 && b[first] == '0'
	if s.digits > 1 && b[first] == '0' {
		return s, false
	}
	if i < len(b) && (b[i] == '.' || b[i] == ',') {
		s.sign = b[i]
		i++
		start := i
		s.zeroFraction = true
		for i < len(b) && b[i]-'0' <= 9 {
			s.zeroFraction = s.zeroFraction && b[i] == '0'
			i++
		}
		if s.fraction = i - start; s.fraction == 0 {
			return s, false
		}
	}
	if s.digits == 0 && s.fraction == 0 {
		return s, false
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		signed := i < len(b) && (b[i] == '+' || b[i] == '-')
		if signed {
			i++
		}
		start := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		s.exponent = i > start && (signed || s.sign != 0)
		return s, s.exponent && i == len(b)
	}
	return s, i == len(b)
}

// spaceAt gives the length of the space or no-break space that b starts with.
func spaceAt(b []byte) int {
	switch {
	case b[0] == ' ':
		return 1
	case len(b) > 1 && b[0] == 0xc2 && b[1] == 0xa0: // U+00A0
		return 2
	case len(b) > 2 && b[0] == 0xe2 && b[1] == 0x80 && (b[2] == 0xaf || b[2] == 0x89): // U+202F, U+2009
		return 3
	}
	return 0
}

// booleanPair is a pair of words for true and false.
type booleanPair uint8

const (
	trueFalse booleanPair = 1 << iota
	vraiFaux
	ouiNon
	oneZero
	yesNo
	letters // t f, y n, o n
)

const declaredBooleans = oneZero | yesNo | letters

// booleanCell reads a word in any letter case; pair is 0 where it is no word for
// true or false.
func booleanCell(b []byte) (v bool, pair booleanPair) {
	if len(b) > 5 {
		return false, 0
	}
	var lower [5]byte
	for i, c := range b {
		if c-'A' < 26 {
			c |= 0x20
		}
		lower[i] = c
	}
	switch string(lower[:len(b)]) {
	case "true":
		return true, trueFalse
	case "false":
		return false, trueFalse
	case "vrai":
		return true, vraiFaux
	case "faux":
		return false, vraiFaux
	case "oui":
		return true, ouiNon
	case "non":
		return false, ouiNon
	case "1":
		return true, oneZero
	case "0":
		return false, oneZero
	case "yes":
		return true, yesNo
	case "no":
		return false, yesNo
	case "t", "y", "o":
		return true, letters
	case "f", "n":
		return false, letters
	}
	return false, 0
}
