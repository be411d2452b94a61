package format

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"

	"puy/geo"
)

// CellFinder finds the type and the notation of one column from all of its
// cells, in formats where everything is text. Blank cells say nothing.
//
// A column is what all of its cells are: booleans of one pair of words (true,
// false; vrai, faux; oui, non), days (ISO 8601; or day first), date-times, integers
// in canonical form, numbers with one decimal sign, JSON arrays of strings, other
// JSON arrays and objects, and text otherwise. A column whose name says that it
// holds codes stays text where it would be numbers: leading zeros come and go.
// "inf", "nan" and "NA" are text.
type CellFinder struct {
	alive     candidate
	cells     int64
	pairs     booleanPair // the pairs of words that fit all cells
	dots      int64       // numbers with each decimal sign
	commas    int64
	certain   bool // a comma that cannot separate thousands was seen
	long      bool // an integer of more digits than a float64 keeps was seen
	ambiguous bool // commas also separate cells
	declared  geo.FieldType
}

type candidate uint16

const (
	isBoolean candidate = 1 << iota
	isDate
	isDayFirst
	isDateTime
	isDateTimeDayFirst
	isInteger
	isDotNumber
	isCommaNumber
	isTexts
	isJSON

	isNumeric   = isInteger | isDotNumber | isCommaNumber
	isAny       = isBoolean | isTemporal | isNumeric | isTexts | isJSON
	isTemporal  = isDate | isDayFirst | isDateTime | isDateTimeDayFirst
	maxExactInt = 15 // decimal digits that a float64 always keeps
)

// NewCellFinder makes a finder for the column called name. Declared is its type or
// TypeNull; decimal is the decimal sign or 0; with commasSeparate a column such as
// 1,234 is not taken for decimals.
func NewCellFinder(name string, declared geo.FieldType, decimal byte, commasSeparate bool) CellFinder {
	f := CellFinder{alive: isAny, pairs: trueFalse | vraiFaux | ouiNon, ambiguous: commasSeparate, declared: declared}
	if NameOfCodes(name) {
		f.alive &^= isNumeric
	}
	switch decimal {
	case '.':
		f.alive &^= isCommaNumber
	case ',':
		f.alive &^= isDotNumber
		f.certain = true
	}
	switch declared {
	case geo.TypeNull:
	case geo.TypeNumber:
		f.alive = f.alive&isNumeric | isDotNumber | isCommaNumber
	default:
		f.alive = 0
	}
	return f
}

// Add adds a cell.
func (f *CellFinder) Add(cell []byte) {
	if f.alive == 0 && f.cells > 0 {
		return
	}
	b := bytes.TrimSpace(cell)
	if len(b) == 0 {
		return
	}
	f.cells++
	if f.alive&isNumeric != 0 {
		f.addNumber(b)
	}
	if f.alive&isBoolean != 0 {
		_, pair := booleanCell(b)
		if f.pairs &= pair; f.pairs == 0 {
			f.alive &^= isBoolean
		}
	}
	if f.alive&isTemporal != 0 {
		f.addTime(b)
	}
	if f.alive&(isTexts|isJSON) != 0 {
		f.addJSON(b)
	}
}

func (f *CellFinder) addNumber(b []byte) {
	if f.alive&isInteger != 0 {
		if _, ok := ParseInteger(b); ok {
			if len(b) > maxExactInt {
				f.long = true
			}
			return
		}
	}
	s, ok := shapeOf(b)
	if !ok {
		if f.declared == geo.TypeNull {
			f.alive &^= isNumeric
		}
		return
	}
	if s.sign != 0 || s.exponent {
		f.alive &^= isInteger
	} else if s.digits > maxExactInt {
		f.long = true
		if s.digits > 18 {
			f.alive &^= isInteger
		}
	}
	switch s.sign {
	case '.':
		f.dots++
		if f.declared == geo.TypeNull {
			f.alive &^= isCommaNumber
		}
	case ',':
		f.commas++
		f.certain = f.certain || s.fraction != 3 || s.zero || s.digits == 0
		if f.declared == geo.TypeNull {
			f.alive &^= isDotNumber
		}
	}
}

func (f *CellFinder) addTime(b []byte) {
	if b[0]-'0' > 9 || len(b) < 8 {
		f.alive &^= isTemporal
		return
	}
	if _, ok := parseCellDate(b, false, false); !ok {
		f.alive &^= isDate
	}
	if f.alive&isDayFirst != 0 {
		if _, ok := parseCellDate(b, true, false); !ok {
			f.alive &^= isDayFirst
		}
	}
	if f.alive&isDateTime != 0 {
		if _, ok := parseCellDateTime(b, false, false); !ok {
			f.alive &^= isDateTime
		}
	}
	if f.alive&isDateTimeDayFirst != 0 {
		if _, ok := parseCellDateTime(b, true, false); !ok {
			f.alive &^= isDateTimeDayFirst
		}
	}
}

func (f *CellFinder) addJSON(b []byte) {
	if b[0] != '[' {
		f.alive &^= isTexts
	}
	if b[0] != '[' && b[0] != '{' || !json.Valid(b) || !storable(b) {
		f.alive &^= isTexts | isJSON
		return
	}
	if f.alive&isTexts != 0 {
		if _, ok := (Notation{Type: geo.TypeTextArray}).Parse(b); !ok {
			f.alive &^= isTexts
		}
	}
}

// Empty tells whether all cells were blank.
func (f *CellFinder) Empty() bool { return f.cells == 0 }

// Notation gives what all cells fit, or the best notation of the declared type.
func (f *CellFinder) Notation() Notation {
	decimal := byte('.')
	if f.commas > f.dots {
		decimal = ','
	}
	if f.declared != geo.TypeNull {
		return Notation{Type: f.declared, Decimal: decimal, DayFirst: true, Declared: true}
	}
	n := Notation{Type: geo.TypeText, Decimal: decimal}
	if f.cells == 0 {
		return n
	}
	switch a := f.alive; {
	case a&isBoolean != 0:
		n.Type = geo.TypeBoolean
	case a&(isDate|isDayFirst) != 0:
		n.Type, n.DayFirst = geo.TypeDate, a&isDate == 0
	case a&(isDateTime|isDateTimeDayFirst) != 0:
		n.Type, n.DayFirst = geo.TypeDateTime, a&isDateTime == 0
	case a&isInteger != 0:
		n.Type = geo.TypeInteger
	case f.long:
	case decimal == '.' && a&isDotNumber != 0:
		n.Type = geo.TypeNumber
	case decimal == ',' && a&isCommaNumber != 0 && (f.certain || !f.ambiguous):
		n.Type = geo.TypeNumber
	case a&isTexts != 0:
		n.Type = geo.TypeTextArray
	case a&isJSON != 0:
		n.Type = geo.TypeJSON
	}
	return n
}

// NameOfCodes tells whether a column called name holds codes: digits with which
// nobody calculates, as INSEE and postal codes and telephone numbers.
func NameOfCodes(name string) bool {
	lower := strings.ToLower(name)
	for _, part := range [...]string{"code", "insee", "siret", "siren", "postal", "telephone", "téléphone", "phone"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	for _, word := range strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch word {
		case "cp", "tel", "tél", "fax", "zip", "iban", "naf", "ape", "uai", "rna", "finess", "rivoli", "fantoir", "cpv", "nuts":
			return true
		}
	}
	return false
}
