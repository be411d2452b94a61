package geo

import "fmt"

// Phrase is a sentence, or a part of one, that can be told in other languages than
// English: Format, as package fmt has it, names what is said, and Args are the
// values in it, of which some may be Phrases or the types of fields.
type Phrase struct {
	Format string
	Args   []any
}

// Say makes a Phrase.
func Say(format string, args ...any) Phrase { return Phrase{format, args} }

// String gives p in English.
func (p Phrase) String() string { return fmt.Sprintf(p.Format, p.Args...) }

// IsZero tells whether p says nothing.
func (p Phrase) IsZero() bool { return p.Format == "" }

// In gives p in the language whose format for an English one translate gives. Whole
// is false where some part has none there, and stays in English.
func (p Phrase) In(translate func(format string) (string, bool)) (text string, whole bool) {
	if p.IsZero() {
		return "", true
	}
	format, whole := translate(p.Format)
	if !whole {
		format = p.Format
	}
	args := make([]any, len(p.Args))
	for i, arg := range p.Args {
		switch a := arg.(type) {
		case Phrase:
			told, all := a.In(translate)
			args[i], whole = told, whole && all
		case FieldType:
			told, all := Phrase{Format: a.String()}.In(translate)
			args[i], whole = told, whole && all
		default:
			args[i] = a
		}
	}
	return fmt.Sprintf(format, args...), whole
}
