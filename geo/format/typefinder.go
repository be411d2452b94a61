package format

import "puy/geo"

// TypeFinder finds the type of one field from all of its values, in formats whose
// values have types of their own, as JSON has. Nulls are not added. The zero
// TypeFinder is ready; adding a value twice changes nothing.
//
//	values                              type
//	none                                text
//	strings, all days                   date
//	strings, all date-times             date-time
//	strings, or strings and numbers     text
//	numbers, all integers of 64 bits    integer
//	numbers                             number
//	booleans                            boolean
//	arrays of strings                   text-array
//	all else                            json
type TypeFinder struct {
	seen seen
}

type seen uint8

const (
	seenText seen = 1 << iota
	seenDate
	seenDateTime
	seenInteger
	seenNumber
	seenBoolean
	seenTexts
	seenJSON
)

// AddString adds a string.
func (f *TypeFinder) AddString(b []byte) {
	if f.seen&seenText != 0 {
		return
	}
	if _, ok := ParseDate(b); ok {
		f.seen |= seenDate
	} else if _, ok := ParseDateTime(b); ok {
		f.seen |= seenDateTime
	} else {
		f.seen |= seenText
	}
}

// AddNumber adds a number as it is spelled.
func (f *TypeFinder) AddNumber(literal []byte) {
	if f.seen&seenNumber != 0 {
		return
	}
	if _, ok := ParseInteger(literal); ok {
		f.seen |= seenInteger
	} else {
		f.seen |= seenNumber
	}
}

// AddBoolean adds true or false.
func (f *TypeFinder) AddBoolean() { f.seen |= seenBoolean }

// AddTexts adds an array that holds nothing but strings.
func (f *TypeFinder) AddTexts() { f.seen |= seenTexts }

// AddJSON adds any other array or object.
func (f *TypeFinder) AddJSON() { f.seen |= seenJSON }

// Type gives the type that all values fit.
func (f *TypeFinder) Type() geo.FieldType {
	const (
		strings = seenText | seenDate | seenDateTime
		numbers = seenInteger | seenNumber
	)
	switch s := f.seen; {
	case s == seenDate:
		return geo.TypeDate
	case s == seenDateTime:
		return geo.TypeDateTime
	case s == 0, s&strings != 0 && s&^(strings|numbers) == 0:
		return geo.TypeText
	case s == seenInteger:
		return geo.TypeInteger
	case s&^numbers == 0:
		return geo.TypeNumber
	case s == seenBoolean:
		return geo.TypeBoolean
	case s == seenTexts:
		return geo.TypeTextArray
	}
	return geo.TypeJSON
}
